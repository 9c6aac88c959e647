//! Links between records, in both directions.

use routemcp_sdk::sandbox::{Response, State};
use serde_json::{Map, Value, json};

use crate::sandbox::error::{ApiError, Outcome};
use crate::sandbox::schema::Type;
use crate::sandbox::store::key;
use crate::sandbox::validate::LEAD_PRIMARY_CONTACT;
use crate::sandbox::{Call, store};

const COLLECTION: &str = "links";
const MAX_BATCH: usize = 1_000;

/// (from, to, type id, type id of the way back). The first of a pair is the default type. 608 to 611 are unconfirmed.
const TYPES: [(Type, Type, u64, u64); 11] = [
    (Type::Deals, Type::Contacts, 3, 4),
    (Type::Deals, Type::Companies, 341, 342),
    (Type::Deals, Type::Companies, 5, 6),
    (Type::Contacts, Type::Companies, 279, 280),
    (Type::Contacts, Type::Companies, 1, 2),
    (Type::Meetings, Type::Contacts, 200, 199),
    (Type::Meetings, Type::Deals, 212, 211),
    (Type::Meetings, Type::Companies, 188, 187),
    (Type::Leads, Type::Contacts, 608, 609),
    (Type::Leads, Type::Contacts, LEAD_PRIMARY_CONTACT, 579),
    (Type::Leads, Type::Companies, 610, 611),
];

/// A link that a new record is to have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct NewLink {
    pub(crate) to: Type,
    pub(crate) to_id: u64,
    pub(crate) type_id: u64,
}

/// The other end and the type's id on the way back, for a type id between two object types.
fn back(from: Type, to: Type, type_id: u64) -> Option<u64> {
    TYPES
        .iter()
        .find_map(|&(one, other, there, back)| match (from, to) {
            pair if pair == (one, other) && there == type_id => Some(back),
            pair if pair == (other, one) && back == type_id => Some(there),
            _ => None,
        })
}

fn default_type(from: Type, to: Type) -> Option<u64> {
    TYPES
        .iter()
        .find_map(|&(one, other, there, back)| match (from, to) {
            pair if pair == (one, other) => Some(there),
            pair if pair == (other, one) => Some(back),
            _ => None,
        })
}

/// The object type that a type id leads to.
fn target(from: Type, type_id: u64) -> Option<Type> {
    TYPES.iter().find_map(|&(one, other, there, back)| match from {
        _ if from == one && there == type_id => Some(other),
        _ if from == other && back == type_id => Some(one),
        _ => None,
    })
}

fn prefix(from: Type, id: u64, to: Type) -> String {
    format!("{}:{}:{}:", from.name(), key(id), to.name())
}

/// Links two records both ways.
pub(crate) fn add(state: &mut dyn State, from: Type, id: u64, to: Type, to_id: u64, type_id: u64) {
    let back = back(from, to, type_id).unwrap_or(type_id);
    for (from, id, to, to_id, type_id) in [(from, id, to, to_id, type_id), (to, to_id, from, id, back)] {
        let place = prefix(from, id, to) + &key(to_id);
        let mut types: Vec<u64> = state.get(COLLECTION, &place).unwrap_or_default();
        if !types.contains(&type_id) {
            types.push(type_id);
            state.put(COLLECTION, &place, &types);
        }
    }
}

fn remove(state: &mut dyn State, from: Type, id: u64, to: Type, to_id: u64) {
    state.delete(COLLECTION, &(prefix(from, id, to) + &key(to_id)));
    state.delete(COLLECTION, &(prefix(to, to_id, from) + &key(id)));
}

/// Removes every link of a record.
pub(crate) fn remove_all(state: &mut dyn State, from: Type, id: u64) {
    for to in [
        Type::Contacts,
        Type::Companies,
        Type::Deals,
        Type::Leads,
        Type::Meetings,
    ] {
        for (to_id, _) in linked(state, from, id, to) {
            remove(state, from, id, to, to_id);
        }
    }
}

/// (id, type ids) of the records of a type that a record is linked to.
fn linked(state: &dyn State, from: Type, id: u64, to: Type) -> Vec<(u64, Vec<u64>)> {
    let prefix = prefix(from, id, to);
    let entries = state.scan_all::<Vec<u64>>(COLLECTION, &prefix);
    entries
        .into_iter()
        .filter_map(|(place, types)| Some((place.strip_prefix(&prefix)?.parse().ok()?, types)))
        .collect()
}

/// `associations` of a record that was asked for with `?associations=`; types without links are left out.
pub(crate) fn of_record(
    state: &dyn State,
    from: Type,
    id: u64,
    wanted: &[&str],
) -> Result<Map<String, Value>, ApiError> {
    let mut found = Map::new();
    for name in wanted {
        let to = Type::parse(name).ok_or_else(|| ApiError::unknown_type(name))?;
        let results = old_form(from, to, &linked(state, from, id, to));
        if !results.is_empty() {
            found.insert(to.name().to_owned(), json!({ "results": results }));
        }
    }
    Ok(found)
}

fn old_form(from: Type, to: Type, links: &[(u64, Vec<u64>)]) -> Vec<Value> {
    let one_each = links
        .iter()
        .flat_map(|(id, types)| types.iter().map(move |type_id| (id, *type_id)));
    one_each
        .map(|(id, type_id)| json!({ "id": id.to_string(), "type": type_name(from, to, type_id) }))
        .collect()
}

fn new_form(links: &[(u64, Vec<u64>)]) -> Vec<Value> {
    let one = |(id, types): &(u64, Vec<u64>)| {
        let types: Vec<Value> = types
            .iter()
            .map(|type_id| json!({ "category": "HUBSPOT_DEFINED", "typeId": type_id, "label": null }))
            .collect();
        json!({ "toObjectId": id.to_string(), "associationTypes": types })
    };
    links.iter().map(one).collect()
}

fn type_name(from: Type, to: Type, type_id: u64) -> String {
    let plain = format!("{}_to_{}", from.singular(), to.singular());
    match type_id {
        LEAD_PRIMARY_CONTACT => "lead_to_primary_contact".to_owned(),
        // The plain name is the primary company's.
        279 | 280 | 341 | 342 => format!("{plain}_unlabeled"),
        _ => plain,
    }
}

pub(crate) fn list(call: &mut Call<'_>, from: Type, id: &str, to: Type, old: bool) -> Outcome {
    let id = existing(call, from, id)?;
    let links = linked(call.state, from, id, to);
    let results = if old {
        old_form(from, to, &links)
    } else {
        new_form(&links)
    };
    Ok(Response::json(200, &json!({ "results": results })))
}

pub(crate) fn put_default(call: &mut Call<'_>, from: Type, id: &str, to: Type, to_id: &str) -> Outcome {
    let (id, to_id) = (existing(call, from, id)?, existing(call, to, to_id)?);
    let type_id = default_type(from, to).ok_or_else(|| no_link(from, to))?;
    let back_id = back(from, to, type_id).unwrap_or(type_id);
    add(call.state, from, id, to, to_id, type_id);
    let result = |from: u64, to: u64, type_id: u64| {
        json!({ "from": { "id": from.to_string() }, "to": { "id": to.to_string() },
                "associationSpec": { "associationCategory": "HUBSPOT_DEFINED", "associationTypeId": type_id } })
    };
    let results = [result(id, to_id, type_id), result(to_id, id, back_id)];
    Ok(Response::json(
        200,
        &json!({ "status": "COMPLETE", "results": results }),
    ))
}

pub(crate) fn put_typed(call: &mut Call<'_>, from: Type, id: &str, to: Type, to_id: &str) -> Outcome {
    let (id, to_id) = (existing(call, from, id)?, existing(call, to, to_id)?);
    let body = call.request.json().ok_or_else(ApiError::body_expected)?;
    let specs = body
        .as_array()
        .filter(|specs| !specs.is_empty())
        .ok_or_else(ApiError::body_expected)?;
    for spec in specs {
        let type_id = type_id(spec)?;
        back(from, to, type_id).ok_or_else(|| no_link(from, to))?;
        add(call.state, from, id, to, to_id, type_id);
    }
    let body = json!({ "fromObjectTypeId": from.name(), "fromObjectId": id, "toObjectTypeId": to.name(),
                       "toObjectId": to_id, "labels": [] });
    Ok(Response::json(201, &body))
}

pub(crate) fn delete(call: &mut Call<'_>, from: Type, id: &str, to: Type, to_id: &str) -> Outcome {
    let id = existing(call, from, id)?;
    if let Ok(to_id) = to_id.parse() {
        remove(call.state, from, id, to, to_id);
    }
    Ok(Response::empty(204))
}

pub(crate) fn batch_read(call: &mut Call<'_>, from: Type, to: Type) -> Outcome {
    let body = call.request.json().ok_or_else(ApiError::body_expected)?;
    let inputs = body
        .pointer("/inputs")
        .and_then(Value::as_array)
        .ok_or_else(ApiError::body_expected)?;
    if inputs.len() > MAX_BATCH {
        return Err(ApiError::validation(format!(
            "At most {MAX_BATCH} inputs are allowed"
        )));
    }
    let (mut results, mut errors) = (Vec::new(), Vec::new());
    for id in inputs
        .iter()
        .filter_map(|input| input.pointer("/id").and_then(Value::as_str))
    {
        let links = id
            .parse()
            .map(|id| linked(call.state, from, id, to))
            .unwrap_or_default();
        if links.is_empty() {
            errors.push(json!({ "status": "error", "category": "OBJECT_NOT_FOUND",
                "subCategory": "crm.associations.NO_ASSOCIATIONS_FOUND", "context": { "fromObjectId": [id] },
                "message": format!("No {} is associated with {} {id}.", to.singular(), from.singular()) }));
        } else {
            results.push(json!({ "from": { "id": id }, "to": new_form(&links) }));
        }
    }
    // A record without links is an error of the batch, and the batch is in part a success.
    let mut body = json!({ "status": "COMPLETE", "results": results });
    let status = if errors.is_empty() { 200 } else { 207 };
    if let (Value::Object(members), 207) = (&mut body, status) {
        members.insert("numErrors".to_owned(), errors.len().into());
        members.insert("errors".to_owned(), errors.into());
    }
    Ok(Response::json(status, &body))
}

/// `associations` in the body of a create.
pub(crate) fn parse_new(call: &Call<'_>, from: Type, body: &Value) -> Result<Vec<NewLink>, ApiError> {
    let mut links = Vec::new();
    for given in body
        .pointer("/associations")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
    {
        let to_id = match given.pointer("/to/id") {
            Some(Value::String(text)) => text.clone(),
            Some(Value::Number(number)) => number.to_string(),
            _ => return Err(ApiError::body_expected()),
        };
        for spec in given
            .pointer("/types")
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
        {
            let type_id = type_id(spec)?;
            let to = target(from, type_id)
                .ok_or_else(|| ApiError::validation(format!("Invalid association type {type_id}")))?;
            let to_id = existing(call, to, &to_id).map_err(|error| ApiError::validation(error.message))?;
            links.push(NewLink { to, to_id, type_id });
        }
    }
    Ok(links)
}

fn type_id(spec: &Value) -> Result<u64, ApiError> {
    spec.pointer("/associationTypeId")
        .and_then(Value::as_u64)
        .ok_or_else(ApiError::body_expected)
}

fn existing(call: &Call<'_>, of: Type, id: &str) -> Result<u64, ApiError> {
    store::get(call.state, of, false, id)
        .map(|record| record.id)
        .ok_or_else(|| ApiError::no_such_record(id))
}

fn no_link(from: Type, to: Type) -> ApiError {
    ApiError::validation(format!(
        "No such association type exists between {} and {}",
        from.name(),
        to.name()
    ))
}
