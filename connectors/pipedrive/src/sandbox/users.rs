//! Users, in the API v1. They cannot be changed here.

use routemcp_sdk::sandbox::{Response, person};
use serde_json::{Value, json};

use crate::sandbox::Call;
use crate::sandbox::error::{ApiError, Outcome, Wrong};

pub(crate) const FIRST_ID: u64 = 20_000_101;
/// The last of them is deactivated.
const COUNT: u64 = 7;
/// People for users begin here, so that none is also a contact.
const FIRST_PERSON: u64 = 5_000;

/// All at once, and not in the order of their ids.
pub(crate) fn list() -> Response {
    let users: Vec<Value> = (0..COUNT).rev().map(user).collect();
    Response::json(200, &json!({ "success": true, "data": users }))
}

pub(crate) fn get(id: &str) -> Outcome {
    let number = id
        .parse::<u64>()
        .ok()
        .and_then(number)
        .ok_or_else(ApiError::no_such_user)?;
    Ok(answer(user(number)))
}

/// The user whom the token belongs to.
pub(crate) fn me() -> Response {
    let mut user = user(0);
    let company = json!({
        "company_id": 7_654_321, "company_name": "Sandbox AB", "company_domain": "sandbox", "company_country": "SE",
        "company_industry": "Software", "language": { "language_code": "en", "country_code": "US" },
    });
    if let (Value::Object(user), Value::Object(company)) = (&mut user, company) {
        user.extend(company);
    }
    answer(user)
}

pub(crate) fn find(call: &Call<'_>) -> Outcome {
    let term = call.request.parameter("term").unwrap_or_default().to_lowercase();
    if term.is_empty() {
        return Err(ApiError::invalid_v1(&[Wrong::new("term", "is required")]));
    }
    let by = if matches!(call.request.parameter("search_by_email"), Some("1" | "true")) {
        "email"
    } else {
        "name"
    };
    let fits = |user: &Value| {
        user.get(by)
            .and_then(Value::as_str)
            .is_some_and(|text| text.to_lowercase().contains(&term))
    };
    let found: Vec<Value> = (0..COUNT).map(user).filter(fits).collect();
    Ok(Response::json(200, &json!({ "success": true, "data": found })))
}

/// Whether records may belong to this user.
pub(crate) fn exists(id: u64) -> bool {
    number(id).is_some()
}

/// The owner of a test record, deactivated users included.
pub(crate) fn id(number: u64) -> u64 {
    FIRST_ID + number % COUNT
}

fn number(id: u64) -> Option<u64> {
    id.checked_sub(FIRST_ID).filter(|number| *number < COUNT)
}

fn user(number: u64) -> Value {
    let person = person(FIRST_PERSON + number);
    let active = number + 1 < COUNT;
    let modified = (!number.is_multiple_of(3)).then(|| format!("2026-04-{:02} 11:05:00", number + 1));
    json!({
        "id": FIRST_ID + number, "name": format!("{} {}", person.first_name, person.last_name),
        "default_currency": "EUR", "locale": "en_US", "lang": 1, "email": person.email, "phone": null,
        "activated": true, "last_login": "2026-06-01 08:30:00", "created": format!("2025-01-{:02} 09:00:00", number + 10),
        "modified": modified, "has_created_company": number == 0,
        "access": [{ "app": "sales", "admin": number == 0, "permission_set_id": "8c9b1d52-6a3e-11ec-90d6-0242ac120003" }],
        "active_flag": active, "timezone_name": "Europe/Stockholm", "timezone_offset": "+02:00", "role_id": 1,
        "icon_url": null, "is_you": number == 0, "is_deleted": false,
    })
}

fn answer(data: Value) -> Response {
    Response::json(200, &json!({ "success": true, "data": data }))
}
