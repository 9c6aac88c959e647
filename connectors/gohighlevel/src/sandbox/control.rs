//! Paths below `/_sandbox` that HighLevel does not have: the sandbox's own switches.

use routemcp_sdk::sandbox::{Response, State};
use serde_json::{Map, Value, json};

use crate::sandbox::Call;
use crate::sandbox::error::{ApiError, Outcome};

const COLLECTION: &str = "control";
const RATE_LIMIT: &str = "rate-limit";
const SWITCHES: &str = "switches";

/// `PUT /_sandbox/rate-limit` with `{"requests": 5, "retryAfter": true}` sets the calls in ten seconds and whether a 429
/// carries `Retry-After`. `PUT /_sandbox/switches` sets `missingStatus` (400 or 404 for a missing record) and
/// `companyUpdate` ("accepted", "ignored" or "refused": what an update does with `companyName`, which its documentation
/// leaves out). `DELETE` goes back to how it was.
pub(crate) fn answer(call: &mut Call<'_>, segments: &[&str]) -> Outcome {
    let key = match segments {
        ["rate-limit"] => RATE_LIMIT,
        ["switches"] => SWITCHES,
        _ => return Err(ApiError::no_such_path(call.request)),
    };
    match call.request.method.as_str() {
        "PUT" => {
            let given = call.body()?;
            check(key, &given)?;
            call.state.put(COLLECTION, key, &given);
            Ok(Response::json(200, &given.into()))
        }
        "DELETE" => {
            call.state.delete(COLLECTION, key);
            Ok(Response::empty(204))
        }
        _ => Err(ApiError::no_such_path(call.request)),
    }
}

fn check(key: &str, given: &Map<String, Value>) -> Result<(), ApiError> {
    let wrong = given.iter().find(|(name, value)| match (key, name.as_str()) {
        (RATE_LIMIT, "requests") => !value.is_u64(),
        (RATE_LIMIT, "retryAfter") => !value.is_boolean(),
        (SWITCHES, "missingStatus") => ![json!(400), json!(404)].contains(value),
        (SWITCHES, "companyUpdate") => !["accepted", "ignored", "refused"]
            .map(Value::from)
            .contains(value),
        _ => true,
    });
    match wrong {
        Some((name, _)) => Err(ApiError::validation(vec![format!(
            "{name} is no switch, or has no such value"
        )])),
        None => Ok(()),
    }
}

/// What was set for the rate limit: the calls, and whether to send `Retry-After`.
pub(crate) fn rate_limit(state: &dyn State) -> (Option<u64>, bool) {
    let set: Value = state.get(COLLECTION, RATE_LIMIT).unwrap_or_default();
    let calls = set.pointer("/requests").and_then(Value::as_u64);
    (calls, set.pointer("/retryAfter") == Some(&Value::Bool(true)))
}

pub(crate) fn missing_status(state: &dyn State) -> u16 {
    let set: Value = state.get(COLLECTION, SWITCHES).unwrap_or_default();
    if set.pointer("/missingStatus") == Some(&json!(404)) {
        404
    } else {
        400
    }
}

/// What an update does with `companyName`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum CompanyUpdate {
    Accepted,
    Ignored,
    Refused,
}

pub(crate) fn company_update(state: &dyn State) -> CompanyUpdate {
    let set: Value = state.get(COLLECTION, SWITCHES).unwrap_or_default();
    match set.pointer("/companyUpdate").and_then(Value::as_str) {
        Some("ignored") => CompanyUpdate::Ignored,
        Some("refused") => CompanyUpdate::Refused,
        _ => CompanyUpdate::Accepted,
    }
}
