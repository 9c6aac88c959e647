//! The records of a page, which stay in the answers that they came in.

use routemcp_unified::json::{Document, Node};

/// Records in order. Reading one builds nothing.
#[derive(Debug, Default)]
pub struct Records {
    documents: Vec<Document>,
    places: Vec<Place>,
}

/// Where one pointer leads to.
#[derive(Debug)]
struct Place {
    document: usize,
    pointer: String,
    /// How many records the list there has; none if the record itself is there.
    elements: Option<usize>,
}

impl Place {
    fn records(&self) -> usize {
        self.elements.unwrap_or(1)
    }
}

impl Records {
    /// Each document is one record.
    pub(crate) fn of_documents(documents: Vec<Document>) -> Self {
        let place = |document| Place {
            document,
            pointer: String::new(),
            elements: None,
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
        let mut places = Vec::with_capacity(pointers.len());
        let mut count = 0_usize;
        for (index, pointer) in pointers.iter().enumerate() {
            let others = pointers.iter().take(index);
            if let Some(other) = others.into_iter().find(|other| overlap(pointer, other)) {
                return Err(Problem::Twice(pointer, other));
            }
            let node = document.at(pointer).ok_or(Problem::Nothing(pointer))?;
            let place = Place {
                document: 0,
                pointer: pointer.clone(),
                elements: node.length(),
            };
            count = count.saturating_add(place.records());
            if count > limit {
                return Err(Problem::TooMany(count));
            }
            places.push(place);
        }
        let documents = vec![document];
        Ok(Self { documents, places })
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.places.iter().map(Place::records).sum()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The records in order. Each pointer is followed once: that may take a search through a large document.
    pub fn iter(&self) -> impl Iterator<Item = Node<'_>> {
        self.places.iter().flat_map(|place| {
            let document = self.documents.get(place.document);
            let found = document.and_then(|document| document.at(&place.pointer));
            let (list, single) = match place.elements {
                Some(_) => (found, None),
                None => (None, found),
            };
            list.into_iter().flat_map(Node::elements).chain(single)
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
    use std::time::{Duration, Instant};

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
        assert_eq!(at(&["/one", "/results"], 3), Ok([&all[2..], &all[..2]].concat()));
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
        let none = Records::at(document(&json!([])), &[], 1);
        assert!(none.is_ok_and(|records| records.is_empty()));
    }

    /// It would take minutes if the list was looked up among the other members for each of its records.
    #[test]
    fn a_list_is_looked_up_once() {
        let others: Vec<String> = (0..100_000).map(|number| format!("\"m{number}\":0")).collect();
        let list = vec!["0"; 50_000].join(",");
        let text = format!("{{\"list\":[{list}],{}}}", others.join(","));
        let body = Budget::of(1_000_000).document(text.as_bytes()).unwrap();
        let records = Records::at(body, &["/list".to_owned()], 50_000).unwrap();
        let started = Instant::now();
        assert_eq!(records.iter().count(), 50_000);
        assert!(
            started.elapsed() < Duration::from_secs(5),
            "{:?}",
            started.elapsed()
        );
    }
}
