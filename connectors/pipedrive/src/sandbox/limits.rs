//! Pipedrive's two limits, the burst limit and the day's token budget, with their headers and the 429.

use routemcp_sdk::sandbox::{RateLimit, Response, State};
use serde_json::{Value, json};

use crate::sandbox::Call;
use crate::sandbox::auth::Token;
use crate::sandbox::error::ApiError;

const WINDOW_MS: u64 = 2_000;
const DAY_MS: u64 = 86_400_000;
/// What Pipedrive publishes for OAuth on its plan Lite, in two seconds.
const OAUTH_CALLS: u64 = 80;
/// For the static token. Pipedrive allows a personal token 20 on Lite; this is more, because tests walk through many pages in
/// little time, and are not about limits unless they set one (see `control`).
const STATIC_CALLS: u64 = 1_000;
/// 30,000 for each seat on Lite, with five seats.
const OAUTH_TOKENS: u64 = 150_000;
const STATIC_TOKENS: u64 = 100_000_000;
const SPENT: &str = "tokens-spent";

/// The state's collection and key of limits that were set by hand.
pub(crate) const CONTROL: (&str, &str) = ("control", "rate-limit");

/// What a call costs of the day's tokens, as Pipedrive publishes it.
pub(crate) fn cost(method: &str, segments: &[&str]) -> u64 {
    let is_lead = segments.first() == Some(&"leads");
    match (method, segments) {
        ("GET", [_, "search"] | ["users" | "activityTypes"] | ["users", "find"]) => 20,
        ("GET", ["leads"] | ["leads", "archived"]) => 20,
        ("GET", [_]) => 10,
        ("GET", ["leads" | "users", _]) => 2,
        ("GET", _) => 1,
        ("DELETE", _) if is_lead => 6,
        ("DELETE", _) => 3,
        _ if is_lead => 10,
        _ => 5,
    }
}

/// The headers of every answer.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Headers {
    calls: u64,
    remaining: u64,
    tokens: u64,
    tokens_left: u64,
}

/// Counts a call of a token.
pub(crate) fn count(call: &mut Call<'_>, token: &Token, cost: u64) -> Result<Headers, ApiError> {
    let set: Value = call.state.get(CONTROL.0, CONTROL.1).unwrap_or_default();
    let number = |name: &str| set.get(name).and_then(Value::as_u64);
    let published = if token.is_static {
        (STATIC_CALLS, STATIC_TOKENS)
    } else {
        (OAUTH_CALLS, OAUTH_TOKENS)
    };
    let calls = number("requests").unwrap_or(published.0);
    let tokens = number("dailyTokens").unwrap_or(published.1);
    let limit = RateLimit {
        calls,
        window_ms: WINDOW_MS,
    };
    let taken = limit.take(call.state, &token.text, call.now_ms);
    let spent = spend(call.state, call.now_ms, cost, tokens);
    let headers = Headers {
        calls,
        remaining: taken.remaining,
        tokens,
        tokens_left: tokens.saturating_sub(spent.unwrap_or(tokens)),
    };
    if taken.allowed && spent.is_some() {
        return Ok(headers);
    }
    // The body is not documented, and neither is whether Retry-After is sent, so both can be had.
    let body = json!({ "success": false, "error": "request over limit", "errorCode": 429 });
    let mut all = headers.pairs();
    if set.get("retryAfter") == Some(&Value::Bool(true)) {
        let wait = if taken.allowed {
            DAY_MS - call.now_ms % DAY_MS
        } else {
            taken.retry_after_ms
        };
        all.push(("retry-after".to_owned(), wait.div_ceil(1_000).max(1).to_string()));
    }
    Err(ApiError::new(429, body).with_headers(all))
}

/// What the company has spent today with this call; none if that is more than it has.
fn spend(state: &mut dyn State, now_ms: u64, cost: u64, tokens: u64) -> Option<u64> {
    let today = (now_ms / DAY_MS).to_string();
    let spent = state.get::<u64>(SPENT, &today).unwrap_or_default() + cost;
    if spent > tokens {
        return None;
    }
    state.put(SPENT, &today, &spent);
    Some(spent)
}

impl Headers {
    fn pairs(self) -> Vec<(String, String)> {
        let pairs = [
            ("x-ratelimit-limit", self.calls),
            ("x-ratelimit-remaining", self.remaining),
            ("x-ratelimit-reset", WINDOW_MS / 1_000),
            ("x-daily-ratelimit-token-limit", self.tokens),
            ("x-daily-ratelimit-token-remaining", self.tokens_left),
        ];
        pairs
            .iter()
            .map(|(name, value)| ((*name).to_owned(), value.to_string()))
            .collect()
    }

    pub(crate) fn add_to(self, mut response: Response) -> Response {
        response.headers.extend(self.pairs());
        response
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_call_has_its_published_price() {
        for (method, path, tokens) in [
            ("GET", "persons", 10),
            ("GET", "persons/7", 1),
            ("GET", "persons/search", 20),
            ("POST", "deals", 5),
            ("PATCH", "activities/7", 5),
            ("DELETE", "deals/7", 3),
            ("GET", "leads", 20),
            ("GET", "leads/archived", 20),
            ("GET", "leads/7", 2),
            ("POST", "leads", 10),
            ("DELETE", "leads/7", 6),
            ("GET", "users", 20),
            ("GET", "users/me", 2),
        ] {
            let segments: Vec<&str> = path.split('/').collect();
            assert_eq!(cost(method, &segments), tokens, "{method} {path}");
        }
    }
}
