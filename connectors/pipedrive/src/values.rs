//! From the values of a write to a body.

use routemcp_sdk::prelude::*;
use serde_json::{Map, Value};

const CUSTOM_FIELDS: &str = "custom_fields";
const CUSTOM_PREFIX: &str = "/custom_fields/";
const LABELS: &str = "label_ids";
/// Fields that hold ids. Pipedrive takes no numbers out of text.
const IDS: [&str; 8] = [
    "owner_id",
    "person_id",
    "org_id",
    "organization_id",
    "deal_id",
    "pipeline_id",
    "stage_id",
    "visible_to",
];
/// What every record has in Pipedrive, so that it can be changed but not cleared.
const ALWAYS_SET: [&str; 4] = ["owner_id", "pipeline_id", "stage_id", "currency"];

/// The body for provider fields. Names of custom fields stand behind `/custom_fields/`; the API v1 has them among the
/// others.
pub(crate) fn body(values: Map<String, Value>) -> Result<Map<String, Value>, Failure> {
    let mut body = Map::new();
    let mut custom = Map::new();
    let mut wrong = Vec::new();
    for (field, value) in values {
        if let Some(key) = field.strip_prefix(CUSTOM_PREFIX) {
            custom.insert(unescape(key), value);
        } else if field.starts_with('/') {
            wrong.push((field, "Pipedrive keeps this elsewhere or sets it itself"));
        } else if value.is_null() && ALWAYS_SET.contains(&field.as_str()) {
            wrong.push((
                field,
                "Pipedrive always has one: give another, or leave it as it is with PATCH",
            ));
        } else {
            let value = typed(&field, value);
            body.insert(field, value);
        }
    }
    if !wrong.is_empty() {
        let failure = Failure::rejected("Some values cannot be written to Pipedrive");
        return Err(wrong
            .into_iter()
            .fold(failure, |failure, (field, why)| failure.field(field, why)));
    }
    if !custom.is_empty() {
        body.insert(CUSTOM_FIELDS.to_owned(), custom.into());
    }
    Ok(body)
}

/// For a record that does not exist yet there is nothing to clear.
pub(crate) fn without_clearing(mut values: Map<String, Value>) -> Map<String, Value> {
    values.retain(|_, value| !value.is_null());
    values
}

/// Whether one of the provider fields that were asked for is below a pointer.
pub(crate) fn wanted(fields: &[String], below: &str) -> bool {
    fields.iter().any(|field| field.starts_with(below))
}

/// An id as text; none if there is none.
pub(crate) fn id_text(value: Option<&Value>) -> Option<String> {
    match value? {
        Value::String(text) if !text.is_empty() => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// A text that has something in it.
pub(crate) fn text<'a>(record: &'a Value, name: &str) -> Option<&'a str> {
    record
        .get(name)
        .and_then(Value::as_str)
        .filter(|text| !text.is_empty())
}

/// Ids as numbers. What is no number is left to Pipedrive to refuse: the ids of a lead's labels are none.
fn typed(field: &str, value: Value) -> Value {
    match value {
        Value::Null if field == LABELS => Value::Array(Vec::new()),
        Value::Array(labels) if field == LABELS => labels.into_iter().map(number).collect(),
        value if IDS.contains(&field) => number(value),
        value => value,
    }
}

fn number(value: Value) -> Value {
    match value.as_str().and_then(|text| text.parse::<u64>().ok()) {
        Some(number) => number.into(),
        None => value,
    }
}

/// One step of an RFC 6901 pointer.
fn unescape(step: &str) -> String {
    step.replace("~1", "/").replace("~0", "~")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn made(values: Value) -> Result<Value, Failure> {
        body(values.as_object().unwrap().clone()).map(Value::Object)
    }

    #[test]
    fn ids_become_numbers_and_other_values_stay() {
        let given = json!({ "owner_id": "3", "person_id": null, "title": "12", "value": 12.5, "label_ids": ["1", 2] });
        let expected =
            json!({ "owner_id": 3, "person_id": null, "title": "12", "value": 12.5, "label_ids": [1, 2] });
        assert_eq!(made(given).unwrap(), expected);
        let labels = json!({ "label_ids": ["f08b42a0-4e75-41ea-9643-03698ef1cfd6"], "stage_id": "Won" });
        assert_eq!(made(labels.clone()).unwrap(), labels);
    }

    #[test]
    fn custom_fields_have_their_own_object() {
        let given = json!({ "/custom_fields/abc": "green", "/custom_fields/def": null });
        assert_eq!(
            made(given).unwrap(),
            json!({ "custom_fields": { "abc": "green", "def": null } })
        );
    }

    #[test]
    fn what_every_record_has_cannot_be_cleared() {
        let given = json!({ "owner_id": null, "currency": null, "org_id": null, "label_ids": null });
        let fields = made(given).unwrap_err().fields;
        assert_eq!(
            fields.iter().map(|(field, _)| field.as_str()).collect::<Vec<_>>(),
            ["owner_id", "currency"]
        );
        let given = json!({ "org_id": null, "label_ids": null });
        assert_eq!(made(given).unwrap(), json!({ "org_id": null, "label_ids": [] }));
    }

    #[test]
    fn what_is_kept_elsewhere_is_named() {
        let failure = made(json!({ "/organization/name": "Kite" })).unwrap_err();
        assert!(failure.is("rejected"));
        assert_eq!(failure.fields[0].0, "/organization/name");
    }
}
