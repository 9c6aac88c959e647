//! Whether to try again, and after how long: a pure decision.

use std::time::Duration;

use crate::{Response, SendError};

/// Pause before the second attempt; each further one doubles it.
const BASE_PAUSE: Duration = Duration::from_millis(100);
/// The longest pause that we choose ourselves.
const MAX_PAUSE: Duration = Duration::from_secs(2);
/// A further attempt that has less time than this is not worth a request.
const LEAST_TIME: Duration = Duration::from_millis(250);

/// How an attempt ended, as far as retrying is concerned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// An answer, and how long it asks us to wait.
    Answer {
        status: u16,
        retry_after: Option<Duration>,
    },
    /// No connection came about, so the provider has seen nothing.
    NotSent,
    /// The connection broke, so the provider may have done what was asked.
    Broken,
    /// Trying again would end the same way, or has no time.
    Final,
}

impl Outcome {
    pub(crate) fn of(result: &Result<Response, SendError>) -> Self {
        match result {
            Ok(response) => Self::Answer {
                status: response.status,
                retry_after: response.retry_after(),
            },
            Err(SendError::Connect { .. } | SendError::ConnectTimeout { .. }) => Self::NotSent,
            Err(SendError::BrokenAnswer { .. }) => Self::Broken,
            Err(_) => Self::Final,
        }
    }
}

/// What the decision depends on besides the outcome.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Situation {
    /// 1 after the first attempt.
    pub(crate) attempt: u32,
    /// How many attempts there may be.
    pub(crate) attempts: u32,
    /// Sending it twice does no more than sending it once.
    pub(crate) repeatable: bool,
    /// Time until the call's deadline.
    pub(crate) remaining: Duration,
    /// 0.0 to 1.0, so that many callers do not come back at the same moment.
    pub(crate) jitter: f64,
}

/// How long to wait before the next attempt; none to give the outcome back as it is.
///
/// A 429 was not carried out, so any method may be repeated, but only when the provider says when.
pub(crate) fn pause(outcome: Outcome, situation: Situation) -> Option<Duration> {
    if situation.attempt >= situation.attempts {
        return None;
    }
    let wait = match outcome {
        Outcome::NotSent => backoff(situation),
        Outcome::Broken if situation.repeatable => backoff(situation),
        Outcome::Answer {
            status: 429,
            retry_after: Some(asked),
        } => asked.saturating_add(BASE_PAUSE.mul_f64(situation.jitter)),
        Outcome::Answer {
            status: 502..=504,
            retry_after,
        } if situation.repeatable => backoff(situation).max(retry_after.unwrap_or_default()),
        Outcome::Answer { .. } | Outcome::Broken | Outcome::Final => return None,
    };
    (wait.saturating_add(LEAST_TIME) <= situation.remaining).then_some(wait)
}

/// Exponential, at least half of the full pause ("equal jitter").
fn backoff(situation: Situation) -> Duration {
    let doublings = situation.attempt.saturating_sub(1).min(16);
    let full = BASE_PAUSE.saturating_mul(1 << doublings).min(MAX_PAUSE);
    full.mul_f64(0.5 + situation.jitter / 2.0)
}

/// A random number from 0.0 to 1.0. Without a random source: the middle, because jitter is no secret.
pub(crate) fn jitter() -> f64 {
    getrandom::u32().map_or(0.5, |number| f64::from(number) / f64::from(u32::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    const SITUATION: Situation = Situation {
        attempt: 1,
        attempts: 3,
        repeatable: true,
        remaining: Duration::from_secs(10),
        jitter: 1.0,
    };

    fn answer(status: u16, retry_after: Option<u64>) -> Outcome {
        Outcome::Answer {
            status,
            retry_after: retry_after.map(Duration::from_secs),
        }
    }

    #[test]
    fn what_is_tried_again_depends_on_what_the_provider_may_have_done() {
        let cases = [
            // (outcome, retried if repeatable, retried if not)
            (Outcome::NotSent, true, true),
            (Outcome::Broken, true, false),
            (Outcome::Final, false, false),
            (answer(502, None), true, false),
            (answer(503, None), true, false),
            (answer(504, None), true, false),
            (answer(503, Some(1)), true, false),
            (answer(429, Some(1)), true, true),
            (answer(429, None), false, false),
            (answer(500, None), false, false),
            (answer(501, None), false, false),
            (answer(408, None), false, false),
            (answer(200, Some(1)), false, false),
            (answer(301, None), false, false),
            (answer(404, None), false, false),
        ];
        for (outcome, repeatable, otherwise) in cases {
            assert_eq!(
                pause(outcome, SITUATION).is_some(),
                repeatable,
                "{outcome:?}, repeatable"
            );
            let once = Situation {
                repeatable: false,
                ..SITUATION
            };
            assert_eq!(
                pause(outcome, once).is_some(),
                otherwise,
                "{outcome:?}, not repeatable"
            );
        }
    }

    #[test]
    fn the_number_of_attempts_is_capped() {
        let retried: Vec<bool> = (1..=4)
            .map(|attempt| pause(Outcome::NotSent, Situation { attempt, ..SITUATION }).is_some())
            .collect();
        assert_eq!(retried, [true, true, false, false]);
        assert_eq!(
            pause(
                Outcome::NotSent,
                Situation {
                    attempts: 0,
                    ..SITUATION
                }
            ),
            None
        );
    }

    #[test]
    fn a_wait_that_does_not_fit_into_the_remaining_time_is_not_begun() {
        assert_eq!(
            pause(answer(429, Some(9)), SITUATION),
            Some(Duration::from_millis(9_100))
        );
        for seconds in [10, 3_600, u64::MAX] {
            assert_eq!(pause(answer(429, Some(seconds)), SITUATION), None);
            assert_eq!(pause(answer(503, Some(seconds)), SITUATION), None);
        }
        assert_eq!(
            pause(
                Outcome::NotSent,
                Situation {
                    remaining: LEAST_TIME,
                    ..SITUATION
                }
            ),
            None
        );
    }

    #[test]
    fn pauses_double_up_to_a_maximum_and_spread() {
        let with = |attempt, jitter| {
            pause(
                Outcome::NotSent,
                Situation {
                    attempt,
                    jitter,
                    attempts: u32::MAX,
                    ..SITUATION
                },
            )
            .unwrap()
        };
        assert_eq!(with(1, 1.0), BASE_PAUSE);
        assert_eq!(with(1, 0.0), BASE_PAUSE / 2);
        assert_eq!(with(2, 1.0), BASE_PAUSE * 2);
        assert_eq!(with(100, 1.0), MAX_PAUSE);
        assert_eq!(
            pause(answer(503, Some(1)), SITUATION),
            Some(Duration::from_secs(1))
        );
        assert!((0.0..=1.0).contains(&jitter()));
    }
}
