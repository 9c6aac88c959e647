//! Date times: any usual spelling in, ISO 8601 in UTC with milliseconds out.

use jiff::civil::{Date, DateTime};
use jiff::{Timestamp, tz::Offset};

/// Length of `2026-03-09`.
const DATE_LENGTH: usize = 10;

/// The unified spelling: `2026-03-09T15:00:00.000Z`. Anything finer than a millisecond is dropped.
pub(crate) fn format(timestamp: Timestamp) -> String {
    format!("{timestamp:.3}")
}

/// An instant: date, time and offset (or `Z`). A date alone is its midnight in UTC.
pub(crate) fn parse_instant(text: &str) -> Option<Timestamp> {
    match parse_date(text) {
        Some(date) => midnight(date),
        None => text.parse().ok(),
    }
}

/// As [`parse_instant`]; a time without an offset counts as UTC, as providers that leave it out mean it.
pub(crate) fn parse_lenient(text: &str) -> Option<Timestamp> {
    parse_instant(text).or_else(|| in_utc(text.parse().ok()?))
}

/// `2026-03-09` and nothing else.
pub(crate) fn parse_date(text: &str) -> Option<Date> {
    (text.len() == DATE_LENGTH).then(|| text.parse().ok()).flatten()
}

/// The first instant of a day in UTC.
pub(crate) fn midnight(date: Date) -> Option<Timestamp> {
    in_utc(date.to_datetime(jiff::civil::Time::midnight()))
}

/// This date and time in UTC.
pub(crate) fn in_utc(datetime: DateTime) -> Option<Timestamp> {
    Offset::UTC.to_timestamp(datetime).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_usual_spelling_becomes_the_unified_one() {
        for (text, expected) in [
            ("2026-03-09T15:00:00Z", "2026-03-09T15:00:00.000Z"),
            ("2026-03-09T15:00:00.123456Z", "2026-03-09T15:00:00.123Z"),
            ("2026-03-09T15:00:00+02:00", "2026-03-09T13:00:00.000Z"),
            ("2026-03-09 15:00:00-0530", "2026-03-09T20:30:00.000Z"),
            ("2026-03-09", "2026-03-09T00:00:00.000Z"),
            ("1969-12-31T23:59:59.999Z", "1969-12-31T23:59:59.999Z"),
        ] {
            assert_eq!(
                parse_instant(text).map(format).as_deref(),
                Some(expected),
                "{text}"
            );
        }
    }

    #[test]
    fn what_is_no_instant_is_refused() {
        for text in [
            "",
            "tomorrow",
            "2026-13-01",
            "2026-02-30",
            "2026-03-09T15:00:00",
            "1709913600",
            "15:00Z",
        ] {
            assert_eq!(parse_instant(text), None, "{text}");
        }
    }

    #[test]
    fn a_provider_may_leave_out_the_offset() {
        let read = parse_lenient("2026-03-09 15:00:00").map(format);
        assert_eq!(read.as_deref(), Some("2026-03-09T15:00:00.000Z"));
    }
}
