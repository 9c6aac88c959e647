//! Date times: any usual spelling in, ISO 8601 in UTC with milliseconds out.

use jiff::civil::{Date, DateTime};
use jiff::{Timestamp, tz::Offset};

/// Length of `2026-03-09`.
const DATE_LENGTH: usize = 10;

/// The unified spelling: `2026-03-09T15:00:00.000Z`. Anything finer than a millisecond is dropped.
pub(crate) fn format(timestamp: Timestamp) -> String {
    format!("{timestamp:.3}")
}

/// Whether this is the unified spelling of an instant, so that formatting it would give the same text.
pub(crate) fn is_unified(text: &str) -> bool {
    const FORM: &[u8] = b"dddd-dd-ddTdd:dd:dd.dddZ";
    let fits = |(byte, form): (&u8, &u8)| match form {
        b'd' => byte.is_ascii_digit(),
        other => byte == other,
    };
    let text = text.as_bytes();
    let has_form = text.len() == FORM.len() && text.iter().zip(FORM).all(fits);
    has_form && civil(text).and_then(in_utc).is_some()
}

/// The date and time whose digits stand where the unified spelling has them; none if there is no such date or time. A leap
/// second is none: it is read as the second before it, and so written in another way.
fn civil(text: &[u8]) -> Option<DateTime> {
    let number = |at: std::ops::Range<usize>| {
        let digits = text.get(at).unwrap_or_default().iter();
        digits.fold(0_i16, |number, digit| {
            number * 10 + i16::from(digit.wrapping_sub(b'0'))
        })
    };
    let small = |at: usize| i8::try_from(number(at..at + 2)).ok();
    DateTime::new(
        number(0..4),
        small(5)?,
        small(8)?,
        small(11)?,
        small(14)?,
        small(17)?,
        i32::from(number(20..23)) * 1_000_000,
    )
    .ok()
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
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn the_unified_spelling_is_the_one_that_formatting_gives(
            text in "[0-9]{4}-[01][0-9]-[0-3][0-9]T[0-2][0-9]:[0-6][0-9]:[0-6][0-9]\\.[0-9]{3}Z",
        ) {
            let again = parse_instant(&text).map(format);
            prop_assert_eq!(is_unified(&text), again == Some(text));
        }
    }

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
    fn what_is_unified_already_stays_as_it_is() {
        for text in [
            "2026-03-09T15:00:00.000Z",
            "1969-12-31T23:59:59.999Z",
            "0000-01-01T00:00:00.000Z",
        ] {
            assert!(is_unified(text), "{text}");
            assert_eq!(parse_instant(text).map(format).as_deref(), Some(text));
        }
        for text in [
            "2026-03-09T15:00:00Z",
            "2026-03-09T15:00:00.000+",
            "2026-03-09 15:00:00.000Z",
            "2026-02-30T15:00:00.000Z",
            "2016-12-31T23:59:60.000Z",
            "2026-03-09T24:00:00.000Z",
            "2026-03-09T15:00:00.é0Z",
        ] {
            assert!(!is_unified(text), "{text}");
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
