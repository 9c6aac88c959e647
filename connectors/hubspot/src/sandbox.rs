//! HubSpot, played: contacts, companies, leads, deals, meetings, owners and OAuth, in HubSpot's own wire format.
//!
//! One behaviour under the paths of v3/v4, 2026-03 and 2026-09. Where HubSpot's documentation is silent, the choice is
//! noted beside the code.

mod archive;
mod batch;
mod control;
mod definitions;
mod error;
mod limits;
mod links;
mod oauth;
mod objects;
mod owners;
mod paging;
mod record;
mod routes;
mod schema;
mod search;
mod seed;
mod store;
#[cfg(test)]
mod tests;
mod validate;

use error::{ApiError, Outcome};
use routemcp_sdk::Sandbox;
use routemcp_sdk::clock;
use routemcp_sdk::sandbox::{Request, Response, State};
use routes::Route;

/// The longest URL, in bytes, before HubSpot (or a proxy before it) answers 414. The number is unpublished; 8 KiB is what
/// common proxies allow.
const MAX_URL_LENGTH: usize = 8_192;

/// HubSpot's API.
#[derive(Debug)]
pub struct HubSpotSandbox;

impl Sandbox for HubSpotSandbox {
    fn handle(request: &Request, state: &mut dyn State) -> Response {
        seed::once(state);
        let mut call = Call {
            request,
            state,
            now_ms: clock::now_ms(),
        };
        match call.answer() {
            Ok(response) => response,
            Err(error) => error.into_response(&mut call),
        }
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
        if self.request.url_length() > MAX_URL_LENGTH {
            return Ok(Response::text(414, "URI Too Long"));
        }
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
            ["crm", rest @ ..] => self.api(rest),
            _ => Err(ApiError::no_such_path()),
        }
    }

    fn api(&mut self, segments: &[&str]) -> Outcome {
        let token = oauth::authenticate(self)?;
        let headers = limits::count(self, &token)?;
        let route = Route::parse(segments).ok_or_else(ApiError::no_such_path)?;
        oauth::check_scope(&token, &route)?;
        let searches = route.is_search();
        let response = self
            .dispatch(route)
            .unwrap_or_else(|error| error.into_response(self));
        // HubSpot sends no rate headers with searches.
        Ok(if searches {
            response
        } else {
            headers.add_to(response)
        })
    }

    fn dispatch(&mut self, route: Route<'_>) -> Outcome {
        match (self.request.method.as_str(), route) {
            ("GET", Route::Objects(of)) => objects::list(self, of),
            ("POST", Route::Objects(of)) => objects::create(self, of),
            ("GET", Route::Object(of, id)) => objects::get(self, of, id),
            ("PATCH", Route::Object(of, id)) => objects::update(self, of, id),
            ("DELETE", Route::Object(of, id)) => archive::delete(self, of, id),
            ("POST", Route::Search(of)) => search::search(self, of),
            ("POST", Route::Batch(of, operation)) => batch::run(self, of, operation),
            (
                "GET",
                Route::Links {
                    from,
                    id,
                    to,
                    old_form,
                },
            ) => links::list(self, from, id, to, old_form),
            ("PUT", Route::DefaultLink { from, id, to, to_id }) => {
                links::put_default(self, from, id, to, to_id)
            }
            ("PUT", Route::Link { from, id, to, to_id }) => links::put_typed(self, from, id, to, to_id),
            ("DELETE", Route::Link { from, id, to, to_id }) => links::delete(self, from, id, to, to_id),
            ("POST", Route::LinksBatch(from, to)) => links::batch_read(self, from, to),
            ("GET", Route::Owners) => owners::list(self),
            ("GET", Route::Owner(id)) => owners::get(self, id),
            ("GET", Route::Pipelines(of)) => Ok(definitions::pipelines(of)),
            ("GET", Route::Properties(of)) => Ok(definitions::properties(of)),
            (_, Route::UnknownType(name)) => Err(ApiError::unknown_type(name)),
            _ => Ok(Response::empty(405)),
        }
    }
}
