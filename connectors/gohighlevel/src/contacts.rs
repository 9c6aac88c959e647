//! Contacts, and leads, which are contacts of the type "lead".

use routemcp_sdk::prelude::*;
use serde_json::{Map, Value};

use crate::api::{Api, record_path};
use crate::values::{Clearing, Rules};
use crate::{custom_fields, errors, search, values};

const BASE: &str = "/contacts";

/// Which of the two resources is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Contact,
    Lead,
}

impl Kind {
    /// Contacts come in every type. One without a type is a lead, as every contact begins.
    fn includes(self, contact_type: Option<&str>) -> bool {
        self == Self::Contact || matches!(contact_type, None | Some("" | "lead"))
    }
}

const RULES: Rules = Rules {
    model: "contact",
    fixed: &["id", "locationId", "type", "dateAdded", "dateUpdated"],
    clearing: |field| match field {
        "postalCode" | "country" | "gender" => Clearing::EmptyText,
        "tags" => Clearing::EmptyList,
        _ => Clearing::Null,
    },
};

/// Whether a contact's type may be searched for is unconfirmed, so a page of leads is a page of contacts without the
/// others: short, and possibly empty.
pub(crate) fn list(api: &Api, kind: Kind, query: &Query) -> Result<Page, Failure> {
    let body = search::body(api, query)?;
    let answer = api.send(http::post(format!("{BASE}/search")).json(&body).repeatable())?;
    let types = answer.pluck::<String>("/contacts", "/type");
    let all_there = answer
        .pluck::<String>("/contacts", "/id")
        .iter()
        .all(Option::is_some);
    if !all_there || (types.is_empty() && answer.at("/contacts") != Some(Value::Array(Vec::new()))) {
        return Err(errors::unexpected(&answer, "a list of contacts"));
    }
    let next = search::next(&answer, query, types.len())?;
    let wanted: Vec<usize> = (0..)
        .zip(&types)
        .filter(|(_, of)| kind.includes(of.as_deref()))
        .map(|(at, _)| at)
        .collect();
    if !needs_change(&query.fields) {
        let pointers = wanted.iter().map(|at| format!("/contacts/{at}")).collect();
        return Ok(match kind {
            Kind::Contact => Page::at(answer, "/contacts", next),
            Kind::Lead => Page::at_each(answer, pointers, next),
        });
    }
    let all: Vec<Value> = answer.at("/contacts").unwrap_or_default();
    let chosen = (0..).zip(all).filter(|(at, _)| wanted.binary_search(at).is_ok());
    let mut records: Vec<Value> = chosen.map(|(_, record)| with_street(record)).collect();
    custom_fields::open(api, RULES.model, &mut records, &query.fields)?;
    Ok(Page::values(records, next))
}

pub(crate) fn get(api: &Api, kind: Kind, id: &str, fields: &[String]) -> Result<Document, Failure> {
    let answer = fetch(api, kind, id)?;
    document(api, answer, fields)
}

pub(crate) fn create(api: &Api, given: Map<String, Value>, fields: &[String]) -> Result<Document, Failure> {
    let mut body = values::body(api, RULES, values::without_nulls(given))?;
    body.insert("locationId".to_owned(), api.location.as_str().into());
    let answer = api.send(http::post(format!("{BASE}/")).json(&body))?;
    document(api, errors::record(answer, "/contact")?, fields)
}

pub(crate) fn update(
    api: &Api,
    kind: Kind,
    id: &str,
    given: Map<String, Value>,
    fields: &[String],
) -> Result<Document, Failure> {
    let path = record_path(BASE, id)?;
    let body = values::body(api, RULES, given)?;
    if kind == Kind::Lead || body.is_empty() {
        let answer = fetch(api, kind, id)?;
        if body.is_empty() {
            return document(api, answer, fields);
        }
    }
    // The same values twice are the same contact.
    let answer = api.send(http::put(path).json(&body).repeatable())?;
    let answer = errors::record(answer, "/contact")?;
    check_company(&answer, &body)?;
    document(api, answer, fields)
}

/// Final: HighLevel has no recycle bin for contacts that its API reaches.
pub(crate) fn delete(api: &Api, kind: Kind, id: &str) -> Result<(), Failure> {
    let path = record_path(BASE, id)?;
    if kind == Kind::Lead {
        // A customer must not go because somebody took its id for a lead's.
        fetch(api, kind, id)?;
    }
    errors::deleted(&api.send(http::delete(path))?)
}

fn fetch(api: &Api, kind: Kind, id: &str) -> Result<Response, Failure> {
    let answer = errors::record(api.send(http::get(record_path(BASE, id)?))?, "/contact")?;
    if kind.includes(answer.at::<String>("/contact/type").as_deref()) {
        return Ok(answer);
    }
    Err(Failure::not_found(
        "this HighLevel contact is no lead (its type is another one)",
    ))
}

fn document(api: &Api, answer: Response, fields: &[String]) -> Result<Document, Failure> {
    if !custom_fields::wanted(fields) {
        return Ok(Document::at(answer, "/contact"));
    }
    let mut record: Value = answer.at("/contact").unwrap_or_default();
    custom_fields::open(api, RULES.model, std::slice::from_mut(&mut record), fields)?;
    Ok(record.into())
}

/// `companyName` is not in the documented body of an update, so look whether it arrived.
fn check_company(answer: &Response, body: &Map<String, Value>) -> Result<(), Failure> {
    let Some(given) = body.get("companyName") else {
        return Ok(());
    };
    let now: Value = answer.at("/contact/companyName").unwrap_or_default();
    if values::same(given, &now) {
        return Ok(());
    }
    Err(values::wrong(
        "companyName",
        "HighLevel did not take the new company name; other fields may have been changed",
    ))
}

fn needs_change(fields: &[String]) -> bool {
    fields.iter().any(|field| field == "address1") || custom_fields::wanted(fields)
}

/// The search calls `address` what is `address1` everywhere else
/// (github.com/GoHighLevel/highlevel-api-docs/issues/314).
fn with_street(mut record: Value) -> Value {
    if let Some(members) = record.as_object_mut()
        && members.get("address1").is_none_or(Value::is_null)
        && let Some(street) = members
            .get("address")
            .filter(|street| street.is_string())
            .cloned()
    {
        members.insert("address1".to_owned(), street);
    }
    record
}
