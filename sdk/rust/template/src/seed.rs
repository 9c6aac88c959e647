//! The test data that the sandbox begins with: the same for everybody, so that tests can rely on it.

use routemcp_sdk::sandbox::{State, person};
use routemcp_sdk::time;
use serde_json::{Value, json};

/// The state's collection of people.
pub const PEOPLE: &str = "people";
/// How many people there are at first.
pub const SEEDED: u64 = 40;
/// 2026-01-01 in milliseconds since the Unix epoch.
const FIRST_DAY_MS: i64 = 1_767_225_600_000;
const DAY_MS: i64 = 86_400_000;
const USERS: u64 = 3;

/// Fills an empty sandbox.
pub fn once(state: &mut dyn State) {
    if state.get("seed", "done").unwrap_or(false) {
        return;
    }
    state.put("seed", "done", &true);
    for number in 0..SEEDED {
        let id = next_id(state);
        state.put(PEOPLE, &id, &record(number, &id));
    }
}

/// An id that no person has had.
pub fn next_id(state: &mut dyn State) -> String {
    format!("person-{}", state.count(PEOPLE, 1_001))
}

/// The users of the account, who own the people.
pub fn users() -> Vec<Value> {
    let user = |number| {
        let who = person(900 + number);
        json!({
            "id": user_id(number),
            "name": format!("{} {}", who.first_name, who.last_name),
            "email": who.email,
            "active": number < 2,
        })
    };
    (0..USERS).map(user).collect()
}

fn user_id(number: u64) -> String {
    format!("user-{}", number % USERS + 1)
}

fn record(number: u64, id: &str) -> Value {
    let who = person(number);
    let created_ms = FIRST_DAY_MS + i64::try_from(number).unwrap_or_default() * DAY_MS;
    json!({
        "id": id,
        "first_name": who.first_name,
        "last_name": who.last_name,
        "email": who.email,
        "phone": who.phone,
        "company": who.company,
        "job_title": who.job_title,
        "address": { "street": who.street, "city": who.city, "zip": who.postal_code, "country": who.country },
        "owner_id": user_id(number),
        "tags": if number % 3 == 0 { vec!["vip"] } else { vec![] },
        "created_at": time::to_iso(created_ms),
        "updated_at": time::to_iso(created_ms + DAY_MS / 2),
    })
}
