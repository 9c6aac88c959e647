//! Between a meeting's start and end and an activity's due date, due time and duration, all in UTC.

use routemcp_sdk::prelude::*;
use routemcp_sdk::time;
use serde_json::{Map, Value};

use crate::joins::set;
use crate::values::text;

/// The provider fields of the mapping. Pipedrive does not have them: they are added to its records.
pub(crate) const START: &str = "startTime";
pub(crate) const END: &str = "endTime";

/// Adds start and end. An activity without a due time lasts all day, and begins at midnight; one without a duration has no
/// end.
pub(crate) fn add(activity: &mut Value) {
    let start = start_ms(activity);
    let end = end_ms(activity);
    let iso = |ms: Option<i64>| ms.map(time::to_iso).into();
    set(activity, START, iso(start));
    set(activity, END, iso(end));
}

/// Replaces start and end by what Pipedrive has. `current` is the activity as it is, null for a new one: moving the start
/// leaves the end where it is.
pub(crate) fn write(values: &mut Map<String, Value>, current: &Value) -> Result<(), Failure> {
    let (start, end) = (values.remove(START), values.remove(END));
    if start.is_none() && end.is_none() {
        return Ok(());
    }
    let moves = start.is_some();
    let start = given(START, start, start_ms(current))?;
    let end = given(END, end, end_ms(current))?;
    let mut put = |name: &str, text: Option<String>| values.insert(name.to_owned(), text.into());
    if moves {
        let parts = start.map(time::to_iso);
        let parts = parts
            .as_deref()
            .and_then(|iso| Some((iso.get(..10)?, iso.get(11..19)?)));
        put("due_date", parts.map(|(date, _)| date.to_owned()));
        put("due_time", parts.map(|(_, clock)| clock.to_owned()));
    }
    let duration = match (start, end) {
        (None, Some(_)) => return Err(wrong(END, "a meeting with an end needs a start")),
        (Some(start), Some(end)) if end < start => return Err(wrong(END, "must not be before the start")),
        (Some(start), Some(end)) => Some(clock((end - start) / 1_000)),
        (_, None) => None,
    };
    put("duration", duration);
    Ok(())
}

fn given(field: &str, value: Option<Value>, current: Option<i64>) -> Result<Option<i64>, Failure> {
    match value {
        None => Ok(current),
        Some(Value::Null) => Ok(None),
        Some(value) => {
            let ms = value.as_str().and_then(time::from_iso);
            // Pipedrive has whole seconds.
            ms.map(|ms| Some(ms - ms.rem_euclid(1_000)))
                .ok_or_else(|| wrong(field, "must be a time in ISO 8601, such as 2026-05-04T08:15:30Z"))
        }
    }
}

fn wrong(field: &str, why: &str) -> Failure {
    Failure::rejected("The times of the meeting do not fit").field(field, why)
}

fn start_ms(activity: &Value) -> Option<i64> {
    let date = time::from_iso(text(activity, "due_date")?)?;
    let clock = text(activity, "due_time").and_then(seconds).unwrap_or_default();
    Some(date + clock * 1_000)
}

fn end_ms(activity: &Value) -> Option<i64> {
    Some(start_ms(activity)? + seconds(text(activity, "duration")?)? * 1_000)
}

/// Seconds of `HH:MM` or `HH:MM:SS`; a duration may have more than 24 hours.
fn seconds(clock: &str) -> Option<i64> {
    let parts: Vec<i64> = clock
        .split(':')
        .map(|part| part.parse().ok())
        .collect::<Option<_>>()?;
    match parts.as_slice() {
        [hours @ 0..=9_999, minutes @ 0..=59] => Some(hours * 3_600 + minutes * 60),
        [hours @ 0..=9_999, minutes @ 0..=59, seconds @ 0..=59] => {
            Some(hours * 3_600 + minutes * 60 + seconds)
        }
        _ => None,
    }
}

fn clock(seconds: i64) -> String {
    format!(
        "{:02}:{:02}:{:02}",
        seconds / 3_600,
        seconds / 60 % 60,
        seconds % 60
    )
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn written(values: Value, current: Value) -> Result<Value, Failure> {
        let mut values = values.as_object().unwrap().clone();
        write(&mut values, &current).map(|()| values.into())
    }

    #[test]
    fn start_and_end_come_from_date_time_and_duration() {
        for (activity, start, end) in [
            (
                json!({ "due_date": "2026-07-01", "due_time": "13:00:00", "duration": "00:45:00" }),
                json!("2026-07-01T13:00:00.000Z"),
                json!("2026-07-01T13:45:00.000Z"),
            ),
            (
                json!({ "due_date": "2026-12-31", "due_time": "23:30", "duration": "26:00" }),
                json!("2026-12-31T23:30:00.000Z"),
                json!("2027-01-02T01:30:00.000Z"),
            ),
            (
                json!({ "due_date": "2026-07-01", "due_time": "" }),
                json!("2026-07-01T00:00:00.000Z"),
                json!(null),
            ),
            (
                json!({ "due_time": "13:00", "duration": "01:00" }),
                json!(null),
                json!(null),
            ),
            (
                json!({ "due_date": "soon", "duration": "long" }),
                json!(null),
                json!(null),
            ),
        ] {
            let mut activity = activity;
            add(&mut activity);
            assert_eq!(
                (&activity["startTime"], &activity["endTime"]),
                (&start, &end),
                "{activity}"
            );
        }
    }

    #[test]
    fn what_is_written_is_read_again() {
        let values = json!({ "startTime": "2026-07-01T13:00:05.900Z", "endTime": "2026-07-02T13:00:05.100Z", "subject": "x" });
        let mut activity = written(values, Value::Null).unwrap();
        let expected = json!({ "subject": "x", "due_date": "2026-07-01", "due_time": "13:00:05", "duration": "24:00:00" });
        assert_eq!(activity, expected);
        add(&mut activity);
        assert_eq!(activity["endTime"], "2026-07-02T13:00:05.000Z");
    }

    #[test]
    fn moving_one_leaves_the_other() {
        let current = json!({ "due_date": "2026-07-01", "due_time": "13:00:00", "duration": "00:45:00" });
        let moved = written(json!({ "startTime": "2026-07-01T13:15:00Z" }), current.clone()).unwrap();
        assert_eq!(
            moved,
            json!({ "due_date": "2026-07-01", "due_time": "13:15:00", "duration": "00:30:00" })
        );
        let longer = written(json!({ "endTime": "2026-07-01T14:00:00Z" }), current.clone()).unwrap();
        assert_eq!(longer, json!({ "duration": "01:00:00" }));
        let endless = written(json!({ "endTime": null }), current.clone()).unwrap();
        assert_eq!(endless, json!({ "duration": null }));
        let timeless = written(json!({ "startTime": null, "endTime": null }), current).unwrap();
        assert_eq!(
            timeless,
            json!({ "due_date": null, "due_time": null, "duration": null })
        );
    }

    #[test]
    fn times_that_do_not_fit_are_named() {
        let current = json!({ "due_date": "2026-07-01", "due_time": "13:00:00", "duration": "00:45:00" });
        for (values, field) in [
            (json!({ "startTime": "2026-07-02T00:00:00Z" }), "endTime"),
            (json!({ "startTime": null }), "endTime"),
            (json!({ "endTime": "2026-07-01T12:59:59Z" }), "endTime"),
            (json!({ "startTime": "tomorrow" }), "startTime"),
        ] {
            assert_eq!(
                written(values.clone(), current.clone()).unwrap_err().fields[0].0,
                field,
                "{values}"
            );
        }
    }
}
