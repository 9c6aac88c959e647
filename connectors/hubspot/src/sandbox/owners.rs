//! Owners. They cannot be changed, so they are not in the state.

use routemcp_sdk::sandbox::{Response, person};
use routemcp_sdk::time;
use serde_json::{Value, json};

use crate::sandbox::error::{ApiError, Outcome};
use crate::sandbox::{Call, paging};

const FIRST_ID: u64 = 41_234_567;
const STEP: u64 = 1_009;
/// The last one is archived.
const COUNT: u64 = 7;
/// Owners are other people than contacts.
const FIRST_PERSON: u64 = 5_000;
const CREATED_MS: i64 = 1_762_074_000_000;
const DAY_MS: i64 = 86_400_000;
const DEFAULT_LIMIT: u32 = 100;
const MAX_LIMIT: u32 = 500;

/// The id of an active owner, going round.
pub(crate) fn id(number: u64) -> u64 {
    FIRST_ID + number % (COUNT - 1) * STEP
}

/// Whether a record may have this owner. Deactivated ones keep what they have.
pub(crate) fn exists(id: &str) -> bool {
    (0..COUNT).any(|number| (FIRST_ID + number * STEP).to_string() == id)
}

fn owner(number: u64) -> Value {
    let person = person(FIRST_PERSON + number);
    let user_id = 5_512 + number;
    let archived = number == COUNT - 1;
    let created_ms = CREATED_MS + i64::try_from(number).unwrap_or_default() * DAY_MS;
    json!({
        "id": (FIRST_ID + number * STEP).to_string(),
        "email": person.email,
        "type": "PERSON",
        "firstName": person.first_name,
        "lastName": person.last_name,
        // A deactivated owner has no user any more.
        "userId": if archived { Value::Null } else { user_id.into() },
        "userIdIncludingInactive": user_id,
        "createdAt": time::to_iso(created_ms),
        "updatedAt": time::to_iso(created_ms + 70 * DAY_MS),
        "archived": archived,
    })
}

pub(crate) fn list(call: &mut Call<'_>) -> Outcome {
    let limit = paging::limit(call.request, DEFAULT_LIMIT, MAX_LIMIT)?;
    let first = paging::after(call.request)?;
    let archived = call.request.parameter("archived") == Some("true");
    let email = call.request.parameter("email");
    let mut owners: Vec<(u64, Value)> = (0..COUNT)
        .map(|number| (FIRST_ID + number * STEP, owner(number)))
        .filter(|(id, owner)| *id >= first && owner["archived"] == archived)
        .filter(|(_, owner)| email.is_none_or(|email| owner["email"] == email))
        .collect();
    let more = owners.len() > limit as usize;
    owners.truncate(limit as usize);
    let next = owners.last().filter(|_| more).map(|(id, _)| id + 1);
    let results = owners.into_iter().map(|(_, owner)| owner).collect();
    Ok(Response::json(200, &paging::list(call.request, results, next)))
}

pub(crate) fn get(call: &mut Call<'_>, id: &str) -> Outcome {
    let archived = call.request.parameter("archived") == Some("true");
    let key = if call.request.parameter("idProperty") == Some("userId") {
        "userId"
    } else {
        "id"
    };
    let found = (0..COUNT).map(owner).find(|owner| {
        let own = owner[key]
            .as_str()
            .map_or_else(|| owner[key].to_string(), str::to_owned);
        own == id && owner["archived"] == archived
    });
    found
        .map(|owner| Response::json(200, &owner))
        .ok_or_else(ApiError::no_such_path)
}
