//! Calendars.

use routemcp_sdk::sandbox::Response;
use serde_json::{Value, json};

use crate::sandbox::error::{ApiError, Outcome};
use crate::sandbox::{Call, ids, users};

const NAMES: [(&str, &str); 3] = [
    ("Discovery calls", "round_robin"),
    ("Vorführungen – live", "event"),
    ("Grace's own", "personal"),
];
pub(crate) const COUNT: u64 = NAMES.len() as u64;

pub(crate) fn id(number: u64) -> String {
    ids::id("calendar", number)
}

pub(crate) fn exists(wanted: &str) -> bool {
    (0..COUNT).any(|number| id(number) == wanted)
}

pub(crate) fn answer(call: &mut Call<'_>, segments: &[&str]) -> Outcome {
    match segments {
        [] => {
            call.check_location("locationId", call.request.parameter("locationId"))?;
            let trace_id = call.trace_id();
            Ok(Response::json(
                200,
                &json!({ "calendars": all().collect::<Vec<_>>(), "traceId": trace_id }),
            ))
        }
        [id] => {
            let calendar = all().find(|calendar| calendar.get("id").and_then(Value::as_str) == Some(*id));
            let calendar = calendar.ok_or_else(|| ApiError::missing("Calendar", id))?;
            Ok(Response::json(200, &json!({ "calendar": calendar })))
        }
        _ => Err(ApiError::no_such_path(call.request)),
    }
}

fn all() -> impl Iterator<Item = Value> {
    (0..).zip(NAMES).map(|(number, (name, calendar_type))| {
        json!({
            "id": id(number), "locationId": ids::LOCATION, "name": name, "isActive": true, "calendarType": calendar_type,
            "teamMembers": [{ "userId": users::id(number), "priority": 0.5, "isPrimary": true }],
            "slotDuration": 30, "slotDurationUnit": "mins", "eventColor": "#039BE5",
        })
    })
}
