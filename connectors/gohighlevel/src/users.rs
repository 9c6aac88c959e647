//! Users, which are the unified owners.

use routemcp_sdk::prelude::*;
use serde_json::Value;

use crate::api::{Api, record_path, setting};
use crate::errors;

const CURSOR_MARK: &str = "users:";

/// The users of the location. Pages by an offset, which holds for any page size.
pub(crate) fn list(api: &Api, query: &Query) -> Result<Page, Failure> {
    let skip = offset(query.cursor.as_deref())?;
    let request = http::get("/users/search")
        .query("companyId", company(api)?)
        .query("locationId", &api.location)
        .query("skip", skip)
        .query("limit", query.limit);
    let answer = api.send(request)?;
    let Some(users) = answer
        .at::<Vec<Value>>("/users")
        .filter(|users| users.iter().all(has_id))
    else {
        return Err(errors::unexpected(&answer, "a list of users"));
    };
    let reached = skip + users.len();
    let more = match answer.at::<usize>("/count") {
        Some(count) => reached < count && !users.is_empty(),
        None => users.len() >= query.limit as usize,
    };
    let next = more.then(|| format!("{CURSOR_MARK}{reached}"));
    Ok(Page::values(users.into_iter().map(with_deleted).collect(), next))
}

/// HighLevel answers the user without a wrapping.
pub(crate) fn get(api: &Api, id: &str) -> Result<Document, Failure> {
    let answer = errors::record(api.send(http::get(record_path("/users", id)?))?, "")?;
    let user: Value = answer.at("").unwrap_or_default();
    Ok(with_deleted(user).into())
}

fn company(api: &Api) -> Result<String, Failure> {
    if let Some(company) = setting("companyId") {
        return Ok(company);
    }
    let answer = api.send(http::get(format!("/locations/{}", http::segment(&api.location))))?;
    answer
        .at("/location/companyId")
        .ok_or_else(|| errors::unexpected(&answer, "a location with its companyId"))
}

fn offset(cursor: Option<&str>) -> Result<usize, Failure> {
    let Some(cursor) = cursor else { return Ok(0) };
    let digits = cursor
        .strip_prefix(CURSOR_MARK)
        .filter(|text| text.bytes().all(|byte| byte.is_ascii_digit()));
    let skip = digits.and_then(|text| text.parse::<u32>().ok());
    skip.map(|skip| skip as usize)
        .ok_or_else(|| Failure::invalid_cursor("this cursor does not belong to a list of HighLevel users"))
}

fn has_id(user: &Value) -> bool {
    user.get("id").is_some_and(Value::is_string)
}

/// The flag is left out for users that are there, which is what it then means.
fn with_deleted(mut user: Value) -> Value {
    if let Some(members) = user.as_object_mut() {
        members.entry("deleted").or_insert(Value::Bool(false));
    }
    user
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_cursor_of_users_is_taken() {
        assert_eq!(offset(None).unwrap(), 0);
        assert_eq!(offset(Some("users:25")).unwrap(), 25);
        for cursor in [
            "25",
            "users:",
            "users:-1",
            "users:x",
            "users:99999999999",
            "deals:1:x",
        ] {
            assert!(offset(Some(cursor)).unwrap_err().is("invalid-cursor"), "{cursor}");
        }
    }
}
