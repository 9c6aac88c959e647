//! Custom fields. HighLevel has them as a list of ids and values; here a mapping reaches each under
//! `/customFields/<id>`, or under its key as `/customFields/contact.colour`.

use routemcp_sdk::prelude::*;
use serde_json::{Map, Value, json};

use crate::api::{Api, is_id};

const PREFIX: &str = "/customFields/";
/// Where the list is in a record.
const MEMBER: &str = "customFields";

/// The id or key that a provider field names, if it is about a custom field.
pub(crate) fn name_of(field: &str) -> Option<String> {
    let step = field.strip_prefix(PREFIX).filter(|step| !step.contains('/'))?;
    Some(step.replace("~1", "/").replace("~0", "~"))
}

/// Whether any of these provider fields is a custom field.
pub(crate) fn wanted(fields: &[String]) -> bool {
    fields.iter().any(|field| name_of(field).is_some())
}

/// Turns the list in each record into a map by id, and by key too if a field is wanted by its key. Records stay as they
/// are when no custom field is wanted.
pub(crate) fn open(api: &Api, model: &str, records: &mut [Value], fields: &[String]) -> Result<(), Failure> {
    let names: Vec<String> = fields.iter().filter_map(|field| name_of(field)).collect();
    if names.is_empty() || records.is_empty() {
        return Ok(());
    }
    let keys = if names.iter().any(|name| is_key(name)) {
        definitions(api, model)?
    } else {
        Vec::new()
    };
    for record in records.iter_mut().filter_map(Value::as_object_mut) {
        let entries = record.remove(MEMBER).unwrap_or_default();
        record.insert(MEMBER.to_owned(), by_name(&entries, &keys).into());
    }
    Ok(())
}

/// The list for a write. Null empties a field.
pub(crate) fn close(api: &Api, model: &str, values: &[(String, Value)]) -> Result<Vec<Value>, Failure> {
    let keys = if values.iter().any(|(name, _)| is_key(name)) {
        definitions(api, model)?
    } else {
        Vec::new()
    };
    let one = |(name, value): &(String, Value)| {
        let known = keys
            .iter()
            .find(|(_, key)| key == name)
            .map(|(id, _)| id.as_str());
        let id = known.or_else(|| Some(name.as_str()).filter(|name| is_id(name)));
        let id = id.ok_or_else(|| wrong(name, "this HighLevel location has no such custom field"))?;
        Ok(json!({ "id": id, api.version.custom_value(): written(name, value)? }))
    };
    values.iter().map(one).collect()
}

/// Keys have the model before a dot; ids have no dot.
fn is_key(name: &str) -> bool {
    name.contains('.')
}

/// (id, key) of every custom field of a model.
fn definitions(api: &Api, model: &str) -> Result<Vec<(String, String)>, Failure> {
    let path = format!("/locations/{}/customFields", http::segment(&api.location));
    let answer = api.send(http::get(path).query("model", model))?;
    let ids = answer.pluck::<String>("/customFields", "/id");
    let keys = answer.pluck::<String>("/customFields", "/fieldKey");
    Ok(ids
        .into_iter()
        .zip(keys)
        .filter_map(|(id, key)| Some((id?, key?)))
        .collect())
}

fn by_name(entries: &Value, keys: &[(String, String)]) -> Map<String, Value> {
    let mut map = Map::new();
    for entry in entries
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_object)
    {
        let (Some(id), Some(value)) = (entry.get("id").and_then(Value::as_str), value_of(entry)) else {
            continue;
        };
        for (_, key) in keys.iter().filter(|(known, _)| known == id) {
            map.insert(key.clone(), value.clone());
        }
        map.insert(id.to_owned(), value.clone());
    }
    map
}

/// Contacts have `value`; opportunities `fieldValue`, in searches with the type behind it (`fieldValueString`).
fn value_of(entry: &Map<String, Value>) -> Option<&Value> {
    let by_prefix = || {
        entry
            .iter()
            .find(|(name, _)| name.starts_with("fieldValue"))
            .map(|(_, value)| value)
    };
    entry.get("value").or_else(by_prefix)
}

/// HighLevel takes texts for every type, and lists of texts for several choices.
fn written(name: &str, value: &Value) -> Result<Value, Failure> {
    let one = |value: &Value| match value {
        Value::Null => Some(String::new()),
        Value::String(text) => Some(text.clone()),
        Value::Number(_) | Value::Bool(_) => Some(value.to_string()),
        Value::Array(_) | Value::Object(_) => None,
    };
    let taken = match value {
        Value::Array(values) => values
            .iter()
            .map(one)
            .collect::<Option<Vec<_>>>()
            .map(Value::from),
        other => one(other).map(Value::from),
    };
    taken.ok_or_else(|| wrong(name, "HighLevel's custom fields hold a text or a list of texts"))
}

fn wrong(name: &str, why: &str) -> Failure {
    let step = name.replace('~', "~0").replace('/', "~1");
    Failure::rejected("Some values cannot be written to HighLevel").field(format!("{PREFIX}{step}"), why)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_spelling_of_a_value_is_read() {
        let entries = json!([
            { "id": "a", "value": "green" },
            { "id": "b", "fieldValue": ["x", "y"] },
            { "id": "c", "type": "string", "fieldValueString": "z" },
            { "id": "d" },
            "nonsense",
        ]);
        let keys = [("a".to_owned(), "contact.colour".to_owned())];
        let expected = json!({ "contact.colour": "green", "a": "green", "b": ["x", "y"], "c": "z" });
        assert_eq!(Value::from(by_name(&entries, &keys)), expected);
    }

    #[test]
    fn values_are_written_as_texts() {
        for (value, expected) in [
            (json!(null), json!("")),
            (json!(12.5), json!("12.5")),
            (json!(true), json!("true")),
            (json!(["a", 1]), json!(["a", "1"])),
        ] {
            assert_eq!(written("x", &value).unwrap(), expected);
        }
        let failure = written("contact.a/b", &json!({})).unwrap_err();
        assert_eq!(failure.fields[0].0, "/customFields/contact.a~1b");
    }
}
