//! Pipedrive, played: persons, deals, activities and organisations in the API v2, leads and users in the API v1, and OAuth,
//! in Pipedrive's own wire format.
//!
//! Where Pipedrive's documentation is silent, the choice is noted beside the code.

mod auth;
mod control;
mod cursor;
mod definitions;
mod error;
mod leads;
mod limits;
mod list;
mod oauth;
mod records;
mod schema;
mod search;
mod seed;
mod store;
#[cfg(test)]
mod tests;
mod users;
mod validate;
mod write;

use error::{ApiError, Outcome};
use routemcp_sdk::Sandbox;
use routemcp_sdk::clock;
use routemcp_sdk::sandbox::{Request, Response, State};
use schema::Type;

/// Pipedrive's API.
#[derive(Debug)]
pub struct PipedriveSandbox;

impl Sandbox for PipedriveSandbox {
    fn handle(request: &Request, state: &mut dyn State) -> Response {
        seed::once(state);
        let mut call = Call {
            request,
            state,
            now_ms: clock::now_ms(),
        };
        call.answer().unwrap_or_else(ApiError::into_response)
    }
}

/// One request and what it may touch.
pub(crate) struct Call<'a> {
    pub(crate) request: &'a Request,
    pub(crate) state: &'a mut dyn State,
    pub(crate) now_ms: u64,
}

impl Call<'_> {
    fn answer(&mut self) -> Outcome {
        let segments = self.request.segments();
        let segments: Vec<&str> = segments.iter().map(String::as_str).collect();
        match segments.as_slice() {
            ["oauth", rest @ ..] => oauth::answer(self, rest),
            ["_sandbox", rest @ ..] => {
                match oauth::SERVER.control(self.request, self.state, rest, self.now_ms) {
                    Some(response) => Ok(response),
                    None => control::answer(self, rest),
                }
            }
            ["api", "v2", rest @ ..] => self.api(rest, Self::v2),
            ["api", "v1", rest @ ..] | ["v1", rest @ ..] => self.api(rest, Self::v1),
            _ => Err(ApiError::unknown_method()),
        }
    }

    fn api(&mut self, segments: &[&str], version: fn(&mut Self, &[&str]) -> Outcome) -> Outcome {
        let token = auth::authenticate(self)?;
        let cost = limits::cost(&self.request.method, segments);
        let headers = limits::count(self, &token, cost)?;
        let response = version(self, segments).unwrap_or_else(ApiError::into_response);
        Ok(headers.add_to(response))
    }

    fn v2(&mut self, segments: &[&str]) -> Outcome {
        let method = self.request.method.as_str();
        if let ("GET", [name]) = (method, segments)
            && let Some(definitions) = definitions::v2(name)
        {
            return Ok(definitions);
        }
        let of = segments
            .first()
            .and_then(|name| Type::parse(name))
            .ok_or_else(ApiError::unknown_method)?;
        match (method, segments) {
            ("GET", [_]) => list::list(self, of),
            ("POST", [_]) => records::create(self, of),
            ("GET", [_, "search"]) if of == Type::Persons => search::persons(self),
            ("GET", [_, id]) => records::get(self, of, id),
            ("PATCH", [_, id]) => records::update(self, of, id),
            ("DELETE", [_, id]) => records::delete(self, of, id),
            _ => Err(ApiError::wrong_method()),
        }
    }

    fn v1(&mut self, segments: &[&str]) -> Outcome {
        match (self.request.method.as_str(), segments) {
            ("GET", ["leads"]) => leads::list(self, false),
            ("GET", ["leads", "archived"]) => leads::list(self, true),
            ("POST", ["leads"]) => leads::create(self),
            ("GET", ["leads", id]) => leads::get(self, id),
            ("PATCH", ["leads", id]) => leads::update(self, id),
            ("DELETE", ["leads", id]) => leads::delete(self, id),
            ("GET", ["users"]) => Ok(users::list()),
            ("GET", ["users", "me"]) => Ok(users::me()),
            ("GET", ["users", "find"]) => users::find(self),
            ("GET", ["users", id]) => users::get(id),
            ("GET", ["activityTypes"]) => Ok(definitions::activity_types()),
            ("GET", ["leadLabels"]) => Ok(definitions::lead_labels()),
            (_, ["leads" | "users", ..]) => Err(ApiError::wrong_method()),
            (
                _,
                [
                    "persons" | "deals" | "activities" | "organizations" | "stages" | "pipelines",
                    ..,
                ],
            ) => Err(ApiError::removed()),
            _ => Err(ApiError::unknown_method()),
        }
    }
}
