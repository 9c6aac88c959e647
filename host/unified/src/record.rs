//! A record in the unified form.

use std::borrow::Cow;

use serde_json::Value;

use crate::json::PlainText;

/// The fields of a record in the order of their schema. There are two dozen at most, so that finding one takes no index;
/// names and texts are those of the mapping and of the provider's document, and are not copied for each record.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Record<'a>(Vec<(&'a str, Cell<'a>)>);

/// The value of a field.
#[derive(Clone, Debug, PartialEq)]
pub enum Cell<'a> {
    /// Text that stands in a document as it is, so that JSON needs no escapes for it.
    Plain(PlainText<'a>),
    /// Any text.
    Text(Cow<'a, str>),
    /// An object whose members are known by name.
    Members(Record<'a>),
    /// Anything else, null among it.
    Value(Value),
}

impl<'a> Record<'a> {
    pub(crate) fn with_capacity(fields: usize) -> Self {
        Self(Vec::with_capacity(fields))
    }

    /// Adds a field, which the record must not have yet.
    pub fn push(&mut self, field: &'a str, value: impl Into<Cell<'a>>) {
        self.0.push((field, value.into()));
    }

    /// The value of a field.
    #[must_use]
    pub fn get(&self, field: &str) -> Option<&Cell<'a>> {
        let found = self.0.iter().find(|(name, _)| *name == field);
        found.map(|(_, value)| value)
    }

    /// The value of a field, to be changed.
    #[must_use]
    pub fn get_mut(&mut self, field: &str) -> Option<&mut Cell<'a>> {
        let found = self.0.iter_mut().find(|(name, _)| *name == field);
        found.map(|(_, value)| value)
    }

    /// Its fields in their order.
    pub fn fields(&self) -> impl Iterator<Item = (&str, &Cell<'a>)> {
        self.0.iter().map(|(name, value)| (*name, value))
    }
}

impl Cell<'_> {
    /// No value.
    pub const NULL: Self = Self::Value(Value::Null);

    /// Whether there is no value.
    #[must_use]
    pub fn is_null(&self) -> bool {
        matches!(self, Self::Value(Value::Null))
    }

    /// The text that it is, if it is one.
    #[must_use]
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Self::Plain(text) => Some(text.as_str()),
            Self::Text(text) => Some(text),
            Self::Value(value) => value.as_str(),
            Self::Members(_) => None,
        }
    }

    /// About how many bytes it takes in an answer.
    pub(crate) fn weight(&self) -> usize {
        match self {
            Self::Plain(text) => text.as_str().len(),
            Self::Text(text) => text.len(),
            Self::Members(members) => members
                .fields()
                .map(|(name, member)| name.len() + member.weight())
                .sum(),
            Self::Value(value) => weight(value),
        }
    }
}

/// What punctuation and numbers take.
const SMALL: usize = 8;

fn weight(value: &Value) -> usize {
    match value {
        Value::String(text) => text.len(),
        Value::Array(elements) => elements.iter().map(|element| SMALL + weight(element)).sum(),
        Value::Object(members) => {
            let member = |(name, member): (&String, &Value)| SMALL + name.len() + weight(member);
            members.iter().map(member).sum()
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => SMALL,
    }
}

impl From<Value> for Cell<'_> {
    fn from(value: Value) -> Self {
        Self::Value(value)
    }
}

impl<'a> From<PlainText<'a>> for Cell<'a> {
    fn from(text: PlainText<'a>) -> Self {
        Self::Plain(text)
    }
}

impl<'a> From<&'a str> for Cell<'a> {
    fn from(text: &'a str) -> Self {
        Self::Text(text.into())
    }
}

impl Record<'_> {
    /// Writes it as JSON.
    ///
    /// # Errors
    /// None that are known: every value of a record can be written.
    pub fn write(&self, json: &mut Vec<u8>) -> Result<(), serde_json::Error> {
        json.push(b'{');
        for (index, (name, cell)) in self.0.iter().enumerate() {
            if index > 0 {
                json.push(b',');
            }
            write_name(name, json)?;
            json.push(b':');
            cell.write(json)?;
        }
        json.push(b'}');
        Ok(())
    }
}

impl Cell<'_> {
    fn write(&self, json: &mut Vec<u8>) -> Result<(), serde_json::Error> {
        match self {
            Self::Plain(text) => quote(text.as_str(), json),
            Self::Text(text) => return serde_json::to_writer(json, text),
            Self::Members(members) => return members.write(json),
            Self::Value(Value::Null) => json.extend_from_slice(b"null"),
            Self::Value(value) => return serde_json::to_writer(json, value),
        }
        Ok(())
    }
}

/// All names are plain, but for those that tenants choose.
fn write_name(name: &str, json: &mut Vec<u8>) -> Result<(), serde_json::Error> {
    if name.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        quote(name, json);
        Ok(())
    } else {
        serde_json::to_writer(json, name)
    }
}

fn quote(plain: &str, json: &mut Vec<u8>) {
    json.push(b'"');
    json.extend_from_slice(plain.as_bytes());
    json.push(b'"');
}

impl From<Record<'_>> for Value {
    fn from(record: Record<'_>) -> Self {
        let members = record.0.into_iter();
        Self::Object(
            members
                .map(|(name, value)| (name.to_owned(), value.into()))
                .collect(),
        )
    }
}

impl From<Cell<'_>> for Value {
    fn from(cell: Cell<'_>) -> Self {
        match cell {
            Cell::Plain(text) => text.as_str().into(),
            Cell::Text(text) => Self::String(text.into_owned()),
            Cell::Members(members) => members.into(),
            Cell::Value(value) => value,
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{Cell, Record};

    fn written(record: &Record<'_>) -> String {
        let mut json = Vec::new();
        record.write(&mut json).unwrap();
        String::from_utf8(json).unwrap()
    }

    #[test]
    fn names_and_texts_are_escaped_where_json_wants_it() {
        let mut record = Record::default();
        record.push("plain", Cell::NULL);
        record.push("a \"name\"", "line\nfeed");
        assert_eq!(written(&record), r#"{"plain":null,"a \"name\"":"line\nfeed"}"#);
        assert_eq!(written(&Record::default()), "{}");
    }

    #[test]
    fn fields_are_found_changed_and_written_in_their_order() {
        let mut inner = Record::default();
        inner.push("d", json!([1]));
        let mut record = Record::with_capacity(3);
        record.push("b", json!(1));
        record.push("a", Cell::NULL);
        record.push("c", Cell::Members(inner));
        assert_eq!(record.get("b"), Some(&Cell::Value(json!(1))));
        assert_eq!(record.get("x"), None);
        assert!(record.get("a").is_some_and(Cell::is_null));
        *record.get_mut("a").unwrap() = "x".into();
        assert_eq!(record.get("a").unwrap().as_str(), Some("x"));
        let text = r#"{"b":1,"a":"x","c":{"d":[1]}}"#;
        assert_eq!(written(&record), text);
        assert_eq!(
            record.fields().map(|(name, _)| name).collect::<Vec<_>>(),
            ["b", "a", "c"]
        );
        assert_eq!(Value::from(record).to_string(), text);
    }

    #[test]
    fn a_cell_weighs_about_what_it_takes() {
        for value in [
            json!("a text of some length"),
            json!({ "name": ["one", 2, null], "other": { "inner": "text" } }),
            json!([[], [], {}]),
        ] {
            let (written, weight) = (value.to_string().len(), Cell::from(value.clone()).weight());
            assert!(
                weight * 2 >= written && weight <= written * 4,
                "{value}: {weight}"
            );
        }
    }
}
