//! Links between records.

use std::collections::{BTreeMap, BTreeSet};

use routemcp_sdk::prelude::*;
use serde_json::{Value, json};

use crate::errors;
use crate::joins::{BATCH, id_of, linked, set, text};
use crate::paths::{Object, Version};

/// So many records of refused links are looked for: a call has few requests.
const MAX_LOOKED_FOR: usize = 5;

/// From a lead to the contact that it is about.
pub(crate) const LEAD_PRIMARY_CONTACT: u32 = 578;

/// The type of an unlabelled link, where it is known (from the list in HubSpot's own client).
fn type_id(from: Object, to: &str) -> Option<u32> {
    match (from, to) {
        (Object::Deals, "contacts") => Some(3),
        (Object::Contacts, "deals") => Some(4),
        (Object::Deals, "companies") => Some(341),
        (Object::Contacts, "companies") => Some(279),
        (Object::Meetings, "contacts") => Some(200),
        (Object::Contacts, "meetings") => Some(199),
        (Object::Meetings, "deals") => Some(212),
        (Object::Deals, "meetings") => Some(211),
        (Object::Meetings, "companies") => Some(188),
        _ => None,
    }
}

/// The links that can be made in the same request as a record, and those that come after it.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct NewLinks {
    pub(crate) inline: Vec<Value>,
    pub(crate) later: Vec<(String, String)>,
}

impl NewLinks {
    pub(crate) fn new(from: Object, associations: &[(String, Vec<String>)]) -> Self {
        let mut links = Self::default();
        for (to, id) in associations
            .iter()
            .flat_map(|(to, ids)| ids.iter().map(move |id| (to, id)))
        {
            match type_id(from, to) {
                Some(type_id) => links.inline.push(inline(id, type_id)),
                None => links.later.push((to.clone(), id.clone())),
            }
        }
        links
    }
}

/// A link as it goes into the body of a create.
pub(crate) fn inline(to_id: &str, type_id: u32) -> Value {
    json!({
        "to": { "id": to_id },
        "types": [{ "associationCategory": "HUBSPOT_DEFINED", "associationTypeId": type_id }],
    })
}

/// Links two records with the default type. Doing it twice does no harm.
pub(crate) fn link(version: Version, from: Object, id: &str, to: &str, to_id: &str) -> Result<(), Failure> {
    let path = version.default_link(from.name(), id, &http::segment(to), to_id);
    errors::accept(http::put(path).send()?).map(drop)
}

/// Makes the links to one type those given and no others. New ones come first, so that a refused one costs no old one.
pub(crate) fn replace(
    version: Version,
    from: Object,
    id: &str,
    to: &str,
    ids: &[String],
) -> Result<(), Failure> {
    let request = http::get(version.object(from.name(), id)).query("associations", to);
    let record: Value = errors::record(request.send()?)?.at("").unwrap_or_default();
    let present = linked(&record, to);
    for new in ids.iter().filter(|id| !present.contains(id)) {
        link(version, from, id, to, new).map_err(|failure| about_link(failure, to))?;
    }
    for old in present.iter().filter(|id| !ids.contains(id)) {
        let path = version.link(from.name(), id, &http::segment(to), old);
        errors::accept(http::delete(path).send()?)?;
    }
    Ok(())
}

/// The record that is written exists, so what was not found is the one to link; and a request that has nothing in it but
/// the link is refused because of the link.
pub(crate) fn about_link(failure: Failure, to: &str) -> Failure {
    if failure.is("not-found") || (failure.is("rejected") && failure.fields.is_empty()) {
        return rejected_for(failure, &[to]);
    }
    failure
}

/// Names the links that a create was refused for. HubSpot does not say in any fixed form which they were, so the records
/// to link are looked for.
pub(crate) fn about_new_links(
    version: Version,
    failure: Failure,
    associations: &[(String, Vec<String>)],
) -> Failure {
    let open = failure.fields.is_empty() && (failure.is("rejected") || failure.is("not-found"));
    if !open || associations.is_empty() {
        return failure;
    }
    let pairs = associations
        .iter()
        .flat_map(|(to, ids)| ids.iter().map(move |id| (to.as_str(), id)));
    let mut missing: Vec<&str> = pairs
        .take(MAX_LOOKED_FOR)
        .filter(|(to, id)| is_missing(version, to, id))
        .map(|(to, _)| to)
        .collect();
    missing.dedup();
    // All are there, but HubSpot speaks of them: one has a type that does not fit, for instance.
    if missing.is_empty() && failure.message.to_ascii_lowercase().contains("associat") {
        missing = associations.iter().map(|(to, _)| to.as_str()).collect();
    }
    if missing.is_empty() {
        return failure;
    }
    rejected_for(failure, &missing)
}

fn rejected_for(failure: Failure, links: &[&str]) -> Failure {
    let message = failure.message.clone();
    let rejected = Failure {
        kind: "rejected".to_owned(),
        ..failure
    };
    links.iter().fold(rejected, |rejected, to| {
        rejected.field(format!("/associations/{to}/results"), message.clone())
    })
}

/// Whether HubSpot says for certain that there is no such record.
fn is_missing(version: Version, to: &str, id: &str) -> bool {
    let answer = http::get(version.object(&http::segment(to), id)).send();
    answer.is_ok_and(|answer| answer.status() == 404)
}

/// Adds links to records in the form that a list brings them: `associations.contacts.results`.
pub(crate) fn add(
    version: Version,
    from: Object,
    records: &mut [Value],
    types: &BTreeSet<String>,
) -> Result<(), Failure> {
    let mut all: BTreeMap<String, Value> = BTreeMap::new();
    for to in types {
        for (id, links) in read(version, from, to, records)? {
            set(
                all.entry(id).or_insert_with(|| json!({})),
                to,
                json!({ "results": links }),
            );
        }
    }
    for record in records {
        if let Some(links) = all.remove(&id_of(record)) {
            set(record, "associations", links);
        }
    }
    Ok(())
}

fn read(
    version: Version,
    from: Object,
    to: &str,
    records: &[Value],
) -> Result<Vec<(String, Vec<Value>)>, Failure> {
    let mut found = Vec::new();
    for part in records.chunks(BATCH) {
        let inputs: Vec<Value> = part.iter().map(|record| json!({ "id": id_of(record) })).collect();
        let path = version.links_batch(from.name(), &http::segment(to));
        let answer = errors::accept(
            http::post(path)
                .json(&json!({ "inputs": inputs }))
                .repeatable()
                .send()?,
        )?;
        let Some(results) = answer.at::<Vec<Value>>("/results") else {
            return Err(errors::unexpected(&answer, "a list of links"));
        };
        found.extend(
            results
                .iter()
                .map(|result| (text(result.pointer("/from/id")), links(from, to, result))),
        );
    }
    Ok(found)
}

fn links(from: Object, to: &str, result: &Value) -> Vec<Value> {
    let targets = result
        .pointer("/to")
        .and_then(Value::as_array)
        .into_iter()
        .flatten();
    let links = targets.map(|target| {
        let types = target
            .pointer("/associationTypes")
            .and_then(Value::as_array)
            .into_iter()
            .flatten();
        let primary = from == Object::Leads
            && types
                .filter_map(|kind| kind.get("typeId"))
                .any(|id| *id == LEAD_PRIMARY_CONTACT);
        let kind = if primary {
            "lead_to_primary_contact".to_owned()
        } else {
            format!("{}_to_{to}", from.name())
        };
        json!({ "id": text(target.get("toObjectId")), "type": kind })
    });
    links.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_of_an_unknown_type_are_made_afterwards() {
        let wanted = [
            ("contacts".to_owned(), vec!["9".to_owned()]),
            ("tickets".to_owned(), vec!["8".to_owned()]),
        ];
        let links = NewLinks::new(Object::Deals, &wanted);
        assert_eq!(links.inline, [inline("9", 3)]);
        assert_eq!(links.later, [("tickets".to_owned(), "8".to_owned())]);
    }

    #[test]
    fn links_read_in_a_batch_look_like_those_of_a_list() {
        let result = json!({ "from": { "id": "7" }, "to": [
            { "toObjectId": 90210, "associationTypes": [{ "category": "HUBSPOT_DEFINED", "typeId": 578, "label": null }] },
        ] });
        let expected = json!({ "id": "90210", "type": "lead_to_primary_contact" });
        assert_eq!(links(Object::Leads, "contacts", &result), [expected]);
    }
}
