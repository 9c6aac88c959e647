//! One value of a document, read in place.

use std::slice;

use serde_json::{Map, Number, Value, map};

use super::document::{Document, Entry};
use crate::pointer;

/// One value of a document, or of a `serde_json::Value`.
#[derive(Clone, Copy, Debug)]
pub struct Node<'a>(Inner<'a>);

#[derive(Clone, Copy, Debug)]
enum Inner<'a> {
    Read(&'a Document, usize),
    Built(&'a Value),
}

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

/// What a value is. Numbers are only read as a whole: see [`Node::to_value`].
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Kind {
    Null,
    Boolean,
    Number,
    Text,
    List,
    Object,
}

impl<'a> From<&'a Value> for Node<'a> {
    fn from(value: &'a Value) -> Self {
        Self(Inner::Built(value))
    }
}

impl<'a> Node<'a> {
    pub(super) fn of(document: &'a Document, index: usize) -> Self {
        Self(Inner::Read(document, index))
    }

    /// The value at an RFC 6901 pointer.
    #[must_use]
    pub fn at(self, pointer: &str) -> Option<Self> {
        let tokens = pointer::tokens(pointer).ok()?;
        tokens.iter().try_fold(self, |node, token| node.step(token))
    }

    /// The member of this name, or the element of this index.
    #[must_use]
    pub fn step(self, token: &str) -> Option<Self> {
        match (self.0, self.kind()) {
            (Inner::Built(Value::Object(members)), _) => members.get(token).map(Self::from),
            (_, Kind::Object) => {
                let named = self.members().filter(|(name, _)| *name == token);
                named.last().map(|(_, member)| member)
            }
            (_, Kind::List) => self.elements().nth(pointer::index(token)?),
            _ => None,
        }
    }

    /// How many elements a list has; none for anything else.
    #[must_use]
    pub fn length(self) -> Option<usize> {
        match self.0 {
            Inner::Read(document, index) => match document.entry(index) {
                Entry::List(extent) => Some(extent.count as usize),
                _ => None,
            },
            Inner::Built(value) => value.as_array().map(Vec::len),
        }
    }

    /// The elements of a list; nothing for anything else.
    pub fn elements(self) -> impl Iterator<Item = Self> {
        Elements(match self.0 {
            Inner::Read(document, index) => match document.entry(index) {
                Entry::List(extent) => Within::Read(document, index + 1, extent.end as usize),
                _ => Within::Built(None),
            },
            Inner::Built(value) => Within::Built(value.as_array().map(|elements| elements.iter())),
        })
    }

    /// The members of an object as they stand there, also those whose name comes again; nothing for anything else.
    pub fn members(self) -> impl Iterator<Item = (&'a str, Self)> + Clone {
        Members(match self.0 {
            Inner::Read(document, index) => match document.entry(index) {
                Entry::Object(extent) => Within::Read(document, index + 1, extent.end as usize),
                _ => Within::Built(None),
            },
            Inner::Built(value) => Within::Built(value.as_object().map(Map::iter)),
        })
    }

    /// A copy that stands alone.
    #[must_use]
    pub fn to_value(self) -> Value {
        let (document, index) = match self.0 {
            Inner::Built(value) => return value.clone(),
            Inner::Read(document, index) => (document, index),
        };
        match document.entry(index) {
            Entry::Null => Value::Null,
            Entry::Boolean(value) => value.into(),
            Entry::Unsigned(value) => value.into(),
            Entry::Signed(value) => value.into(),
            Entry::Float(value) => Number::from_f64(value).map_or(Value::Null, Value::Number),
            text @ (Entry::Plain(_) | Entry::Unescaped(_)) => document.text(text).unwrap_or_default().into(),
            Entry::List(extent) => {
                let mut list = Vec::with_capacity(extent.count as usize);
                list.extend(self.elements().map(Self::to_value));
                Value::Array(list)
            }
            Entry::Object(extent) => {
                let mut object = Map::with_capacity(extent.count as usize);
                object.extend(
                    self.members()
                        .map(|(name, member)| (name.to_owned(), member.to_value())),
                );
                Value::Object(object)
            }
        }
    }

    /// The text that it is, if it is one that has no escapes where it stands.
    pub(crate) fn plain_text(self) -> Option<PlainText<'a>> {
        match self.0 {
            Inner::Read(document, index) => match document.entry(index) {
                plain @ Entry::Plain(_) => document.text(plain).map(PlainText),
                _ => None,
            },
            Inner::Built(_) => None,
        }
    }

    /// Whether it is null.
    #[must_use]
    pub fn is_null(self) -> bool {
        self.kind() == Kind::Null
    }

    /// Whether it has members.
    #[must_use]
    pub fn is_object(self) -> bool {
        self.kind() == Kind::Object
    }

    /// What sort of value it is, for messages.
    pub(crate) fn sort(self) -> &'static str {
        match self.kind() {
            Kind::Null => "null",
            Kind::Boolean => "a boolean",
            Kind::Number => "a number",
            Kind::Text => "text",
            Kind::List => "a list",
            Kind::Object => "an object",
        }
    }

    pub(super) fn kind(self) -> Kind {
        match self.0 {
            Inner::Read(document, index) => match document.entry(index) {
                Entry::Null => Kind::Null,
                Entry::Boolean(_) => Kind::Boolean,
                Entry::Unsigned(_) | Entry::Signed(_) | Entry::Float(_) => Kind::Number,
                Entry::Plain(_) | Entry::Unescaped(_) => Kind::Text,
                Entry::List(_) => Kind::List,
                Entry::Object(_) => Kind::Object,
            },
            Inner::Built(value) => match value {
                Value::Null => Kind::Null,
                Value::Bool(_) => Kind::Boolean,
                Value::Number(_) => Kind::Number,
                Value::String(_) => Kind::Text,
                Value::Array(_) => Kind::List,
                Value::Object(_) => Kind::Object,
            },
        }
    }

    /// Whether an object within has this name among its members.
    pub(super) fn has_name(self, wanted: &str) -> bool {
        self.elements().any(|element| element.has_name(wanted))
            || self
                .members()
                .any(|(name, member)| name == wanted || member.has_name(wanted))
    }
}

/// Entries from one to before another, or what is in a value; none for nothing.
#[derive(Clone)]
enum Within<'a, Built> {
    Read(&'a Document, usize, usize),
    Built(Option<Built>),
}

struct Elements<'a>(Within<'a, slice::Iter<'a, Value>>);

impl<'a> Iterator for Elements<'a> {
    type Item = Node<'a>;

    fn next(&mut self) -> Option<Node<'a>> {
        match &mut self.0 {
            Within::Read(document, at, end) => (*at < *end).then(|| {
                let element = Node::of(document, *at);
                *at = document.behind(*at);
                element
            }),
            Within::Built(elements) => elements.as_mut()?.next().map(Node::from),
        }
    }
}

#[derive(Clone)]
struct Members<'a>(Within<'a, map::Iter<'a>>);

impl<'a> Iterator for Members<'a> {
    type Item = (&'a str, Node<'a>);

    fn next(&mut self) -> Option<Self::Item> {
        match &mut self.0 {
            Within::Read(document, at, end) => (*at < *end).then(|| {
                let document: &'a Document = document;
                let name = document.text(document.entry(*at)).unwrap_or_default();
                let member = *at + 1;
                *at = document.behind(member);
                (name, Node::of(document, member))
            }),
            Within::Built(members) => {
                let (name, member) = members.as_mut()?.next()?;
                Some((name, Node::from(member)))
            }
        }
    }
}
