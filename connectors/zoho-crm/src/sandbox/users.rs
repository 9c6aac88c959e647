//! Users. They cannot be changed here, so they are not in the state.

use routemcp_sdk::sandbox::{Response, person};
use serde_json::{Value, json};

use crate::sandbox::error::{ApiError, Outcome};
use crate::sandbox::{Call, list, time};

const FIRST_ID: u64 = 5_512_340_000_000_285_001;
const STEP: u64 = 1_000;
/// The last one is deactivated.
const COUNT: u64 = 7;
/// The user that tokens belong to.
pub(crate) const ADMINISTRATOR: u64 = 0;
/// Users are other people than contacts.
const FIRST_PERSON: u64 = 5_000;
const CREATED_MS: i64 = 1_735_722_000_000;
const DAY_MS: i64 = 86_400_000;

/// The number of the user with this id.
pub(crate) fn number(id: &str) -> Option<u64> {
    (0..COUNT).find(|number| (FIRST_ID + number * STEP).to_string() == id)
}

/// `{name, id}`
pub(crate) fn reference(number: u64) -> Value {
    let person = person(FIRST_PERSON + number);
    json!({ "name": format!("{} {}", person.first_name, person.last_name), "id": (FIRST_ID + number * STEP).to_string() })
}

/// `{name, id, email}`, as records have their owner.
pub(crate) fn with_email(number: u64) -> Value {
    let mut user = reference(number);
    if let Value::Object(members) = &mut user {
        members.insert("email".to_owned(), person(FIRST_PERSON + number).email.into());
    }
    user
}

/// An active owner, going round.
pub(crate) fn owner(number: u64) -> Value {
    with_email(number % (COUNT - 1))
}

fn is_active(number: u64) -> bool {
    number != COUNT - 1
}

fn user(number: u64) -> Value {
    let person = person(FIRST_PERSON + number);
    let created_ms = CREATED_MS + i64::try_from(number).unwrap_or_default() * DAY_MS;
    let role = if number == ADMINISTRATOR {
        ("CEO", "5512340000000026005")
    } else {
        ("Manager", "5512340000000026008")
    };
    json!({
        "id": (FIRST_ID + number * STEP).to_string(),
        "first_name": person.first_name,
        "last_name": person.last_name,
        "full_name": format!("{} {}", person.first_name, person.last_name),
        "email": person.email,
        "status": if is_active(number) { "active" } else { "disabled" },
        "confirm": true,
        "role": { "name": role.0, "id": role.1 },
        "profile": profile(number),
        "zuid": (60_001_000 + number).to_string(),
        "time_zone": time::ZONE,
        "phone": null,
        "locale": "en_US",
        "created_time": time::to_zoho(created_ms),
        "Modified_Time": time::to_zoho(created_ms + 70 * DAY_MS),
    })
}

fn profile(number: u64) -> Value {
    if number == ADMINISTRATOR {
        json!({ "name": "Administrator", "id": "5512340000000026011" })
    } else {
        json!({ "name": "Standard", "id": "5512340000000026014" })
    }
}

pub(crate) fn list(call: &Call<'_>) -> Outcome {
    let wanted = |number: &u64| match call.request.parameter("type") {
        None | Some("AllUsers" | "ConfirmedUsers") => Some(true),
        Some("ActiveUsers" | "AllActiveUsers" | "ActiveConfirmedUsers") => Some(is_active(*number)),
        Some("DeactiveUsers") => Some(!is_active(*number)),
        Some("CurrentUser" | "AdminUsers" | "ActiveConfirmedAdmins") => Some(*number == ADMINISTRATOR),
        Some("DeletedUsers" | "NotConfirmedUsers" | "DeveloperUsers" | "ActiveLiteUser") => Some(false),
        Some(_) => None,
    };
    let page = list::number(call.request, "page", 1, u32::MAX)? as usize;
    let per_page = list::number(call.request, "per_page", list::MAX_PER_PAGE, list::MAX_PER_PAGE)? as usize;
    let mut all = Vec::new();
    for number in 0..COUNT {
        if wanted(&number).ok_or_else(|| ApiError::bad_parameter("type"))? {
            all.push(user(number));
        }
    }
    let from = (page - 1).saturating_mul(per_page);
    let more = all.len() > from.saturating_add(per_page);
    let users: Vec<Value> = all.into_iter().skip(from).take(per_page).collect();
    if users.is_empty() {
        return Ok(Response::empty(204));
    }
    let info = json!({ "per_page": per_page, "count": users.len(), "page": page, "more_records": more });
    Ok(Response::json(200, &json!({ "users": users, "info": info })))
}

pub(crate) fn get(id: &str) -> Response {
    match number(id) {
        Some(number) => Response::json(200, &json!({ "users": [user(number)] })),
        None => Response::empty(204),
    }
}
