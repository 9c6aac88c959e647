//! Values that can be compared.

use std::cmp::Ordering;

use routemcp_sdk::time::from_iso;
use serde_json::Value;

use crate::sandbox::schema::{Kind, Type};

/// A value of a record.
#[derive(Debug, Clone, PartialEq, PartialOrd)]
pub(super) enum Comparable {
    Id(u64),
    Time(i64),
    Number(f64),
    Text(String),
}

impl Comparable {
    /// None for no value. Of a lookup, its id.
    pub(super) fn of_record(of: Type, name: &str, value: &Value) -> Option<Self> {
        match value {
            Value::Object(lookup) => lookup.get("id")?.as_str()?.parse().ok().map(Self::Id),
            Value::Number(number) => number.as_f64().map(Self::Number),
            Value::Bool(truth) => Some(Self::Text(truth.to_string())),
            Value::String(text) if name == "id" => text.parse().ok().map(Self::Id),
            Value::String(text) => {
                let time = matches!(of.kind(name), Some(Kind::Time)) || name.ends_with("_Time");
                if time {
                    from_iso(text).map(Self::Time)
                } else {
                    Some(Self::Text(text.to_lowercase()))
                }
            }
            _ => None,
        }
    }

    /// With a value of a query, taken to be of the same sort.
    pub(super) fn compare(&self, text: &str) -> Option<Ordering> {
        match self {
            Self::Id(own) => text.parse().ok().map(|other| own.cmp(&other)),
            Self::Time(own) => from_iso(text).map(|other| own.cmp(&other)),
            Self::Number(own) => text.parse().ok().and_then(|other| own.partial_cmp(&other)),
            // Zoho does not look at case.
            Self::Text(own) => Some(own.as_str().cmp(&text.to_lowercase())),
        }
    }
}
