//! Paths below `/_sandbox` that Pipedrive does not have: the sandbox's own switches.

use routemcp_sdk::sandbox::Response;
use serde_json::{Value, json};

use crate::sandbox::error::{ApiError, Outcome, Wrong};
use crate::sandbox::leads::DIRECT_PAGING;
use crate::sandbox::{Call, limits};

/// `PUT /_sandbox/rate-limit` with `{"requests": 5, "dailyTokens": 100, "retryAfter": true}` sets the calls in two seconds,
/// the day's tokens, and whether a 429 carries `Retry-After`; `DELETE` goes back to the published limits.
/// `PUT /_sandbox/lead-paging` with `{"direct": true}` puts the paging of leads where the documentation has it, not where
/// real answers have it.
pub(crate) fn answer(call: &mut Call<'_>, segments: &[&str]) -> Outcome {
    match (call.request.method.as_str(), segments) {
        ("PUT", ["rate-limit"]) => {
            let body = body(call)?;
            let set = json!({
                "requests": body.get("requests").and_then(Value::as_u64),
                "dailyTokens": body.get("dailyTokens").and_then(Value::as_u64),
                "retryAfter": body.get("retryAfter").and_then(Value::as_bool),
            });
            call.state.put(limits::CONTROL.0, limits::CONTROL.1, &set);
            Ok(Response::json(200, &set))
        }
        ("DELETE", ["rate-limit"]) => {
            call.state.delete(limits::CONTROL.0, limits::CONTROL.1);
            Ok(Response::empty(204))
        }
        ("PUT", ["lead-paging"]) => {
            let direct = body(call)?
                .get("direct")
                .and_then(Value::as_bool)
                .unwrap_or_default();
            call.state.put(DIRECT_PAGING.0, DIRECT_PAGING.1, &direct);
            Ok(Response::json(200, &json!({ "direct": direct })))
        }
        _ => Err(ApiError::unknown_method()),
    }
}

fn body(call: &Call<'_>) -> Result<Value, ApiError> {
    call.request
        .json()
        .ok_or_else(|| ApiError::invalid(&[Wrong::new("body", "Expected JSON")]))
}
