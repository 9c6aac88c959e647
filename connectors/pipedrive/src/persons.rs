//! Contacts: Pipedrive's persons.

use routemcp_sdk::prelude::*;
use serde_json::{Map, Value};

use crate::errors;
use crate::joins::{self, ORGANISATION_OF_PERSON};
use crate::person_body::{body, first_value, needs_current, primary_first};
use crate::v2::{self, Object};
use crate::values::{wanted, without_clearing};

const EMAILS: &str = "emails";
/// Tells cursors of the search from those of the list.
const SEARCH_CURSOR: &str = "search:";
/// The most ids that a list by ids takes.
const MAX_IDS: u32 = 100;

pub(crate) fn list(query: &Query) -> Result<Page, Failure> {
    let (by_email, others): (Vec<Filter>, Vec<Filter>) = query
        .filters
        .iter()
        .cloned()
        .partition(|filter| filter.field == EMAILS && filter.operator == "eq");
    let query = Query {
        filters: others,
        ..query.clone()
    };
    if let Some(filter) = by_email.first() {
        return search(filter.value.as_str().unwrap_or_default(), &query);
    }
    if query
        .cursor
        .as_deref()
        .is_some_and(|cursor| cursor.starts_with(SEARCH_CURSOR))
    {
        return Err(v2::foreign_cursor());
    }
    let request = v2::list(Object::Persons, &query)?;
    let (answer, next) = v2::page(request, query.limit, query.cursor.as_deref(), errors::records)?;
    let mut persons: Vec<Value> = answer.at("/data").unwrap_or_default();
    complete(&mut persons, &query.fields)?;
    Ok(Page::values(persons, next))
}

/// The list has no condition on emails, so they are searched for, and the persons then read by id. The search finds any of
/// a person's addresses; what counts here is the primary one.
fn search(email: &str, query: &Query) -> Result<Page, Failure> {
    let cursor = match &query.cursor {
        Some(cursor) => Some(
            cursor
                .strip_prefix(SEARCH_CURSOR)
                .ok_or_else(v2::foreign_cursor)?,
        ),
        None => None,
    };
    let (ids, next) = search_ids(email, query.limit, cursor)?;
    let mut persons: Vec<Value> = Vec::new();
    if !ids.is_empty() {
        let ids = ids.iter().map(ToString::to_string).collect::<Vec<_>>().join(",");
        let request = v2::list(Object::Persons, query)?.query("ids", ids);
        let (answer, _) = v2::page(request, MAX_IDS, None, errors::records)?;
        persons = answer.at("/data").unwrap_or_default();
    }
    complete(&mut persons, &query.fields)?;
    persons.retain(|person| {
        first_value(person.get(EMAILS)).is_some_and(|own| own.to_lowercase() == email.to_lowercase())
    });
    Ok(Page::values(
        persons,
        next.map(|next| format!("{SEARCH_CURSOR}{next}")),
    ))
}

fn search_ids(email: &str, limit: u32, cursor: Option<&str>) -> Result<(Vec<u64>, Option<String>), Failure> {
    if email.is_empty() {
        return Ok((Vec::new(), None));
    }
    let path = format!("{}/search", Object::Persons.path());
    let request = http::get(path)
        .query("term", email)
        .query("fields", "email")
        .query("exact_match", true);
    let (answer, next) = v2::page(request, limit, cursor, found)?;
    let ids: Vec<Option<u64>> = answer.pluck("/data/items", "/item/id");
    Ok((ids.into_iter().flatten().collect(), next))
}

fn found(answer: Response) -> Result<Response, Failure> {
    let answer = errors::accept(answer)?;
    if answer.has("/data/items") {
        Ok(answer)
    } else {
        Err(errors::unexpected(&answer, "what a search found"))
    }
}

/// The first person with an email address.
pub(crate) fn find(email: &str) -> Result<Option<String>, Failure> {
    let (ids, _) = search_ids(email, 1, None)?;
    Ok(ids.first().map(ToString::to_string))
}

pub(crate) fn get(id: &str, fields: &[String]) -> Result<Value, Failure> {
    finish(&v2::get(Object::Persons, id, None)?, fields)
}

pub(crate) fn create(values: Map<String, Value>, fields: &[String]) -> Result<Value, Failure> {
    let body = body(without_clearing(values), &Value::Null)?;
    finish(&v2::create(Object::Persons, &body).map_err(named)?, fields)
}

pub(crate) fn update(id: &str, values: Map<String, Value>, fields: &[String]) -> Result<Value, Failure> {
    v2::check_id(id)?;
    // A body without a current person would be taken for that of a new one.
    let mut current = serde_json::json!({ "id": id });
    if needs_current(&values) {
        current = v2::get(Object::Persons, id, None)?.at("/data").unwrap_or(current);
    }
    let body = body(values, &current)?;
    finish(&v2::update(Object::Persons, id, &body).map_err(named)?, fields)
}

/// Puts the primary email and phone first, and adds the organisation.
pub(crate) fn complete(persons: &mut [Value], fields: &[String]) -> Result<(), Failure> {
    for list in persons
        .iter_mut()
        .flat_map(|person| person.as_object_mut())
        .flat_map(lists)
    {
        primary_first(list);
    }
    if wanted(fields, "/organization/") {
        joins::join(persons, ORGANISATION_OF_PERSON)?;
    }
    Ok(())
}

fn lists(person: &mut Map<String, Value>) -> impl Iterator<Item = &mut Value> {
    person
        .iter_mut()
        .filter(|(name, _)| matches!(name.as_str(), EMAILS | "phones"))
        .map(|(_, list)| list)
}

fn finish(answer: &Response, fields: &[String]) -> Result<Value, Failure> {
    let mut person: Value = answer.at("/data").unwrap_or_default();
    complete(std::slice::from_mut(&mut person), fields)?;
    Ok(person)
}

fn named(failure: Failure) -> Failure {
    errors::renamed(
        failure,
        &[
            ("name", "first_name"),
            ("postal_address", "/postal_address/route"),
        ],
    )
}
