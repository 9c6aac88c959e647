//! A record in the unified form.

use std::borrow::Cow;

use serde_json::Value;

use crate::json::PlainText;

/// The fields of a record in the order of their schema. There are two dozen at most, so that finding one takes no index;
/// names and texts are those of the mapping and of the provider's document, and are not copied for each record.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Record<'a>(Vec<(Label<'a>, Cell<'a>)>);

/// The name of a field, ready to be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Name {
    text: String,
    /// In quotes, with a colon.
    json: String,
}

/// What a field is called.
#[derive(Clone, Copy, Debug)]
enum Label<'a> {
    Ready(&'a Name),
    Text(&'a str),
}

/// The value of a field.
#[derive(Clone, Debug, PartialEq)]
pub enum Cell<'a> {
    /// No value.
    Null,
    /// Text that stands in a document as it is, so that JSON needs no escapes for it.
    Plain(PlainText<'a>),
    /// Any text.
    Text(Cow<'a, str>),
    /// An object whose members are known by name.
    Members(Record<'a>),
    /// Anything else. In a place of its own, because it is large and there are many cells.
    Value(Box<Value>),
}

impl Name {
    pub(crate) fn new(text: &str) -> Self {
        Self {
            text: text.to_owned(),
            json: format!("{}:", Value::from(text)),
        }
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.text
    }
}

impl<'a> Label<'a> {
    fn as_str(self) -> &'a str {
        match self {
            Self::Ready(name) => name.as_str(),
            Self::Text(text) => text,
        }
    }
}

impl PartialEq for Label<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.as_str() == other.as_str()
    }
}

impl<'a> Record<'a> {
    pub(crate) fn with_capacity(fields: usize) -> Self {
        Self(Vec::with_capacity(fields))
    }

    /// Adds a field, which the record must not have yet.
    pub fn push(&mut self, field: &'a str, value: impl Into<Cell<'a>>) {
        self.0.push((Label::Text(field), value.into()));
    }

    /// As [`push`](Self::push), with a name that many records have.
    pub(crate) fn push_named(&mut self, name: &'a Name, cell: Cell<'a>) {
        self.0.push((Label::Ready(name), cell));
    }

    /// The value of a field.
    #[must_use]
    pub fn get(&self, field: &str) -> Option<&Cell<'a>> {
        let found = self.0.iter().find(|(label, _)| label.as_str() == field);
        found.map(|(_, value)| value)
    }

    /// The value of a field, to be changed.
    #[must_use]
    pub fn get_mut(&mut self, field: &str) -> Option<&mut Cell<'a>> {
        let found = self.0.iter_mut().find(|(label, _)| label.as_str() == field);
        found.map(|(_, value)| value)
    }

    /// Its fields in their order.
    pub fn fields(&self) -> impl Iterator<Item = (&str, &Cell<'a>)> {
        self.0.iter().map(|(label, value)| (label.as_str(), value))
    }
}

impl Cell<'_> {
    /// Whether there is no value.
    #[must_use]
    pub fn is_null(&self) -> bool {
        matches!(self, Self::Null)
    }

    /// The text that it is, if it is one.
    #[must_use]
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Self::Plain(text) => Some(text.as_str()),
            Self::Text(text) => Some(text),
            Self::Null | Self::Members(_) | Self::Value(_) => None,
        }
    }

    /// About how many bytes it takes in an answer.
    pub(crate) fn weight(&self) -> usize {
        match self {
            Self::Null => SMALL,
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
        match value {
            Value::Null => Self::Null,
            Value::String(text) => Self::Text(text.into()),
            other => Self::Value(Box::new(other)),
        }
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
        for (index, (label, cell)) in self.0.iter().enumerate() {
            if index > 0 {
                json.push(b',');
            }
            match label {
                Label::Ready(name) => json.extend_from_slice(name.json.as_bytes()),
                Label::Text(text) => {
                    serde_json::to_writer(&mut *json, text)?;
                    json.push(b':');
                }
            }
            cell.write(json)?;
        }
        json.push(b'}');
        Ok(())
    }
}

impl Cell<'_> {
    fn write(&self, json: &mut Vec<u8>) -> Result<(), serde_json::Error> {
        match self {
            Self::Null => json.extend_from_slice(b"null"),
            Self::Plain(text) => {
                let text = text.as_str().as_bytes();
                json.reserve(text.len() + 2);
                json.push(b'"');
                json.extend_from_slice(text);
                json.push(b'"');
            }
            Self::Text(text) => return serde_json::to_writer(json, text),
            Self::Members(members) => return members.write(json),
            Self::Value(value) => return serde_json::to_writer(json, value),
        }
        Ok(())
    }
}

impl From<Record<'_>> for Value {
    fn from(record: Record<'_>) -> Self {
        let members = record.0.into_iter();
        Self::Object(
            members
                .map(|(label, value)| (label.as_str().to_owned(), value.into()))
                .collect(),
        )
    }
}

impl From<Cell<'_>> for Value {
    fn from(cell: Cell<'_>) -> Self {
        match cell {
            Cell::Null => Self::Null,
            Cell::Plain(text) => text.as_str().into(),
            Cell::Text(text) => Self::String(text.into_owned()),
            Cell::Members(members) => members.into(),
            Cell::Value(value) => *value,
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{Cell, Name, Record};

    fn written(record: &Record<'_>) -> String {
        let mut json = Vec::new();
        record.write(&mut json).unwrap();
        String::from_utf8(json).unwrap()
    }

    #[test]
    fn names_and_texts_are_escaped_where_json_wants_it() {
        let mut record = Record::default();
        record.push("plain", Cell::Null);
        record.push("a \"name\"", "line\nfeed");
        let text = r#"{"plain":null,"a \"name\"":"line\nfeed"}"#;
        assert_eq!(written(&record), text);
        let names = ["plain", "a \"name\""].map(Name::new);
        let mut named = Record::default();
        named.push_named(&names[0], Cell::Null);
        named.push_named(&names[1], "line\nfeed".into());
        assert_eq!((written(&named), named), (text.to_owned(), record));
        assert_eq!(written(&Record::default()), "{}");
    }

    #[test]
    fn fields_are_found_changed_and_written_in_their_order() {
        let mut inner = Record::default();
        inner.push("d", json!([1]));
        let mut record = Record::with_capacity(3);
        record.push("b", json!(1));
        record.push("a", Cell::Null);
        record.push("c", Cell::Members(inner));
        assert_eq!(record.get("b"), Some(&Cell::from(json!(1))));
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
