//! A record in the unified form.

use serde::ser::{Serialize, SerializeMap as _, Serializer};
use serde_json::Value;

/// The fields of a record in the order of their schema. There are two dozen at most, so that finding one takes no index, and
/// their names are not copied for each record.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Record(Vec<(&'static str, Value)>);

impl Record {
    pub(crate) fn with_capacity(fields: usize) -> Self {
        Self(Vec::with_capacity(fields))
    }

    /// Adds a field, which the record must not have yet.
    pub fn push(&mut self, field: &'static str, value: Value) {
        self.0.push((field, value));
    }

    /// The value of a field.
    #[must_use]
    pub fn get(&self, field: &str) -> Option<&Value> {
        let found = self.0.iter().find(|(name, _)| *name == field);
        found.map(|(_, value)| value)
    }

    /// The value of a field, to be changed.
    pub fn get_mut(&mut self, field: &str) -> Option<&mut Value> {
        let found = self.0.iter_mut().find(|(name, _)| *name == field);
        found.map(|(_, value)| value)
    }

    /// Its fields in their order.
    pub fn fields(&self) -> impl Iterator<Item = (&str, &Value)> {
        self.0.iter().map(|(name, value)| (*name, value))
    }
}

impl Serialize for Record {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (name, value) in &self.0 {
            map.serialize_entry(name, value)?;
        }
        map.end()
    }
}

impl From<Record> for Value {
    fn from(record: Record) -> Self {
        let members = record.0.into_iter();
        Self::Object(members.map(|(name, value)| (name.to_owned(), value)).collect())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::Record;

    #[test]
    fn fields_are_found_changed_and_written_in_their_order() {
        let mut record = Record::with_capacity(2);
        record.push("b", json!(1));
        record.push("a", Value::Null);
        assert_eq!(record.get("b"), Some(&json!(1)));
        assert_eq!(record.get("c"), None);
        *record.get_mut("a").unwrap() = json!("x");
        assert_eq!(serde_json::to_string(&record).unwrap(), r#"{"b":1,"a":"x"}"#);
        assert_eq!(
            record.fields().map(|(name, _)| name).collect::<Vec<_>>(),
            ["b", "a"]
        );
        assert_eq!(Value::from(record), json!({ "b": 1, "a": "x" }));
    }
}
