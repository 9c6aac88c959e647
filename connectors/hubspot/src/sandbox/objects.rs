//! Listing, reading, creating and updating records.

use routemcp_sdk::sandbox::Response;
use serde_json::{Map, Value};

use crate::sandbox::error::{ApiError, Outcome};
use crate::sandbox::record::Record;
use crate::sandbox::schema::Type;
use crate::sandbox::{Call, links, paging, store, validate};

const DEFAULT_LIMIT: u32 = 10;
const MAX_LIMIT: u32 = 100;

pub(crate) fn list(call: &mut Call<'_>, of: Type) -> Outcome {
    let limit = paging::limit(call.request, DEFAULT_LIMIT, MAX_LIMIT)?;
    let first = paging::after(call.request)?;
    let mut records = store::page(call.state, of, wants_archived(call), first, limit + 1);
    let more = records.len() > limit as usize;
    records.truncate(limit as usize);
    // The cursor is where the next page begins, as HubSpot's example has it: one above the last id.
    let next = records.last().filter(|_| more).map(|last| last.id + 1);
    let results = records
        .iter()
        .map(|record| render(call, of, record))
        .collect::<Result<_, _>>()?;
    Ok(Response::json(200, &paging::list(call.request, results, next)))
}

pub(crate) fn get(call: &mut Call<'_>, of: Type, id: &str) -> Outcome {
    let record = find(call, of, id)?;
    let body = render(call, of, &record)?;
    Ok(Response::json(200, &body))
}

pub(crate) fn create(call: &mut Call<'_>, of: Type) -> Outcome {
    let body = call.request.json().ok_or_else(ApiError::body_expected)?;
    let record = insert(call, of, &body)?;
    let written: Vec<&str> = record.properties.keys().map(String::as_str).collect();
    Ok(Response::json(201, &record.render(of, &written)))
}

pub(crate) fn update(call: &mut Call<'_>, of: Type, id: &str) -> Outcome {
    let record = find(call, of, id)?;
    let body = call.request.json().ok_or_else(ApiError::body_expected)?;
    let given = properties(&body)?;
    let record = change(call, of, record, given)?;
    let written: Vec<&str> = given.keys().map(String::as_str).collect();
    Ok(Response::json(200, &record.render(of, &written)))
}

/// Makes a record from `{properties, associations}`.
pub(crate) fn insert(call: &mut Call<'_>, of: Type, body: &Value) -> Result<Record, ApiError> {
    let empty = Map::new();
    let given = body
        .pointer("/properties")
        .and_then(Value::as_object)
        .unwrap_or(&empty);
    let mut properties = validate::texts(of, given)?;
    let new_links = links::parse_new(call, of, body)?;
    validate::complete(of, &mut properties, &new_links)?;
    if let Some(existing) = taken_email(call, of, properties.get("email"), None) {
        return Err(ApiError::conflict(existing));
    }
    let id = store::new_id(call.state);
    let now = now_ms(call);
    let record = Record {
        id,
        properties,
        created_ms: now,
        updated_ms: now,
        archived_ms: None,
        seed: None,
    };
    store::put(call.state, of, &record);
    for link in new_links {
        links::add(call.state, of, id, link.to, link.to_id, link.type_id);
    }
    Ok(record)
}

/// Changes the given properties of a record and no others.
pub(crate) fn change(
    call: &mut Call<'_>,
    of: Type,
    mut record: Record,
    given: &Map<String, Value>,
) -> Result<Record, ApiError> {
    let texts = validate::texts(of, given)?;
    if let Some(existing) = taken_email(call, of, texts.get("email"), Some(record.id)) {
        return Err(ApiError::conflict(existing));
    }
    record.properties.extend(texts);
    record.updated_ms = now_ms(call);
    store::put(call.state, of, &record);
    Ok(record)
}

/// The record that a path means, by id or by `idProperty`.
pub(crate) fn find(call: &Call<'_>, of: Type, id: &str) -> Result<Record, ApiError> {
    let by_email = match (call.request.parameter("idProperty"), of) {
        (None | Some("" | "hs_object_id"), _) => None,
        (Some("email"), Type::Contacts) => {
            let found = store::by_email(call.state, id);
            Some(found.ok_or_else(ApiError::no_such_path)?.to_string())
        }
        (Some(other), _) => {
            return Err(ApiError::validation(format!(
                "The property {other} is not unique for {}",
                of.name()
            )));
        }
    };
    let id = by_email.as_deref().unwrap_or(id);
    store::get(call.state, of, wants_archived(call), id).ok_or_else(|| ApiError::no_such_record(id))
}

pub(crate) fn properties(body: &Value) -> Result<&Map<String, Value>, ApiError> {
    body.pointer("/properties")
        .and_then(Value::as_object)
        .ok_or_else(ApiError::body_expected)
}

fn render(call: &Call<'_>, of: Type, record: &Record) -> Result<Value, ApiError> {
    let mut body = record.render(of, &call.request.list("properties"));
    let wanted = call.request.list("associations");
    let associations = links::of_record(call.state, of, record.id, &wanted)?;
    if let (Value::Object(members), false) = (&mut body, associations.is_empty()) {
        members.insert("associations".to_owned(), associations.into());
    }
    Ok(body)
}

fn taken_email(call: &Call<'_>, of: Type, email: Option<&String>, own: Option<u64>) -> Option<u64> {
    if of != Type::Contacts {
        return None;
    }
    store::by_email(call.state, email?).filter(|existing| Some(*existing) != own)
}

fn wants_archived(call: &Call<'_>) -> bool {
    call.request.parameter("archived") == Some("true")
}

pub(crate) fn now_ms(call: &Call<'_>) -> i64 {
    i64::try_from(call.now_ms).unwrap_or(i64::MAX)
}
