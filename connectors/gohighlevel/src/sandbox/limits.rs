//! HighLevel's rate limit, its headers and its 429.

use routemcp_sdk::sandbox::{RateLimit, Response};

use crate::sandbox::error::ApiError;
use crate::sandbox::oauth::Token;
use crate::sandbox::{Call, control};

const WINDOW_MS: u64 = 10_000;
/// What HighLevel publishes, per app and location.
const OAUTH_CALLS: u64 = 100;
/// For the static tokens. More than published, because tests walk through many pages in little time, and are not about
/// limits unless they set one (see `control`).
const STATIC_CALLS: u64 = 2_000;
const DAILY: u64 = 200_000;
const DAY_MS: u64 = 86_400_000;

/// The headers of an answer.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Headers {
    calls: u64,
    remaining: u64,
    daily_remaining: u64,
    daily_reset_ms: u64,
}

/// Counts a call of a token.
pub(crate) fn count(call: &mut Call<'_>, token: &Token) -> Result<Headers, ApiError> {
    let (set, retry_after) = control::rate_limit(call.state);
    let calls = set.unwrap_or(if token.is_static {
        STATIC_CALLS
    } else {
        OAUTH_CALLS
    });
    let limit = RateLimit {
        calls,
        window_ms: WINDOW_MS,
    };
    let taken = limit.take(call.state, &token.text, call.now_ms);
    let today = call.state.count(&format!("calls-{}", call.now_ms / DAY_MS), 1);
    let headers = Headers {
        calls,
        remaining: taken.remaining,
        daily_remaining: DAILY.saturating_sub(today),
        daily_reset_ms: DAY_MS - call.now_ms % DAY_MS,
    };
    if taken.allowed {
        return Ok(headers);
    }
    // The body is unconfirmed, and so is whether Retry-After comes: both can be had.
    let mut error = ApiError::new(429, "Too Many Requests");
    for (name, value) in headers.pairs() {
        error = error.header(name, value);
    }
    if retry_after {
        error = error.header("retry-after", taken.retry_after_ms.div_ceil(1_000).max(1));
    }
    Err(error)
}

impl Headers {
    fn pairs(self) -> [(&'static str, u64); 6] {
        [
            ("x-ratelimit-max", self.calls),
            ("x-ratelimit-remaining", self.remaining),
            ("x-ratelimit-interval-milliseconds", WINDOW_MS),
            ("x-ratelimit-limit-daily", DAILY),
            ("x-ratelimit-daily-remaining", self.daily_remaining),
            ("x-ratelimit-daily-reset", self.daily_reset_ms),
        ]
    }

    pub(crate) fn add_to(self, response: Response) -> Response {
        self.pairs()
            .into_iter()
            .fold(response, |response, (name, value)| response.header(name, value))
    }
}
