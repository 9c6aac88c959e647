//! What a write makes of a record.

use routemcp_sdk::time;
use serde_json::{Map, Value, json};

use crate::sandbox::schema::{PIPELINES, Type};
use crate::sandbox::validate::pipeline_of;

/// Who makes records here.
const CREATOR: u64 = 20_000_101;
/// Activities keep their attendees, but show them only when asked.
pub(crate) const ATTENDEES: &str = "attendees";

/// `2026-05-04T08:15:30Z`
pub(crate) fn whole_seconds(now_ms: u64) -> String {
    let seconds = i64::try_from(now_ms / 1_000).unwrap_or_default();
    time::to_iso(seconds * 1_000).replace(".000Z", "Z")
}

/// A record of which nothing but the id is known.
pub(crate) fn blank(of: Type, id: u64, now: &str) -> Map<String, Value> {
    let mut record = Map::new();
    let mut set = |name: &str, value: Value| record.insert(name.to_owned(), value);
    set("id", id.into());
    for (name, ..) in of.fields() {
        set(name, Value::Null);
    }
    for list in ["emails", "phones", "im", "label_ids", "participants", ATTENDEES] {
        if of.fields().iter().any(|(name, ..)| *name == list) {
            set(list, json!([]));
        }
    }
    set("owner_id", CREATOR.into());
    set("visible_to", 3.into());
    set("add_time", now.into());
    set("update_time", now.into());
    set("is_deleted", false.into());
    set(
        "custom_fields",
        of.custom_fields()
            .iter()
            .map(|field| (field.key.to_owned(), Value::Null))
            .collect(),
    );
    match of {
        Type::Persons => {
            set("first_name", Value::Null);
            set("last_name", Value::Null);
            set("picture_id", Value::Null);
            set("marketing_status", "no_consent".into());
        }
        Type::Deals => {
            set("creator_user_id", CREATOR.into());
            set("value", 0.into());
            set("currency", "EUR".into());
            set("status", "open".into());
            set("is_archived", false.into());
            set("stage_change_time", Value::Null);
            set("origin", "API".into());
            set("origin_id", Value::Null);
        }
        Type::Activities => {
            set("creator_user_id", CREATOR.into());
            set("subject", "Call".into());
            set("type", "call".into());
            set("busy", false.into());
            set("done", false.into());
            set("marked_as_done_time", Value::Null);
            set("conference_meeting_url", Value::Null);
            record.remove("visible_to");
            record.remove("custom_fields");
        }
        Type::Organizations => {}
    }
    record
}

/// Puts a checked body into a record.
pub(crate) fn apply(of: Type, record: &mut Map<String, Value>, body: Map<String, Value>, now: &str) {
    let placed = body.contains_key("pipeline_id") || body.contains_key("stage_id");
    let moved = of == Type::Deals && (placed || record.get("stage_id").is_none_or(Value::is_null));
    if body.contains_key("stage_id") {
        // A stage without its pipeline moves the deal into that stage's pipeline.
        record.insert("pipeline_id".to_owned(), Value::Null);
    }
    for (name, value) in body {
        match (name.as_str(), value) {
            ("custom_fields", Value::Object(values)) => {
                if let Some(Value::Object(own)) = record.get_mut("custom_fields") {
                    own.extend(values);
                }
            }
            ("name", Value::String(name)) if of == Type::Persons => rename(record, &name),
            ("emails" | "phones" | "im", value) => {
                record.insert(name, with_one_primary(value));
            }
            ("label_ids" | ATTENDEES, Value::Null) => {
                record.insert(name, json!([]));
            }
            ("participants", value) => take_part(record, value),
            // Which of person_id and participants wins is not documented. Alone, either sets the other.
            ("person_id", value) if of == Type::Activities => {
                let participants = if value.is_null() {
                    json!([])
                } else {
                    json!([{ "person_id": value, "primary": true }])
                };
                take_part(record, participants);
            }
            ("due_time" | "duration", Value::String(clock)) => {
                let seconds = if clock.matches(':').count() == 1 {
                    ":00"
                } else {
                    ""
                };
                record.insert(name, format!("{clock}{seconds}").into());
            }
            ("status", value) => set_status(record, value, now),
            ("done", value) => {
                let time = if value == true { now.into() } else { Value::Null };
                record.insert("marked_as_done_time".to_owned(), time);
                record.insert(name, value);
            }
            (_, value) => {
                record.insert(name, value);
            }
        }
    }
    if moved {
        place(record);
    }
    record.insert("update_time".to_owned(), now.into());
}

/// Pipedrive takes the name apart itself, in a way that is not documented: here the first word is the first name.
fn rename(record: &mut Map<String, Value>, name: &str) {
    let name = name.trim();
    let (first, last) = match name.split_once(' ') {
        Some((first, last)) => (first, Value::from(last.trim())),
        None => (name, Value::Null),
    };
    record.insert("first_name".to_owned(), first.into());
    record.insert("last_name".to_owned(), last);
    record.insert("name".to_owned(), name.into());
}

/// Exactly one element is the primary one: the first that says so, or else the first.
fn with_one_primary(list: Value) -> Value {
    let Value::Array(elements) = list else {
        return json!([]);
    };
    let says_so = |element: &Value| element.get("primary") == Some(&Value::Bool(true));
    let primary = elements.iter().position(says_so).unwrap_or_default();
    let one = |(index, element): (usize, &Value)| {
        let label = element.get("label").cloned().unwrap_or_else(|| "work".into());
        json!({ "value": element.get("value"), "primary": index == primary, "label": label })
    };
    elements.iter().enumerate().map(one).collect()
}

fn take_part(record: &mut Map<String, Value>, participants: Value) {
    let list = participants.as_array().cloned().unwrap_or_default();
    let is_primary = |participant: &&Value| participant.get("primary") == Some(&Value::Bool(true));
    let primary = list
        .iter()
        .find(is_primary)
        .and_then(|participant| participant.get("person_id"))
        .cloned();
    record.insert("person_id".to_owned(), primary.unwrap_or_default());
    record.insert("participants".to_owned(), list.into());
}

/// A stage brings its pipeline; a pipeline alone its first stage.
fn place(record: &mut Map<String, Value>) {
    let number = |name: &str| record.get(name).and_then(Value::as_u64);
    let pipeline = number("pipeline_id");
    let stage = number("stage_id");
    let (pipeline, stage) = match (pipeline, stage.and_then(pipeline_of)) {
        (None, Some(own)) => (Some(own), stage),
        (Some(pipeline), Some(own)) if own == pipeline => (Some(pipeline), stage),
        (pipeline, _) => {
            let found = PIPELINES
                .iter()
                .find(|(id, ..)| pipeline.is_none_or(|pipeline| pipeline == *id));
            (
                found.map(|(id, ..)| *id),
                found.and_then(|(_, _, stages)| stages.first()).map(|(id, _)| *id),
            )
        }
    };
    record.insert("pipeline_id".to_owned(), pipeline.into());
    record.insert("stage_id".to_owned(), stage.into());
}

fn set_status(record: &mut Map<String, Value>, status: Value, now: &str) {
    if record.get("status") == Some(&status) {
        return;
    }
    let at = |wanted: &str| {
        if status == wanted {
            Value::from(now)
        } else {
            Value::Null
        }
    };
    let (won, lost) = (at("won"), at("lost"));
    let closed = if status == "open" { Value::Null } else { now.into() };
    for (name, value) in [
        ("won_time", won),
        ("lost_time", lost),
        ("close_time", closed),
        ("status", status),
    ] {
        record.insert(name.to_owned(), value);
    }
}
