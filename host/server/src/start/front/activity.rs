//! What a connection is doing, and until when it may.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

/// How long the head of a request may take, from its first byte to its last; and a new connection to begin one.
const HEAD: Duration = Duration::from_secs(10);
/// How long a connection may be idle between requests: longer than load balancers keep theirs (mostly 60 s), so that they
/// do not send a request into a connection that we are closing.
const IDLE: Duration = Duration::from_secs(75);
/// The same while it is crowded. Whoever wants to hold many places must then ask often.
const IDLE_IN_A_CROWD: Duration = Duration::from_secs(5);
/// How long a caller may take no byte of an answer.
const STALLED: Duration = Duration::from_secs(30);
/// How often to look, at least: a connection that was idle may be in the middle of a head by now.
const LOOK: Duration = Duration::from_secs(5);

/// What one connection is doing. Clones share it.
#[derive(Clone)]
pub(super) struct Activity(Arc<Mutex<State>>);

#[derive(Clone, Copy, Debug)]
struct State {
    /// Requests under way.
    running: usize,
    /// Whether there was any yet.
    fresh: bool,
    /// When the last one ended, or the connection was made.
    idle_since: Instant,
    /// When the first byte of a head came that is not complete yet.
    head_since: Option<Instant>,
    /// Since when the caller takes nothing of what we have for it.
    stalled_since: Option<Instant>,
}

/// A request under way; it ends when this and its clones are dropped.
pub(super) struct Running(Activity);

impl Activity {
    pub(super) fn new() -> Self {
        Self(Arc::new(Mutex::new(State {
            running: 0,
            fresh: true,
            idle_since: Instant::now(),
            head_since: None,
            stalled_since: None,
        })))
    }

    /// A head is complete.
    pub(super) fn begin(&self) -> Running {
        let mut state = self.state();
        state.running += 1;
        state.fresh = false;
        state.head_since = None;
        Running(self.clone())
    }

    /// Bytes came. While no request is under way they belong to a head. What came earlier of the next head is not known here:
    /// such a connection counts as idle after the request, until more of it comes.
    pub(super) fn received(&self) {
        let mut state = self.state();
        if state.running == 0 && state.head_since.is_none() {
            state.head_since = Some(Instant::now());
        }
    }

    /// The caller takes bytes, or does not.
    pub(super) fn wrote(&self, taken: bool) {
        let mut state = self.state();
        match taken {
            true => state.stalled_since = None,
            false => state.stalled_since = state.stalled_since.or_else(|| Some(Instant::now())),
        }
    }

    /// Ends when the connection has kept us waiting for too long.
    pub(super) async fn overdue(&self, crowded: impl Fn() -> bool) {
        loop {
            let idle = if crowded() { IDLE_IN_A_CROWD } else { IDLE };
            let state = *self.state();
            let now = Instant::now();
            match state.deadline(idle) {
                Some(deadline) if deadline <= now => return,
                Some(deadline) => tokio::time::sleep_until(deadline.min(now + LOOK)).await,
                None => tokio::time::sleep(LOOK).await,
            }
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // No code runs under the lock that could leave it half changed.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// When it becomes overdue as things are; never while we are the ones who take their time.
    fn deadline(&self, idle: Duration) -> Option<Instant> {
        let stalled = self.stalled_since.map(|since| since + STALLED);
        if self.running > 0 {
            return stalled;
        }
        let waiting = match self.head_since {
            Some(since) => since + HEAD,
            None if self.fresh => self.idle_since + HEAD,
            None => self.idle_since + idle,
        };
        Some(stalled.map_or(waiting, |stalled| stalled.min(waiting)))
    }
}

impl Clone for Running {
    fn clone(&self) -> Self {
        self.0.state().running += 1;
        Self(self.0.clone())
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let mut state = self.0.state();
        state.running -= 1;
        if state.running == 0 {
            state.idle_since = Instant::now();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_deadline_depends_on_who_keeps_whom_waiting() {
        let start = Instant::now();
        let later = start + Duration::from_secs(1);
        let idle = State {
            running: 0,
            fresh: false,
            idle_since: start,
            head_since: None,
            stalled_since: None,
        };
        let busy = State { running: 1, ..idle };
        let stalled_since = Some(later);
        for (state, deadline) in [
            (idle, Some(start + IDLE)),
            (State { fresh: true, ..idle }, Some(start + HEAD)),
            (
                State {
                    head_since: Some(later),
                    ..idle
                },
                Some(later + HEAD),
            ),
            (
                State {
                    stalled_since,
                    ..idle
                },
                Some(later + STALLED),
            ),
            (busy, None),
            (
                State {
                    stalled_since,
                    ..busy
                },
                Some(later + STALLED),
            ),
        ] {
            assert_eq!(state.deadline(IDLE), deadline, "{state:?}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_head_that_drips_in_is_overdue_however_often_bytes_come() {
        let activity = Activity::new();
        drop(activity.begin());
        let start = Instant::now();
        let dripping = async {
            loop {
                activity.received();
                tokio::time::sleep(Duration::from_secs(1)).await;
            }
        };
        tokio::select! {
            () = activity.overdue(|| false) => {}
            () = dripping => {}
        }
        assert_eq!(start.elapsed(), HEAD);
    }

    #[tokio::test(start_paused = true)]
    async fn a_request_under_way_is_never_overdue() {
        let activity = Activity::new();
        let running = activity.begin();
        activity.received();
        let hour = Duration::from_secs(3_600);
        let overdue = || activity.overdue(|| true);
        assert!(tokio::time::timeout(hour, overdue()).await.is_err());
        let clone = running.clone();
        drop(running);
        assert!(tokio::time::timeout(hour, overdue()).await.is_err());
        drop(clone);
        assert!(tokio::time::timeout(IDLE + LOOK, overdue()).await.is_ok());
    }

    #[tokio::test(start_paused = true)]
    async fn who_idles_has_to_go_sooner_in_a_crowd_also_one_that_comes_later() {
        for (crowded_after, expected) in [(0, 5), (30, 30), (200, 75)] {
            let activity = Activity::new();
            drop(activity.begin());
            let start = Instant::now();
            let crowded = || start.elapsed() >= Duration::from_secs(crowded_after);
            activity.overdue(crowded).await;
            assert_eq!(
                start.elapsed().as_secs(),
                expected,
                "crowded after {crowded_after} s"
            );
        }
    }
}
