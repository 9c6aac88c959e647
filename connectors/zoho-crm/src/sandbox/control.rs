//! Paths below `/_sandbox` that Zoho does not have: the sandbox's own switches.

use routemcp_sdk::sandbox::Response;
use serde_json::{Value, json};

use crate::sandbox::Call;
use crate::sandbox::error::{ApiError, Outcome};
use crate::sandbox::limits;

const TOKEN_ERRORS: (&str, &str) = ("control", "token-errors");

/// `PUT /_sandbox/rate-limit` with `{"requests": 5, "perMilliseconds": 10000, "details": false}` sets the credits, their
/// window and whether a 429 says how long to wait; `PUT /_sandbox/token-errors` with `{"status": 400}` sets the status of
/// refusals by the token endpoint. `DELETE` goes back to what is published.
pub(crate) fn answer(call: &mut Call<'_>, segments: &[&str]) -> Outcome {
    let (place, needed) = match segments {
        ["rate-limit"] => (limits::CONTROL, "requests"),
        ["token-errors"] => (TOKEN_ERRORS, "status"),
        _ => return Err(ApiError::no_such_url()),
    };
    match call.request.method.as_str() {
        "PUT" => {
            let body = call.request.json().unwrap_or_default();
            if body.get(needed).and_then(Value::as_u64).is_none() {
                return Err(ApiError::new(
                    400,
                    "MANDATORY_NOT_FOUND",
                    "required field not found",
                    json!({ "api_name": needed }),
                ));
            }
            call.state.put(place.0, place.1, &body);
            Ok(Response::json(200, &body))
        }
        "DELETE" => {
            call.state.delete(place.0, place.1);
            Ok(Response::empty(204))
        }
        _ => Err(ApiError::wrong_method()),
    }
}

/// The status of refusals by the token endpoint; 200 unless set otherwise.
pub(crate) fn token_error_status(call: &Call<'_>) -> u16 {
    let set: Option<Value> = call.state.get(TOKEN_ERRORS.0, TOKEN_ERRORS.1);
    let status = set
        .as_ref()
        .and_then(|set| set.get("status"))
        .and_then(Value::as_u64);
    status
        .and_then(|status| u16::try_from(status).ok())
        .unwrap_or(200)
}
