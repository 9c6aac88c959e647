//! Times: [`Timestamp`] in Rust, whole milliseconds since the Unix epoch in the database.

use std::time::Duration;

use jiff::Timestamp;

/// The current time, cut to what the database keeps, so that what was written equals what is read back.
pub(crate) fn now() -> Timestamp {
    let now = Timestamp::now();
    Timestamp::from_millisecond(now.as_millisecond()).unwrap_or(now)
}

/// The time so much later, in whole milliseconds; the last there is, rather than none.
pub(crate) fn later(start: Timestamp, by: Duration) -> Timestamp {
    let by = i64::try_from(by.as_millis()).unwrap_or(i64::MAX);
    // The last second: of the milliseconds after it, jiff reads none.
    let last = Timestamp::MAX.as_second().saturating_mul(1_000);
    let later = start.as_millisecond().saturating_add(by).min(last);
    Timestamp::from_millisecond(later).unwrap_or(start)
}

/// The time so much earlier, in milliseconds since the epoch.
pub(crate) fn earlier(end: Timestamp, by: Duration) -> i64 {
    let by = i64::try_from(by.as_millis()).unwrap_or(i64::MAX);
    end.as_millisecond().saturating_sub(by)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use jiff::Timestamp;

    use super::{earlier, later, now};

    #[test]
    fn times_move_by_whole_milliseconds_and_not_beyond_the_last() {
        let (start, by) = (
            Timestamp::from_millisecond(1_000).unwrap(),
            Duration::from_micros(2_900),
        );
        assert_eq!(later(start, by).as_millisecond(), 1_002);
        assert_eq!(earlier(start, by), 998);
        let last = later(start, Duration::MAX);
        assert_eq!(last.as_second(), Timestamp::MAX.as_second());
        assert_eq!(last.subsec_nanosecond() % 1_000_000, 0);
    }

    #[test]
    fn now_has_no_part_below_a_millisecond() {
        assert_eq!(now().subsec_nanosecond() % 1_000_000, 0);
    }
}
