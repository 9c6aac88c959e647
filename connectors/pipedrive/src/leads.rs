//! Leads, which are still in the API v1. Pipedrive keeps a lead's name, email and phone in a person that the lead belongs
//! to, so a write of a lead writes both.

use routemcp_sdk::prelude::*;
use serde_json::{Map, Value, json};

use crate::joins::{self, ORGANISATION_OF_LEAD, PERSON_OF_LEAD};
use crate::person_body::first_value;
use crate::v2::{self, Object};
use crate::values::{body, id_text, text, wanted, without_clearing};
use crate::{errors, persons};

const PATH: &str = "/api/v1/leads";
/// Where the fields of a lead's person are.
const PERSON: &str = "/person/";
const AMOUNT: &str = "/value/amount";
const CURRENCY: &str = "/value/currency";
const ARCHIVED: &str = "is_archived";

/// The cursor is the offset of the next lead, which stays right when pages change their size.
pub(crate) fn list(query: &Query) -> Result<Page, Failure> {
    let start: u64 = match &query.cursor {
        Some(cursor) => cursor.parse().map_err(|_| v2::foreign_cursor())?,
        None => 0,
    };
    let since = query.updated_since.as_deref();
    let mut request = http::get(PATH)
        .query("start", start)
        .query("limit", query.limit)
        .query_some("updated_since", since.map(v2::whole_seconds));
    for filter in &query.filters {
        request = v2::filtered(request, filter, &["owner_id"])?;
    }
    let answer = errors::records(request.send()?)?;
    let mut leads: Vec<Value> = answer.at::<Option<_>>("/data").flatten().unwrap_or_default();
    let next = next_start(&answer, start, leads.len(), query.limit)?;
    // Leads have milliseconds, which the parameter cannot have. Both are ISO 8601 in one form, so texts compare as times.
    leads.retain(|lead| since.is_none_or(|since| text(lead, "update_time").is_none_or(|time| time >= since)));
    complete(&mut leads, &query.fields)?;
    Ok(Page::values(leads, next))
}

/// The documentation has the paging directly in `additional_data`, real answers have it in `pagination` there.
fn next_start(answer: &Response, start: u64, count: usize, limit: u32) -> Result<Option<String>, Failure> {
    let at = |name: &str| format!("/additional_data/pagination/{name}");
    let direct = |name: &str| format!("/additional_data/{name}");
    let more = answer
        .at::<bool>(&at("more_items_in_collection"))
        .or_else(|| answer.at(&direct("more_items_in_collection")));
    if more != Some(true) {
        return Ok(None);
    }
    // A page may be empty because its leads may not be seen; the walk goes on behind it.
    let step = if count == 0 {
        u64::from(limit)
    } else {
        count as u64
    };
    let told = answer
        .at::<u64>(&at("next_start"))
        .or_else(|| answer.at(&direct("next_start")));
    let next = told.unwrap_or(start + step);
    if next <= start {
        return Err(Failure::unexpected(
            "Pipedrive's next page of leads is not behind this one",
        ));
    }
    Ok(Some(next.to_string()))
}

pub(crate) fn get(id: &str, fields: &[String]) -> Result<Value, Failure> {
    finish(read(id)?, fields)
}

pub(crate) fn create(values: Map<String, Value>, fields: &[String]) -> Result<Value, Failure> {
    let (person, mut values) = split(without_clearing(values));
    if values
        .remove(ARCHIVED)
        .is_some_and(|archived| !matches!(archived.as_str(), None | Some("false")))
    {
        return Err(
            Failure::rejected("A lead can only be archived once it is there").field(
                ARCHIVED,
                "a new lead is open: leave it out, and change it afterwards",
            ),
        );
    }
    value(&mut values, &Value::Null)?;
    let mut made = None;
    if !person.is_empty() {
        let (id, name, is_new) = find_or_create(person).map_err(about_person)?;
        values.insert("person_id".to_owned(), id.clone().into());
        values.entry("title").or_insert(name.into());
        made = is_new.then_some(id);
    } else if !values.contains_key("person_id") && !values.contains_key("organization_id") {
        return Err(
            Failure::rejected("A lead in Pipedrive belongs to a person, so it needs a name")
                .field(format!("{PERSON}first_name"), "is needed"),
        );
    }
    let sent = body(values).and_then(|body| errors::record(http::post(PATH).json(&body).send()?));
    match sent {
        Ok(answer) => finish(answer.at("/data").unwrap_or_default(), fields),
        Err(failure) => {
            if let Some(id) = made {
                take_back(&id);
            }
            Err(named(failure))
        }
    }
}

pub(crate) fn update(id: &str, values: Map<String, Value>, fields: &[String]) -> Result<Value, Failure> {
    let (person, mut values) = split(values);
    let mut lead = read(id)?;
    value(&mut values, &lead)?;
    if let Some(archived) = values.get_mut(ARCHIVED) {
        *archived = flag(archived.take());
    }
    let body = body(values)?;
    let person_id = id_text(lead.get("person_id"));
    if !person.is_empty() && person_id.is_none() {
        return Err(no_person(&person));
    }
    // The lead first: it is the one that Pipedrive has more reasons to refuse.
    if !body.is_empty() {
        // The same values twice are the same record.
        let request = http::patch(path(id)?).json(&body).repeatable();
        let answer = errors::record(request.send()?).map_err(named)?;
        lead = answer.at("/data").unwrap_or_default();
    }
    if let (Some(person_id), false) = (person_id, person.is_empty()) {
        persons::update(&person_id, person, &[]).map_err(about_person)?;
    }
    finish(lead, fields)
}

pub(crate) fn delete(id: &str) -> Result<(), Failure> {
    errors::accept(http::delete(path(id)?).send()?).map(drop)
}

fn read(id: &str) -> Result<Value, Failure> {
    let answer = errors::record(http::get(path(id)?).send()?)?;
    Ok(answer.at("/data").unwrap_or_default())
}

/// The path of one lead; `not-found` for an id that is no UUID.
fn path(id: &str) -> Result<String, Failure> {
    let groups: Vec<usize> = id.split('-').map(str::len).collect();
    let plain = id.bytes().all(|byte| byte == b'-' || byte.is_ascii_hexdigit());
    if groups == [8, 4, 4, 4, 12] && plain {
        Ok(format!("{PATH}/{}", http::segment(id)))
    } else {
        Err(Failure::not_found(
            "there is no such lead: the ids of Pipedrive's leads are UUIDs",
        ))
    }
}

fn complete(leads: &mut [Value], fields: &[String]) -> Result<(), Failure> {
    if wanted(fields, PERSON) {
        joins::join(leads, PERSON_OF_LEAD)?;
        for person in leads
            .iter_mut()
            .filter_map(|lead| lead.get_mut(PERSON_OF_LEAD.into))
        {
            persons::complete(std::slice::from_mut(person), &[])?;
        }
    }
    if wanted(fields, "/organization/") {
        joins::join(leads, ORGANISATION_OF_LEAD)?;
    }
    Ok(())
}

fn finish(mut lead: Value, fields: &[String]) -> Result<Value, Failure> {
    complete(std::slice::from_mut(&mut lead), fields)?;
    Ok(lead)
}

/// The mapping's table has texts, and a lead that is not archived is open.
fn flag(archived: Value) -> Value {
    match archived.as_str() {
        Some("true") => true.into(),
        Some("false") => false.into(),
        Some(_) => archived,
        None => false.into(),
    }
}

/// The values of the person, under the person's own names for them, and those of the lead.
fn split(values: Map<String, Value>) -> (Map<String, Value>, Map<String, Value>) {
    let (person, lead): (Map<_, _>, Map<_, _>) = values
        .into_iter()
        .partition(|(field, _)| field.starts_with(PERSON));
    let own = |field: String| match field.strip_prefix(PERSON) {
        // Parts of an address and custom fields are pointers in a person too.
        Some(name) if name.contains('/') => format!("/{name}"),
        Some(name) => name.to_owned(),
        None => field,
    };
    (
        person
            .into_iter()
            .map(|(field, value)| (own(field), value))
            .collect(),
        lead,
    )
}

/// The person with this email, brought up to date, or a new one: its id, its name, and whether it is new.
fn find_or_create(person: Map<String, Value>) -> Result<(String, String, bool), Failure> {
    let email = first_value(person.get("emails"));
    let known = match &email {
        Some(email) => persons::find(email)?,
        None => None,
    };
    let is_new = known.is_none();
    let person = match known {
        Some(id) => {
            let others = person
                .into_iter()
                .filter(|(field, _)| field != "emails")
                .collect();
            persons::update(&id, others, &[])?
        }
        None => persons::create(person, &[])?,
    };
    let id = id_text(person.get("id")).unwrap_or_default();
    let name = text(&person, "name").unwrap_or_default().to_owned();
    Ok((id, name, is_new))
}

/// Takes a person back that was made for a lead which Pipedrive then refused.
fn take_back(person_id: &str) {
    if v2::delete(Object::Persons, person_id).is_err() {
        log::warn(
            "a person without a lead was left behind: Pipedrive refused the lead, and then the deletion",
        );
    }
}

/// Pipedrive wants amount and currency together, so the one that is not given stays as it is.
fn value(values: &mut Map<String, Value>, current: &Value) -> Result<(), Failure> {
    let (amount, currency) = (values.remove(AMOUNT), values.remove(CURRENCY));
    if amount.is_none() && currency.is_none() {
        return Ok(());
    }
    let now = |pointer: &str| current.pointer(pointer).cloned().unwrap_or_default();
    let amount = amount.unwrap_or_else(|| now(AMOUNT));
    let given = currency.filter(|currency| !currency.is_null());
    if amount.is_null() {
        if given.is_some() {
            let why = "Pipedrive keeps a currency only together with a value";
            return Err(Failure::rejected("A currency alone cannot be written").field(CURRENCY, why));
        }
        values.insert("value".to_owned(), Value::Null);
        return Ok(());
    }
    let currency = match given.unwrap_or_else(|| now(CURRENCY)) {
        Value::Null => default_currency()?,
        currency => currency,
    };
    values.insert(
        "value".to_owned(),
        json!({ "amount": amount, "currency": currency }),
    );
    Ok(())
}

/// What a deal without a currency would get.
fn default_currency() -> Result<Value, Failure> {
    let answer = errors::record(http::get("/api/v1/users/me").send()?)?;
    let currency = answer.at("/data/default_currency");
    currency.ok_or_else(|| errors::unexpected(&answer, "a user with a currency"))
}

fn no_person(values: &Map<String, Value>) -> Failure {
    let failure =
        Failure::rejected("This lead belongs to no person in Pipedrive that could hold these values");
    let names = values
        .keys()
        .map(|name| format!("{PERSON}{}", name.trim_start_matches('/')));
    names.fold(failure, |failure, name| {
        failure.field(name, "belongs to the lead's person")
    })
}

/// A person's fields under the names that a lead's mapping has for them.
fn about_person(mut failure: Failure) -> Failure {
    for (name, _) in &mut failure.fields {
        *name = format!("{PERSON}{}", name.trim_start_matches('/'));
    }
    failure
}

fn named(failure: Failure) -> Failure {
    errors::renamed(failure, &[("value", AMOUNT)])
}
