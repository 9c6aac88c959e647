//! Owners: HubSpot's users, in another shape than its objects and read only.

use routemcp_sdk::prelude::*;

use crate::errors;
use crate::list::walk;
use crate::paths::{Version, check_id};

pub(crate) fn list(query: &Query) -> Result<Page, Failure> {
    let request = http::get(Version::of_connection()?.owners()).query("archived", false);
    let (answer, next) = walk(request, query)?;
    Ok(Page::at(answer, "/results", next))
}

/// Finds deactivated owners too: records keep naming them.
pub(crate) fn get(id: &str) -> Result<Document, Failure> {
    check_id(id)?;
    let path = format!("{}/{id}", Version::of_connection()?.owners());
    let read = |archived: bool| errors::record(http::get(path.clone()).query("archived", archived).send()?);
    let answer = match read(false) {
        Err(failure) if failure.is("not-found") => read(true)?,
        other => other?,
    };
    Ok(Document::at(answer, ""))
}
