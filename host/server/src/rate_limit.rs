//! Our own rate limit: a sliding window of one minute per API key.

use std::collections::VecDeque;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use moka::sync::Cache;
use std::sync::{Arc, Mutex, PoisonError};

/// Seconds in the window. Requests are counted by the second, so the window slides in steps of one second.
const WINDOW: u64 = 60;

/// Windows of all keys seen lately.
pub(crate) struct RateLimit {
    windows: Cache<String, Arc<Mutex<Window>>>,
    started: Instant,
}

/// Whether a request may go on, and what its headers say.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Decision {
    pub(crate) limit: u32,
    pub(crate) remaining: u32,
    /// When the oldest counted request leaves the window.
    pub(crate) reset_unix_seconds: u64,
    /// Set when the request must wait.
    pub(crate) retry_after: Option<Duration>,
}

impl Default for RateLimit {
    fn default() -> Self {
        // A key that was silent for a whole window has an empty one.
        Self {
            windows: Cache::builder()
                .time_to_idle(Duration::from_secs(WINDOW + 1))
                .build(),
            started: Instant::now(),
        }
    }
}

impl RateLimit {
    /// Counts a request of a key, if it may go on.
    pub(crate) fn admit(&self, key: &str, limit: u32) -> Decision {
        let window = self.windows.get_with_by_ref(key, Arc::default);
        // Counted by a clock that cannot be set; what the headers say is wall-clock time.
        let now = self.started.elapsed().as_secs() + WINDOW;
        let unix = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .unwrap_or_default()
            .as_secs();
        // No code runs under the lock that could leave the window half changed.
        let decision = window
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .admit(limit, now);
        Decision {
            reset_unix_seconds: decision.reset_unix_seconds.saturating_sub(now) + unix,
            ..decision
        }
    }
}

/// Requests of the last minute: (second, count), oldest first.
#[derive(Debug, Default)]
struct Window {
    seconds: VecDeque<(u64, u32)>,
    counted: u32,
}

impl Window {
    fn admit(&mut self, limit: u32, now: u64) -> Decision {
        self.forget_before(now.saturating_sub(WINDOW - 1));
        let admitted = self.counted < limit;
        if admitted {
            self.count(now);
        }
        let reset = self.seconds.front().map_or(now, |(second, _)| second + WINDOW);
        Decision {
            limit,
            remaining: limit.saturating_sub(self.counted),
            reset_unix_seconds: reset,
            retry_after: (!admitted).then(|| Duration::from_secs(reset.saturating_sub(now).max(1))),
        }
    }

    fn forget_before(&mut self, first: u64) {
        while let Some((_, count)) = self.seconds.pop_front_if(|(second, _)| *second < first) {
            self.counted -= count;
        }
    }

    fn count(&mut self, now: u64) {
        match self.seconds.back_mut() {
            Some((second, count)) if *second == now => *count += 1,
            _ => self.seconds.push_back((now, 1)),
        }
        self.counted += 1;
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::Window;

    #[test]
    fn the_window_slides() {
        let mut window = Window::default();
        assert_eq!(window.admit(2, 100).remaining, 1);
        assert_eq!(window.admit(2, 130).remaining, 0);
        let refused = window.admit(2, 131);
        assert_eq!(refused.retry_after, Some(Duration::from_secs(29)));
        assert_eq!(refused.reset_unix_seconds, 160);
        assert!(window.admit(2, 159).retry_after.is_some());
        let admitted = window.admit(2, 160);
        assert_eq!(
            (
                admitted.retry_after,
                admitted.remaining,
                admitted.reset_unix_seconds
            ),
            (None, 0, 190)
        );
    }

    #[test]
    fn no_minute_holds_more_than_the_limit_whatever_the_arrivals() {
        let mut window = Window::default();
        let mut admitted = Vec::new();
        for now in 0..400u64 {
            for _ in 0..(now % 7) {
                if window.admit(10, now).retry_after.is_none() {
                    admitted.push(now);
                }
            }
        }
        for start in 0..340 {
            let inside = admitted
                .iter()
                .filter(|second| (start..start + 60).contains(*second))
                .count();
            assert!(inside <= 10, "{inside} from {start}");
        }
        assert!(admitted.len() >= 60);
    }
}
