//! Brings a provider's value to the type of its unified field. Errors name types, never values.

use serde_json::{Map, Number, Value};

use crate::describe::sort_of;
use crate::json::Node;
use crate::record::Cell;
use crate::schema::{ATTENDEE_MEMBERS, FieldKind};
use crate::time;

/// As [`coerce`], of what is found in a document: text that is right as it stands is not copied.
pub(crate) fn cell(kind: FieldKind, found: Option<Node<'_>>) -> Result<Cell<'_>, String> {
    let Some(node) = found else {
        return Ok(Cell::Null);
    };
    match (node.plain_text(), kind) {
        (Some(text), _) if text.as_str().is_empty() => Ok(Cell::Null),
        (Some(text), FieldKind::Text | FieldKind::CustomFields) => Ok(text.into()),
        (Some(text), FieldKind::DateTime) if time::is_unified(text.as_str()) => Ok(text.into()),
        _ => coerce(kind, node.to_value()).map(Cell::from),
    }
}

/// The value as the unified field has it. What is empty is absent: empty text is null whatever the field, and so is an
/// empty list where a list is expected.
pub(crate) fn coerce(kind: FieldKind, value: Value) -> Result<Value, String> {
    match value {
        Value::Null => Ok(Value::Null),
        Value::String(text) if text.is_empty() => Ok(Value::Null),
        Value::Array(list)
            if list.is_empty() && matches!(kind, FieldKind::TextList | FieldKind::Attendees) =>
        {
            Ok(Value::Null)
        }
        value => match kind {
            FieldKind::Text => text(value),
            FieldKind::Number => number(&value),
            FieldKind::Boolean => boolean(&value),
            FieldKind::DateTime => date_time(value),
            FieldKind::TextList => text_list(value),
            FieldKind::Attendees => attendees(&value),
            FieldKind::Address | FieldKind::CustomFields => Ok(value),
        },
    }
}

/// Text as it is; numbers and booleans as JSON writes them.
pub(crate) fn text(value: Value) -> Result<Value, String> {
    match value {
        Value::String(_) => Ok(value),
        Value::Number(_) | Value::Bool(_) => Ok(Value::String(value.to_string())),
        other => Err(format!("expected text, got {}", sort_of(&other))),
    }
}

/// A number, also out of text such as `"12.50"`.
pub(crate) fn number(value: &Value) -> Result<Value, String> {
    let number = match value {
        Value::Number(number) => Some(tidy(number)),
        Value::String(text) => parse_number(text),
        _ => None,
    };
    number.map(Value::Number).ok_or_else(|| match value {
        Value::String(_) => "expected a number, got text that is none".to_owned(),
        other => format!("expected a number, got {}", sort_of(other)),
    })
}

/// Decimal text as a number.
pub(crate) fn parse_number(text: &str) -> Option<Number> {
    let text = text.trim();
    match text.parse::<i64>() {
        Ok(whole) => Some(whole.into()),
        Err(_) => Number::from_f64(text.parse().ok()?).map(|number| tidy(&number)),
    }
}

/// Whole numbers without a fraction of zero: 5000 rather than 5000.0.
pub(crate) fn tidy(number: &Number) -> Number {
    /// Up to here (2^53) a float tells whole numbers apart.
    const EXACT: f64 = 9_007_199_254_740_992.0;
    match number.as_f64() {
        Some(float) if number.is_f64() && float.fract() == 0.0 && float.abs() < EXACT => {
            // Exact: whole and below 2^53.
            Number::from(float as i64)
        }
        _ => number.clone(),
    }
}

fn boolean(value: &Value) -> Result<Value, String> {
    match value {
        Value::Bool(_) => Ok(value.clone()),
        Value::String(text) if text.eq_ignore_ascii_case("true") => Ok(Value::Bool(true)),
        Value::String(text) if text.eq_ignore_ascii_case("false") => Ok(Value::Bool(false)),
        other => Err(format!(
            "expected true or false, got {}; a boolean transform can tell them apart",
            sort_of(other)
        )),
    }
}

fn date_time(value: Value) -> Result<Value, String> {
    let text = value.as_str().unwrap_or_default();
    if time::is_unified(text) {
        return Ok(value);
    }
    let unified = time::parse_lenient(text).map(|instant| Value::String(time::format(instant)));
    unified.ok_or_else(|| {
        format!(
            "expected an ISO 8601 date time, got {}; a dateTime transform can read other formats",
            sort_of(&value)
        )
    })
}

fn text_list(value: Value) -> Result<Value, String> {
    match value {
        Value::Array(elements) => {
            let texts = elements
                .into_iter()
                .filter(|element| !element.is_null())
                .map(text);
            texts
                .collect::<Result<_, _>>()
                .map(Value::Array)
                .map_err(|reason| format!("in the list: {reason}"))
        }
        other => Err(format!(
            "expected a list, got {}; a split transform can take text apart",
            sort_of(&other)
        )),
    }
}

/// A list of people. An element that is text counts as an email address; further members are left out.
fn attendees(value: &Value) -> Result<Value, String> {
    let Value::Array(elements) = value else {
        return Err(format!("expected a list, got {}", sort_of(value)));
    };
    elements
        .iter()
        .map(attendee)
        .collect::<Result<_, _>>()
        .map(Value::Array)
}

fn attendee(element: &Value) -> Result<Value, String> {
    let mut person = Map::new();
    for member in ATTENDEE_MEMBERS {
        let value = match element {
            Value::Object(members) => members.get(member.name).cloned().unwrap_or_default(),
            Value::String(email) if member.name == "email" => Value::String(email.clone()),
            Value::String(_) => Value::Null,
            other => {
                return Err(format!(
                    "in the list: expected an object with an email, got {}",
                    sort_of(other)
                ));
            }
        };
        person.insert(member.name.to_owned(), coerce(member.kind, value)?);
    }
    Ok(Value::Object(person))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn values_take_the_type_of_their_field() {
        for (kind, value, expected) in [
            (FieldKind::Text, json!("Ada"), json!("Ada")),
            (FieldKind::Text, json!(""), json!(null)),
            (FieldKind::Text, json!(17), json!("17")),
            (FieldKind::Text, json!(1.5), json!("1.5")),
            (FieldKind::Text, json!(true), json!("true")),
            (FieldKind::Text, json!(null), json!(null)),
            (FieldKind::Number, json!("5000.00"), json!(5000)),
            (FieldKind::Number, json!(" 12.5 "), json!(12.5)),
            (FieldKind::Number, json!(5000.0), json!(5000)),
            (
                FieldKind::Number,
                json!(9_007_199_254_740_993_u64),
                json!(9_007_199_254_740_993_u64),
            ),
            (FieldKind::Number, json!(""), json!(null)),
            (FieldKind::Boolean, json!("TRUE"), json!(true)),
            (FieldKind::Boolean, json!(false), json!(false)),
            (
                FieldKind::DateTime,
                json!("2026-03-09T15:00:00+01:00"),
                json!("2026-03-09T14:00:00.000Z"),
            ),
            (
                FieldKind::DateTime,
                json!("2026-03-09"),
                json!("2026-03-09T00:00:00.000Z"),
            ),
            (FieldKind::TextList, json!(["a", 1, null]), json!(["a", "1"])),
            (FieldKind::TextList, json!([]), Value::Null),
            (FieldKind::Attendees, json!([]), Value::Null),
            (
                FieldKind::Attendees,
                json!(["a@b.co", {"email": "c@d.co", "name": "Cy", "status": "yes"}, {"name": ""}]),
                json!([{"email": "a@b.co", "name": null}, {"email": "c@d.co", "name": "Cy"}, {"email": null, "name": null}]),
            ),
            (
                FieldKind::CustomFields,
                json!({"any": ["thing"]}),
                json!({"any": ["thing"]}),
            ),
        ] {
            assert_eq!(coerce(kind, value.clone()).unwrap(), expected, "{kind:?} {value}");
        }
    }

    #[test]
    fn what_does_not_fit_is_refused_without_repeating_the_value() {
        for (kind, value) in [
            (FieldKind::Text, json!(["secret"])),
            (FieldKind::Text, json!({"a": "secret"})),
            (FieldKind::Number, json!("secret")),
            (FieldKind::Number, json!("NaN")),
            (FieldKind::Number, json!(true)),
            (FieldKind::Boolean, json!(1)),
            (FieldKind::DateTime, json!("secret")),
            (FieldKind::DateTime, json!(1_709_913_600)),
            (FieldKind::TextList, json!("secret")),
            (FieldKind::TextList, json!([["secret"]])),
            (FieldKind::Attendees, json!([1])),
        ] {
            let reason = coerce(kind, value.clone()).unwrap_err();
            assert!(
                reason.contains("expected") && !reason.contains("secret"),
                "{kind:?} {value}: {reason}"
            );
        }
    }
}
