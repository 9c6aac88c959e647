//! What persons, deals and activities have in common: the API v2.

use routemcp_sdk::prelude::*;
use serde_json::{Map, Value};

use crate::errors;

/// Pipedrive's own cursors are some hundred characters. This keeps nonsense from making a long URL.
const MAX_CURSOR_LENGTH: usize = 1_000;
/// Ids are 64-bit numbers.
const MAX_ID_LENGTH: usize = 19;

/// An object type of the API v2 that is a unified resource.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Object {
    Persons,
    Deals,
    Activities,
}

impl Object {
    pub(crate) fn path(self) -> &'static str {
        match self {
            Self::Persons => "/api/v2/persons",
            Self::Deals => "/api/v2/deals",
            Self::Activities => "/api/v2/activities",
        }
    }

    /// The path of one record; `not-found` for an id that none can have.
    fn record(self, id: &str) -> Result<String, Failure> {
        check_id(id)?;
        Ok(format!("{}/{}", self.path(), http::segment(id)))
    }

    /// The fields that lists can be filtered by, which are also names of parameters.
    fn filters(self) -> &'static [&'static str] {
        match self {
            Self::Persons => &["owner_id"],
            Self::Deals => &["owner_id", "person_id", "org_id", "pipeline_id", "stage_id"],
            Self::Activities => &["owner_id", "person_id", "deal_id"],
        }
    }
}

/// Saves a request for ids that are none of Pipedrive's.
pub(crate) fn check_id(id: &str) -> Result<(), Failure> {
    let is_id = !id.is_empty() && id.len() <= MAX_ID_LENGTH && id.bytes().all(|byte| byte.is_ascii_digit());
    if is_id {
        Ok(())
    } else {
        Err(Failure::not_found(
            "there is no such record: Pipedrive's ids are numbers",
        ))
    }
}

/// A list with the query's conditions and order, but without limit and cursor.
pub(crate) fn list(object: Object, query: &Query) -> Result<http::Request, Failure> {
    let since = query.updated_since.as_deref().map(whole_seconds);
    let mut request = http::get(object.path()).query_some("updated_since", since);
    for filter in &query.filters {
        request = filtered(request, filter, object.filters())?;
    }
    let Some(sort) = &query.sort else {
        return Ok(request);
    };
    if !["add_time", "update_time"].contains(&sort.field.as_str()) {
        return Err(Failure::unsupported(format!(
            "Pipedrive cannot sort by {}",
            sort.field
        )));
    }
    let direction = if sort.descending { "desc" } else { "asc" };
    Ok(request
        .query("sort_by", &sort.field)
        .query("sort_direction", direction))
}

/// Adds a condition that is a parameter of the same name.
pub(crate) fn filtered(
    request: http::Request,
    filter: &Filter,
    known: &[&str],
) -> Result<http::Request, Failure> {
    if filter.operator != "eq" || !known.contains(&filter.field.as_str()) {
        let message = format!("Pipedrive cannot filter by {} {}", filter.field, filter.operator);
        return Err(Failure::unsupported(message));
    }
    let value = match &filter.value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    Ok(request.query(&filter.field, value))
}

/// Asks for the page at a cursor, which is Pipedrive's own.
pub(crate) fn page(
    request: http::Request,
    limit: u32,
    cursor: Option<&str>,
    check: fn(Response) -> Result<Response, Failure>,
) -> Result<(Response, Option<String>), Failure> {
    if cursor.is_some_and(|cursor| !plausible(cursor)) {
        return Err(foreign_cursor());
    }
    let answer = request
        .query("limit", limit)
        .query_some("cursor", cursor)
        .send()?;
    let answer = check(answer).map_err(|failure| about_cursor(failure, cursor))?;
    let next = answer
        .at::<Option<String>>("/additional_data/next_cursor")
        .flatten()
        .filter(|next| !next.is_empty());
    if next.is_some() && next.as_deref() == cursor {
        return Err(Failure::unexpected(
            "Pipedrive's next page is the same page again",
        ));
    }
    Ok((answer, next))
}

pub(crate) fn foreign_cursor() -> Failure {
    Failure::invalid_cursor("this cursor does not belong to this Pipedrive list")
}

/// One record. Pipedrive keeps deleted ones for 30 days and may still answer with them.
pub(crate) fn get(object: Object, id: &str, include: Option<&str>) -> Result<Response, Failure> {
    let request = http::get(object.record(id)?).query_some("include_fields", include);
    living(errors::record(request.send()?)?)
}

fn living(answer: Response) -> Result<Response, Failure> {
    match answer.at("/data/is_deleted") {
        Some(true) => Err(Failure::not_found("the record was deleted in Pipedrive")),
        _ => Ok(answer),
    }
}

pub(crate) fn create(object: Object, body: &Map<String, Value>) -> Result<Response, Failure> {
    errors::record(http::post(object.path()).json(body).send()?)
}

/// Changes the given fields; with none of them it only reads.
pub(crate) fn update(object: Object, id: &str, body: &Map<String, Value>) -> Result<Response, Failure> {
    if body.is_empty() {
        return get(object, id, None);
    }
    // The same values twice are the same record.
    let request = http::patch(object.record(id)?).json(body).repeatable();
    living(errors::record(request.send()?)?)
}

pub(crate) fn delete(object: Object, id: &str) -> Result<(), Failure> {
    errors::accept(http::delete(object.record(id)?).send()?).map(drop)
}

/// The API refuses fractions of a second. Without the fraction nothing is missed, because `updated_since` is inclusive.
pub(crate) fn whole_seconds(time: &str) -> String {
    match time.split_once('.') {
        Some((whole, _)) => format!("{whole}Z"),
        None => time.to_owned(),
    }
}

fn plausible(cursor: &str) -> bool {
    !cursor.is_empty()
        && cursor.len() <= MAX_CURSOR_LENGTH
        && cursor.bytes().all(|byte| byte.is_ascii_graphic())
}

/// Pipedrive refuses a cursor that it did not give like any other wrong parameter.
fn about_cursor(failure: Failure, cursor: Option<&str>) -> Failure {
    let named = failure.message.to_lowercase().contains("cursor");
    if cursor.is_some() && failure.status == Some(400) && named {
        return Failure {
            kind: "invalid-cursor".to_owned(),
            ..failure
        };
    }
    failure
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_lose_their_fraction() {
        assert_eq!(whole_seconds("2026-05-04T08:15:30.999Z"), "2026-05-04T08:15:30Z");
        assert_eq!(whole_seconds("2026-05-04T08:15:30Z"), "2026-05-04T08:15:30Z");
    }

    #[test]
    fn only_numbers_are_ids() {
        assert!(check_id("1001").is_ok());
        for id in ["", "x", "1/2", "../leads", "-1", "12345678901234567890", "１"] {
            assert!(check_id(id).unwrap_err().is("not-found"), "{id}");
        }
    }
}
