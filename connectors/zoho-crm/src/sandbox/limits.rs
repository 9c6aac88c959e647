//! Zoho's API credits, their header and the 429.

use routemcp_sdk::sandbox::{RateLimit, Response};
use serde_json::{Value, json};

use crate::sandbox::Call;
use crate::sandbox::error::ApiError;
use crate::sandbox::oauth::Access;

/// Credits are counted over 24 hours.
const WINDOW_MS: u64 = 24 * 3_600_000;
/// What Zoho publishes for its smallest edition.
const FREE_CREDITS: u64 = 5_000;
/// For the static token: more than Zoho's largest edition has, because tests walk through many pages.
const STATIC_CREDITS: u64 = 5_000_000;

/// The state's collection and key of a limit that was set by hand.
pub(crate) const CONTROL: (&str, &str) = ("control", "rate-limit");

/// The credits that an answer that was not refused left.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Credits {
    all: u64,
    remaining: u64,
}

/// Counts a call. One credit each: which calls cost more does not matter to anybody here.
pub(crate) fn count(call: &mut Call<'_>, access: &Access) -> Result<Credits, ApiError> {
    let set: Value = call.state.get(CONTROL.0, CONTROL.1).unwrap_or_default();
    let number = |name: &str| set.get(name).and_then(Value::as_u64);
    let published = if access.is_static {
        STATIC_CREDITS
    } else {
        FREE_CREDITS
    };
    let limit = RateLimit {
        calls: number("requests").unwrap_or(published),
        window_ms: number("perMilliseconds").unwrap_or(WINDOW_MS),
    };
    let taken = limit.take(call.state, &access.token, call.now_ms);
    if taken.allowed {
        return Ok(Credits {
            all: limit.calls,
            remaining: taken.remaining,
        });
    }
    // Zoho's own sample has details, and other descriptions have none, so both can be had.
    let details = match set.get("details") {
        Some(Value::Bool(false)) => json!({}),
        _ => {
            let seconds = taken.retry_after_ms.div_ceil(1_000).max(1);
            json!({ "retry_after": seconds, "limit": limit.calls, "window": limit.window_ms / 1_000 })
        }
    };
    let message = "You have made too many requests. Please try again after some time.";
    Err(ApiError::new(429, "TOO_MANY_REQUESTS", message, details))
}

impl Credits {
    /// The header only comes once half the credits are gone.
    pub(crate) fn add_to(self, response: Response) -> Response {
        if self.remaining > self.all / 2 {
            return response;
        }
        response.header("X-API-CREDITS-REMAINING", self.remaining)
    }
}
