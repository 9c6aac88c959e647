//! Counts calls as providers do, in a window that slides.

use crate::sandbox::State;

/// Parts of a window. More parts slide more smoothly and store more.
const PARTS: u64 = 10;
const COLLECTION: &str = "rate-limits";

/// So many calls in so much time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RateLimit {
    /// Calls in one window.
    pub calls: u64,
    /// The length of the window in milliseconds.
    pub window_ms: u64,
}

/// What a call found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Taken {
    /// Whether the call may go on.
    pub allowed: bool,
    /// Calls that are left in the window.
    pub remaining: u64,
    /// When the next call may go on, in milliseconds; 0 if at once.
    pub retry_after_ms: u64,
}

impl RateLimit {
    /// Counts one call of `who`, unless it is one too many.
    pub fn take(self, state: &mut dyn State, who: &str, now_ms: u64) -> Taken {
        let width = (self.window_ms / PARTS).max(1);
        let part = now_ms / width;
        let mut counts: Vec<(u64, u64)> = state.get(COLLECTION, who).unwrap_or_default();
        counts.retain(|(counted, _)| counted + PARTS > part);
        let used: u64 = counts.iter().map(|(_, count)| count).sum();
        if used >= self.calls {
            let oldest = counts.first().map_or(part, |(counted, _)| *counted);
            let free_at = (oldest + PARTS) * width;
            return Taken {
                allowed: false,
                remaining: 0,
                retry_after_ms: free_at.saturating_sub(now_ms),
            };
        }
        match counts.last_mut() {
            Some((counted, count)) if *counted == part => *count += 1,
            _ => counts.push((part, 1)),
        }
        state.put(COLLECTION, who, &counts);
        Taken {
            allowed: true,
            remaining: self.calls - used - 1,
            retry_after_ms: 0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sandbox::MemoryState;

    #[test]
    fn calls_come_free_as_the_window_slides() {
        let limit = RateLimit {
            calls: 3,
            window_ms: 10_000,
        };
        let mut state = MemoryState::default();
        let mut take = |now| limit.take(&mut state, "token", now);
        assert_eq!(
            take(0),
            Taken {
                allowed: true,
                remaining: 2,
                retry_after_ms: 0
            }
        );
        assert!(take(5_000).allowed);
        assert_eq!(take(9_000).remaining, 0);
        assert_eq!(
            take(9_500),
            Taken {
                allowed: false,
                remaining: 0,
                retry_after_ms: 500
            }
        );
        assert!(take(10_000).allowed);
        assert!(!take(10_001).allowed);
    }

    #[test]
    fn one_caller_does_not_use_up_anothers_calls() {
        let limit = RateLimit {
            calls: 1,
            window_ms: 1_000,
        };
        let mut state = MemoryState::default();
        assert!(limit.take(&mut state, "a", 0).allowed);
        assert!(!limit.take(&mut state, "a", 0).allowed);
        assert!(limit.take(&mut state, "b", 0).allowed);
    }
}
