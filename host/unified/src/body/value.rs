//! Values of a body: do they have the type of their field, and keep to its rule?

use serde_json::{Map, Value};

use super::FieldErrors;
use crate::describe::{one_of, sort_of};
use crate::mapping::{check_custom_name, tidy_number};
use crate::schema::{ADDRESS_MEMBERS, ATTENDEE_MEMBERS, Field, FieldKind, Rule};
use crate::time;

/// Longest address that mail can be sent to (RFC 5321, section 4.5.3.1.3, without the brackets).
const MAX_EMAIL: usize = 254;

/// The value in its unified form, and everything that is wrong with it. `place` is how errors name it.
pub(super) fn check(field: &Field, place: &str, value: &Value) -> (Value, FieldErrors) {
    let mut errors = FieldErrors::new();
    let checked = match (field.kind, value) {
        (_, Value::Null) => Value::Null,
        (FieldKind::Address, Value::Object(members)) => {
            object(ADDRESS_MEMBERS, false, place, members, &mut errors)
        }
        (FieldKind::CustomFields, Value::Object(members)) => custom(place, members, &mut errors),
        (FieldKind::Attendees, Value::Array(people)) => attendees(place, people, &mut errors),
        (FieldKind::TextList, Value::Array(elements)) => text_list(place, elements, &mut errors),
        (_, value) => match scalar(field, value) {
            Ok(value) => value,
            Err(message) => {
                errors.insert(place.to_owned(), message);
                Value::Null
            }
        },
    };
    (checked, errors)
}

fn scalar(field: &Field, value: &Value) -> Result<Value, String> {
    match (field.kind, value) {
        (FieldKind::Text, Value::String(text)) if text.is_empty() => Ok(Value::Null),
        (FieldKind::Text, Value::String(text)) => keep_rule(field.rule, text).map(Value::String),
        (FieldKind::Number, Value::Number(number)) => match (field.rule, number.as_f64()) {
            (Rule::Percent, Some(float)) if !(0.0..=100.0).contains(&float) => {
                Err("must be from 0 to 100 (percent)".to_owned())
            }
            _ => Ok(Value::Number(tidy_number(number))),
        },
        (FieldKind::Boolean, Value::Bool(_)) => Ok(value.clone()),
        (FieldKind::DateTime, Value::String(text)) => match time::parse_instant(text) {
            Some(instant) => Ok(Value::String(time::format(instant))),
            None => Err(format!("must be {}", wanted(FieldKind::DateTime))),
        },
        (kind, value) => Err(format!("must be {}, not {}", wanted(kind), sort_of(value))),
    }
}

/// What would be right.
fn wanted(kind: FieldKind) -> &'static str {
    match kind {
        FieldKind::Text => "text or null",
        FieldKind::Number => "a number without quotes, such as 12.5, or null",
        FieldKind::Boolean => "true, false or null",
        FieldKind::DateTime => {
            "an ISO 8601 date time with an offset, such as 2026-03-09T15:00:00Z, or a date, such as 2026-03-09"
        }
        FieldKind::Address => "an object with street, city, state, postalCode and country, or null",
        FieldKind::TextList => "a list of texts, such as [\"vip\"], or null",
        FieldKind::Attendees => {
            "a list such as [{\"email\": \"jane@example.com\", \"name\": \"Jane Doe\"}], or null"
        }
        FieldKind::CustomFields => "an object with the names and values of your own fields, or null",
    }
}

fn keep_rule(rule: Rule, text: &str) -> Result<String, String> {
    match rule {
        Rule::Email if !looks_like_email(text) => {
            Err("must be an email address, such as jane@example.com".to_owned())
        }
        Rule::Currency if text.len() != 3 || !text.bytes().all(|byte| byte.is_ascii_alphabetic()) => {
            Err("must be the three letters of a currency (ISO 4217), such as USD".to_owned())
        }
        Rule::Currency => Ok(text.to_ascii_uppercase()),
        Rule::Email | Rule::Any | Rule::Percent => Ok(text.to_owned()),
    }
}

/// One `@` between a name and a host with a dot. Whether it can receive mail only mail can tell.
fn looks_like_email(text: &str) -> bool {
    let Some((name, host)) = text.split_once('@') else {
        return false;
    };
    let host_is_dotted = host.contains('.') && host.split('.').all(|label| !label.is_empty());
    let odd = |character: char| character.is_whitespace() || character.is_control();
    !name.is_empty()
        && host_is_dotted
        && !host.contains('@')
        && text.len() <= MAX_EMAIL
        && !text.contains(odd)
}

/// The members that are given, or all of them with null for those that are not.
fn object(
    fields: &[Field],
    complete: bool,
    place: &str,
    given: &Map<String, Value>,
    errors: &mut FieldErrors,
) -> Value {
    for name in given
        .keys()
        .filter(|name| !fields.iter().any(|field| field.name == name.as_str()))
    {
        let names = one_of(fields.iter().map(|field| field.name));
        errors.insert(
            format!("{place}.{name}"),
            format!("is not known here; it can be {names}"),
        );
    }
    let mut checked = Map::with_capacity(fields.len());
    for field in fields {
        match given.get(field.name) {
            Some(value) => {
                let (value, found) = check(field, &format!("{place}.{}", field.name), value);
                errors.extend(found);
                checked.insert(field.name.to_owned(), value);
            }
            None if complete => {
                checked.insert(field.name.to_owned(), Value::Null);
            }
            None => {}
        }
    }
    Value::Object(checked)
}

/// Any values: their types are the organisation's. Empty text is null here as everywhere.
fn custom(place: &str, given: &Map<String, Value>, errors: &mut FieldErrors) -> Value {
    let mut checked = Map::with_capacity(given.len());
    for (name, value) in given {
        if let Err(message) = check_custom_name(name) {
            errors.insert(format!("{place}.{name}"), message);
        }
        let value = if value.as_str() == Some("") {
            &Value::Null
        } else {
            value
        };
        checked.insert(name.clone(), value.clone());
    }
    Value::Object(checked)
}

fn attendees(place: &str, people: &[Value], errors: &mut FieldErrors) -> Value {
    let mut check_one = |(index, person): (usize, &Value)| {
        let place = format!("{place}[{index}]");
        let Value::Object(members) = person else {
            errors.insert(
                place,
                format!("must be an object with email and name, not {}", sort_of(person)),
            );
            return Value::Null;
        };
        let before = errors.len();
        let checked = object(ATTENDEE_MEMBERS, true, &place, members, errors);
        if errors.len() == before
            && checked
                .as_object()
                .is_some_and(|members| members.values().all(Value::is_null))
        {
            errors.insert(place, "must have an email or a name".to_owned());
        }
        checked
    };
    Value::Array(people.iter().enumerate().map(&mut check_one).collect())
}

fn text_list(place: &str, elements: &[Value], errors: &mut FieldErrors) -> Value {
    for (index, element) in elements.iter().enumerate() {
        match element {
            Value::String(text) if !text.is_empty() => {}
            Value::String(_) => {
                errors.insert(format!("{place}[{index}]"), "must not be empty".to_owned());
            }
            other => {
                errors.insert(
                    format!("{place}[{index}]"),
                    format!("must be text, not {}", sort_of(other)),
                );
            }
        }
    }
    Value::Array(elements.to_vec())
}
