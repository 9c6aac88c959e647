//! Appointments and the events of calendars, which are the same.

use routemcp_sdk::sandbox::Response;
use routemcp_sdk::time;
use serde_json::{Map, Value, json};

use crate::sandbox::check::{Schema, Shape, check};
use crate::sandbox::error::{ApiError, Outcome};
use crate::sandbox::store::{self, APPOINTMENTS, CONTACTS, Record, moment, set, text};
use crate::sandbox::{Call, calendars, ids};

const STATUSES: &[&str] = &[
    "new",
    "confirmed",
    "cancelled",
    "showed",
    "noshow",
    "invalid",
    "completed",
    "active",
];
const SCHEMA: &Schema<'static> = &[
    ("title", Shape::Text),
    ("description", Shape::Text),
    ("meetingLocationType", Shape::Text),
    ("meetingLocationId", Shape::Text),
    ("overrideLocationConfig", Shape::Boolean),
    ("appointmentStatus", Shape::OneOf(STATUSES)),
    ("assignedUserId", Shape::Text),
    ("address", Shape::Text),
    ("ignoreDateRange", Shape::Boolean),
    ("toNotify", Shape::Boolean),
    ("ignoreFreeSlotValidation", Shape::Boolean),
    ("rrule", Shape::Text),
    ("calendarId", Shape::Text),
    ("startTime", Shape::Time),
    ("endTime", Shape::Time),
];
const ON_CREATE: &Schema<'static> = &[("locationId", Shape::Text), ("contactId", Shape::Text)];
/// What a body may have but a record has not.
const COMMANDS: [&str; 5] = [
    "overrideLocationConfig",
    "ignoreDateRange",
    "toNotify",
    "ignoreFreeSlotValidation",
    "meetingLocationId",
];
const SLOT_MS: i64 = 1_800_000;
/// The location's time zone is two hours east of Greenwich, all year.
const OFFSET_MS: i64 = 7_200_000;

pub(crate) fn answer(call: &mut Call<'_>, segments: &[&str]) -> Outcome {
    match (call.request.method.as_str(), segments) {
        ("GET", []) => list(call),
        ("POST", ["appointments"]) => create(call),
        ("GET", ["appointments", id]) => get(call, id),
        ("PUT", ["appointments", id]) => update(call, id),
        ("DELETE", [id]) => delete(call, id),
        _ => Err(ApiError::no_such_path(call.request)),
    }
}

/// Everything that touches the window, edges included, in no order and in one piece.
fn list(call: &mut Call<'_>) -> Outcome {
    call.check_location("locationId", call.request.parameter("locationId"))?;
    let edge = |name: &str| {
        let ms = call
            .request
            .parameter(name)
            .and_then(|text| text.parse::<i64>().ok());
        ms.ok_or_else(|| ApiError::new(400, format!("{name} must be a number string")))
    };
    let (start, end) = (edge("startTime")?, edge("endTime")?);
    let given = ["calendarId", "userId", "groupId"].map(|name| call.request.parameter(name));
    let [calendar, user, group] = given;
    if given.iter().all(Option::is_none) {
        return Err(ApiError::new(
            400,
            "Either of calendarId, userId or groupId is required",
        ));
    }
    if let Some(id) = calendar.filter(|id| !calendars::exists(id)) {
        return Err(ApiError::missing("Calendar", id));
    }
    let touches = |event: &Record| moment(event, "startTime") <= end && moment(event, "endTime") >= start;
    let wanted = |event: &Record| {
        calendar.is_none_or(|id| text(event, "calendarId") == id)
            && user.is_none_or(|id| text(event, "assignedUserId") == id)
            && group.is_none_or(|id| text(event, "groupId") == id)
    };
    let mut events = store::all(call.state, APPOINTMENTS);
    events.retain(|event| !is_deleted(event) && touches(event) && wanted(event));
    let events: Vec<Value> = events.iter().map(render).collect();
    let trace_id = call.trace_id();
    Ok(Response::json(
        200,
        &json!({ "events": events, "traceId": trace_id }),
    ))
}

fn find(call: &Call<'_>, id: &str) -> Result<Record, ApiError> {
    store::get(call.state, APPOINTMENTS, id).ok_or_else(|| ApiError::missing("Appointment", id))
}

fn existing(call: &Call<'_>, id: &str) -> Result<Record, ApiError> {
    find(call, id).and_then(|event| {
        if is_deleted(&event) {
            Err(ApiError::missing("Appointment", id))
        } else {
            Ok(event)
        }
    })
}

fn is_deleted(event: &Record) -> bool {
    event.get("deleted") == Some(&Value::Bool(true))
}

/// A deleted one still comes. With 2021-07-28 the wrapping and a spelling are those of recorded answers.
fn get(call: &mut Call<'_>, id: &str) -> Outcome {
    let mut event = render(&find(call, id)?);
    if call.request.header("version") != Some("2021-07-28") {
        return Ok(Response::json(200, &json!({ "event": event })));
    }
    if let Some(status) = event.as_object_mut().and_then(|members| {
        members
            .remove("appointmentStatus")
            .map(|status| (members, status))
    }) {
        status.0.insert("appoinmentStatus".to_owned(), status.1);
    }
    Ok(Response::json(200, &json!({ "appointment": event })))
}

fn create(call: &mut Call<'_>) -> Outcome {
    let body = call.body()?;
    call.check_location("locationId", body.get("locationId").and_then(Value::as_str))?;
    check(
        &body,
        &[SCHEMA, ON_CREATE].concat(),
        &["calendarId", "contactId", "startTime"],
    )?;
    let contact = body.get("contactId").and_then(Value::as_str).unwrap_or_default();
    if store::get(call.state, CONTACTS, contact).is_none() {
        return Err(ApiError::missing("Contact", contact));
    }
    let number = call.state.count("appointment-id", 1_000_000);
    let mut event = Record::new();
    event.insert("id".to_owned(), ids::id("appointment", number).into());
    event.insert("appointmentStatus".to_owned(), "confirmed".into());
    event.insert("dateAdded".to_owned(), call.now().into());
    change(call, &mut event, &body)?;
    Ok(Response::json(200, &unwrapped(call, &event)))
}

fn update(call: &mut Call<'_>, id: &str) -> Outcome {
    let mut event = existing(call, id)?;
    let body = call.body()?;
    check(&body, SCHEMA, &[])?;
    change(call, &mut event, &body)?;
    Ok(Response::json(200, &unwrapped(call, &event)))
}

fn delete(call: &mut Call<'_>, id: &str) -> Outcome {
    let mut event = existing(call, id)?;
    event.insert("deleted".to_owned(), Value::Bool(true));
    store::put(call.state, APPOINTMENTS, &event);
    Ok(Response::json(201, &json!({ "succeeded": true })))
}

fn change(call: &mut Call<'_>, event: &mut Record, body: &Map<String, Value>) -> Result<(), ApiError> {
    // No slot of these calendars is ever free.
    let moves = body.contains_key("startTime") || body.contains_key("endTime");
    if moves && body.get("ignoreFreeSlotValidation") != Some(&Value::Bool(true)) {
        return Err(ApiError::new(
            400,
            "The slot you have selected is no longer available.",
        ));
    }
    for (name, value) in body.iter().filter(|(name, _)| !COMMANDS.contains(&name.as_str())) {
        let value = match name.as_str() {
            "startTime" | "endTime" => value.as_str().and_then(time::from_iso).map(time::to_iso).into(),
            _ => value.clone(),
        };
        set(event, name, value);
    }
    let calendar = text(event, "calendarId");
    if !calendars::exists(calendar) {
        return Err(ApiError::missing("Calendar", calendar));
    }
    if text(event, "endTime").is_empty() {
        event.insert(
            "endTime".to_owned(),
            time::to_iso(moment(event, "startTime") + SLOT_MS).into(),
        );
    }
    if moment(event, "endTime") < moment(event, "startTime") {
        return Err(ApiError::new(400, "The end time must be after the start time"));
    }
    event.insert("locationId".to_owned(), ids::LOCATION.into());
    event.insert("dateUpdated".to_owned(), call.now().into());
    store::put(call.state, APPOINTMENTS, event);
    Ok(())
}

/// The members that every event has, empty if need be, and times in the location's zone.
fn render(event: &Record) -> Value {
    let mut rendered = event.clone();
    for member in [
        "title",
        "groupId",
        "appointmentStatus",
        "assignedUserId",
        "contactId",
        "address",
        "notes",
    ] {
        rendered.entry(member).or_insert_with(|| "".into());
    }
    rendered
        .entry("users")
        .or_insert_with(|| Value::Array(Vec::new()));
    for member in ["startTime", "endTime"] {
        let local = time::to_iso(moment(event, member) + OFFSET_MS);
        let seconds = local.get(..19).unwrap_or_default();
        rendered.insert(member.to_owned(), format!("{seconds}+02:00").into());
    }
    rendered.into()
}

/// What a write answers: fewer members, and before v3 without the record's own times.
fn unwrapped(call: &Call<'_>, event: &Record) -> Value {
    let mut answer = render(event);
    if let Some(members) = answer.as_object_mut() {
        members.retain(|name, _| {
            !["groupId", "users", "notes", "description", "deleted"].contains(&name.as_str())
                && (call.is_v3 || !name.starts_with("date"))
        });
    }
    answer
}
