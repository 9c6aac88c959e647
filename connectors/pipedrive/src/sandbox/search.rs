//! Searching persons. Unlike Pipedrive's, this search knows a new person at once.

use routemcp_sdk::sandbox::Response;
use serde_json::{Value, json};

use crate::sandbox::Call;
use crate::sandbox::cursor::Order;
use crate::sandbox::error::{ApiError, Outcome, Wrong};
use crate::sandbox::list::{limit, wrong_cursor, wrong_limit};
use crate::sandbox::schema::Type;
use crate::sandbox::store;

const FIELDS: [&str; 5] = ["custom_fields", "email", "notes", "phone", "name"];

pub(crate) fn persons(call: &Call<'_>) -> Outcome {
    let term = call.request.parameter("term").unwrap_or_default().to_lowercase();
    let exact = call.request.parameter("exact_match") == Some("true");
    let fields = match call.request.list("fields") {
        fields if fields.is_empty() => FIELDS.to_vec(),
        fields => fields,
    };
    let mut wrong: Vec<Wrong> = wrong_limit(call).into_iter().collect();
    if term.chars().count() < if exact { 1 } else { 2 } {
        wrong.push(Wrong::new(
            "term",
            "Expected at least 2 characters, or 1 with exact_match",
        ));
    }
    if fields.iter().any(|field| !FIELDS.contains(field)) {
        wrong.push(Wrong::new(
            "fields",
            format!("Expected some of {}", FIELDS.join(", ")),
        ));
    }
    if !wrong.is_empty() {
        return Err(ApiError::invalid(&wrong));
    }
    let fits = |text: &String| {
        if exact {
            text.to_lowercase() == term
        } else {
            text.to_lowercase().contains(&term)
        }
    };
    let mut found = store::all(call.state, Type::Persons);
    found.retain(|person| fields.iter().any(|field| texts(person, field).iter().any(fits)));
    page(call, found)
}

fn page(call: &Call<'_>, mut found: Vec<Value>) -> Outcome {
    let order = Order {
        field: "id".to_owned(),
        descending: false,
    };
    if let Some(cursor) = call.request.parameter("cursor") {
        let after = order.parse(cursor).ok_or_else(wrong_cursor)?;
        found.retain(|person| order.is_after(&order.place(person), &after));
    }
    let limit = limit(call);
    let is_last = found.len() <= limit;
    found.truncate(limit);
    let next = found
        .last()
        .filter(|_| !is_last)
        .map(|person| order.cursor(&order.place(person)));
    let items: Vec<Value> = found.iter().map(|person| item(call, person)).collect();
    let body =
        json!({ "success": true, "data": { "items": items }, "additional_data": { "next_cursor": next } });
    Ok(Response::json(200, &body))
}

/// The search has its own shape for persons.
fn item(call: &Call<'_>, person: &Value) -> Value {
    let number = |name: &str| person.get(name).and_then(Value::as_u64);
    let organization = number("org_id").and_then(|id| store::get(call.state, Type::Organizations, id));
    let organization =
        organization.map(|it| json!({ "id": it.get("id"), "name": it.get("name"), "address": null }));
    let item = json!({
        "id": number("id"), "type": "person", "name": person.get("name"), "phones": texts(person, "phone"),
        "emails": texts(person, "email"), "visible_to": number("visible_to"), "owner": { "id": number("owner_id") },
        "organization": organization, "custom_fields": [], "notes": [],
    });
    json!({ "result_score": 0.5, "item": item })
}

fn texts(person: &Value, field: &str) -> Vec<String> {
    let name = match field {
        "email" => "emails",
        "phone" => "phones",
        other => other,
    };
    let text = |value: &Value| value.as_str().map(str::to_owned);
    match person.get(name) {
        Some(Value::Array(elements)) => elements
            .iter()
            .filter_map(|element| text(element.get("value")?))
            .collect(),
        Some(Value::Object(values)) => values.values().filter_map(text).collect(),
        Some(value) => text(value).into_iter().collect(),
        None => Vec::new(),
    }
}
