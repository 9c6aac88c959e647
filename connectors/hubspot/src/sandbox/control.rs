//! Paths below `/_sandbox` that HubSpot does not have: the sandbox's own switches.

use routemcp_sdk::sandbox::Response;
use serde_json::{Value, json};

use crate::sandbox::Call;
use crate::sandbox::error::{ApiError, Outcome};
use crate::sandbox::limits::CONTROL;

/// `PUT /_sandbox/rate-limit` with `{"requests": 5, "retryAfter": true}` sets the calls in ten seconds and whether a 429
/// carries `Retry-After`; `DELETE` goes back to the published limit.
pub(crate) fn answer(call: &mut Call<'_>, segments: &[&str]) -> Outcome {
    match (call.request.method.as_str(), segments) {
        ("PUT", ["rate-limit"]) => {
            let body = call.request.json().ok_or_else(ApiError::body_expected)?;
            let requests = body
                .pointer("/requests")
                .and_then(Value::as_u64)
                .ok_or_else(ApiError::body_expected)?;
            let retry_after = body
                .pointer("/retryAfter")
                .and_then(Value::as_bool)
                .unwrap_or_default();
            let set = json!({ "requests": requests, "retryAfter": retry_after });
            call.state.put(CONTROL.0, CONTROL.1, &set);
            Ok(Response::json(200, &set))
        }
        ("DELETE", ["rate-limit"]) => {
            call.state.delete(CONTROL.0, CONTROL.1);
            Ok(Response::empty(204))
        }
        _ => Err(ApiError::no_such_path()),
    }
}
