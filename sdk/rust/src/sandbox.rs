//! Help for playing a provider: requests taken apart, answers put together, state, test people, OAuth
//! and rate limits.

pub mod base64;
mod oauth;
mod people;
mod rate_limit;
mod request;
mod response;
mod state;
mod tokens;

pub use oauth::{AuthServer, Choice, Consent, Refusal, TokenRequest};
pub use people::{Person, person};
pub use rate_limit::{RateLimit, Taken};
pub use request::{Request, decode, form};
pub use response::Response;
#[cfg(target_arch = "wasm32")]
pub use state::HostState;
pub use state::{MemoryState, State};
pub use tokens::{Grant, Standing, Tokens};

/// A provider, played by its connector's author in the provider's own wire format.
pub trait Sandbox {
    /// Answers one request. The host runs the calls of one scope one after the other; a call that traps leaves nothing
    /// behind in `state`. The time is [`crate::clock::now_ms`].
    fn handle(request: &Request, state: &mut dyn State) -> Response;
}
