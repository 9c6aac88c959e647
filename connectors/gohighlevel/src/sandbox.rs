//! HighLevel, played: contacts, opportunities, calendars, users, the location and OAuth, in HighLevel's own wire format.
//!
//! One location of one company. Versions v3, 2023-02-21, 2021-07-28 and 2021-04-15 are served; the last three behave
//! alike, apart from the recorded body of one appointment. Where the documentation is silent, the choice is noted beside
//! the code.

mod appointments;
mod calendars;
mod check;
mod contact_search;
mod contacts;
mod control;
mod custom_fields;
mod error;
mod ids;
mod limits;
mod location;
mod oauth;
mod opportunities;
mod opportunity_search;
mod pipelines;
mod seed;
mod store;
#[cfg(test)]
mod tests;
mod users;

use error::{ApiError, Outcome};
use routemcp_sdk::sandbox::{Request, Response, State};
use routemcp_sdk::{Sandbox, clock, time};
use serde_json::{Map, Value};

/// HighLevel's API.
#[derive(Debug)]
pub struct GoHighLevelSandbox;

impl Sandbox for GoHighLevelSandbox {
    fn handle(request: &Request, state: &mut dyn State) -> Response {
        seed::once(state);
        let mut call = Call {
            request,
            state,
            now_ms: clock::now_ms(),
            is_v3: request.header("version") == Some("v3"),
        };
        call.answer()
            .unwrap_or_else(|error| error.into_response(&mut call))
    }
}

/// One request and what it may touch.
pub(crate) struct Call<'a> {
    pub(crate) request: &'a Request,
    pub(crate) state: &'a mut dyn State,
    pub(crate) now_ms: u64,
    pub(crate) is_v3: bool,
}

impl Call<'_> {
    fn answer(&mut self) -> Outcome {
        let segments = self.request.segments();
        let segments: Vec<&str> = segments.iter().map(String::as_str).collect();
        match segments.as_slice() {
            ["_sandbox", rest @ ..] => {
                match oauth::SERVER.control(self.request, self.state, rest, self.now_ms) {
                    Some(response) => Ok(response),
                    None => control::answer(self, rest),
                }
            }
            ["oauth", "token"] => oauth::token(self),
            ["v2", "oauth", "chooselocation"] | ["oauth", "chooselocation"] => {
                Ok(oauth::choose_location(self))
            }
            rest => {
                let token = oauth::authenticate(self)?;
                self.check_version()?;
                let headers = limits::count(self, &token)?;
                let answered = oauth::check_scope(self, &token, rest).and_then(|()| self.dispatch(rest));
                let response = answered.unwrap_or_else(|error| error.into_response(self));
                Ok(headers.add_to(response))
            }
        }
    }

    /// The status and words for a missing header are unconfirmed.
    fn check_version(&self) -> Result<(), ApiError> {
        match self.request.header("version") {
            Some("v3" | "2023-02-21" | "2021-07-28" | "2021-04-15") => Ok(()),
            Some(_) => Err(ApiError::unauthorized("version header is invalid")),
            None => Err(ApiError::unauthorized("version header was not found")),
        }
    }

    fn dispatch(&mut self, segments: &[&str]) -> Outcome {
        match (self.request.method.as_str(), segments) {
            ("POST", ["contacts", "search"]) => contact_search::search(self),
            (_, ["contacts", rest @ ..]) => contacts::answer(self, rest),
            (_, ["opportunities", rest @ ..]) => opportunities::answer(self, rest),
            (_, ["calendars", "events", rest @ ..]) => appointments::answer(self, rest),
            ("GET", ["calendars", rest @ ..]) => calendars::answer(self, rest),
            ("GET", ["users", rest @ ..]) => users::answer(self, rest),
            ("GET", ["locations", rest @ ..]) => location::answer(self, rest),
            ("POST", ["oauth", "locationToken"]) if !self.is_v3 => oauth::location_token(self),
            ("POST", ["oauth", "location-token"]) if self.is_v3 => oauth::location_token(self),
            _ => Err(ApiError::no_such_path(self.request)),
        }
    }

    /// The body, which must be a JSON object.
    pub(crate) fn body(&self) -> Result<Map<String, Value>, ApiError> {
        match self.request.json() {
            Some(Value::Object(members)) => Ok(members),
            _ => Err(ApiError::new(400, "Unexpected token in JSON at position 0")),
        }
    }

    /// Refuses another location than the token's.
    pub(crate) fn check_location(&self, name: &str, given: Option<&str>) -> Result<(), ApiError> {
        match given {
            None | Some("") => Err(ApiError::validation(vec![
                format!("{name} should not be empty"),
                format!("{name} must be a string"),
            ])),
            Some(id) if id == ids::LOCATION => Ok(()),
            Some(_) => Err(ApiError::new(
                403,
                "The token does not have access to this location.",
            )),
        }
    }

    pub(crate) fn now(&self) -> String {
        time::to_iso(i64::try_from(self.now_ms).unwrap_or(i64::MAX))
    }

    pub(crate) fn trace_id(&mut self) -> String {
        let number = self.state.count("trace", 1);
        ids::uuid("trace", number ^ self.now_ms << 16)
    }
}
