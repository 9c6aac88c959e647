//! A document of a provider, parsed once and read in place: its texts stay in the bytes that they came in.
//!
//! Most of a provider's answer is never used, or used once. Building `serde_json::Value`s of it was a third of what a list
//! cost, nearly all of it memory for names and texts.

use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt;

use serde::{Serialize, Serializer};
use serde_json::Value;
use serde_json_borrow::{OwnedValue, Value as Borrowed};

use super::{Budget, JsonError};
use crate::pointer;

/// A parsed document. Of members with the same name the last counts, as for `serde_json`.
///
/// It cannot be cloned: a clone of an [`OwnedValue`] borrows from the text of the first.
#[derive(Debug)]
pub struct Document(OwnedValue);

/// One value of a document, or of a `serde_json::Value`.
#[derive(Clone, Copy, Debug)]
pub struct Node<'a>(Inner<'a>);

/// Text of a document that JSON writes as it stands, because it stood there so.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct PlainText<'a>(&'a str);

impl<'a> PlainText<'a> {
    /// The text.
    #[must_use]
    pub const fn as_str(self) -> &'a str {
        self.0
    }
}

#[derive(Clone, Copy, Debug)]
enum Inner<'a> {
    Borrowed(&'a Borrowed<'a>),
    Built(&'a Value),
}

impl Budget {
    /// Parses one more document, to be read in place.
    ///
    /// # Errors
    /// As [`parse`](Self::parse).
    pub fn document(&mut self, text: &[u8]) -> Result<Document, JsonError> {
        self.spend(text)?;
        OwnedValue::from_slice(text)
            .map(Document)
            .map_err(JsonError::Unreadable)
    }
}

impl Document {
    /// The whole of it.
    #[must_use]
    pub fn root(&self) -> Node<'_> {
        Node(Inner::Borrowed(self.0.get_value()))
    }

    /// The value at an RFC 6901 pointer.
    #[must_use]
    pub fn at(&self, pointer: &str) -> Option<Node<'_>> {
        self.root().at(pointer)
    }

    /// Whether an object within has this name among its members.
    pub(super) fn has_name(&self, name: &str) -> bool {
        has_name(self.0.get_value(), name)
    }
}

impl<'a> From<&'a Value> for Node<'a> {
    fn from(value: &'a Value) -> Self {
        Self(Inner::Built(value))
    }
}

impl<'a> Node<'a> {
    /// The value at an RFC 6901 pointer.
    #[must_use]
    pub fn at(self, pointer: &str) -> Option<Self> {
        let tokens = pointer::tokens(pointer).ok()?;
        tokens.iter().try_fold(self, |node, token| node.step(token))
    }

    /// The member of this name, or the element of this index.
    #[must_use]
    pub fn step(self, token: &str) -> Option<Self> {
        match self.0 {
            Inner::Borrowed(Borrowed::Object(members)) => {
                let mut members = members.as_vec().iter();
                let found = members.rfind(|(name, _)| *name == token);
                found.map(|(_, value)| Self(Inner::Borrowed(value)))
            }
            Inner::Borrowed(Borrowed::Array(_)) => self.element(pointer::index(token)?),
            Inner::Built(Value::Object(members)) => members.get(token).map(Self::from),
            Inner::Built(Value::Array(_)) => self.element(pointer::index(token)?),
            Inner::Borrowed(_) | Inner::Built(_) => None,
        }
    }

    /// How many elements a list has; none for anything else.
    #[must_use]
    pub fn elements(self) -> Option<usize> {
        match self.0 {
            Inner::Borrowed(Borrowed::Array(elements)) => Some(elements.len()),
            Inner::Built(Value::Array(elements)) => Some(elements.len()),
            Inner::Borrowed(_) | Inner::Built(_) => None,
        }
    }

    /// The element of a list.
    #[must_use]
    pub fn element(self, index: usize) -> Option<Self> {
        match self.0 {
            Inner::Borrowed(Borrowed::Array(elements)) => {
                elements.get(index).map(|value| Self(Inner::Borrowed(value)))
            }
            Inner::Built(Value::Array(elements)) => elements.get(index).map(Self::from),
            Inner::Borrowed(_) | Inner::Built(_) => None,
        }
    }

    /// A copy that stands alone.
    #[must_use]
    pub fn to_value(self) -> Value {
        match self.0 {
            Inner::Borrowed(value) => value.into(),
            Inner::Built(value) => value.clone(),
        }
    }

    /// The text that it is, if it is one that has no escapes where it stands. The parser borrows such text from the document
    /// and builds all other.
    pub(crate) fn plain_text(self) -> Option<PlainText<'a>> {
        match self.0 {
            Inner::Borrowed(Borrowed::Str(Cow::Borrowed(text))) => Some(PlainText(text)),
            Inner::Borrowed(_) | Inner::Built(_) => None,
        }
    }

    /// Whether it is null.
    #[must_use]
    pub fn is_null(self) -> bool {
        matches!(
            self.0,
            Inner::Borrowed(Borrowed::Null) | Inner::Built(Value::Null)
        )
    }

    /// Whether it has members.
    #[must_use]
    pub fn is_object(self) -> bool {
        matches!(
            self.0,
            Inner::Borrowed(Borrowed::Object(_)) | Inner::Built(Value::Object(_))
        )
    }

    /// What sort of value it is, for messages.
    pub(crate) fn sort(self) -> &'static str {
        match self.0 {
            Inner::Built(value) => crate::describe::sort_of(value),
            Inner::Borrowed(value) => match value {
                Borrowed::Null => "null",
                Borrowed::Bool(_) => "a boolean",
                Borrowed::Number(_) => "a number",
                Borrowed::Str(_) => "text",
                Borrowed::Array(_) => "a list",
                Borrowed::Object(_) => "an object",
            },
        }
    }
}

fn has_name(value: &Borrowed<'_>, wanted: &str) -> bool {
    match value {
        Borrowed::Array(elements) => elements.iter().any(|element| has_name(element, wanted)),
        Borrowed::Object(members) => members
            .as_vec()
            .iter()
            .any(|(name, member)| *name == wanted || has_name(member, wanted)),
        _ => false,
    }
}

/// As JSON.
impl fmt::Display for Node<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Inner::Borrowed(value) => {
                let text = serde_json::to_string(&Shown(value)).map_err(|_| fmt::Error)?;
                formatter.write_str(&text)
            }
            Inner::Built(value) => value.fmt(formatter),
        }
    }
}

/// A value as it is written: of members with the same name the last.
struct Shown<'a>(&'a Borrowed<'a>);

impl Serialize for Shown<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Borrowed::Array(elements) => serializer.collect_seq(elements.iter().map(Shown)),
            Borrowed::Object(members) => {
                let members = || {
                    members
                        .as_vec()
                        .iter()
                        .map(|(name, value)| (&**name, Shown(value)))
                };
                let Some(last) = last_of(members().map(|(name, _)| name)) else {
                    return serializer.collect_map(members());
                };
                let counts = |(index, (name, _)): &(usize, (&str, Shown<'_>))| last.get(name) == Some(index);
                serializer.collect_map(members().enumerate().filter(counts).map(|(_, member)| member))
            }
            value => value.serialize(serializer),
        }
    }
}

/// Where each name stands last; none if each stands there once.
fn last_of<'a>(names: impl ExactSizeIterator<Item = &'a str> + Clone) -> Option<HashMap<&'a str, usize>> {
    /// Of so many names each is compared with each sooner than they are hashed.
    const FEW: usize = 12;
    let mut rest = names.clone();
    if names.len() <= FEW
        && names
            .clone()
            .all(|name| rest.next().is_some() && !rest.clone().any(|other| other == name))
    {
        return None;
    }
    let count = names.len();
    let last: HashMap<&str, usize> = names.enumerate().map(|(index, name)| (name, index)).collect();
    (last.len() < count).then_some(last)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::{Budget, Document, Node};

    fn document(text: &str) -> Document {
        Budget::of(1_000_000).document(text.as_bytes()).unwrap()
    }

    fn any_json() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            any::<u64>().prop_map(Value::from),
            (-1.0e12..1.0e12_f64).prop_map(Value::from),
            "[ -~é\\n\"/]{0,12}".prop_map(Value::from),
        ];
        leaf.prop_recursive(4, 40, 6, |inner| {
            prop_oneof![
                proptest::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
                proptest::collection::hash_map("[a-z~/é]{0,4}", inner, 0..6)
                    .prop_map(|members| Value::Object(members.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn a_document_is_what_serde_json_makes_of_it(value in any_json()) {
            let read = document(&value.to_string());
            prop_assert_eq!(read.root().to_value(), value.clone());
            prop_assert_eq!(serde_json::from_str::<Value>(&read.root().to_string()).unwrap(), value);
        }

        #[test]
        fn plain_text_is_what_json_writes_as_it_stands(text in "[ -~é\u{7f}\u{1f}\n\"\\\\/]{0,12}", escaped in any::<bool>()) {
            let written = Value::from(text.clone()).to_string();
            // Anything may be escaped, also where it need not be.
            let written = if escaped { written.replace('e', "\\u0065") } else { written };
            let read = document(&written);
            prop_assert_eq!(read.root().to_value(), Value::from(text.clone()));
            if let Some(plain) = read.root().plain_text() {
                prop_assert_eq!(format!("\"{}\"", plain.as_str()), Value::from(text).to_string());
            }
        }
    }

    #[test]
    fn pointers_lead_to_the_same_place_in_both() {
        let value = json!({ "a/b": [1, { "m~n": "é" }], "": null, "0": true });
        let read = document(&value.to_string());
        for pointer in [
            "",
            "/",
            "/0",
            "/a~1b",
            "/a~1b/1/m~0n",
            "/a~1b/2",
            "/a~1b/01",
            "/x",
            "a",
            "/0/0",
        ] {
            let expected = value.pointer(pointer);
            assert_eq!(
                read.at(pointer).map(Node::to_value).as_ref(),
                expected,
                "{pointer}"
            );
            assert_eq!(
                Node::from(&value).at(pointer).map(Node::to_value).as_ref(),
                expected,
                "{pointer}"
            );
        }
        assert_eq!(read.at("/a~1b").and_then(Node::elements), Some(2));
        assert!(read.at("/").is_some_and(Node::is_null) && read.root().is_object());
    }

    #[test]
    fn of_members_with_the_same_name_the_last_counts() {
        let read = document(r#"{"a":1,"b":2,"a":3}"#);
        assert_eq!(read.at("/a").map(Node::to_value), Some(json!(3)));
        assert_eq!(read.root().to_value(), json!({ "a": 3, "b": 2 }));
        assert_eq!(read.root().to_string(), r#"{"b":2,"a":3}"#);
        let nested = document(r#"[{"a":[{"b":1,"b":{"c":2,"c":"é"}}],"d":null}]"#);
        assert_eq!(nested.root().to_string(), r#"[{"a":[{"b":{"c":"é"}}],"d":null}]"#);
        let numbers = || (0..100).map(|number| format!("\"m{number}\":{number}"));
        let many = numbers().collect::<Vec<_>>().join(",");
        assert_eq!(
            document(&format!("{{{many}}}")).root().to_string(),
            format!("{{{many}}}")
        );
        let twice = numbers().chain(numbers()).collect::<Vec<_>>().join(",");
        assert_eq!(
            document(&format!("{{{twice}}}")).root().to_string(),
            format!("{{{many}}}")
        );
    }

    #[test]
    fn what_is_not_json_is_refused() {
        for text in [&b"{"[..], b"", b"\xff", b"\"\xc3\"", b"{} x", b"nul"] {
            assert!(Budget::of(100).document(text).is_err(), "{text:?}");
        }
        let deep = "[".repeat(10_000);
        assert!(Budget::of(100_000).document(deep.as_bytes()).is_err());
        assert!(Budget::of(2).document(b"[1,2]").is_err());
    }
}
