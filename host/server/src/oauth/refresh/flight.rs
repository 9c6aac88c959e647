//! What this process knows of the refreshes of one connection: whether one is under way, what it could not write, and how
//! the last ones failed.

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
    /// Whether somebody goes on trying to write it. Beside it, so that nobody stops while another one comes.
    writing: bool,
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

    /// Forgets all failures. Whoever goes on writing stops by himself.
    pub(super) fn succeeded(&self) {
        let mut memory = self.memory();
        *memory = Memory {
            writing: memory.writing,
            ..Memory::default()
        };
    }

    pub(super) fn keep(&self, version: i64, granted: Granted) {
        self.memory().unsaved = Some((version, granted));
    }

    /// Whether something is still to be written and the caller is the one to do it.
    pub(super) fn begin_writing(&self) -> bool {
        let mut memory = self.memory();
        let begins = memory.unsaved.is_some() && !memory.writing;
        memory.writing |= begins;
        begins
    }

    /// Whether whoever writes has to go on. If not, the next one may begin.
    pub(super) fn goes_on_writing(&self) -> bool {
        let mut memory = self.memory();
        memory.writing = memory.unsaved.is_some();
        memory.writing
    }

    /// What could not be written, if nothing newer than `version` was.
    pub(super) fn unsaved(&self, version: i64) -> Option<Granted> {
        let (after, granted) = self.memory().unsaved.take()?;
        (after == version).then_some(granted)
    }

    /// What could not be written, for a connection that is not there any more.
    pub(super) fn left_over(&self) -> Option<Granted> {
        let (_, granted) = self.memory().unsaved.take()?;
        Some(granted)
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
    use crate::flow::credential::Credential;
    use crate::oauth::refresh::RefreshError;
    use crate::oauth::tokens::Granted;

    fn granted() -> Granted {
        Granted {
            credential: Credential {
                token: "access".into(),
                renewal: None,
            },
            settings: [].into(),
        }
    }

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
    fn what_could_not_be_written_has_one_writer_until_it_is() {
        let flight = Flight::default();
        assert!(!flight.begin_writing(), "there is nothing to write");
        flight.keep(1, granted());
        assert!(flight.begin_writing());
        assert!(!flight.begin_writing(), "somebody does it already");
        // It failed again.
        assert!(flight.unsaved(1).is_some());
        flight.keep(1, granted());
        assert!(flight.goes_on_writing());
        assert!(flight.unsaved(1).is_some());
        flight.succeeded();
        assert!(!flight.begin_writing(), "there is nothing to write");
        // The next one could not be written either, before the writer has looked again.
        flight.keep(2, granted());
        assert!(!flight.begin_writing(), "the writer has not stopped");
        assert!(flight.goes_on_writing());
        assert!(flight.unsaved(2).is_some());
        assert!(!flight.goes_on_writing());
        // And the one after that comes when he has.
        flight.keep(3, granted());
        assert!(flight.begin_writing());
    }

    #[test]
    fn what_is_left_over_is_given_out_once_whatever_it_follows() {
        let flight = Flight::default();
        assert!(flight.left_over().is_none());
        flight.keep(7, granted());
        assert!(flight.left_over().is_some());
        assert!(flight.left_over().is_none() && !flight.goes_on_writing());
    }

    #[test]
    fn a_providers_wish_to_wait_counts_within_reason() {
        for (asked, expected) in [(Some(30), 30), (Some(86_400), 60), (None, 1)] {
            assert_eq!(failed(&Flight::default(), asked), expected);
        }
    }
}
