//! A circuit breaker: a provider that fails again and again is left alone for a while. A pure state machine.

use std::time::Duration;

use tokio::time::Instant;

/// So many failures in a row open the circuit. Each retry of a call counts.
const FAILURES: u32 = 8;
/// How long ago the first of them may be at most.
const WINDOW: Duration = Duration::from_secs(60);
/// How long the circuit stays open at first. Each probe that fails doubles it.
const OPEN: Duration = Duration::from_secs(5);
/// The longest that it stays open.
const LONGEST_OPEN: Duration = Duration::from_secs(60);
/// When to come back while somebody else tries.
const PROBE_TIME: Duration = Duration::from_secs(1);

/// What the breaker of a connection lets through.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BreakerState {
    /// Everything: the provider answers.
    Closed,
    /// Nothing: it has failed too often.
    Open,
    /// One request, to see whether it answers again.
    HalfOpen,
}

/// How a request ended, as far as the provider's health is concerned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Health {
    /// It answered; a refusal is an answer too.
    Sound,
    /// It did not answer, or said that it is broken.
    Faulty,
    /// Nothing can be learnt, such as from a request that was given up early.
    Unknown,
}

/// A request that was let through.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Pass {
    Ordinary,
    /// The one that decides whether the circuit closes.
    Probe,
}

#[derive(Debug, Clone, Copy)]
enum State {
    Closed { failures: u32, since: Option<Instant> },
    Open { until: Instant, pause: Duration },
    HalfOpen { pause: Duration },
}

/// The breaker of one connection.
#[derive(Debug)]
pub(crate) struct Breaker(State);

impl Default for Breaker {
    fn default() -> Self {
        Self(SOUND)
    }
}

const SOUND: State = State::Closed {
    failures: 0,
    since: None,
};

impl Breaker {
    pub(crate) fn state(&self) -> BreakerState {
        match self.0 {
            State::Closed { .. } => BreakerState::Closed,
            State::Open { .. } => BreakerState::Open,
            State::HalfOpen { .. } => BreakerState::HalfOpen,
        }
    }

    /// How long a request that comes now would be refused; none if it would not be.
    pub(crate) fn refuses(&self, now: Instant) -> Option<Duration> {
        match self.0 {
            State::Open { until, .. } if until > now => Some(until - now),
            State::HalfOpen { .. } => Some(PROBE_TIME),
            State::Open { .. } | State::Closed { .. } => None,
        }
    }

    /// Lets a request through, or says how long none will be.
    pub(crate) fn pass(&mut self, now: Instant) -> Result<Pass, Duration> {
        match (self.refuses(now), self.0) {
            (Some(wait), _) => Err(wait),
            (None, State::Open { pause, .. }) => {
                self.0 = State::HalfOpen { pause };
                Ok(Pass::Probe)
            }
            (None, _) => Ok(Pass::Ordinary),
        }
    }

    /// Learns how a request ended that was let through.
    pub(crate) fn ended(&mut self, now: Instant, pass: Pass, health: Health) {
        self.0 = match (self.0, pass, health) {
            (State::HalfOpen { .. }, Pass::Probe, Health::Sound) => SOUND,
            (State::HalfOpen { pause }, Pass::Probe, Health::Faulty) => {
                let pause = (pause * 2).min(LONGEST_OPEN);
                State::Open {
                    until: now + pause,
                    pause,
                }
            }
            // The probe was given up: the next request is one.
            (State::HalfOpen { pause }, Pass::Probe, Health::Unknown) => State::Open { until: now, pause },
            (State::Closed { .. }, _, Health::Sound) => SOUND,
            (State::Closed { failures, since }, _, Health::Faulty) => failed(now, failures, since),
            // Requests that began before the circuit opened decide nothing any more.
            (state, _, _) => state,
        };
    }
}

fn failed(now: Instant, failures: u32, since: Option<Instant>) -> State {
    let recent = since.filter(|since| now.saturating_duration_since(*since) <= WINDOW);
    let (failures, since) = match recent {
        Some(since) => (failures + 1, since),
        None => (1, now),
    };
    if failures < FAILURES {
        return State::Closed {
            failures,
            since: Some(since),
        };
    }
    State::Open {
        until: now + OPEN,
        pause: OPEN,
    }
}

#[cfg(test)]
mod tests {
    use super::Health::{Faulty, Sound, Unknown};
    use super::*;

    fn open(now: Instant) -> Breaker {
        let mut breaker = Breaker::default();
        for _ in 0..FAILURES {
            breaker.ended(now, Pass::Ordinary, Faulty);
        }
        assert_eq!(breaker.state(), BreakerState::Open);
        breaker
    }

    #[test]
    fn only_failures_in_a_row_within_the_window_open_it() {
        let few = FAILURES as usize - 1;
        let cases: [(Vec<Health>, Duration, BreakerState); 5] = [
            (vec![Faulty; few], Duration::ZERO, BreakerState::Closed),
            (vec![Faulty; few + 1], Duration::ZERO, BreakerState::Open),
            (
                [vec![Faulty; few], vec![Sound], vec![Faulty; few]].concat(),
                Duration::ZERO,
                BreakerState::Closed,
            ),
            (
                [vec![Faulty; few], vec![Unknown], vec![Faulty]].concat(),
                Duration::ZERO,
                BreakerState::Open,
            ),
            (vec![Faulty; few + 3], WINDOW / 4, BreakerState::Closed),
        ];
        for (ends, apart, expected) in cases {
            let mut breaker = Breaker::default();
            let mut now = Instant::now();
            for health in &ends {
                let pass = breaker.pass(now).unwrap();
                breaker.ended(now, pass, *health);
                now += apart;
            }
            assert_eq!(breaker.state(), expected, "{ends:?}, {apart:?} apart");
        }
    }

    #[test]
    fn while_open_everything_is_refused_with_the_time_that_is_left() {
        let now = Instant::now();
        let mut breaker = open(now);
        assert_eq!(breaker.pass(now), Err(OPEN));
        let later = now + OPEN - Duration::from_millis(1);
        assert_eq!(breaker.pass(later), Err(Duration::from_millis(1)));
    }

    #[test]
    fn one_probe_at_a_time_decides() {
        let now = Instant::now();
        let cases = [
            (Sound, BreakerState::Closed, None),
            (Faulty, BreakerState::Open, Some(OPEN * 2)),
            // Given up: the next request may go at once.
            (Unknown, BreakerState::Open, None),
        ];
        for (health, state, refused) in cases {
            let mut breaker = open(now);
            let later = now + OPEN;
            assert_eq!(breaker.pass(later), Ok(Pass::Probe));
            assert_eq!(breaker.pass(later), Err(PROBE_TIME), "one probe only");
            breaker.ended(later, Pass::Ordinary, Sound);
            assert_eq!(
                breaker.state(),
                BreakerState::HalfOpen,
                "an older request does not decide"
            );
            breaker.ended(later, Pass::Probe, health);
            assert_eq!(
                (breaker.state(), breaker.refuses(later)),
                (state, refused),
                "{health:?}"
            );
        }
    }

    #[test]
    fn probes_that_fail_make_the_pauses_longer_up_to_a_minute() {
        let mut now = Instant::now();
        let mut breaker = open(now);
        let mut pauses = Vec::new();
        for _ in 0..6 {
            let pause = breaker.refuses(now).unwrap();
            pauses.push(pause.as_secs());
            now += pause;
            assert_eq!(breaker.pass(now), Ok(Pass::Probe));
            breaker.ended(now, Pass::Probe, Faulty);
        }
        assert_eq!(pauses, [5, 10, 20, 40, 60, 60]);
    }
}
