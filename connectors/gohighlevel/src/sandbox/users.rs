//! Users of the location. The last one is deleted.

use routemcp_sdk::sandbox::{Response, person};
use serde_json::{Value, json};

use crate::sandbox::error::{ApiError, Outcome};
use crate::sandbox::{Call, ids};

pub(crate) const COUNT: u64 = 6;
/// People that are no contacts.
const FIRST_PERSON: u64 = 9_000;

pub(crate) fn id(number: u64) -> String {
    ids::id("user", number % COUNT)
}

pub(crate) fn answer(call: &mut Call<'_>, segments: &[&str]) -> Outcome {
    match segments {
        [] if !call.is_v3 => {
            call.check_location("locationId", call.request.parameter("locationId"))?;
            let users: Vec<Value> = (0..COUNT).map(user).collect();
            Ok(Response::json(200, &json!({ "users": users })))
        }
        ["search"] => search(call),
        [wanted] => {
            let number = (0..COUNT).find(|number| id(*number) == *wanted);
            // One user comes unwrapped.
            let user = user(number.ok_or_else(|| ApiError::missing("User", wanted))?);
            Ok(Response::json(200, &user))
        }
        _ => Err(ApiError::no_such_path(call.request)),
    }
}

fn search(call: &mut Call<'_>) -> Outcome {
    match call.request.parameter("companyId") {
        None | Some("") => {
            return Err(ApiError::validation(vec![
                "companyId should not be empty".to_owned(),
            ]));
        }
        Some(ids::COMPANY) => {}
        Some(_) => {
            return Err(ApiError::new(
                403,
                "The token does not have access to this company.",
            ));
        }
    }
    if let Some(location) = call.request.parameter("locationId") {
        call.check_location("locationId", Some(location))?;
    }
    let number = |name: &str, default: usize| match call.request.parameter(name) {
        None => Ok(default),
        Some(text) => text
            .parse()
            .map_err(|_| ApiError::validation(vec![format!("{name} must be a number string")])),
    };
    let (skip, limit) = (number("skip", 0)?, number("limit", 25)?);
    let words = call.request.parameter("query").unwrap_or_default().to_lowercase();
    let wanted = call.request.list("ids");
    let found: Vec<Value> = (0..COUNT)
        .filter(|number| wanted.is_empty() || wanted.contains(&id(*number).as_str()))
        .map(user)
        .filter(|user| {
            user.get("name")
                .and_then(Value::as_str)
                .unwrap_or_default()
                .to_lowercase()
                .contains(&words)
        })
        .collect();
    let count = found.len();
    let users: Vec<Value> = found.into_iter().skip(skip).take(limit).collect();
    Ok(Response::json(200, &json!({ "users": users, "count": count })))
}

fn user(number: u64) -> Value {
    let person = person(FIRST_PERSON + number);
    let role = if number == 0 { "admin" } else { "user" };
    let mut user = json!({
        "id": id(number),
        "name": format!("{} {}", person.first_name, person.last_name),
        "firstName": person.first_name,
        "lastName": person.last_name,
        "email": person.email,
        "phone": person.phone.replace(' ', ""),
        "extension": "",
        "permissions": { "contactsEnabled": true, "opportunitiesEnabled": true, "appointmentsEnabled": true },
        "roles": { "type": "account", "role": role, "locationIds": [ids::LOCATION] },
    });
    // The flag is left out for those that are there.
    if let (true, Some(members)) = (number == COUNT - 1, user.as_object_mut()) {
        members.insert("deleted".to_owned(), Value::Bool(true));
    }
    user
}
