//! From the values of a write to a body that HighLevel's documentation allows.

use routemcp_sdk::prelude::*;
use serde_json::{Map, Value};

use crate::api::Api;
use crate::custom_fields;

/// How a field is emptied. The documentation allows null for few.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Clearing {
    Null,
    EmptyText,
    EmptyList,
    /// Numbers have no null; an amount that was never given is 0 too.
    Zero,
    /// HighLevel does not do without it.
    Never,
}

/// What is particular to one type of record.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Rules {
    /// The type's name where its custom fields are defined.
    pub(crate) model: &'static str,
    /// Members that HighLevel sets itself.
    pub(crate) fixed: &'static [&'static str],
    pub(crate) clearing: fn(&str) -> Clearing,
}

/// A body out of provider fields and their values.
pub(crate) fn body(
    api: &Api,
    rules: Rules,
    values: Map<String, Value>,
) -> Result<Map<String, Value>, Failure> {
    let mut body = Map::new();
    let mut custom = Vec::new();
    for (field, value) in values {
        if let Some(name) = custom_fields::name_of(&field) {
            custom.push((name, value));
        } else if field.starts_with('/') || rules.fixed.contains(&field.as_str()) {
            return Err(wrong(&field, "HighLevel sets this itself"));
        } else {
            let value = if value.is_null() {
                cleared(rules, &field)?
            } else {
                value
            };
            body.insert(field, value);
        }
    }
    if !custom.is_empty() {
        let list = custom_fields::close(api, rules.model, &custom)?;
        body.insert("customFields".to_owned(), list.into());
    }
    Ok(body)
}

/// A record that does not exist yet has nothing to clear.
pub(crate) fn without_nulls(mut values: Map<String, Value>) -> Map<String, Value> {
    values.retain(|_, value| !value.is_null());
    values
}

fn cleared(rules: Rules, field: &str) -> Result<Value, Failure> {
    match (rules.clearing)(field) {
        Clearing::Null => Ok(Value::Null),
        Clearing::EmptyText => Ok("".into()),
        Clearing::EmptyList => Ok(Value::Array(Vec::new())),
        Clearing::Zero => Ok(0.into()),
        Clearing::Never => Err(wrong(field, "HighLevel cannot do without a value here")),
    }
}

/// Takes out the values that an update cannot change.
pub(crate) fn take(
    values: &mut Map<String, Value>,
    fixed: impl Fn(&str, &Value) -> bool,
) -> Map<String, Value> {
    let (taken, rest) = std::mem::take(values)
        .into_iter()
        .partition(|(field, value)| fixed(field, value));
    *values = rest;
    taken
}

/// Lets values that an update cannot change pass only where they are what the record has already. A replacement gives
/// every field, so that refusing them outright would make it impossible.
pub(crate) fn unchanged(fixed: &Map<String, Value>, record: &Value) -> Result<(), Failure> {
    let mut failure = Failure::rejected("HighLevel's API cannot change some of these fields");
    for (field, value) in fixed {
        if !same(value, record.get(field).unwrap_or(&Value::Null)) {
            failure = failure.field(field, "HighLevel's API cannot change this on an existing record");
        }
    }
    if failure.fields.is_empty() {
        Ok(())
    } else {
        Err(failure)
    }
}

/// Nothing, null and empty text are the same; so are numbers that are written differently.
pub(crate) fn same(one: &Value, other: &Value) -> bool {
    let empty = |value: &Value| value.is_null() || value.as_str() == Some("");
    match (one.as_f64(), other.as_f64()) {
        (Some(one), Some(other)) => one == other,
        _ => one == other || (empty(one) && empty(other)),
    }
}

pub(crate) fn wrong(field: &str, why: &str) -> Failure {
    Failure::rejected("Some values cannot be written to HighLevel").field(field, why)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::api::Version;

    const RULES: Rules = Rules {
        model: "contact",
        fixed: &["dateAdded"],
        clearing: |field| match field {
            "postalCode" => Clearing::EmptyText,
            "tags" => Clearing::EmptyList,
            "amount" => Clearing::Zero,
            "name" => Clearing::Never,
            _ => Clearing::Null,
        },
    };

    fn made(version: Version, values: Value) -> Result<Value, Failure> {
        let api = Api {
            version,
            location: "L".to_owned(),
        };
        body(&api, RULES, values.as_object().unwrap().clone()).map(Value::from)
    }

    #[test]
    fn each_field_is_cleared_in_its_own_way() {
        let values =
            json!({ "postalCode": null, "tags": null, "amount": null, "city": null, "email": "a@b.co" });
        let expected = json!({ "postalCode": "", "tags": [], "amount": 0, "city": null, "email": "a@b.co" });
        assert_eq!(made(Version::V3, values).unwrap(), expected);
    }

    #[test]
    fn what_cannot_be_written_is_named() {
        for (values, field) in [
            (json!({ "name": null }), "name"),
            (json!({ "dateAdded": "2026-01-01" }), "dateAdded"),
            (json!({ "/id": "x" }), "/id"),
            (
                json!({ "/customFields/not an id": "x" }),
                "/customFields/not an id",
            ),
        ] {
            let failure = made(Version::V3, values).unwrap_err();
            assert!(failure.is("rejected"));
            assert_eq!(failure.fields[0].0, field);
        }
    }

    #[test]
    fn custom_fields_become_a_list_in_each_versions_spelling() {
        for (version, member) in [(Version::V3, "fieldValue"), (Version::Of2021, "field_value")] {
            let body = made(version, json!({ "/customFields/p9Rv": "green" })).unwrap();
            assert_eq!(
                body,
                json!({ "customFields": [{ "id": "p9Rv", member: "green" }] })
            );
        }
    }

    #[test]
    fn fixed_values_pass_while_they_stay_the_same() {
        let record = json!({ "contactId": "c", "probability": 20.0, "closed": "" });
        let fixed = |values: Value| unchanged(values.as_object().unwrap(), &record);
        assert!(
            fixed(json!({ "contactId": "c", "probability": 20, "closed": null, "absent": null })).is_ok()
        );
        let failure = fixed(json!({ "contactId": "d", "probability": null })).unwrap_err();
        assert_eq!(failure.fields.len(), 2);
    }
}
