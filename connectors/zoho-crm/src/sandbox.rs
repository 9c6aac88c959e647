//! Zoho CRM, played: contacts, leads, deals, events, accounts, users, COQL and OAuth, in Zoho's own wire format.
//!
//! Where Zoho's documentation is silent, the choice is noted beside the code.

mod account;
mod control;
mod coql;
mod error;
mod limits;
mod list;
mod oauth;
mod record;
mod schema;
mod seed;
mod store;
#[cfg(test)]
mod tests;
mod time;
mod token;
mod users;
mod validate;
mod write;

use error::{ApiError, Outcome};
use routemcp_sdk::Sandbox;
use routemcp_sdk::clock;
use routemcp_sdk::sandbox::{Request, Response, State};
use schema::Type;

/// Zoho CRM's API and its accounts server.
#[derive(Debug)]
pub struct ZohoCrmSandbox;

impl Sandbox for ZohoCrmSandbox {
    fn handle(request: &Request, state: &mut dyn State) -> Response {
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
            ["crm", "v8", rest @ ..] => self.api(rest),
            _ => Err(ApiError::no_such_url()),
        }
    }

    fn api(&mut self, segments: &[&str]) -> Outcome {
        let access = oauth::authenticate(self)?;
        let credits = limits::count(self, &access)?;
        oauth::check_scope(&access, segments)?;
        let response = self.dispatch(segments).unwrap_or_else(ApiError::into_response);
        Ok(credits.add_to(response))
    }

    fn dispatch(&mut self, segments: &[&str]) -> Outcome {
        match (self.request.method.as_str(), segments) {
            ("GET", ["users"]) => users::list(self),
            ("GET", ["users", id]) => Ok(users::get(id)),
            ("GET", ["org"]) => Ok(account::organisation()),
            ("GET", ["settings", "fields"]) => account::fields(self),
            ("POST", ["coql"]) => coql::answer(self),
            (_, ["users" | "org" | "coql" | "settings", ..]) => Err(ApiError::wrong_method()),
            (method, [module]) => self.module(method, Type::parse(module)?),
            (method, [module, id]) => self.record(method, Type::parse(module)?, id),
            _ => Err(ApiError::no_such_url()),
        }
    }

    fn module(&mut self, method: &str, of: Type) -> Outcome {
        match method {
            "GET" => list::list(self, of),
            "POST" => write::create(self, of),
            "PUT" => write::update(self, of, None),
            "DELETE" => write::delete_many(self, of),
            _ => Err(ApiError::wrong_method()),
        }
    }

    fn record(&mut self, method: &str, of: Type, id: &str) -> Outcome {
        match method {
            "GET" => list::get(self, of, id),
            "PUT" => write::update(self, of, Some(id)),
            "DELETE" => write::delete(self, of, id),
            _ => Err(ApiError::wrong_method()),
        }
    }
}
