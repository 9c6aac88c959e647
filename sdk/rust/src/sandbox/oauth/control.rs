//! Paths below `/_sandbox` for tests: what the token URL did, and how it shall misbehave.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{AuthServer, Refusal, TokenRequest};
use crate::sandbox::{Request, Response, State, Tokens};

const COUNTS: (&str, &str) = ("control", "token-counts");
const FAILURE: (&str, &str) = ("control", "token-failure");
/// A year: more is a mistake.
const MAX_SECONDS: u64 = 366 * 86_400;

#[derive(Debug, Default, Serialize, Deserialize)]
struct Counts {
    codes: u64,
    refreshes: u64,
    refused: u64,
}

#[derive(Debug, Serialize, Deserialize)]
struct Failure {
    status: u16,
    error: Option<String>,
    times: u64,
}

impl AuthServer {
    /// The switches that all sandboxes have; none for a path that is not one of them (`segments` are those after
    /// `/_sandbox`).
    ///
    /// - `GET /_sandbox/tokens`: `{"codes": 1, "refreshes": 2, "refused": 0, "live": 3}`: codes exchanged and tokens
    ///   refreshed so far, requests to the token URL that got no tokens, and access tokens that are good now.
    /// - `PUT /_sandbox/token-lifetime {"seconds": 0}`: new access tokens live so long, and those that are out no longer
    ///   than that from now on; `DELETE` lets new ones live as long as the provider's (the others stay shortened).
    /// - `PUT /_sandbox/token-failure {"status": 500, "times": 2}`: the token URL answers so, so many times (once, if
    ///   `times` is missing); with `"error": "invalid_grant"` it is that OAuth error in the provider's own form. `DELETE`
    ///   ends it.
    pub fn control(
        &self,
        request: &Request,
        state: &mut dyn State,
        segments: &[&str],
        now_ms: u64,
    ) -> Option<Response> {
        match (request.method.as_str(), segments) {
            ("GET", ["tokens"]) => Some(tokens(state, now_ms)),
            ("PUT", ["token-lifetime"]) => Some(set_lifetime(request, state, now_ms)),
            ("DELETE", ["token-lifetime"]) => {
                Tokens::reset_lifetime(state);
                Some(Response::empty(204))
            }
            ("PUT", ["token-failure"]) => Some(set_failure(request, state)),
            ("DELETE", ["token-failure"]) => {
                state.delete(FAILURE.0, FAILURE.1);
                Some(Response::empty(204))
            }
            (_, ["tokens" | "token-lifetime" | "token-failure"]) => Some(Response::empty(405)),
            _ => None,
        }
    }
}

/// Counts a request to the token URL.
pub(super) fn count(state: &mut dyn State, asked: &TokenRequest, granted: bool) {
    let mut counts: Counts = state.get(COUNTS.0, COUNTS.1).unwrap_or_default();
    match (granted, asked.grant_type.as_str()) {
        (false, _) => counts.refused += 1,
        (true, "refresh_token") => counts.refreshes += 1,
        (true, _) => counts.codes += 1,
    }
    state.put(COUNTS.0, COUNTS.1, &counts);
}

/// The failure that this request shall have, if any.
pub(super) fn failure(state: &mut dyn State) -> Option<Refusal> {
    let mut set: Failure = state.get(FAILURE.0, FAILURE.1)?;
    set.times = set.times.saturating_sub(1);
    if set.times == 0 {
        state.delete(FAILURE.0, FAILURE.1);
    } else {
        state.put(FAILURE.0, FAILURE.1, &set);
    }
    Some(Refusal::Failure {
        status: set.status,
        error: set.error,
    })
}

fn tokens(state: &dyn State, now_ms: u64) -> Response {
    let counts: Counts = state.get(COUNTS.0, COUNTS.1).unwrap_or_default();
    let live = Tokens::live(state, now_ms);
    let body = json!({ "codes": counts.codes, "refreshes": counts.refreshes, "refused": counts.refused, "live": live });
    Response::json(200, &body)
}

fn set_lifetime(request: &Request, state: &mut dyn State, now_ms: u64) -> Response {
    let body = request.json().unwrap_or_default();
    match body.get("seconds").and_then(Value::as_u64) {
        Some(seconds) if seconds <= MAX_SECONDS => {
            Tokens::set_lifetime(state, seconds, now_ms);
            Response::json(200, &json!({ "seconds": seconds }))
        }
        _ => wrong("seconds must be a whole number of at most a year"),
    }
}

fn set_failure(request: &Request, state: &mut dyn State) -> Response {
    let body = request.json().unwrap_or_default();
    let status = body.get("status").and_then(Value::as_u64);
    let status = status.and_then(|status| u16::try_from(status).ok());
    let Some(status) = status.filter(|status| (400..=599).contains(status)) else {
        return wrong("status must be a number from 400 to 599");
    };
    let times = match body.get("times") {
        None => 1,
        Some(times) => times.as_u64().unwrap_or_default(),
    };
    let error = match body.get("error") {
        None => Ok(None),
        Some(Value::String(error)) => Ok(Some(error.clone())),
        Some(_) => Err(()),
    };
    match (times, error) {
        (0, _) => wrong("times must be a whole number, at least 1"),
        (_, Err(())) => wrong("error must be text, such as \"invalid_grant\""),
        (_, Ok(error)) => {
            let set = Failure { status, error, times };
            state.put(FAILURE.0, FAILURE.1, &set);
            Response::json(
                200,
                &json!({ "status": set.status, "error": set.error, "times": set.times }),
            )
        }
    }
}

fn wrong(problem: &str) -> Response {
    Response::json(400, &json!({ "message": problem }))
}
