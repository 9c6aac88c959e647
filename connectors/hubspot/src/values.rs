//! From the values of a write to properties, links, and properties of a lead's contact.

use routemcp_sdk::prelude::*;
use serde_json::{Map, Value};

use crate::fields::{property, unescape};
use crate::joins::text;
use crate::paths::{Object, check_id};

/// Where the fields of a lead's contact are.
pub(crate) const CONTACT_PREFIX: &str = "/contact/properties/";

/// What a write changes. Properties are texts; empty clears.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Changes {
    pub(crate) properties: Map<String, Value>,
    /// (object type, the records that are to be linked).
    pub(crate) associations: Vec<(String, Vec<String>)>,
    pub(crate) contact: Map<String, Value>,
}

impl Changes {
    pub(crate) fn new(object: Object, values: Map<String, Value>) -> Result<Self, Failure> {
        let mut changes = Self::default();
        for (field, value) in values {
            if let Some(name) = property(&field) {
                changes.properties.insert(name, property_text(&field, &value)?);
            } else if let Some(to) = linked_type(&field) {
                changes.associations.push((to, linked_ids(&field, &value)?));
            } else if let (Some(name), Object::Leads) = (field.strip_prefix(CONTACT_PREFIX), object) {
                changes
                    .contact
                    .insert(unescape(name), property_text(&field, &value)?);
            } else {
                return Err(wrong(&field, "HubSpot sets this itself"));
            }
        }
        changes.place_meeting(object);
        Ok(changes)
    }

    /// A meeting stands in the timeline at `hs_timestamp`, which is to follow its start.
    fn place_meeting(&mut self, object: Object) {
        let start = self
            .properties
            .get("hs_meeting_start_time")
            .filter(|start| **start != "")
            .cloned();
        if let (Object::Meetings, Some(start)) = (object, start) {
            self.properties.entry("hs_timestamp").or_insert(start);
        }
    }

    /// For a record that does not exist yet there is nothing to clear.
    pub(crate) fn without_clearing(mut self) -> Self {
        self.properties.retain(|_, value| *value != "");
        self.contact.retain(|_, value| *value != "");
        self.associations.retain(|(_, ids)| !ids.is_empty());
        self
    }
}

/// `/associations/contacts/results` is about contacts.
fn linked_type(field: &str) -> Option<String> {
    let rest = field.strip_prefix("/associations/")?;
    rest.strip_suffix("/results")
        .filter(|to| !to.contains('/') && !to.is_empty())
        .map(unescape)
}

/// HubSpot takes texts for every type. Several choices are joined with ";".
fn property_text(field: &str, value: &Value) -> Result<Value, Failure> {
    let one = |value: &Value| match value {
        Value::Null => Some(String::new()),
        Value::String(text) => Some(text.clone()),
        Value::Number(_) | Value::Bool(_) => Some(value.to_string()),
        _ => None,
    };
    let text = match value {
        Value::Array(values) => values
            .iter()
            .map(one)
            .collect::<Option<Vec<_>>>()
            .map(|texts| texts.join(";")),
        other => one(other),
    };
    text.map(Value::String)
        .ok_or_else(|| wrong(field, "HubSpot's properties cannot hold an object"))
}

fn linked_ids(field: &str, value: &Value) -> Result<Vec<String>, Failure> {
    let links = match value {
        Value::Null => return Ok(Vec::new()),
        Value::Array(links) => links.as_slice(),
        one => std::slice::from_ref(one),
    };
    let ids = links.iter().map(|link| text(link.get("id").or(Some(link))));
    ids.map(|id| check_id(&id).map(|()| id))
        .collect::<Result<_, _>>()
        .map_err(|_| wrong(field, "HubSpot's ids are numbers"))
}

fn wrong(field: &str, why: &str) -> Failure {
    Failure::rejected("Some values cannot be written to HubSpot").field(field, why)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn changes(object: Object, values: Value) -> Result<Changes, Failure> {
        Changes::new(object, values.as_object().unwrap().clone())
    }

    #[test]
    fn values_become_texts_and_null_clears() {
        let values = json!({ "amount": 12.5, "/properties/won": true, "dealname": null, "tags": ["a", "b"] });
        let changes = changes(Object::Deals, values).unwrap();
        let expected = json!({ "amount": "12.5", "won": "true", "dealname": "", "tags": "a;b" });
        assert_eq!(Value::Object(changes.properties.clone()), expected);
        assert_eq!(changes.without_clearing().properties.len(), 3);
    }

    #[test]
    fn links_are_taken_in_every_form() {
        for links in [
            json!([{ "id": "9" }]),
            json!(["9"]),
            json!([{ "id": 9 }]),
            json!("9"),
        ] {
            let changes = changes(Object::Deals, json!({ "/associations/contacts/results": links })).unwrap();
            assert_eq!(
                changes.associations,
                [("contacts".to_owned(), vec!["9".to_owned()])]
            );
        }
        let none = changes(Object::Deals, json!({ "/associations/contacts/results": null })).unwrap();
        assert_eq!(none.associations, [("contacts".to_owned(), vec![])]);
    }

    #[test]
    fn what_cannot_be_written_is_named() {
        for (values, field) in [
            (json!({ "/createdAt": "2026-01-01" }), "/createdAt"),
            (json!({ "dealname": { "a": 1 } }), "dealname"),
            (
                json!({ "/associations/contacts/results": ["../x"] }),
                "/associations/contacts/results",
            ),
            (
                json!({ "/contact/properties/email": "a@example.com" }),
                "/contact/properties/email",
            ),
        ] {
            let failure = changes(Object::Deals, values).unwrap_err();
            assert!(failure.is("rejected"));
            assert_eq!(failure.fields[0].0, field);
        }
    }

    #[test]
    fn a_meeting_is_placed_at_its_start() {
        let start = "2026-05-04T08:00:00.000Z";
        let moved = changes(Object::Meetings, json!({ "hs_meeting_start_time": start })).unwrap();
        assert_eq!(moved.properties["hs_timestamp"], start);
        let cleared = changes(Object::Meetings, json!({ "hs_meeting_start_time": null })).unwrap();
        assert!(!cleared.properties.contains_key("hs_timestamp"));
    }
}
