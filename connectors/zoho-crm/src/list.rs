//! Walking through all records of a module.

use routemcp_sdk::prelude::*;
use serde_json::Value;

use crate::cursor::{Cursor, Position, Share, foreign};
use crate::modules::Module;
use crate::{errors, fields, meeting, query, read};

pub(crate) fn list(module: Module, query: &Query) -> Result<Page, Failure> {
    if query::needed(query) {
        return query::page(module, query);
    }
    let cursor = Cursor::of(query)?;
    let groups = fields::groups(module, &query.fields);
    let (first, rest) = groups.split_first().ok_or_else(foreign)?;
    let answer = request(module, query, &cursor, first)?.send()?;
    let answer = errors::accept(answer).map_err(|failure| about_token(failure, &cursor))?;
    // No content: there is no such page, or nothing on it.
    if answer.status() == 204 {
        return Ok(Page::values(Vec::new(), None));
    }
    let ids = errors::ids(&answer, "/data")?;
    let share = cursor.share(ids.len(), query.limit, following(&answer, &cursor)?);
    let next = share.next.as_ref().map(Cursor::to_text);
    if rest.is_empty() && !meeting::needs_dressing(module, &query.fields) {
        return Ok(pointed_at(answer, &share, ids.len(), next));
    }
    let mut records: Vec<Value> = answer.at("/data").unwrap_or_default();
    records.truncate(share.to);
    records.drain(..share.from);
    read::complete(module, &mut records, rest)?;
    meeting::dress_all(module, &mut records);
    Ok(Page::values(records, next))
}

/// Oldest first, unless asked otherwise: new records come at the end and shift nothing.
fn request(module: Module, query: &Query, cursor: &Cursor, names: &str) -> Result<http::Request, Failure> {
    let (sort_by, descending) = match &query.sort {
        Some(sort) => (sort_name(sort)?, sort.descending),
        None => ("id", false),
    };
    let token = match &cursor.position {
        Position::Page(1) => None,
        Position::Page(_) => return Err(foreign()),
        Position::Token(token) => Some(token),
    };
    // Page numbers end at record 2,000 and tokens do not, and a token must not come with a number.
    let request = http::get(module.path())
        .query("fields", names)
        .query("per_page", cursor.per_page)
        .query("sort_by", sort_by)
        .query("sort_order", if descending { "desc" } else { "asc" })
        .query_some("page_token", token);
    Ok(request)
}

/// The fields that Zoho can sort a list by.
pub(crate) fn sort_name(sort: &Sort) -> Result<&'static str, Failure> {
    match sort.field.as_str() {
        "Created_Time" => Ok("Created_Time"),
        "Modified_Time" => Ok("Modified_Time"),
        other => Err(Failure::unsupported(format!(
            "Zoho cannot sort by {other}, only by Created_Time and Modified_Time"
        ))),
    }
}

fn following(answer: &Response, cursor: &Cursor) -> Result<Option<Position>, Failure> {
    if !answer.at::<bool>("/info/more_records").unwrap_or_default() {
        return Ok(None);
    }
    let token: Option<String> = answer.at("/info/next_page_token");
    let position = token.filter(|token| !token.is_empty()).map(Position::Token);
    match position {
        Some(position) if position != cursor.position => Ok(Some(position)),
        Some(_) => Err(errors::unexpected(
            answer,
            "a list that goes on: its next page is the same page again",
        )),
        None => Err(errors::unexpected(
            answer,
            "a list with a token for its next page",
        )),
    }
}

/// The records stay in the host.
fn pointed_at(answer: Response, share: &Share, count: usize, next: Option<String>) -> Page {
    if (share.from, share.to) == (0, count) {
        return Page::at(answer, "/data", next);
    }
    let pointers = (share.from..share.to).map(|index| format!("/data/{index}"));
    Page::at_each(answer, pointers.collect(), next)
}

/// A token is the only thing in the request that came from a caller.
fn about_token(failure: Failure, cursor: &Cursor) -> Failure {
    if failure.is("rejected") && matches!(cursor.position, Position::Token(_)) {
        return Failure {
            kind: "invalid-cursor".to_owned(),
            ..failure
        };
    }
    failure
}
