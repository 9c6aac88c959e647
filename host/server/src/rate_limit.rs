//! Our own rate limit: a sliding window of one minute per API key, in this process or, where a Redis is given, one for all
//! servers that share it.

mod shared;
mod window;

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use moka::sync::Cache;

pub(crate) use shared::Shared;
use window::{Count, WINDOW, Window};

/// Windows of all keys seen lately.
pub(crate) struct RateLimit {
    windows: Cache<String, Arc<Mutex<Window>>>,
    started: Instant,
    shared: Option<Arc<Shared>>,
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

impl RateLimit {
    /// Counts in `shared`, while it answers.
    pub(crate) fn new(shared: Option<Arc<Shared>>) -> Self {
        // A key that was silent for a whole window has an empty one.
        let windows = Cache::builder().time_to_idle(Duration::from_secs(WINDOW + 1));
        Self {
            windows: windows.build(),
            started: Instant::now(),
            shared,
        }
    }

    /// Counts a request of a key, if it may go on.
    pub(crate) async fn admit(&self, key: &str, limit: u32) -> Decision {
        let count = match self.count_shared(key, limit).await {
            Some(count) => {
                // What this server let through is known here too, for when the shared windows are out of reach.
                if count.admitted {
                    self.in_window(key, Window::note);
                }
                count
            }
            None => self.in_window(key, |window, now| window.admit(limit, now)),
        };
        let unix = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        decide(limit, &count, unix.as_secs())
    }

    async fn count_shared(&self, key: &str, limit: u32) -> Option<Count> {
        self.shared.as_ref()?.admit(key, limit).await
    }

    /// No code runs under the lock that could leave the window half changed.
    fn in_window<T>(&self, key: &str, work: impl FnOnce(&mut Window, u64) -> T) -> T {
        let window = self.windows.get_with_by_ref(key, Arc::default);
        // By a clock that cannot be set; what the headers say is wall-clock time.
        let now = self.started.elapsed().as_secs() + WINDOW;
        work(&mut window.lock().unwrap_or_else(PoisonError::into_inner), now)
    }
}

fn decide(limit: u32, count: &Count, unix: u64) -> Decision {
    let until_reset = (count.oldest + WINDOW).saturating_sub(count.now);
    Decision {
        limit,
        remaining: limit.saturating_sub(count.counted),
        reset_unix_seconds: unix + until_reset,
        retry_after: (!count.admitted).then(|| Duration::from_secs(until_reset.max(1))),
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{Count, Decision, decide};

    #[test]
    fn what_a_window_says_is_told_in_the_callers_clock() {
        let count = |admitted, counted, oldest, now| Count {
            admitted,
            counted,
            oldest,
            now,
        };
        for (count, remaining, reset, wait) in [
            (count(true, 1, 100, 100), 1, 1_060, None),
            (count(true, 2, 100, 130), 0, 1_030, None),
            (count(false, 2, 100, 131), 0, 1_029, Some(29)),
            // Lowered meanwhile, or counted by a server that could not reach the others.
            (count(false, 9, 100, 160), 0, 1_000, Some(1)),
        ] {
            let expected = Decision {
                limit: 2,
                remaining,
                reset_unix_seconds: reset,
                retry_after: wait.map(Duration::from_secs),
            };
            assert_eq!(decide(2, &count, 1_000), expected, "{count:?}");
        }
    }
}
