//! What an organisation changes about the connector's mappings.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Direction, FieldErrors, Transform};
use crate::describe::{one_of, sort_of};

/// One change that an organisation made on top of the connector's defaults. It takes the place of every default mapping
/// of that unified field.
///
/// In JSON: `{"unifiedField", "providerField", "direction", "transform"}` (direction `bidirectional` and no transform
/// unless said otherwise), or `{"unifiedField", "disabled": true}`.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(try_from = "Written", into = "Written")]
pub struct MappingOverride {
    /// `firstName`, `address.street` or `customFields.<name>`.
    pub unified_field: String,
    /// What becomes of it.
    pub change: OverrideChange,
}

/// What becomes of a unified field.
#[derive(Clone, PartialEq, Debug)]
pub enum OverrideChange {
    /// It is mapped like this.
    Set {
        /// The provider field.
        provider_field: String,
        /// Which way values go.
        direction: Direction,
        /// How values change on the way.
        transform: Option<Transform>,
    },
    /// It is not mapped.
    Disable,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Written {
    unified_field: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    provider_field: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    direction: Option<Direction>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    transform: Option<Transform>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    disabled: bool,
}

impl TryFrom<Written> for MappingOverride {
    type Error = &'static str;

    fn try_from(written: Written) -> Result<Self, Self::Error> {
        let Written {
            unified_field,
            provider_field,
            direction,
            transform,
            disabled,
        } = written;
        let change = match (provider_field, disabled) {
            (Some(provider_field), false) => {
                let direction = direction.unwrap_or(Direction::Bidirectional);
                OverrideChange::Set {
                    provider_field,
                    direction,
                    transform,
                }
            }
            (None, true) if direction.is_none() && transform.is_none() => OverrideChange::Disable,
            (_, true) => {
                return Err("`disabled` stands alone: leave out providerField, direction and transform");
            }
            (None, false) => return Err("needs `providerField`, or `disabled: true`"),
        };
        Ok(Self {
            unified_field,
            change,
        })
    }
}

impl From<MappingOverride> for Written {
    fn from(change: MappingOverride) -> Self {
        let unified_field = change.unified_field;
        match change.change {
            OverrideChange::Disable => Self {
                unified_field,
                provider_field: None,
                direction: None,
                transform: None,
                disabled: true,
            },
            OverrideChange::Set {
                provider_field,
                direction,
                transform,
            } => Self {
                unified_field,
                provider_field: Some(provider_field),
                direction: Some(direction),
                transform,
                disabled: false,
            },
        }
    }
}

/// Reads the overrides that a caller sent. Errors are told by unified field, or as `mappings[2]` where that is missing.
/// Whether they fit the connector is for [`check_overrides`](super::check_overrides) to say.
pub fn parse_overrides(value: &Value) -> Result<Vec<MappingOverride>, FieldErrors> {
    let Value::Array(elements) = value else {
        let message = format!("must be a list of mappings, got {}", sort_of(value));
        return Err(FieldErrors::from([("mappings".to_owned(), message)]));
    };
    let mut errors = FieldErrors::new();
    let mut seen = BTreeSet::new();
    let mut overrides = Vec::with_capacity(elements.len());
    for (index, element) in elements.iter().enumerate() {
        let name = element.get("unifiedField").and_then(Value::as_str);
        let name = name.map_or_else(|| format!("mappings[{index}]"), str::to_owned);
        match parse_override(element) {
            Ok(_) if !seen.insert(name.clone()) => {
                errors.insert(name, "is given twice: say once what it is mapped to".to_owned());
            }
            Ok(change) => overrides.push(change),
            Err(message) => {
                errors.insert(name, message);
            }
        }
    }
    if errors.is_empty() {
        Ok(overrides)
    } else {
        Err(errors)
    }
}

fn parse_override(element: &Value) -> Result<MappingOverride, String> {
    if let Some(name) = element.pointer("/transform/name").and_then(Value::as_str)
        && !Transform::NAMES.contains(&name)
    {
        return Err(format!(
            "there is no such transform; it can be {}",
            one_of(Transform::NAMES)
        ));
    }
    MappingOverride::deserialize(element).map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn overrides_keep_their_meaning_when_stored() {
        for written in [
            json!({"unifiedField": "email", "providerField": "work_email", "direction": "read"}),
            json!({"unifiedField": "customFields.tier", "providerField": "tier", "direction": "bidirectional",
                   "transform": {"name": "table", "values": {"1": "gold"}}}),
            json!({"unifiedField": "source", "disabled": true}),
        ] {
            let change: MappingOverride = serde_json::from_value(written.clone()).unwrap();
            assert_eq!(serde_json::to_value(change).unwrap(), written);
        }
    }

    #[test]
    fn direction_and_transform_may_be_left_out() {
        let overrides =
            parse_overrides(&json!([{"unifiedField": "email", "providerField": "mail"}])).unwrap();
        let change = OverrideChange::Set {
            provider_field: "mail".to_owned(),
            direction: Direction::Bidirectional,
            transform: None,
        };
        assert_eq!(
            overrides,
            [MappingOverride {
                unified_field: "email".to_owned(),
                change
            }]
        );
    }

    #[test]
    fn every_bad_override_is_told_by_its_field() {
        let errors = parse_overrides(&json!([
            {"unifiedField": "email"},
            {"unifiedField": "phone", "providerField": "p", "disabled": true},
            {"unifiedField": "company", "providerField": "c", "transform": {"name": "shout"}},
            {"unifiedField": "source", "providerField": "s", "direction": "sideways"},
            {"unifiedField": "jobTitle", "providerField": "t", "colour": "red"},
            {"unifiedField": "tags", "disabled": true},
            {"unifiedField": "tags", "disabled": true},
            {"providerField": "x"},
            7,
        ]))
        .unwrap_err();
        for (field, expected) in [
            ("email", "needs `providerField`"),
            ("phone", "stands alone"),
            ("company", "`dateTime`"),
            ("source", "`bidirectional`"),
            ("jobTitle", "unknown field `colour`"),
            ("tags", "twice"),
            ("mappings[7]", "unifiedField"),
            ("mappings[8]", "invalid type"),
        ] {
            assert!(errors[field].contains(expected), "{field}: {errors:?}");
        }
        assert_eq!(errors.len(), 8);
        assert!(parse_overrides(&json!({})).unwrap_err()["mappings"].contains("must be a list"));
    }
}
