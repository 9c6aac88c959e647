//! A record and how HubSpot writes it.

use std::collections::{BTreeMap, BTreeSet};

use routemcp_sdk::time;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::sandbox::schema::{DEAL_STAGES, Kind, Type};

/// A record as it is stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Record {
    pub(crate) id: u64,
    /// Texts; empty for one that was cleared.
    pub(crate) properties: BTreeMap<String, String>,
    pub(crate) created_ms: i64,
    pub(crate) updated_ms: i64,
    pub(crate) archived_ms: Option<i64>,
    /// The number of a record that was there from the start. Its metrics are computed from this.
    pub(crate) seed: Option<u64>,
}

impl Record {
    /// The value of a property as text; none if it has no value.
    pub(crate) fn property(&self, of: Type, name: &str) -> Option<String> {
        if name == "hs_object_id" {
            return Some(self.id.to_string());
        }
        if name == of.created() {
            return Some(time::to_iso(self.created_ms));
        }
        if name == of.modified() {
            return Some(time::to_iso(self.updated_ms));
        }
        if name == "hs_deal_stage_probability" {
            let stage = self.properties.get("dealstage")?;
            return DEAL_STAGES
                .iter()
                .find(|(id, ..)| id == stage)
                .map(|(.., odds)| (*odds).to_owned());
        }
        match self.properties.get(name) {
            Some(text) => Some(text.clone()).filter(|text| !text.is_empty()),
            None => Some(metric(self.seed?, of.metric(name)?)),
        }
    }

    /// As HubSpot writes it: with the properties asked for, or the default ones if none were.
    pub(crate) fn render(&self, of: Type, asked: &[&str]) -> Value {
        let asked = if asked.is_empty() { of.defaults() } else { asked };
        let always = ["hs_object_id", of.created(), of.modified()];
        let names: BTreeSet<&str> = asked.iter().copied().chain(always).collect();
        let known = names.into_iter().filter(|name| of.kind(name).is_some());
        let properties: serde_json::Map<String, Value> = known
            .map(|name| (name.to_owned(), self.property(of, name).into()))
            .collect();
        let mut record = json!({
            "id": self.id.to_string(),
            "properties": properties,
            "createdAt": time::to_iso(self.created_ms),
            "updatedAt": time::to_iso(self.updated_ms),
            "archived": self.archived_ms.is_some(),
        });
        if let (Some(archived_ms), Value::Object(members)) = (self.archived_ms, &mut record) {
            members.insert("archivedAt".to_owned(), time::to_iso(archived_ms).into());
        }
        record
    }
}

/// The value of a metric: any number does that is the same each time.
fn metric(seed: u64, number: u64) -> String {
    ((seed * 31 + number * 17) % 1_000).to_string()
}

/// A value that can be compared with others of its property.
#[derive(Debug, Clone, PartialEq, PartialOrd)]
pub(crate) enum Comparable {
    Number(f64),
    Text(String),
}

impl Comparable {
    /// Text compares without regard to case, as HubSpot's search does; a time by what it means, in either form.
    pub(crate) fn new(kind: Kind, text: &str) -> Self {
        let number = match kind {
            Kind::Number | Kind::NumberSetByHubSpot => text.parse().ok(),
            Kind::SetByHubSpot => text.parse().ok(),
            Kind::Time | Kind::TimeSetByHubSpot => moment(text).map(|ms| ms as f64),
            Kind::Text | Kind::Email | Kind::Owner | Kind::Choice(_) => None,
        };
        number.map_or_else(|| Self::Text(text.to_lowercase()), Self::Number)
    }
}

/// Milliseconds since the Unix epoch for either form in which HubSpot takes a time.
pub(crate) fn moment(text: &str) -> Option<i64> {
    text.parse().ok().or_else(|| time::from_iso(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn contact() -> Record {
        let properties = [("email", "a@example.com"), ("phone", "")];
        Record {
            id: 9,
            properties: properties
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
                .into(),
            created_ms: 0,
            updated_ms: 1,
            archived_ms: None,
            seed: Some(3),
        }
    }

    #[test]
    fn asked_properties_without_a_value_are_null_and_unknown_ones_absent() {
        let record = contact().render(Type::Contacts, &["phone", "email", "unicorn"]);
        let expected = json!({
            "createdate": "1970-01-01T00:00:00.000Z", "email": "a@example.com", "hs_object_id": "9",
            "lastmodifieddate": "1970-01-01T00:00:00.001Z", "phone": null,
        });
        assert_eq!(record["properties"], expected);
        assert!(record.get("archivedAt").is_none());
    }

    #[test]
    fn metrics_have_values_until_they_are_written() {
        let mut record = contact();
        assert_eq!(
            record.property(Type::Contacts, "metric_002").as_deref(),
            Some("127")
        );
        record.properties.insert("metric_002".to_owned(), String::new());
        assert_eq!(record.property(Type::Contacts, "metric_002"), None);
        assert_eq!(record.property(Type::Contacts, "metric_201"), None);
    }

    #[test]
    fn both_forms_of_a_time_compare_alike() {
        let [iso, epoch] =
            ["2026-05-04T08:15:30.120Z", "1777882530120"].map(|text| Comparable::new(Kind::Time, text));
        assert_eq!(iso, epoch);
    }
}
