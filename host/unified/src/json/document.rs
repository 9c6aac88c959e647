//! A document of a provider, parsed once and read in place: its texts stay in the bytes that they came in.
//!
//! Most of a provider's answer is never used, or used once. So nothing is built of it but one list of where things are.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};

use super::node::Node;
use super::{Budget, JsonError};

/// A parsed document. Of members with the same name the last counts, as for `serde_json`.
#[derive(Debug)]
pub struct Document {
    text: String,
    /// The texts that have escapes where they stand, without them.
    unescaped: String,
    /// All values in the order of the text. The members of an object are its names, each with what it names behind it.
    entries: Vec<Entry>,
}

/// A value, or the name of one.
#[derive(Clone, Copy, Debug)]
pub(super) enum Entry {
    Null,
    Boolean(bool),
    Unsigned(u64),
    Signed(i64),
    Float(f64),
    /// Text that stands in the document as it is.
    Plain(Span),
    /// Text without the escapes that it has in the document.
    Unescaped(Span),
    List(Extent),
    Object(Extent),
}

/// Where a text is, in bytes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Span {
    start: u32,
    length: u32,
}

/// What belongs to a list or an object.
#[derive(Clone, Copy, Debug)]
pub(super) struct Extent {
    /// How many elements or members it has.
    pub(super) count: u32,
    /// The entry behind the last that belongs to it.
    pub(super) end: u32,
}

impl Budget {
    /// Parses one more document, to be read in place.
    ///
    /// # Errors
    /// As [`parse`](Self::parse).
    pub fn document(&mut self, text: &[u8]) -> Result<Document, JsonError> {
        let values = self.spend(text)?;
        let text = std::str::from_utf8(text).map_err(JsonError::unreadable)?;
        Document::read(text, values).map_err(JsonError::unreadable)
    }
}

impl Document {
    fn read(text: &str, values: usize) -> Result<Self, serde_json::Error> {
        let text = text.to_owned();
        let mut builder = Builder {
            begins_at: address(&text),
            unescaped: String::new(),
            entries: Vec::with_capacity(values),
        };
        let mut deserializer = serde_json::Deserializer::from_str(&text);
        builder.deserialize(&mut deserializer)?;
        deserializer.end()?;
        let Builder {
            unescaped, entries, ..
        } = builder;
        Ok(Self {
            text,
            unescaped,
            entries,
        })
    }

    /// The whole of it.
    #[must_use]
    pub fn root(&self) -> Node<'_> {
        Node::of(self, 0)
    }

    /// The value at an RFC 6901 pointer.
    #[must_use]
    pub fn at(&self, pointer: &str) -> Option<Node<'_>> {
        self.root().at(pointer)
    }

    pub(super) fn entry(&self, index: usize) -> Entry {
        // There is one for each index that this module gives out.
        self.entries.get(index).copied().unwrap_or(Entry::Null)
    }

    /// The entry behind a value and all that belongs to it.
    pub(super) fn behind(&self, index: usize) -> usize {
        match self.entry(index) {
            Entry::List(extent) | Entry::Object(extent) => extent.end as usize,
            _ => index + 1,
        }
    }

    /// The text of an entry, if it is one.
    pub(super) fn text(&self, entry: Entry) -> Option<&str> {
        match entry {
            Entry::Plain(span) => span.of(&self.text),
            Entry::Unescaped(span) => span.of(&self.unescaped),
            _ => None,
        }
    }
}

impl Span {
    fn new<E: Error>(start: usize, text: &str) -> Result<Self, E> {
        Ok(Self {
            start: short(start)?,
            length: short(text.len())?,
        })
    }

    fn of(self, text: &str) -> Option<&str> {
        let start = self.start as usize;
        text.get(start..start + self.length as usize)
    }
}

fn address(text: &str) -> usize {
    text.as_ptr() as usize
}

/// Makes entries of what the parser finds.
struct Builder {
    /// Where the document's text is in memory: the parser gives its texts from there.
    begins_at: usize,
    unescaped: String,
    entries: Vec<Entry>,
}

impl Builder {
    /// Nothing can go wrong; the visitor's methods all give a result.
    #[expect(clippy::unnecessary_wraps, reason = "what the visitor's methods give")]
    fn add<E>(&mut self, entry: Entry) -> Result<(), E> {
        self.entries.push(entry);
        Ok(())
    }

    /// A place for a list or an object of which the end is not known yet.
    fn open(&mut self) -> usize {
        self.entries.push(Entry::Null);
        self.entries.len() - 1
    }

    fn close<E: Error>(&mut self, place: usize, count: usize, made: fn(Extent) -> Entry) -> Result<(), E> {
        let extent = Extent {
            count: short(count)?,
            end: short(self.entries.len())?,
        };
        if let Some(entry) = self.entries.get_mut(place) {
            *entry = made(extent);
        }
        Ok(())
    }
}

/// Documents of 4 GiB are not read.
fn short<E: Error>(number: usize) -> Result<u32, E> {
    u32::try_from(number).map_err(|_| E::custom("the document is too large"))
}

impl<'de> DeserializeSeed<'de> for &mut Builder {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for &mut Builder {
    type Value = ();

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("JSON")
    }

    fn visit_unit<E: Error>(self) -> Result<(), E> {
        self.add(Entry::Null)
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<(), E> {
        self.add(Entry::Boolean(value))
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<(), E> {
        self.add(Entry::Unsigned(value))
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<(), E> {
        self.add(Entry::Signed(value))
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<(), E> {
        self.add(Entry::Float(value))
    }

    fn visit_borrowed_str<E: Error>(self, text: &'de str) -> Result<(), E> {
        let start = address(text) - self.begins_at;
        self.add(Entry::Plain(Span::new(start, text)?))
    }

    /// The parser lends what it had to build: text without its escapes.
    fn visit_str<E: Error>(self, text: &str) -> Result<(), E> {
        let start = self.unescaped.len();
        self.unescaped.push_str(text);
        self.add(Entry::Unescaped(Span::new(start, text)?))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<(), A::Error> {
        let place = self.open();
        let mut count = 0;
        while elements.next_element_seed(&mut *self)?.is_some() {
            count += 1;
        }
        self.close(place, count, Entry::List)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<(), A::Error> {
        let place = self.open();
        let mut count = 0;
        while members.next_key_seed(&mut *self)?.is_some() {
            members.next_value_seed(&mut *self)?;
            count += 1;
        }
        self.close(place, count, Entry::Object)
    }
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
        assert_eq!(read.at("/a~1b").and_then(Node::length), Some(2));
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
