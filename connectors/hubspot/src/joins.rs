//! Completing records with what one request could not bring.

use std::collections::{BTreeMap, BTreeSet};

use routemcp_sdk::prelude::*;
use serde_json::{Value, json};

use crate::errors;
use crate::fields::Wanted;
use crate::paths::{Object, Version};

/// The most inputs that a batch may have.
pub(crate) const BATCH: usize = 100;
const ATTENDEE_PROPERTIES: [&str; 3] = ["email", "firstname", "lastname"];

/// Adds the remaining properties, a lead's contact, and a meeting's attendees.
pub(crate) fn complete(
    version: Version,
    object: Object,
    records: &mut [Value],
    wanted: &Wanted,
    rest: &[String],
) -> Result<(), Failure> {
    if !rest.is_empty() {
        let ids = records.iter().map(id_of).collect();
        let found = batch_read(version, object.name(), &ids, rest)?;
        for record in records.iter_mut() {
            merge_properties(record, &found);
        }
    }
    if !wanted.contact.is_empty() {
        let ids = records.iter().filter_map(primary_contact).collect();
        let contacts = batch_read(version, "contacts", &ids, &wanted.contact)?;
        for record in records.iter_mut() {
            let contact = primary_contact(record).and_then(|id| contacts.get(&id).cloned());
            set(record, "contact", contact.unwrap_or_default());
        }
    }
    if wanted.attendees {
        let ids = records
            .iter()
            .flat_map(|record| linked(record, "contacts"))
            .collect();
        let contacts = batch_read(version, "contacts", &ids, &ATTENDEE_PROPERTIES.map(str::to_owned))?;
        for record in records.iter_mut() {
            let people = linked(record, "contacts");
            let attendees = people
                .iter()
                .filter_map(|id| contacts.get(id))
                .map(attendee)
                .collect();
            set(record, "attendees", Value::Array(attendees));
        }
    }
    Ok(())
}

/// Reads records by id. One that is gone is left out. Names travel in the body, so there may be any number of them.
fn batch_read(
    version: Version,
    object: &str,
    ids: &BTreeSet<String>,
    properties: &[String],
) -> Result<BTreeMap<String, Value>, Failure> {
    let ids: Vec<&String> = ids.iter().filter(|id| !id.is_empty()).collect();
    let mut found = BTreeMap::new();
    for part in ids.chunks(BATCH) {
        let inputs: Vec<Value> = part.iter().map(|id| json!({ "id": id })).collect();
        let body = json!({ "inputs": inputs, "properties": properties });
        let path = format!("{}/batch/read", version.objects(object));
        let answer = errors::records(http::post(path).json(&body).repeatable().send()?)?;
        let records: Vec<Value> = answer.at("/results").unwrap_or_default();
        found.extend(records.into_iter().map(|record| (id_of(&record), record)));
    }
    Ok(found)
}

fn merge_properties(record: &mut Value, found: &BTreeMap<String, Value>) {
    let more = found
        .get(&id_of(record))
        .and_then(|other| other.pointer("/properties"))
        .and_then(Value::as_object);
    if let (Some(Value::Object(properties)), Some(more)) = (record.pointer_mut("/properties"), more) {
        properties.extend(more.iter().map(|(name, value)| (name.clone(), value.clone())));
    }
}

fn attendee(contact: &Value) -> Value {
    let text = |name: &str| {
        contact
            .pointer("/properties")
            .and_then(|all| all.get(name))
            .and_then(Value::as_str)
    };
    let name: Vec<&str> = [text("firstname"), text("lastname")]
        .into_iter()
        .flatten()
        .collect();
    let name = Some(name.join(" ")).filter(|name| !name.is_empty());
    json!({ "email": text("email"), "name": name })
}

/// The contact that a lead is about: the link that is marked as primary, else the first.
pub(crate) fn primary_contact(lead: &Value) -> Option<String> {
    let links = lead
        .pointer("/associations/contacts/results")
        .and_then(Value::as_array)?;
    let is_primary = |link: &&Value| {
        link.pointer("/type")
            .and_then(Value::as_str)
            .is_some_and(|name| name.contains("primary"))
    };
    links.iter().find(is_primary).or_else(|| links.first()).map(id_of)
}

/// The linked ids of a type, each once: HubSpot names a record once for each kind of link.
pub(crate) fn linked(record: &Value, to: &str) -> Vec<String> {
    let links = record
        .pointer("/associations")
        .and_then(|all| all.get(to))
        .and_then(|links| links.get("results"));
    let mut ids = Vec::new();
    for id in links.and_then(Value::as_array).into_iter().flatten().map(id_of) {
        if !ids.contains(&id) {
            ids.push(id);
        }
    }
    ids
}

/// The id of a record or link as text; empty if it has none.
pub(crate) fn id_of(record: &Value) -> String {
    text(record.get("id"))
}

/// An id, which HubSpot writes as text in some places and as a number in others.
pub(crate) fn text(value: Option<&Value>) -> String {
    match value {
        Some(Value::String(text)) => text.clone(),
        Some(Value::Number(number)) => number.to_string(),
        _ => String::new(),
    }
}

/// Sets a member of an object.
pub(crate) fn set(record: &mut Value, name: &str, value: Value) {
    if let Value::Object(members) = record {
        members.insert(name.to_owned(), value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_primary_contact_comes_before_the_first() {
        let links =
            json!([{ "id": "1", "type": "lead_to_contact" }, { "id": 2, "type": "lead_to_primary_contact" }]);
        let lead = json!({ "associations": { "contacts": { "results": links } } });
        assert_eq!(primary_contact(&lead).as_deref(), Some("2"));
        assert_eq!(primary_contact(&json!({})), None);
    }

    #[test]
    fn a_record_that_is_linked_in_two_ways_counts_once() {
        let links =
            json!([{ "id": "1", "type": "a" }, { "id": "1", "type": "b" }, { "id": "2", "type": "a" }]);
        let deal = json!({ "associations": { "contacts": { "results": links } } });
        assert_eq!(linked(&deal, "contacts"), ["1", "2"]);
    }

    #[test]
    fn an_attendee_without_a_name_has_null() {
        let contact = json!({ "properties": { "email": "a@example.com", "firstname": null } });
        assert_eq!(
            attendee(&contact),
            json!({ "email": "a@example.com", "name": null })
        );
    }
}
