//! How fast the requests of one connection may follow each other: a pure decision over times.

use std::collections::VecDeque;
use std::time::Duration;

use http::HeaderMap;
use tokio::time::Instant;

/// The longest that a provider can keep us away; what it asks beyond that is asked again.
const MAX_HOLD: Duration = Duration::from_secs(3_600);
/// A 429 that does not say when to come back holds for this long, each further one in a row for twice as long,
const BASE_HOLD: Duration = Duration::from_secs(1);
/// but not for longer than this.
const MAX_OWN_HOLD: Duration = Duration::from_secs(8);
/// The most requests of a window that are remembered one by one. A larger limit counts as so many in a shorter window.
const REMEMBERED: u32 = 1_000;

/// The limit that a provider publishes: so many requests in so much time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate {
    /// So many requests, at least one,
    pub requests: u32,
    /// in every window of this length.
    pub per: Duration,
}

/// When the requests of one connection were sent and will be sent, and until when the provider wants none.
///
/// A sliding window rather than a token bucket: a full bucket and what refills it are together almost twice the limit.
#[derive(Debug, Default)]
pub(crate) struct Pace {
    rate: Option<Rate>,
    /// Times of the window's requests, oldest first; those to come included.
    times: VecDeque<Instant>,
    held_until: Option<Instant>,
    /// 429s in a row that did not say when to come back.
    unexplained: u32,
}

impl Pace {
    pub(crate) fn new(rate: Option<Rate>) -> Self {
        Self {
            rate: rate.map(within_memory),
            ..Self::default()
        }
    }

    /// The time at which a request may be sent, which is then taken; or, when that is after `latest`, how long from now it
    /// would be: nothing where only `latest` is over.
    pub(crate) fn reserve(&mut self, now: Instant, latest: Instant) -> Result<Instant, Duration> {
        let mut at = self.held_until.map_or(now, |held| held.max(now));
        let full = self.rate.filter(|rate| self.times.len() >= size(rate));
        if let (Some(rate), Some(oldest)) = (full, self.times.front()) {
            at = at.max(*oldest + rate.per);
        }
        if at > latest {
            return Err(at - now);
        }
        if full.is_some() {
            self.times.pop_front();
        }
        if self.rate.is_some() {
            self.times.push_back(at);
        }
        Ok(at)
    }

    /// Whether the provider wants no request now, not even one whose time has come.
    pub(crate) fn is_held(&self, now: Instant) -> bool {
        self.held_until.is_some_and(|held| held > now)
    }

    /// Learns from an answer. `asked` is its `Retry-After`, or what else says when there will be room again.
    pub(crate) fn answered(&mut self, now: Instant, status: u16, asked: Option<Duration>) {
        let hold = match (status, asked) {
            (429, None) => {
                let doublings = self.unexplained.min(16);
                self.unexplained = self.unexplained.saturating_add(1);
                Some(BASE_HOLD.saturating_mul(1 << doublings).min(MAX_OWN_HOLD))
            }
            (_, asked) => {
                self.unexplained = 0;
                asked
            }
        };
        if let Some(hold) = hold {
            let until = now + hold.min(MAX_HOLD);
            self.held_until = Some(self.held_until.map_or(until, |held| held.max(until)));
        }
    }
}

/// When a provider whose allowance is used up has room again, by the headers that providers use beside `Retry-After`:
/// `RateLimit-Remaining` and `RateLimit-Reset` in seconds (IETF draft-ietf-httpapi-ratelimit-headers-03), with `X-` at
/// Pipedrive; `X-RateLimit-Interval-Milliseconds` at HighLevel, with `X-HubSpot-` at HubSpot (providers.md, limits).
pub(crate) fn used_up(headers: &HeaderMap) -> Option<Duration> {
    const NAMES: [[&str; 3]; 3] = [
        [
            "x-ratelimit-remaining",
            "x-ratelimit-reset",
            "x-ratelimit-interval-milliseconds",
        ],
        [
            "x-hubspot-ratelimit-remaining",
            "x-hubspot-ratelimit-reset",
            "x-hubspot-ratelimit-interval-milliseconds",
        ],
        [
            "ratelimit-remaining",
            "ratelimit-reset",
            "ratelimit-interval-milliseconds",
        ],
    ];
    let number = |name: &str| headers.get(name)?.to_str().ok()?.trim().parse::<u64>().ok();
    NAMES.iter().find_map(|[remaining, reset, interval]| {
        if number(remaining)? != 0 {
            return None;
        }
        let reset = number(reset).map(Duration::from_secs);
        let interval = || number(interval).map(Duration::from_millis);
        // Some write the time of day instead of seconds; nothing that is meant as a wait is that long.
        reset.or_else(interval).filter(|wait| *wait <= MAX_HOLD)
    })
}

fn within_memory(rate: Rate) -> Rate {
    if rate.requests <= REMEMBERED {
        return rate;
    }
    Rate {
        requests: REMEMBERED,
        per: rate.per.mul_f64(f64::from(REMEMBERED) / f64::from(rate.requests)),
    }
}

fn size(rate: &Rate) -> usize {
    rate.requests.max(1) as usize
}

#[cfg(test)]
mod tests {
    use http::HeaderName;

    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    fn pace(requests: u32, per: Duration) -> Pace {
        Pace::new(Some(Rate { requests, per }))
    }

    #[test]
    fn no_window_holds_more_than_the_limit_and_none_waits_in_vain() {
        let mut pace = pace(3, SECOND);
        let start = Instant::now();
        let latest = start + SECOND * 60;
        let mut sent = Vec::new();
        for step in 0..40 {
            let now = start + Duration::from_millis(step * 70);
            sent.push(pace.reserve(now, latest).unwrap());
        }
        assert!(sent.is_sorted());
        for four in sent.windows(4) {
            assert!(four[3] - four[0] >= SECOND, "{four:?}");
        }
        // Forty requests need thirteen windows and not more.
        assert!(*sent.last().unwrap() <= start + SECOND * 13, "{:?}", sent.last());
    }

    #[test]
    fn a_place_after_the_deadline_is_refused_with_the_wait_and_not_taken() {
        let mut pace = pace(1, SECOND);
        let now = Instant::now();
        assert_eq!(pace.reserve(now, now), Ok(now));
        for _ in 0..3 {
            assert_eq!(pace.reserve(now, now + SECOND / 2), Err(SECOND));
        }
        assert_eq!(pace.reserve(now, now + SECOND), Ok(now + SECOND));
    }

    #[test]
    fn who_is_late_without_a_limit_has_nothing_to_wait_for() {
        let mut pace = pace(1, SECOND);
        let now = Instant::now();
        assert_eq!(pace.reserve(now + SECOND, now), Err(Duration::ZERO));
        assert_eq!(pace.reserve(now + SECOND, now + SECOND), Ok(now + SECOND));
    }

    #[test]
    fn without_a_published_limit_only_the_provider_itself_slows_down() {
        let mut pace = Pace::new(None);
        let now = Instant::now();
        for _ in 0..10_000 {
            assert_eq!(pace.reserve(now, now), Ok(now));
        }
        assert!(pace.times.is_empty());
        pace.answered(now, 429, Some(SECOND * 5));
        assert_eq!(pace.reserve(now, now + SECOND), Err(SECOND * 5));
        assert!(pace.is_held(now + SECOND * 4) && !pace.is_held(now + SECOND * 5));
    }

    #[test]
    fn each_answer_holds_for_as_long_as_it_should() {
        type Case<'a> = (&'a [(u16, Option<u64>)], u64);
        let cases: [Case<'_>; 8] = [
            // (answers, seconds until the next request)
            (&[(200, None)], 0),
            (&[(429, Some(30))], 30),
            (&[(429, Some(30)), (200, None)], 30),
            (&[(429, Some(30)), (429, Some(5))], 30),
            (&[(429, Some(u64::MAX))], 3_600),
            (&[(429, None)], 1),
            (
                &[(429, None), (429, None), (429, None), (429, None), (429, None)],
                8,
            ),
            (&[(200, Some(4))], 4),
        ];
        for (answers, seconds) in cases {
            let mut pace = Pace::new(None);
            let now = Instant::now();
            for (status, asked) in answers {
                pace.answered(now, *status, asked.map(Duration::from_secs));
            }
            let at = pace.reserve(now, now + SECOND * 10_000).unwrap();
            assert_eq!((at - now).as_secs(), seconds, "{answers:?}");
        }
        let mut pace = Pace::new(None);
        let now = Instant::now();
        for status in [429, 429, 200, 429] {
            pace.answered(now, status, None);
        }
        assert_eq!(pace.unexplained, 1, "a good answer ends the row");
    }

    #[test]
    fn a_limit_of_a_million_is_kept_in_little_memory() {
        let mut pace = pace(1_000_000, SECOND * 1_000);
        let now = Instant::now();
        for _ in 0..3_000 {
            pace.reserve(now, now + SECOND * 10).unwrap();
        }
        assert_eq!(pace.times.len(), 1_000);
        assert_eq!(pace.rate.unwrap().per, SECOND);
    }

    #[test]
    fn an_allowance_that_is_used_up_says_when_there_is_more() {
        type Case<'a> = (&'a [(&'a str, &'a str)], Option<u64>);
        let cases: [Case<'_>; 8] = [
            (&[], None),
            (
                &[("x-ratelimit-remaining", "5"), ("x-ratelimit-reset", "2")],
                None,
            ),
            (
                &[("x-ratelimit-remaining", "0"), ("x-ratelimit-reset", "2")],
                Some(2_000),
            ),
            (
                &[("ratelimit-remaining", "0"), ("ratelimit-reset", "3")],
                Some(3_000),
            ),
            (
                &[
                    ("x-hubspot-ratelimit-remaining", "0"),
                    ("x-hubspot-ratelimit-interval-milliseconds", "10000"),
                ],
                Some(10_000),
            ),
            (&[("x-ratelimit-remaining", "0")], None),
            (
                &[
                    ("x-ratelimit-remaining", "0"),
                    ("x-ratelimit-reset", "1795530000"),
                ],
                None,
            ),
            (
                &[("x-ratelimit-remaining", "-"), ("x-ratelimit-reset", "2")],
                None,
            ),
        ];
        for (headers, expected) in cases {
            let headers: HeaderMap = headers
                .iter()
                .map(|(name, value)| (HeaderName::from_static(name), value.parse().unwrap()))
                .collect();
            assert_eq!(
                used_up(&headers),
                expected.map(Duration::from_millis),
                "{headers:?}"
            );
        }
    }
}
