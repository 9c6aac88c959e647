//! What all requests of one connection have in common: its pace, its places, and its breaker.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::{Semaphore, SemaphorePermit};
use tokio::time::{self, Instant};

use crate::breaker::{Breaker, BreakerState, Health, Pass};
use crate::pace::{self, Pace, Rate};
use crate::{Response, SendError};

/// A request that has less time than this is not worth sending.
const LEAST_TIME: Duration = Duration::from_millis(250);
/// A provider that was given so long and did not answer is at fault, whoever gave up.
const PATIENCE: Duration = Duration::from_secs(5);

/// What a provider allows one connection.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Allowance {
    /// How fast requests may follow each other; none for as fast as they come.
    pub rate: Option<Rate>,
    /// How many may be under way at once; none for any number.
    pub concurrent: Option<u32>,
}

/// Is told when a breaker changes. Called without a lock held; must not block.
pub trait BreakerObserver: Send + Sync {
    /// The breaker went from one state to another. A governor that is dropped while its breaker is not closed tells of one
    /// more change, to [`BreakerState::Closed`].
    fn changed(&self, from: BreakerState, to: BreakerState);
}

/// Keeps the requests of one connection within what its provider bears. Shared by all calls of the connection.
pub struct Governor {
    inner: Mutex<Inner>,
    places: Semaphore,
    observer: Box<dyn BreakerObserver>,
}

struct Inner {
    pace: Pace,
    breaker: Breaker,
}

impl Governor {
    /// A governor that has seen nothing yet.
    pub fn new(allowance: Allowance, observer: Box<dyn BreakerObserver>) -> Self {
        let places = allowance
            .concurrent
            .map_or(Semaphore::MAX_PERMITS, |concurrent| concurrent.max(1) as usize);
        Self {
            inner: Mutex::new(Inner {
                pace: Pace::new(allowance.rate),
                breaker: Breaker::default(),
            }),
            places: Semaphore::new(places),
            observer,
        }
    }

    /// Waits for the turn of one request, but for no longer than it is worth sending before `deadline`.
    pub(crate) async fn enter(&self, deadline: Instant) -> Result<Admission<'_>, SendError> {
        if let Some(retry_after) = self.lock().breaker.refuses(Instant::now()) {
            return Err(SendError::CircuitOpen { retry_after });
        }
        let latest = deadline.checked_sub(LEAST_TIME).unwrap_or(deadline);
        let place = match time::timeout_at(latest, self.places.acquire()).await {
            Ok(Ok(place)) => place,
            // The semaphore is never closed.
            Ok(Err(_)) | Err(_) => return Err(SendError::Crowded),
        };
        loop {
            let now = Instant::now();
            let at = self.lock().pace.reserve(now, latest).map_err(too_late)?;
            if at > now {
                time::sleep_until(at).await;
            }
            // A 429 may have come in meanwhile.
            if !self.lock().pace.is_held(Instant::now()) {
                break;
            }
        }
        let pass = self.change(|inner| inner.breaker.pass(Instant::now()));
        let pass = pass.map_err(|retry_after| SendError::CircuitOpen { retry_after })?;
        Ok(Admission {
            governor: self,
            _place: place,
            pass,
            started: Instant::now(),
            ended: false,
        })
    }

    /// Changes the state and tells the observer if that changed the breaker's.
    fn change<T>(&self, change: impl FnOnce(&mut Inner) -> T) -> T {
        let (result, from, to) = {
            let mut inner = self.lock();
            let from = inner.breaker.state();
            let result = change(&mut inner);
            (result, from, inner.breaker.state())
        };
        if from != to {
            self.observer.changed(from, to);
        }
        result
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The refusal of a request whose turn comes too late. Who would not have to wait is not limited by anybody: the call's own
/// time is over.
fn too_late(wait: Duration) -> SendError {
    match wait {
        Duration::ZERO => SendError::Deadline,
        retry_after => SendError::Paced { retry_after },
    }
}

impl Drop for Governor {
    fn drop(&mut self) {
        let state = self.lock().breaker.state();
        if state != BreakerState::Closed {
            self.observer.changed(state, BreakerState::Closed);
        }
    }
}

/// A request that may be sent now. One that is dropped was given up.
pub(crate) struct Admission<'a> {
    governor: &'a Governor,
    _place: SemaphorePermit<'a>,
    pass: Pass,
    started: Instant,
    ended: bool,
}

impl Admission<'_> {
    /// Learns from how the request ended.
    pub(crate) fn leave(mut self, result: &Result<Response, SendError>) {
        self.ended = true;
        let now = Instant::now();
        let health = health(result, self.started.elapsed());
        let pass = self.pass;
        self.governor.change(|inner| {
            inner.breaker.ended(now, pass, health);
            if let Ok(response) = result {
                let asked = match response.status {
                    429 => response.retry_after(),
                    _ => None,
                };
                let asked = asked.or_else(|| pace::used_up(&response.headers));
                inner.pace.answered(now, response.status, asked);
            }
        });
    }
}

impl Drop for Admission<'_> {
    fn drop(&mut self) {
        if !self.ended {
            let health = given_up(self.started.elapsed());
            let pass = self.pass;
            self.governor
                .change(|inner| inner.breaker.ended(Instant::now(), pass, health));
        }
    }
}

fn given_up(after: Duration) -> Health {
    if after >= PATIENCE {
        Health::Faulty
    } else {
        Health::Unknown
    }
}

fn health(result: &Result<Response, SendError>, elapsed: Duration) -> Health {
    match result {
        Ok(response) if response.status >= 500 => Health::Faulty,
        Ok(_) | Err(SendError::ResponseTooLarge { .. } | SendError::TotalBytes { .. }) => Health::Sound,
        Err(
            SendError::Resolve { .. }
            | SendError::Connect { .. }
            | SendError::ConnectTimeout { .. }
            | SendError::Tls { .. }
            | SendError::BrokenAnswer { .. },
        ) => Health::Faulty,
        // How long it was given depends on what the call had left.
        Err(SendError::FirstByteTimeout { .. } | SendError::TotalTimeout { .. } | SendError::Deadline) => {
            given_up(elapsed)
        }
        Err(_) => Health::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use http::HeaderMap;

    use super::*;

    #[test]
    fn a_refusal_is_an_answer_and_a_failure_is_not() {
        let answer = |status| {
            Ok(Response {
                status,
                headers: HeaderMap::new(),
                body: Bytes::new(),
            })
        };
        let host = || "h".to_owned();
        let detail = || "d".to_owned();
        let after = Duration::from_secs(20);
        let cases = [
            (answer(200), Health::Sound),
            (answer(404), Health::Sound),
            (answer(429), Health::Sound),
            (answer(500), Health::Faulty),
            (answer(503), Health::Faulty),
            (Err(SendError::Resolve { host: host() }), Health::Faulty),
            (
                Err(SendError::Connect {
                    host: host(),
                    detail: detail(),
                }),
                Health::Faulty,
            ),
            (
                Err(SendError::Tls {
                    host: host(),
                    detail: detail(),
                }),
                Health::Faulty,
            ),
            (
                Err(SendError::BrokenAnswer {
                    host: host(),
                    detail: detail(),
                }),
                Health::Faulty,
            ),
            (
                Err(SendError::FirstByteTimeout { host: host(), after }),
                Health::Faulty,
            ),
            (Err(SendError::Deadline), Health::Faulty),
            (Err(SendError::ResponseTooLarge { limit: 1 }), Health::Sound),
            (Err(SendError::BadCredential), Health::Unknown),
        ];
        for (result, expected) in cases {
            assert_eq!(health(&result, PATIENCE), expected, "{result:?}");
        }
        assert_eq!(
            health(&Err(SendError::Deadline), Duration::from_secs(1)),
            Health::Unknown
        );
    }
}
