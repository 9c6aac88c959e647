//! Checks bodies as HighLevel's validation does: every wrong member is named, and so is every unknown one.

use routemcp_sdk::time;
use serde_json::{Map, Value};

use crate::sandbox::error::ApiError;

/// What a member may be.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Shape {
    Text,
    /// Text or null. The documentation allows null for these only.
    TextOrNull,
    EmailOrNull,
    Number,
    Boolean,
    Texts,
    OneOf(&'static [&'static str]),
    /// Text that is a time, with an offset or `Z`.
    Time,
    /// Text that is a date or empty.
    Date,
    /// Checked elsewhere, or not at all.
    Any,
}

/// Members and their shapes.
pub(crate) type Schema<'a> = [(&'a str, Shape)];

/// Refuses a body with wrong, unknown or missing members.
pub(crate) fn check(
    body: &Map<String, Value>,
    schema: &Schema<'_>,
    required: &[&str],
) -> Result<(), ApiError> {
    let mut wrong: Vec<String> = required
        .iter()
        .filter(|name| {
            body.get(**name)
                .is_none_or(|value| value.is_null() || value == "")
        })
        .map(|name| format!("{name} should not be empty"))
        .collect();
    for (name, value) in body {
        match schema.iter().find(|(known, _)| known == name) {
            None => wrong.push(format!("property {name} should not exist")),
            Some((_, shape)) => wrong.extend(shape.refuses(name, value)),
        }
    }
    if wrong.is_empty() {
        Ok(())
    } else {
        Err(ApiError::validation(wrong))
    }
}

impl Shape {
    fn refuses(self, name: &str, value: &Value) -> Option<String> {
        let (fits, wanted) = match self {
            Self::Any => (true, String::new()),
            Self::Text => (value.is_string(), "must be a string".to_owned()),
            Self::TextOrNull => (
                value.is_string() || value.is_null(),
                "must be a string".to_owned(),
            ),
            Self::EmailOrNull => (
                value.is_null() || value.as_str().is_some_and(is_email),
                "must be an email".to_owned(),
            ),
            Self::Number => (
                value.is_number(),
                "must be a number conforming to the specified constraints".to_owned(),
            ),
            Self::Boolean => (value.is_boolean(), "must be a boolean value".to_owned()),
            Self::Texts => match value.as_array() {
                Some(values) if values.iter().all(Value::is_string) => (true, String::new()),
                Some(_) => return Some(format!("each value in {name} must be a string")),
                None => (false, "must be an array".to_owned()),
            },
            Self::OneOf(choices) => (
                value.as_str().is_some_and(|value| choices.contains(&value)),
                format!("must be one of the following values: {}", choices.join(", ")),
            ),
            Self::Time => (
                value
                    .as_str()
                    .is_some_and(|text| text.contains('T') && time::from_iso(text).is_some()),
                "must be a valid ISO 8601 date string".to_owned(),
            ),
            Self::Date => (
                value
                    .as_str()
                    .is_some_and(|text| text.is_empty() || time::from_iso(text).is_some()),
                "must be a valid date string".to_owned(),
            ),
        };
        (!fits).then(|| format!("{name} {wanted}"))
    }
}

fn is_email(text: &str) -> bool {
    let Some((local, domain)) = text.split_once('@') else {
        return false;
    };
    !local.is_empty() && domain.contains('.') && !text.contains([' ', ',']) && !domain.contains('@')
}
