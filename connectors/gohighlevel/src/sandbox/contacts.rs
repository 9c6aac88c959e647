//! Contacts.

use routemcp_sdk::sandbox::Response;
use serde_json::{Map, Value, json};

use crate::sandbox::check::{Schema, Shape, check};
use crate::sandbox::control::{self, CompanyUpdate};
use crate::sandbox::error::{ApiError, Outcome};
use crate::sandbox::store::{self, CONTACTS, Record, set, text};
use crate::sandbox::{Call, custom_fields, ids};

const SCHEMA: &Schema<'static> = &[
    ("firstName", Shape::TextOrNull),
    ("lastName", Shape::TextOrNull),
    ("name", Shape::TextOrNull),
    ("email", Shape::EmailOrNull),
    ("phone", Shape::TextOrNull),
    ("address1", Shape::TextOrNull),
    ("city", Shape::TextOrNull),
    ("state", Shape::TextOrNull),
    ("postalCode", Shape::Text),
    ("country", Shape::Text),
    ("website", Shape::TextOrNull),
    ("timezone", Shape::TextOrNull),
    ("dnd", Shape::Boolean),
    ("tags", Shape::Texts),
    ("customFields", Shape::Any),
    ("dateOfBirth", Shape::Any),
];
/// Only a create takes these, and an update these instead.
const ON_CREATE: &Schema<'static> = &[
    ("locationId", Shape::Text),
    ("gender", Shape::Text),
    ("companyName", Shape::TextOrNull),
    ("source", Shape::Text),
    ("assignedTo", Shape::Text),
];
const ON_UPDATE: &Schema<'static> = &[("source", Shape::TextOrNull), ("assignedTo", Shape::TextOrNull)];

pub(crate) fn answer(call: &mut Call<'_>, segments: &[&str]) -> Outcome {
    match (call.request.method.as_str(), segments) {
        ("POST", []) => create(call),
        ("GET", []) if !call.is_v3 => list(call),
        ("GET", ["search", "duplicate"]) => duplicate(call),
        ("GET", [id]) => {
            let contact = find(call, id)?;
            wrapped(call, 200, json!({ "contact": contact }))
        }
        ("PUT", [id]) => update(call, id),
        ("DELETE", [id]) => delete(call, id),
        _ => Err(ApiError::no_such_path(call.request)),
    }
}

pub(crate) fn find(call: &Call<'_>, id: &str) -> Result<Record, ApiError> {
    store::get(call.state, CONTACTS, id).ok_or_else(|| ApiError::missing("Contact", id))
}

fn wrapped(call: &mut Call<'_>, status: u16, mut body: Value) -> Outcome {
    let trace_id = call.trace_id();
    if let Some(members) = body.as_object_mut() {
        members.insert("traceId".to_owned(), trace_id.into());
    }
    Ok(Response::json(status, &body))
}

/// The documentation has no rule that an email or phone must be given, so a name is enough here.
fn create(call: &mut Call<'_>) -> Outcome {
    let body = call.body()?;
    call.check_location("locationId", body.get("locationId").and_then(Value::as_str))?;
    check(&body, &[SCHEMA, ON_CREATE].concat(), &[])?;
    let number = call.state.count("contact-id", 1_000_000);
    let mut contact = Record::new();
    for (name, value) in [
        ("id", ids::id("contact", number)),
        ("locationId", ids::LOCATION.to_owned()),
        ("type", "lead".to_owned()),
        ("dateAdded", call.now()),
    ] {
        contact.insert(name.to_owned(), value.into());
    }
    contact.insert("tags".to_owned(), Value::Array(Vec::new()));
    contact.insert("dnd".to_owned(), Value::Bool(false));
    change(call, &mut contact, &body)?;
    wrapped(call, 201, json!({ "contact": contact }))
}

fn update(call: &mut Call<'_>, id: &str) -> Outcome {
    let mut contact = find(call, id)?;
    let mut body = call.body()?;
    let company: &Schema<'_> = match control::company_update(call.state) {
        CompanyUpdate::Refused => &[],
        CompanyUpdate::Accepted | CompanyUpdate::Ignored => &[("companyName", Shape::TextOrNull)],
    };
    check(&body, &[SCHEMA, ON_UPDATE, company].concat(), &[])?;
    if control::company_update(call.state) == CompanyUpdate::Ignored {
        body.remove("companyName");
    }
    change(call, &mut contact, &body)?;
    let mut answer = json!({ "succeded": true, "contact": contact });
    if let (true, Some(members)) = (call.is_v3, answer.as_object_mut()) {
        members.insert("succeeded".to_owned(), Value::Bool(true));
    }
    Ok(Response::json(200, &answer))
}

fn change(call: &mut Call<'_>, contact: &mut Record, body: &Map<String, Value>) -> Result<(), ApiError> {
    for (name, value) in body {
        let value = match name.as_str() {
            "customFields" => custom_fields::merge(call.is_v3, "contact", contact.get(name), value)?,
            "email" => value.as_str().map(str::to_lowercase).into(),
            // HighLevel keeps numbers in E.164.
            "phone" => value
                .as_str()
                .map(|text| text.replace([' ', '-', '(', ')'], ""))
                .into(),
            _ => value.clone(),
        };
        set(contact, name, value);
    }
    check_duplicates(call, contact)?;
    contact.insert("dateUpdated".to_owned(), call.now().into());
    store::put(call.state, CONTACTS, contact);
    Ok(())
}

/// This location does not allow them. The members of `meta` are unconfirmed.
fn check_duplicates(call: &Call<'_>, contact: &Record) -> Result<(), ApiError> {
    for other in store::all(call.state, CONTACTS) {
        let field = ["email", "phone"]
            .into_iter()
            .find(|field| !text(contact, field).is_empty() && text(contact, field) == text(&other, field));
        if let (Some(field), true) = (field, text(&other, "id") != text(contact, "id")) {
            let name = format!("{} {}", text(&other, "firstName"), text(&other, "lastName"));
            let meta =
                json!({ "contactId": text(&other, "id"), "contactName": name, "matchingField": field });
            return Err(
                ApiError::new(400, "This location does not allow duplicated contacts.").with("meta", meta),
            );
        }
    }
    Ok(())
}

fn delete(call: &mut Call<'_>, id: &str) -> Outcome {
    find(call, id)?;
    call.state.delete(CONTACTS, id);
    let mut answer = json!({ "succeded": true });
    if let (true, Some(members)) = (call.is_v3, answer.as_object_mut()) {
        members.insert("succeeded".to_owned(), Value::Bool(true));
    }
    wrapped(call, 200, answer)
}

fn duplicate(call: &mut Call<'_>) -> Outcome {
    call.check_location("locationId", call.request.parameter("locationId"))?;
    let wanted = [("email", "email"), ("number", "phone")].map(|(parameter, field)| {
        (
            field,
            call.request
                .parameter(parameter)
                .unwrap_or_default()
                .to_lowercase(),
        )
    });
    let contacts = store::all(call.state, CONTACTS);
    for (field, value) in wanted.iter().filter(|(_, value)| !value.is_empty()) {
        if let Some(contact) = contacts.iter().find(|contact| text(contact, field) == value) {
            return wrapped(call, 200, json!({ "contact": contact, "matchingField": field }));
        }
    }
    wrapped(call, 200, json!({ "contact": null }))
}

/// The old list, which v3 no longer has.
fn list(call: &mut Call<'_>) -> Outcome {
    call.check_location("locationId", call.request.parameter("locationId"))?;
    let limit = call
        .request
        .parameter("limit")
        .map_or(Some(20), |text| text.parse::<usize>().ok());
    let limit = limit.filter(|limit| (1..=100).contains(limit));
    let limit =
        limit.ok_or_else(|| ApiError::validation(vec!["limit must not be greater than 100".to_owned()]))?;
    let mut contacts = store::all(call.state, CONTACTS);
    let place = |contact: &Record| {
        (
            store::moment(contact, "dateAdded"),
            text(contact, "id").to_owned(),
        )
    };
    contacts.sort_by_key(place);
    let total = contacts.len();
    let after = call
        .request
        .parameter("startAfter")
        .and_then(|text| text.parse::<i64>().ok());
    if let (Some(after), Some(id)) = (after, call.request.parameter("startAfterId")) {
        contacts.retain(|contact| place(contact) > (after, id.to_owned()));
    }
    contacts.truncate(limit);
    let last = contacts.last().map(place);
    let meta = json!({ "total": total, "startAfter": last.as_ref().map(|(ms, _)| ms), "startAfterId": last.as_ref().map(|(_, id)| id) });
    wrapped(
        call,
        200,
        json!({ "contacts": contacts, "count": total, "meta": meta }),
    )
}
