//! Owners: Pipedrive's users, which the API v1 gives all at once.

use routemcp_sdk::prelude::*;

use crate::errors;
use crate::v2::{check_id, foreign_cursor};

const PATH: &str = "/api/v1/users";

/// Pages are cut here, in the order of the ids. The cursor is the last id of the page before, so that users who come or go
/// between two pages move nobody else.
pub(crate) fn list(query: &Query) -> Result<Page, Failure> {
    let after: Option<u64> = match &query.cursor {
        Some(cursor) => Some(cursor.parse().map_err(|_| foreign_cursor())?),
        None => None,
    };
    let answer = errors::records(http::get(PATH).send()?)?;
    let mut users: Vec<(u64, usize)> = answer
        .pluck("/data", "/id")
        .into_iter()
        .enumerate()
        .filter_map(|(index, id)| Some((id?, index)))
        .filter(|(id, _)| after.is_none_or(|after| *id > after))
        .collect();
    users.sort_unstable();
    let limit = query.limit as usize;
    let is_last = users.len() <= limit;
    users.truncate(limit);
    let next = users.last().filter(|_| !is_last).map(|(id, _)| id.to_string());
    let pointers = users.iter().map(|(_, index)| format!("/data/{index}")).collect();
    Ok(Page::at_each(answer, pointers, next))
}

pub(crate) fn get(id: &str) -> Result<Document, Failure> {
    check_id(id)?;
    let answer = errors::record(http::get(format!("{PATH}/{}", http::segment(id))).send()?)?;
    Ok(Document::at(answer, "/data"))
}
