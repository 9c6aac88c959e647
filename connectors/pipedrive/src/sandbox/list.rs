//! Lists of the API v2.

use routemcp_sdk::sandbox::Response;
use serde_json::{Value, json};

use crate::sandbox::Call;
use crate::sandbox::cursor::Order;
use crate::sandbox::error::{ApiError, Outcome, Wrong};
use crate::sandbox::records::shown;
use crate::sandbox::schema::Type;
use crate::sandbox::store;
use crate::sandbox::validate::is_time;
use crate::sandbox::write::ATTENDEES;

const DEFAULT_LIMIT: usize = 100;
const MAX_LIMIT: usize = 500;
const MAX_IDS: usize = 100;
const MAX_CUSTOM_FIELDS: usize = 15;
/// Parameters besides those that compare a field. `filter_id` is refused: there are no saved filters here.
const PARAMETERS: [&str; 10] = [
    "limit",
    "cursor",
    "sort_by",
    "sort_direction",
    "ids",
    "updated_since",
    "updated_until",
    "include_fields",
    "custom_fields",
    "api_token",
];

pub(crate) fn list(call: &Call<'_>, of: Type) -> Outcome {
    let wrong = wrong_parameters(call, of);
    if !wrong.is_empty() {
        return Err(ApiError::invalid(&wrong));
    }
    let order = order(call);
    let mut records = store::all(call.state, of);
    records.retain(|record| matches(call, of, record));
    let mut placed: Vec<_> = records
        .into_iter()
        .map(|record| (order.place(&record), record))
        .collect();
    placed.sort_by(|(one, _), (other, _)| {
        if order.descending {
            other.cmp(one)
        } else {
            one.cmp(other)
        }
    });
    if let Some(cursor) = call.request.parameter("cursor") {
        let after = order.parse(cursor).ok_or_else(wrong_cursor)?;
        placed.retain(|(place, _)| order.is_after(place, &after));
    }
    let limit = limit(call);
    let is_last = placed.len() <= limit;
    placed.truncate(limit);
    let next = placed
        .last()
        .filter(|_| !is_last)
        .map(|(place, _)| order.cursor(place));
    let attendees = call.request.list("include_fields").contains(&ATTENDEES);
    let data: Vec<Value> = placed
        .into_iter()
        .map(|(_, record)| chosen(call, shown(record, attendees)))
        .collect();
    Ok(Response::json(
        200,
        &json!({ "success": true, "data": data, "additional_data": { "next_cursor": next } }),
    ))
}

/// The page size; checked before.
pub(crate) fn limit(call: &Call<'_>) -> usize {
    let limit = call.request.parameter("limit").and_then(|text| text.parse().ok());
    limit.unwrap_or(DEFAULT_LIMIT).clamp(1, MAX_LIMIT)
}

pub(crate) fn wrong_limit(call: &Call<'_>) -> Option<Wrong> {
    let limit = call.request.parameter("limit")?;
    let fits = limit
        .parse::<usize>()
        .is_ok_and(|limit| (1..=MAX_LIMIT).contains(&limit));
    (!fits).then(|| Wrong::new("limit", format!("Expected number from 1 to {MAX_LIMIT}")))
}

/// The wording is not documented.
pub(crate) fn wrong_cursor() -> ApiError {
    ApiError::invalid(&[Wrong::new("cursor", "Invalid cursor")])
}

fn order(call: &Call<'_>) -> Order {
    Order {
        field: call.request.parameter("sort_by").unwrap_or("id").to_owned(),
        descending: call.request.parameter("sort_direction") == Some("desc"),
    }
}

fn wrong_parameters(call: &Call<'_>, of: Type) -> Vec<Wrong> {
    let mut wrong: Vec<Wrong> = wrong_limit(call).into_iter().collect();
    for (name, value) in &call.request.query {
        let parts = || value.split(',').filter(|part| !part.is_empty());
        let why = match name.as_str() {
            "updated_since" | "updated_until" if !is_time(value) => "not a valid datetime",
            "sort_by" if !sorts(of).contains(&value.as_str()) => "Expected a field that can be sorted by",
            "sort_direction" if value != "asc" && value != "desc" => "Expected asc or desc",
            "ids" if parts().count() > MAX_IDS || parts().any(|id| id.parse::<u64>().is_err()) => {
                "Expected up to 100 ids"
            }
            "custom_fields" if parts().count() > MAX_CUSTOM_FIELDS => "Expected up to 15 keys",
            "done" if value != "true" && value != "false" => "Expected boolean",
            "lead_id" | "status" | "done" => continue,
            filter if of.filters().contains(&filter) && value.parse::<u64>().is_err() => "Expected number",
            known if PARAMETERS.contains(&known) || of.filters().contains(&known) => continue,
            unknown => {
                wrong.push(Wrong::not_allowed(unknown));
                continue;
            }
        };
        wrong.push(Wrong::new(name, why));
    }
    wrong
}

fn sorts(of: Type) -> &'static [&'static str] {
    match of {
        Type::Activities => &["id", "update_time", "add_time", "due_date"],
        _ => &["id", "update_time", "add_time"],
    }
}

fn matches(call: &Call<'_>, of: Type, record: &Value) -> bool {
    let time = record
        .get("update_time")
        .and_then(Value::as_str)
        .unwrap_or_default();
    let ids = call.request.list("ids");
    let id = record.get("id").map(ToString::to_string).unwrap_or_default();
    let equal = |name: &&str| match call.request.parameter(name) {
        None => true,
        Some(wanted) => record.get(*name).and_then(plain).as_deref() == Some(wanted),
    };
    (call.request.parameter("ids").is_none() || ids.contains(&id.as_str()))
        && call
            .request
            .parameter("updated_since")
            .is_none_or(|since| time >= since)
        && call
            .request
            .parameter("updated_until")
            .is_none_or(|until| time < until)
        && of.filters().iter().all(equal)
}

/// A value as a parameter has it; none for null.
fn plain(value: &Value) -> Option<String> {
    match value {
        Value::Null => None,
        Value::String(text) => Some(text.clone()),
        other => Some(other.to_string()),
    }
}

/// Only the custom fields that were asked for, if any were.
fn chosen(call: &Call<'_>, mut record: Value) -> Value {
    let keys = call.request.list("custom_fields");
    if let (Some(Value::Object(values)), false) = (record.get_mut("custom_fields"), keys.is_empty()) {
        values.retain(|key, _| keys.contains(&key.as_str()));
    }
    record
}
