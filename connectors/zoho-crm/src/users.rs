//! Owners: the account's users, in another shape than its records and read only.

use routemcp_sdk::prelude::*;
use serde_json::Value;

use crate::cursor::{Cursor, Position, foreign};
use crate::errors;
use crate::modules::check_id;

/// Deactivated users are listed too: records keep naming them.
pub(crate) fn list(query: &Query) -> Result<Page, Failure> {
    let cursor = Cursor::of(query)?;
    let Position::Page(number) = cursor.position else {
        return Err(foreign());
    };
    let request = http::get("/users")
        .query("type", "AllUsers")
        .query("page", number)
        .query("per_page", cursor.per_page);
    let answer = errors::accept(request.send()?)?;
    if answer.status() == 204 {
        return Ok(Page::values(Vec::new(), None));
    }
    let count = errors::ids(&answer, "/users")?.len();
    let more = answer.at::<bool>("/info/more_records").unwrap_or_default();
    let share = cursor.share(
        count,
        query.limit,
        more.then_some(Position::Page(number.saturating_add(1))),
    );
    let mut users: Vec<Value> = answer.at("/users").unwrap_or_default();
    users.truncate(share.to);
    users.drain(..share.from);
    users.iter_mut().for_each(dress);
    Ok(Page::values(users, share.next.map(|next| next.to_text())))
}

pub(crate) fn get(id: &str) -> Result<Document, Failure> {
    check_id(id)?;
    let answer = errors::accept(http::get(format!("/users/{}", http::segment(id))).send()?)?;
    if answer.status() == 204 {
        return Err(Failure::not_found(format!("Zoho has no user {id}")));
    }
    if !answer.has("/users/0/id") {
        return Err(errors::unexpected(&answer, "a user"));
    }
    let mut user: Value = answer.at("/users/0").unwrap_or_default();
    dress(&mut user);
    Ok(user.into())
}

/// Adds `active`: of the statuses (active, inactive, disabled, deleted) only one says so.
fn dress(user: &mut Value) {
    if let Value::Object(members) = user {
        let active = members.get("status").and_then(Value::as_str) == Some("active");
        members.insert("active".to_owned(), active.into());
    }
}
