//! The records of a page, which stay in the answers that they came in.

use std::sync::Arc;

use routemcp_unified::json::{Document, Node};

/// Records in order. Reading one builds nothing.
#[derive(Debug, Default)]
pub struct Records {
    documents: Vec<Document>,
    places: Vec<Place>,
}

#[derive(Debug)]
struct Place {
    document: usize,
    pointer: Arc<str>,
    /// Of the list at the pointer; none if the record itself is there.
    element: Option<usize>,
}

impl Records {
    /// Each document is one record.
    pub(crate) fn of_documents(documents: Vec<Document>) -> Self {
        let root: Arc<str> = "".into();
        let place = |document| Place {
            document,
            pointer: Arc::clone(&root),
            element: None,
        };
        let places = (0..documents.len()).map(place).collect();
        Self { documents, places }
    }

    /// What the pointers lead to, in order: a list of records, or one. No pointer may lead into what another one leads to,
    /// because each record is read in full: a few bytes of pointers could make gigabytes of one text.
    pub(crate) fn at(document: Document, pointers: &[String], limit: usize) -> Result<Self, Problem<'_>> {
        // One more than the limit for an empty list. Looking a pointer up takes time, also where it leads to nothing.
        if pointers.len() > limit.max(1) {
            return Err(Problem::TooMany(pointers.len()));
        }
        let mut places = Vec::new();
        for (index, pointer) in pointers.iter().enumerate() {
            let others = pointers.iter().take(index);
            if let Some(other) = others.into_iter().find(|other| overlap(pointer, other)) {
                return Err(Problem::Twice(pointer, other));
            }
            let node = document.at(pointer).ok_or(Problem::Nothing(pointer))?;
            let pointer: Arc<str> = pointer.as_str().into();
            let elements = node.elements();
            let count = places.len().saturating_add(elements.unwrap_or(1));
            if count > limit {
                return Err(Problem::TooMany(count));
            }
            let place = |element| Place {
                document: 0,
                pointer: Arc::clone(&pointer),
                element,
            };
            match elements {
                Some(elements) => places.extend((0..elements).map(Some).map(place)),
                None => places.push(place(None)),
            }
        }
        let documents = vec![document];
        Ok(Self { documents, places })
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.places.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.places.is_empty()
    }

    /// The records in order.
    pub fn iter(&self) -> impl Iterator<Item = Node<'_>> {
        self.places.iter().filter_map(|place| {
            let node = self.documents.get(place.document)?.at(&place.pointer)?;
            place.element.map_or(Some(node), |element| node.element(element))
        })
    }
}

/// Whether one leads into what the other leads to. A place has one pointer only: its escapes and indices have one form.
fn overlap(one: &str, other: &str) -> bool {
    let (short, long) = if one.len() <= other.len() {
        (one, other)
    } else {
        (other, one)
    };
    let rest = long.strip_prefix(short);
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// Why pointers give no records.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Problem<'a> {
    /// There is nothing at this one.
    Nothing(&'a str),
    /// Both lead to the same records, or one into those of the other.
    Twice(&'a str, &'a str),
    /// They lead to so many, or more.
    TooMany(usize),
}

#[cfg(test)]
mod tests {
    use routemcp_unified::json::{Budget, Document, Node};
    use serde_json::{Value, json};

    use super::{Problem, Records};

    fn document(value: &Value) -> Document {
        Budget::of(1_000).document(value.to_string().as_bytes()).unwrap()
    }

    fn values(records: &Records) -> Vec<Value> {
        records.iter().map(Node::to_value).collect()
    }

    #[test]
    fn pointers_lead_to_lists_or_to_single_records() {
        let body = json!({ "results": [{ "id": 1 }, { "id": 2 }], "one": { "id": 3 }, "none": [] });
        let at = |pointers: &[&str], limit| {
            let pointers: Vec<String> = pointers.iter().map(|text| (*text).to_owned()).collect();
            Records::at(document(&body), &pointers, limit)
                .map(|records| values(&records))
                .map_err(|problem| format!("{problem:?}"))
        };
        let all = [json!({ "id": 1 }), json!({ "id": 2 }), json!({ "id": 3 })];
        assert_eq!(at(&["/results", "/none", "/one"], 3), Ok(all.to_vec()));
        assert_eq!(at(&["/results/1"], 1), Ok(all[1..2].to_vec()));
        assert_eq!(at(&[], 0), Ok(Vec::new()));
        let problem = |problem: Problem<'_>| Err(format!("{problem:?}"));
        assert_eq!(
            at(&["/results", "/nowhere"], 9),
            problem(Problem::Nothing("/nowhere"))
        );
        assert_eq!(at(&["/results", "/one"], 2), problem(Problem::TooMany(3)));
        assert_eq!(at(&["/none", "/none", "/none"], 2), problem(Problem::TooMany(3)));
        for (one, other) in [("/results", "/results"), ("/results/0", "/results"), ("/one", "")] {
            assert_eq!(at(&[one, other], 9), problem(Problem::Twice(other, one)));
        }
    }

    #[test]
    fn documents_are_records_each() {
        let documents = [json!({ "id": 1 }), json!("odd")].map(|value| document(&value));
        let records = Records::of_documents(documents.into());
        assert_eq!(values(&records), [json!({ "id": 1 }), json!("odd")]);
        assert!(Records::default().is_empty() && records.len() == 2);
    }
}
