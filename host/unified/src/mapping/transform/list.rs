//! `primary`, `member`, `members` and `split`: values inside lists and objects, and lists inside text.

use serde_json::{Map, Value, json};

use crate::describe::sort_of;
use crate::mapping::coerce;

pub(super) fn check_member(member: &str) -> Result<(), String> {
    if member.is_empty() {
        Err("`member` must not be empty".to_owned())
    } else {
        Ok(())
    }
}

pub(super) fn check_separator(separator: &str) -> Result<(), String> {
    if separator.is_empty() {
        Err("`separator` must not be empty".to_owned())
    } else {
        Ok(())
    }
}

pub(super) fn read_primary(value: &Value, member: Option<&str>) -> Result<Value, String> {
    let first = match value {
        Value::Null => None,
        Value::Array(elements) => elements.first(),
        other => return Err(format!("expected a list, got {}", sort_of(other))),
    };
    match (first, member) {
        (None | Some(Value::Null), _) => Ok(Value::Null),
        (Some(element), None) => Ok(element.clone()),
        (Some(element), Some(member)) => match read_member(element, member)? {
            Value::Null => Ok(Value::Null),
            found => coerce::text(found),
        },
    }
}

pub(super) fn write_primary(value: &Value, member: Option<&str>) -> Value {
    match (value, member) {
        (Value::Null, _) => json!([]),
        (value, None) => json!([value]),
        (value, Some(member)) => json!([write_member(value, member)]),
    }
}

pub(super) fn read_member(value: &Value, member: &str) -> Result<Value, String> {
    match value {
        Value::Null => Ok(Value::Null),
        Value::Object(members) => Ok(members.get(member).cloned().unwrap_or_default()),
        other => Err(format!(
            "expected an object with `{member}`, got {}",
            sort_of(other)
        )),
    }
}

pub(super) fn write_member(value: &Value, member: &str) -> Value {
    match value {
        Value::Null => Value::Null,
        value => Value::Object(Map::from_iter([(member.to_owned(), value.clone())])),
    }
}

pub(super) fn read_members(value: &Value, member: &str) -> Result<Value, String> {
    let elements = match value {
        Value::Null => return Ok(Value::Null),
        Value::Array(elements) => elements,
        other => return Err(format!("expected a list, got {}", sort_of(other))),
    };
    let mut texts = Vec::with_capacity(elements.len());
    for element in elements {
        match read_member(element, member).map_err(|reason| format!("in the list: {reason}"))? {
            Value::Null => {}
            found => texts.push(coerce::text(found)?),
        }
    }
    Ok(Value::Array(texts))
}

pub(super) fn write_members(value: &Value, member: &str) -> Result<Value, String> {
    match value {
        Value::Null => Ok(Value::Null),
        Value::Array(elements) => Ok(Value::Array(
            elements
                .iter()
                .map(|element| write_member(element, member))
                .collect(),
        )),
        other => Err(format!("expected a list, got {}", sort_of(other))),
    }
}

/// White space around elements is the provider's layout and no part of them.
pub(super) fn read_split(value: &Value, separator: &str) -> Result<Value, String> {
    match value {
        Value::Null => Ok(Value::Null),
        Value::String(text) => {
            let elements = text
                .split(separator)
                .map(str::trim)
                .filter(|element| !element.is_empty());
            Ok(Value::Array(elements.map(Value::from).collect()))
        }
        other => Err(format!("expected text, got {}", sort_of(other))),
    }
}

pub(super) fn write_split(value: &Value, separator: &str) -> Result<Value, String> {
    let elements = match value {
        Value::Null => return Ok(Value::Null),
        Value::Array(elements) => elements,
        other => return Err(format!("expected a list of texts, got {}", sort_of(other))),
    };
    let texts: Vec<&str> = elements
        .iter()
        .map(|element| element.as_str().unwrap_or_default().trim())
        .collect();
    let joined = Value::String(texts.join(separator));
    // Reading it back is the one check that catches every way in which an element can be mistaken for two.
    if read_split(&joined, separator)? != Value::from(texts) {
        return Err(format!(
            "must be texts that are not empty and do not contain `{separator}`: this provider keeps the list as one text"
        ));
    }
    Ok(joined)
}
