//! What this process knows of the refreshes of one connection: whether one is under way, what it could not write, and how
//! the last ones failed.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, PoisonError};
use std::time::{Duration, Instant};

use moka::sync::Cache;
use routemcp_store::ConnectionId;
use tokio::sync::{Mutex, MutexGuard};

use super::RefreshError;
use crate::oauth::tokens::Granted;

/// The pause after the first failure; each further one doubles it.
const FIRST_PAUSE: Duration = Duration::from_secs(1);
/// The longest pause: a provider that is back is noticed within a minute.
const LONGEST_PAUSE: Duration = Duration::from_secs(60);

/// All connections that were refreshed lately.
pub(super) struct Flights(Cache<ConnectionId, Arc<Flight>>);

impl Default for Flights {
    /// Forgets what nobody asked for in a day, long after any pause. What could not be written is kept for that long.
    fn default() -> Self {
        Self(
            Cache::builder()
                .time_to_idle(Duration::from_secs(24 * 3_600))
                .build(),
        )
    }
}

impl Flights {
    pub(super) fn of(&self, id: &ConnectionId) -> Arc<Flight> {
        self.0.get_with_by_ref(id, Arc::default)
    }
}

/// One connection.
#[derive(Default)]
pub(super) struct Flight {
    alone: Mutex<()>,
    writing: AtomicBool,
    memory: std::sync::Mutex<Memory>,
}

#[derive(Default)]
struct Memory {
    /// Which version of the credential failed. Another one is another matter: the end user has connected again.
    version: i64,
    failures: u32,
    /// Not before this, and why.
    pause: Option<(Instant, RefreshError)>,
    /// A credential that the provider gave and the store did not take, and the version that it follows.
    unsaved: Option<(i64, Granted)>,
}

impl Flight {
    pub(super) async fn lock(&self) -> MutexGuard<'_, ()> {
        self.alone.lock().await
    }

    pub(super) fn is_busy(&self) -> bool {
        self.alone.try_lock().is_err()
    }

    /// Refuses while the last failure is fresh: a provider in trouble is not asked by every request again, and one that
    /// ended an authorisation only now and then, in case it was mistaken.
    pub(super) fn may_try(&self, version: i64) -> Result<(), RefreshError> {
        let memory = self.memory();
        match memory.pause.as_ref().filter(|_| memory.version == version) {
            Some((until, error)) if *until > Instant::now() => Err(match error {
                RefreshError::Ended(_) => error.clone(),
                RefreshError::Unavailable { reason, .. } => RefreshError::Unavailable {
                    reason: reason.clone(),
                    retry_after: until.saturating_duration_since(Instant::now()),
                },
            }),
            _ => Ok(()),
        }
    }

    /// Remembers a failure that may pass.
    pub(super) fn failed(&self, version: i64, reason: String, asked: Option<Duration>) -> RefreshError {
        let mut memory = self.memory();
        if memory.version != version {
            memory.failures = 0;
        }
        memory.version = version;
        let wait = pause(memory.failures).max(asked.unwrap_or_default().min(LONGEST_PAUSE));
        memory.failures = memory.failures.saturating_add(1);
        let error = RefreshError::Unavailable {
            reason,
            retry_after: wait,
        };
        memory.pause = Some((Instant::now() + wait, error.clone()));
        error
    }

    /// Remembers that the provider ended the authorisation.
    pub(super) fn ended(&self, version: i64, reason: String) -> RefreshError {
        let error = RefreshError::Ended(reason);
        let mut memory = self.memory();
        memory.version = version;
        memory.pause = Some((Instant::now() + LONGEST_PAUSE, error.clone()));
        error
    }

    pub(super) fn succeeded(&self) {
        *self.memory() = Memory::default();
    }

    pub(super) fn keep(&self, version: i64, granted: Granted) {
        self.memory().unsaved = Some((version, granted));
    }

    /// Whether the caller is the one to go on writing.
    pub(super) fn begin_writing(&self) -> bool {
        !self.writing.swap(true, Ordering::Relaxed)
    }

    pub(super) fn end_writing(&self) {
        self.writing.store(false, Ordering::Relaxed);
    }

    /// Whether something is still to be written.
    pub(super) fn has_unsaved(&self) -> bool {
        self.memory().unsaved.is_some()
    }

    /// What could not be written, if nothing newer than `version` was.
    pub(super) fn unsaved(&self, version: i64) -> Option<Granted> {
        let (after, granted) = self.memory().unsaved.take()?;
        (after == version).then_some(granted)
    }

    fn memory(&self) -> std::sync::MutexGuard<'_, Memory> {
        self.memory.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn pause(failures: u32) -> Duration {
    FIRST_PAUSE
        .saturating_mul(1 << failures.min(6))
        .min(LONGEST_PAUSE)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{Flight, pause};
    use crate::oauth::refresh::RefreshError;

    fn failed(flight: &Flight, asked: Option<u64>) -> u64 {
        match flight.failed(1, "no answer".to_owned(), asked.map(Duration::from_secs)) {
            RefreshError::Unavailable { retry_after, .. } => retry_after.as_secs(),
            RefreshError::Ended(reason) => panic!("{reason}"),
        }
    }

    #[test]
    fn pauses_double_up_to_a_minute() {
        let pauses = [0, 1, 2, 5, 6, 60].map(|failures| pause(failures).as_secs());
        assert_eq!(pauses, [1, 2, 4, 32, 60, 60]);
    }

    #[test]
    fn a_failure_holds_off_the_next_try_until_one_succeeds() {
        let flight = Flight::default();
        assert!(flight.may_try(1).is_ok());
        failed(&flight, None);
        let RefreshError::Unavailable { reason, retry_after } = flight.may_try(1).unwrap_err() else {
            panic!("not unavailable");
        };
        assert_eq!(reason, "no answer");
        assert!(retry_after <= Duration::from_secs(1));
        flight.succeeded();
        assert!(flight.may_try(1).is_ok());
    }

    #[test]
    fn an_ended_authorisation_stays_ended_for_a_while() {
        let flight = Flight::default();
        let ended = flight.ended(1, "revoked".to_owned());
        assert_eq!(flight.may_try(1).unwrap_err(), ended);
        assert_eq!(flight.may_try(2), Ok(()), "the end user has connected again");
    }

    #[test]
    fn a_providers_wish_to_wait_counts_within_reason() {
        for (asked, expected) in [(Some(30), 30), (Some(86_400), 60), (None, 1)] {
            assert_eq!(failed(&Flight::default(), asked), expected);
        }
    }
}
