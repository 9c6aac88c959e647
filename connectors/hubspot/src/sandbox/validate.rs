//! Which values a write may have.

use std::collections::BTreeMap;

use routemcp_sdk::time;
use serde_json::{Map, Value};

use crate::sandbox::error::{ApiError, Wrong};
use crate::sandbox::links::NewLink;
use crate::sandbox::owners;
use crate::sandbox::record::moment;
use crate::sandbox::schema::{Kind, LEAD_PIPELINE, Type};

/// From a lead to the contact that it is about.
pub(crate) const LEAD_PRIMARY_CONTACT: u64 = 578;

/// The given properties as HubSpot stores them: texts, numbers and truth values included; empty clears.
pub(crate) fn texts(of: Type, given: &Map<String, Value>) -> Result<BTreeMap<String, String>, ApiError> {
    let mut texts = BTreeMap::new();
    let mut wrong = Vec::new();
    for (name, value) in given {
        match checked(of, name, value) {
            Ok(text) => drop(texts.insert(name.clone(), text)),
            Err((code, message)) => wrong.push(Wrong {
                name: name.clone(),
                code,
                message,
            }),
        }
    }
    if wrong.is_empty() {
        Ok(texts)
    } else {
        Err(ApiError::properties(&wrong))
    }
}

fn checked(of: Type, name: &str, value: &Value) -> Result<String, (&'static str, String)> {
    let Some(kind) = of.kind(name) else {
        return Err((
            "PROPERTY_DOESNT_EXIST",
            format!("Property \"{name}\" does not exist"),
        ));
    };
    if kind.read_only() {
        return Err((
            "READ_ONLY_VALUE",
            format!("\"{name}\" is a read only property; its value cannot be set."),
        ));
    }
    let text = match value {
        Value::Null => String::new(),
        Value::String(text) => text.trim().to_owned(),
        Value::Number(_) | Value::Bool(_) => value.to_string(),
        _ => return Err(("INVALID_STRING", format!("{name} must be a single value"))),
    };
    if text.is_empty() {
        return Ok(text);
    }
    of_kind(kind, &text).ok_or_else(|| refusal(kind, name, &text))
}

/// The text in HubSpot's own form; none if it is not of this kind.
fn of_kind(kind: Kind, text: &str) -> Option<String> {
    match kind {
        Kind::Email => is_email(text).then(|| text.to_lowercase()),
        Kind::Number => text
            .parse::<f64>()
            .ok()
            .filter(|number| number.is_finite())
            .map(|_| text.to_owned()),
        Kind::Time => moment(text).map(time::to_iso),
        Kind::Owner => owners::exists(text).then(|| text.to_owned()),
        Kind::Choice(options) => options.contains(&text).then(|| text.to_owned()),
        _ => Some(text.to_owned()),
    }
}

fn refusal(kind: Kind, name: &str, text: &str) -> (&'static str, String) {
    match kind {
        Kind::Email => ("INVALID_EMAIL", format!("Email address {text} is invalid")),
        Kind::Time => ("INVALID_DATE", format!("{text} was not a valid date.")),
        Kind::Owner => ("INVALID_OWNER_ID", format!("The owner {text} does not exist.")),
        Kind::Choice(options) => (
            "INVALID_OPTION",
            format!(
                "{text} was not one of the allowed options for {name}: [{}]",
                options.join(", ")
            ),
        ),
        _ => ("INVALID_NUMBER", format!("{text} was not a valid number.")),
    }
}

fn is_email(text: &str) -> bool {
    let Some((name, domain)) = text.split_once('@') else {
        return false;
    };
    let dotted = domain.split('.').count() >= 2 && domain.split('.').all(|part| !part.is_empty());
    !name.is_empty() && dotted && !text.contains(char::is_whitespace) && !domain.contains('@')
}

/// What a new record must have, and what HubSpot adds.
pub(crate) fn complete(
    of: Type,
    properties: &mut BTreeMap<String, String>,
    links: &[NewLink],
) -> Result<(), ApiError> {
    match of {
        Type::Leads => complete_lead(properties, links),
        Type::Meetings => complete_meeting(properties),
        Type::Deals => {
            properties
                .entry("pipeline".to_owned())
                .or_insert_with(|| "default".to_owned());
            Ok(())
        }
        Type::Contacts | Type::Companies => Ok(()),
    }
}

fn complete_lead(properties: &mut BTreeMap<String, String>, links: &[NewLink]) -> Result<(), ApiError> {
    if properties.get("hs_lead_name").is_none_or(String::is_empty) {
        return Err(missing("hs_lead_name"));
    }
    if !links
        .iter()
        .any(|link| link.type_id == LEAD_PRIMARY_CONTACT && link.to == Type::Contacts)
    {
        return Err(ApiError::validation(
            "A lead must be associated with a primary contact (association type 578).",
        ));
    }
    properties
        .entry("hs_pipeline".to_owned())
        .or_insert_with(|| LEAD_PIPELINE.to_owned());
    properties
        .entry("hs_pipeline_stage".to_owned())
        .or_insert_with(|| "new-stage-id".to_owned());
    Ok(())
}

fn complete_meeting(properties: &mut BTreeMap<String, String>) -> Result<(), ApiError> {
    let start = properties
        .get("hs_meeting_start_time")
        .filter(|start| !start.is_empty())
        .cloned();
    match (properties.contains_key("hs_timestamp"), start) {
        (true, _) => Ok(()),
        (false, Some(start)) => {
            properties.insert("hs_timestamp".to_owned(), start);
            Ok(())
        }
        (false, None) => Err(missing("hs_timestamp")),
    }
}

fn missing(name: &str) -> ApiError {
    let message = format!("Required property \"{name}\" is missing");
    ApiError::properties(&[Wrong {
        name: name.to_owned(),
        code: "REQUIRED_FIELD",
        message,
    }])
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn everything_is_stored_as_text() {
        let given = json!({ "amount": 12.5, "closedate": 1_777_882_530_120_i64, "dealname": null });
        let texts = texts(Type::Deals, given.as_object().unwrap()).unwrap();
        assert_eq!(texts["amount"], "12.5");
        assert_eq!(texts["closedate"], "2026-05-04T08:15:30.120Z");
        assert_eq!(texts["dealname"], "");
    }

    #[test]
    fn each_wrong_value_has_its_code() {
        for (of, name, value, code) in [
            (Type::Contacts, "unicorn", "x", "PROPERTY_DOESNT_EXIST"),
            (Type::Contacts, "email", "not an address", "INVALID_EMAIL"),
            (Type::Contacts, "lifecyclestage", "friend", "INVALID_OPTION"),
            (Type::Contacts, "hs_object_id", "1", "READ_ONLY_VALUE"),
            (Type::Contacts, "hubspot_owner_id", "1", "INVALID_OWNER_ID"),
            (Type::Deals, "amount", "a lot", "INVALID_NUMBER"),
            (Type::Deals, "closedate", "soon", "INVALID_DATE"),
        ] {
            assert_eq!(checked(of, name, &json!(value)).unwrap_err().0, code, "{name}");
        }
    }
}
