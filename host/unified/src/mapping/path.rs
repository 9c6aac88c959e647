//! Where a provider field is inside a record.

use serde_json::{Map, Value};

use crate::json::Node;
use crate::pointer;

/// More steps than any provider's record is deep; keeps a hostile mapping from building a tower of objects.
const MAX_DEPTH: usize = 16;

/// The way from a record's root to one value.
///
/// Written as a plain name it is one key of the object where the provider's fields live (never split at dots); with a
/// leading `/` it is an RFC 6901 pointer from the record's root.
#[derive(Clone, Debug)]
pub struct FieldPath {
    text: String,
    tokens: Vec<String>,
}

impl FieldPath {
    /// Reads a `providerField`. `fields_pointer` is the manifest's `fieldsPointer` for the resource.
    pub fn parse(provider_field: &str, fields_pointer: &str) -> Result<Self, String> {
        if provider_field.is_empty() || provider_field == "/" {
            return Err("must name a field of the provider".to_owned());
        }
        let tokens = if provider_field.starts_with('/') {
            pointer::tokens(provider_field)?
        } else {
            let mut tokens = pointer::tokens(fields_pointer)?;
            tokens.push(provider_field.to_owned());
            tokens
        };
        if tokens.len() > MAX_DEPTH {
            return Err(format!("leads too deep: at most {MAX_DEPTH} steps"));
        }
        Ok(Self {
            text: provider_field.to_owned(),
            tokens,
        })
    }

    /// A pointer from the record's root, such as the manifest's `idPointer`.
    pub fn from_root(text: &str) -> Result<Self, String> {
        Ok(Self {
            text: text.to_owned(),
            tokens: pointer::tokens(text)?,
        })
    }

    /// As it was written.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Whether both lead to the same place, however they are written.
    pub fn same_place(&self, other: &Self) -> bool {
        self.tokens == other.tokens
    }

    /// The rest of the way for who is at `place` already; none if that is not on the way.
    pub(crate) fn rest_from(&self, place: &Self) -> Option<Self> {
        let tokens = self.tokens.strip_prefix(place.tokens.as_slice())?.to_vec();
        let text = self.text.clone();
        Some(Self { text, tokens })
    }

    /// The name of the only step, if there is one.
    pub(crate) fn single_step(&self) -> Option<&str> {
        match self.tokens.as_slice() {
            [name] => Some(name),
            _ => None,
        }
    }

    /// The value there, null included; none if a step of the way is missing.
    pub fn find<'record>(&self, record: impl Into<Node<'record>>) -> Option<Node<'record>> {
        let mut steps = self.tokens.iter();
        steps.try_fold(record.into(), |place, token| place.step(token))
    }

    /// Puts a value there. Missing steps become objects, a step through something that has no members replaces it, and a
    /// list is extended by at most one element; false if the way leads outside a list.
    pub fn place(&self, record: &mut Value, value: Value) -> bool {
        let mut place = record;
        for token in &self.tokens {
            match step_into(place, token) {
                Some(next) => place = next,
                None => return false,
            }
        }
        *place = value;
        true
    }
}

fn step_into<'record>(place: &'record mut Value, token: &str) -> Option<&'record mut Value> {
    if !place.is_object() && !place.is_array() {
        *place = Value::Object(Map::new());
    }
    match place {
        Value::Array(elements) => {
            let index = pointer::index(token)?;
            if index == elements.len() {
                elements.push(Value::Null);
            }
            elements.get_mut(index)
        }
        Value::Object(members) => Some(members.entry(token).or_insert(Value::Null)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    /// Mostly of the characters that mean something in a path.
    fn any_path() -> impl Strategy<Value = String> {
        prop_oneof!["[a/~01.é]{0,40}", any::<String>()]
    }

    proptest! {
        #[test]
        fn any_text_is_a_path_or_a_complaint(field in any_path(), below in any_path()) {
            match FieldPath::parse(&field, &below) {
                Ok(path) => {
                    prop_assert_eq!(path.as_str(), &field);
                    prop_assert!(path.tokens.len() <= MAX_DEPTH);
                    let mut record = json!({});
                    prop_assert!(path.place(&mut record, json!("here")));
                    prop_assert_eq!(path.find(&record).map(Node::to_value), Some(json!("here")));
                    let again: String = path.tokens.iter().map(|token| format!("/{}", pointer::escape(token))).collect();
                    prop_assert!(path.same_place(&FieldPath::from_root(&again).unwrap()));
                }
                Err(why) => prop_assert!(!why.is_empty()),
            }
        }
    }

    #[test]
    fn values_are_found_where_the_path_leads() {
        let record = json!({"id": "7", "a.b": 1, "properties": {"first.name": "Ada", "/x": 2}, "emails": [{"value": "a@b.c"}]});
        for (provider_field, fields_pointer, expected) in [
            ("first.name", "/properties", Some(json!("Ada"))),
            ("a.b", "", Some(json!(1))),
            ("/id", "/properties", Some(json!("7"))),
            ("/emails/0/value", "", Some(json!("a@b.c"))),
            ("/emails/00/value", "", None),
            ("/emails/1/value", "", None),
            ("/properties/~1x", "", Some(json!(2))),
            ("missing", "/nowhere", None),
            ("/id/deeper", "", None),
        ] {
            let path = FieldPath::parse(provider_field, fields_pointer).unwrap();
            assert_eq!(
                path.find(&record).map(Node::to_value),
                expected,
                "{provider_field} below {fields_pointer:?}"
            );
        }
    }

    #[test]
    fn what_is_placed_is_found_again() {
        for (provider_field, fields_pointer, mut record) in [
            ("name", "", json!({})),
            ("name", "/a/b", json!(null)),
            ("/list/1", "", json!({"list": [1]})),
            ("/list/0/x", "", json!({"list": [1]})),
            ("/list/0/x", "", json!({})),
        ] {
            let path = FieldPath::parse(provider_field, fields_pointer).unwrap();
            assert!(path.place(&mut record, json!("here")), "{provider_field}");
            assert_eq!(
                path.find(&record).map(Node::to_value),
                Some(json!("here")),
                "{provider_field}"
            );
        }
    }

    #[test]
    fn nothing_is_placed_outside_a_list() {
        let mut record = json!({"list": []});
        assert!(
            !FieldPath::parse("/list/4000000000", "")
                .unwrap()
                .place(&mut record, json!(1))
        );
        assert!(
            !FieldPath::parse("/list/name", "")
                .unwrap()
                .place(&mut record, json!(1))
        );
        assert_eq!(record, json!({"list": []}));
    }

    #[test]
    fn one_place_can_be_written_in_two_ways() {
        let plain = FieldPath::parse("name", "/properties").unwrap();
        assert!(plain.same_place(&FieldPath::parse("/properties/name", "").unwrap()));
        assert!(!plain.same_place(&FieldPath::parse("name", "").unwrap()));
    }

    #[test]
    fn broken_paths_are_refused() {
        for provider_field in ["", "/", "/a~b", &"/a".repeat(17)] {
            assert!(FieldPath::parse(provider_field, "").is_err(), "{provider_field}");
        }
    }
}
