//! HubSpot's rate limit, its headers and its 429.

use routemcp_sdk::sandbox::{RateLimit, Response};
use serde_json::{Value, json};

use crate::sandbox::Call;
use crate::sandbox::error::ApiError;
use crate::sandbox::oauth::Token;

const WINDOW_MS: u64 = 10_000;
/// What HubSpot publishes for an OAuth app, in ten seconds and per account.
const OAUTH_CALLS: u64 = 110;
/// For the static token. HubSpot allows a private app 190; this is more, because tests walk through many pages in little
/// time, and are not about limits unless they set one (see `control`).
const STATIC_CALLS: u64 = 1_000;
/// What HubSpot's header says about one second.
const SECONDLY: u64 = 11;

/// The state's collection and key of a limit that was set by hand.
pub(crate) const CONTROL: (&str, &str) = ("control", "rate-limit");

/// The headers of an answer that was not refused.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Headers {
    calls: u64,
    remaining: u64,
}

/// Counts a call of a token.
pub(crate) fn count(call: &mut Call<'_>, token: &Token) -> Result<Headers, ApiError> {
    let set: Value = call.state.get(CONTROL.0, CONTROL.1).unwrap_or_default();
    let published = if token.is_static {
        STATIC_CALLS
    } else {
        OAUTH_CALLS
    };
    let calls = set
        .pointer("/requests")
        .and_then(Value::as_u64)
        .unwrap_or(published);
    let taken = RateLimit {
        calls,
        window_ms: WINDOW_MS,
    }
    .take(call.state, &token.text, call.now_ms);
    if taken.allowed {
        return Ok(Headers {
            calls,
            remaining: taken.remaining,
        });
    }
    let more = vec![
        ("errorType", "RATE_LIMIT".into()),
        ("policyName", "TEN_SECONDLY_ROLLING".into()),
    ];
    // Whether HubSpot sends Retry-After is unconfirmed, so both can be had.
    let retry_after = set.pointer("/retryAfter") == Some(&json!(true));
    let seconds = taken.retry_after_ms.div_ceil(1_000).max(1);
    Err(ApiError {
        status: 429,
        message: "You have reached your ten_secondly_rolling limit.".to_owned(),
        more,
        headers: retry_after
            .then(|| ("retry-after".to_owned(), seconds.to_string()))
            .into_iter()
            .collect(),
        ..ApiError::default()
    })
}

impl Headers {
    pub(crate) fn add_to(self, response: Response) -> Response {
        response
            .header("X-HubSpot-RateLimit-Interval-Milliseconds", WINDOW_MS)
            .header("X-HubSpot-RateLimit-Max", self.calls)
            .header("X-HubSpot-RateLimit-Remaining", self.remaining)
            .header("X-HubSpot-RateLimit-Secondly", SECONDLY)
            .header("X-HubSpot-RateLimit-Secondly-Remaining", SECONDLY - 1)
    }
}
