//! Appointments, which are the unified meetings.

mod cursor;
mod walk;

use routemcp_sdk::prelude::*;
use routemcp_sdk::time;
use serde_json::{Map, Value, json};

use crate::api::{Api, record_path, setting};
use crate::values::{Clearing, Rules, wrong};
use crate::{errors, values};

pub(crate) use walk::list;

const EVENTS: &str = "/calendars/events";
const APPOINTMENTS: &str = "/calendars/events/appointments";

const RULES: Rules = Rules {
    model: "appointment",
    fixed: &["id", "locationId", "dateAdded", "dateUpdated"],
    clearing: |field| match field {
        "startTime" | "endTime" | "calendarId" | "appointmentStatus" => Clearing::Never,
        _ => Clearing::EmptyText,
    },
};

/// The appointment as it now is. One that was deleted may still come, marked so.
pub(crate) fn get(api: &Api, id: &str) -> Result<Value, Failure> {
    let answer = api.send_calendar(http::get(record_path(APPOINTMENTS, id)?))?;
    // The documentation says `event`, recorded answers of 2021 say `appointment`.
    let found = ["/event", "/appointment"]
        .iter()
        .find_map(|pointer| answer.at::<Value>(pointer));
    let event = found.filter(|event| event.get("id").is_some_and(Value::is_string));
    let event = event.ok_or_else(|| errors::unexpected(&answer, "an appointment"))?;
    if is_deleted(&event) {
        return Err(Failure::not_found("this HighLevel appointment was deleted"));
    }
    Ok(tidy(event))
}

pub(crate) fn create(api: &Api, given: Map<String, Value>) -> Result<Document, Failure> {
    let mut body = values::body(api, RULES, values::without_nulls(given))?;
    body.insert("locationId".to_owned(), api.location.as_str().into());
    body.entry("ignoreFreeSlotValidation")
        .or_insert(Value::Bool(true));
    if !body.contains_key("calendarId") {
        body.insert("calendarId".to_owned(), calendar(api)?.into());
    }
    let sent = api.send_calendar(http::post(APPOINTMENTS).json(&body));
    let answer = errors::record(sent.map_err(|failure| errors::of_reference(failure, None))?, "")?;
    let created: Value = answer.at("").unwrap_or_default();
    let id = created.get("id").and_then(Value::as_str).unwrap_or_default();
    // The answer lacks some fields. If it cannot be read back it will have to do: an error would make the caller create
    // the appointment a second time.
    Ok(get(api, id)
        .unwrap_or_else(|failure| {
            log::warn(format!(
                "reading the new appointment back failed: {}",
                failure.kind
            ));
            tidy(created)
        })
        .into())
}

/// The calendar of the setting, or the first one by id.
fn calendar(api: &Api) -> Result<String, Failure> {
    if let Some(calendar) = setting("calendarId") {
        return Ok(calendar);
    }
    let first = walk::calendars(api)?.into_iter().next();
    first.ok_or_else(|| wrong("calendarId", "this HighLevel location has no calendar yet"))
}

/// An update cannot move an appointment to another contact. Without an end it ends as a new one without an end would.
pub(crate) fn update(api: &Api, id: &str, mut given: Map<String, Value>) -> Result<Document, Failure> {
    let path = record_path(APPOINTMENTS, id)?;
    let fixed = values::take(&mut given, |field, _| field == "contactId");
    let is_endless = given.get("endTime") == Some(&Value::Null);
    if !fixed.is_empty() || given.is_empty() || is_endless {
        let current = get(api, id)?;
        values::unchanged(&fixed, &current)?;
        if is_endless {
            given.insert("endTime".to_owned(), default_end(api, &given, &current)?.into());
        }
        if given.is_empty() {
            return Ok(current.into());
        }
    }
    let mut body = values::body(api, RULES, given)?;
    if body.contains_key("startTime") || body.contains_key("endTime") {
        body.entry("ignoreFreeSlotValidation")
            .or_insert(Value::Bool(true));
    }
    // The same values twice are the same appointment.
    let sent = api.send_calendar(http::put(path).json(&body).repeatable());
    errors::record(
        sent.map_err(|failure| errors::of_reference(failure, Some("appointment")))?,
        "",
    )?;
    get(api, id).map(Document::from)
}

/// One slot of the calendar after the begin.
fn default_end(api: &Api, given: &Map<String, Value>, current: &Value) -> Result<String, Failure> {
    let text = |field: &str| {
        given
            .get(field)
            .or_else(|| current.get(field))
            .and_then(Value::as_str)
    };
    let path = record_path("/calendars", text("calendarId").unwrap_or_default())?;
    let calendar = api.send_calendar(http::get(path))?;
    let minutes = match calendar.at::<String>("/calendar/slotDurationUnit").as_deref() {
        Some("hours") => 60,
        _ => 1,
    };
    let slot = calendar
        .at::<i64>("/calendar/slotDuration")
        .filter(|slot| (1..=1_440).contains(slot));
    let begin_ms = text("startTime").and_then(time::from_iso);
    begin_ms
        .zip(slot)
        .map(|(begin_ms, slot)| time::to_iso(begin_ms + slot * minutes * 60_000))
        .ok_or_else(|| {
            wrong(
                "endTime",
                "the HighLevel calendar does not say how long its appointments are",
            )
        })
}

pub(crate) fn delete(api: &Api, id: &str) -> Result<(), Failure> {
    let request = http::delete(record_path(EVENTS, id)?).json(&json!({}));
    errors::deleted(&api.send_calendar(request)?)
}

fn is_deleted(event: &Value) -> bool {
    event.get("deleted") == Some(&Value::Bool(true))
}

/// Older appointments have their description in `notes`, and one version misspells the status.
fn tidy(mut event: Value) -> Value {
    if let Some(members) = event.as_object_mut() {
        for (from, to) in [
            ("notes", "description"),
            ("appoinmentStatus", "appointmentStatus"),
        ] {
            let missing = members.get(to).is_none_or(|value| value.is_null() || value == "");
            if let Some(value) = members.get(from).filter(|_| missing).cloned() {
                members.insert(to.to_owned(), value);
            }
        }
    }
    event
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn old_spellings_are_brought_to_the_new_ones() {
        let event =
            tidy(json!({ "notes": "Bring cake", "description": "", "appoinmentStatus": "confirmed" }));
        assert_eq!(event["description"], "Bring cake");
        assert_eq!(event["appointmentStatus"], "confirmed");
        let event = tidy(json!({ "notes": "old", "description": "new" }));
        assert_eq!(event["description"], "new");
    }
}
