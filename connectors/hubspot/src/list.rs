//! Walking through all records of a type.

use routemcp_sdk::prelude::*;
use serde_json::Value;

use crate::fields::Wanted;
use crate::paths::{Object, Version};
use crate::{errors, joins, search};

/// HubSpot's own cursors are some twenty characters. This keeps nonsense from making a long URL.
const MAX_CURSOR_LENGTH: usize = 500;

pub(crate) fn list(object: Object, query: &Query) -> Result<Page, Failure> {
    let version = Version::of_connection()?;
    let wanted = Wanted::new(object, &query.fields);
    if search::needed(query) {
        return search::page(version, object, query, &wanted);
    }
    let (properties, rest) = wanted.split_properties();
    let request = http::get(version.objects(object.name()))
        .query_some("properties", properties)
        .query_some("associations", wanted.associations_parameter());
    let (answer, next) = walk(request, query)?;
    if rest.is_empty() && !wanted.joins() {
        return Ok(Page::at(answer, "/results", next));
    }
    let mut records: Vec<Value> = answer.at("/results").unwrap_or_default();
    joins::complete(version, object, &mut records, &wanted, rest)?;
    Ok(Page::values(records, next))
}

/// Asks for the page at the query's cursor. The cursor is HubSpot's `after`, unchanged.
pub(crate) fn walk(request: http::Request, query: &Query) -> Result<(Response, Option<String>), Failure> {
    let after = query.cursor.as_deref();
    if after.is_some_and(|after| search::is_cursor(after) || !plausible(after)) {
        return Err(Failure::invalid_cursor(
            "this cursor does not belong to a HubSpot list",
        ));
    }
    let answer = request
        .query("limit", query.limit)
        .query_some("after", after)
        .send()?;
    let answer = errors::records(answer).map_err(|failure| about_cursor(failure, after))?;
    let next = next_after(&answer)?;
    if next.is_some() && next.as_deref() == after {
        return Err(Failure::unexpected("HubSpot's next page is the same page again"));
    }
    Ok((answer, next))
}

/// `paging.next.after`; there is no `paging` on the last page.
pub(crate) fn next_after(answer: &Response) -> Result<Option<String>, Failure> {
    match answer.at("/paging/next/after") {
        Some(Value::String(after)) => Ok(Some(after)),
        Some(Value::Number(after)) => Ok(Some(after.to_string())),
        Some(Value::Null) | None => Ok(None),
        Some(_) => Err(errors::unexpected(answer, "a list with a cursor that is text")),
    }
}

fn plausible(after: &str) -> bool {
    !after.is_empty() && after.len() <= MAX_CURSOR_LENGTH && after.bytes().all(|byte| byte.is_ascii_graphic())
}

/// A list is asked for with nothing but a limit, names and the cursor, so words about `after` are about the cursor.
fn about_cursor(failure: Failure, after: Option<&str>) -> Failure {
    let text = failure
        .fields
        .iter()
        .fold(failure.message.to_lowercase(), |text, (name, _)| {
            text + " " + name
        });
    let named = ["after", "cursor", "paging", "offset"]
        .iter()
        .any(|word| text.contains(word));
    if after.is_some() && failure.status == Some(400) && named {
        return Failure {
            kind: "invalid-cursor".to_owned(),
            ..failure
        };
    }
    failure
}
