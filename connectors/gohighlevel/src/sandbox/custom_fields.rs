//! Fields that the location has defined itself.

use serde_json::{Map, Value, json};

use crate::sandbox::error::ApiError;
use crate::sandbox::ids;

/// A definition.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Field {
    number: u64,
    name: &'static str,
    key: &'static str,
    data_type: &'static str,
    pub(crate) model: &'static str,
    options: &'static [&'static str],
}

pub(crate) const COLOUR: Field = Field {
    number: 0,
    name: "Favourite colour",
    key: "contact.favourite_colour",
    data_type: "TEXT",
    model: "contact",
    options: &[],
};
const TOPICS: Field = Field {
    number: 1,
    name: "Topics",
    key: "contact.topics",
    data_type: "MULTIPLE_OPTIONS",
    model: "contact",
    options: &["News", "Events", "Offers"],
};
pub(crate) const CONTRACT: Field = Field {
    number: 2,
    name: "Contract number",
    key: "opportunity.contract_number",
    data_type: "TEXT",
    model: "opportunity",
    options: &[],
};
pub(crate) const ALL: [Field; 3] = [COLOUR, TOPICS, CONTRACT];

impl Field {
    pub(crate) fn id(self) -> String {
        ids::id("custom-field", self.number)
    }

    pub(crate) fn render(self) -> Value {
        let mut field = json!({
            "id": self.id(), "name": self.name, "fieldKey": self.key, "dataType": self.data_type, "model": self.model,
            "position": (self.number + 1) * 50, "locationId": ids::LOCATION,
        });
        if let (Some(members), false) = (field.as_object_mut(), self.options.is_empty()) {
            members.insert("picklistOptions".to_owned(), json!(self.options));
        }
        field
    }
}

/// Puts the given values (`[{id or key, field_value}]`, in v3 also `fieldValue`) over those that a record has
/// (`[{id, value}]`). Empty text takes a value away.
pub(crate) fn merge(is_v3: bool, model: &str, had: Option<&Value>, given: &Value) -> Result<Value, ApiError> {
    let mut values: Map<String, Value> = Map::new();
    for entry in had.and_then(Value::as_array).into_iter().flatten() {
        if let (Some(id), Some(value)) = (entry.get("id").and_then(Value::as_str), entry.get("value")) {
            values.insert(id.to_owned(), value.clone());
        }
    }
    let entries = given
        .as_array()
        .ok_or_else(|| ApiError::validation(vec!["customFields must be an array".to_owned()]))?;
    for (index, entry) in entries.iter().enumerate() {
        let named = |member: &str| entry.get(member).and_then(Value::as_str);
        let field = ALL.iter().find(|field| {
            field.model == model && (named("id") == Some(&field.id()) || named("key") == Some(field.key))
        });
        let field = field.ok_or_else(|| {
            ApiError::validation(vec![format!(
                "customFields.{index}.id must be the id of a custom field"
            )])
        })?;
        let new = entry
            .get("fieldValue")
            .filter(|_| is_v3)
            .or_else(|| entry.get("field_value"));
        match new {
            Some(Value::String(text)) if text.is_empty() => {
                values.shift_remove(&field.id());
            }
            Some(value @ (Value::String(_) | Value::Array(_) | Value::Object(_))) => {
                values.insert(field.id(), value.clone());
            }
            _ => {
                let message = format!("customFields.{index}.field_value must be a string");
                return Err(ApiError::validation(vec![message]));
            }
        }
    }
    Ok(values
        .into_iter()
        .map(|(id, value)| json!({ "id": id, "value": value }))
        .collect())
}
