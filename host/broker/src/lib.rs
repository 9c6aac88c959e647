//! Outbound HTTP on a connector's behalf.
//!
//! A connector is a hostile guest and a provider's answer is hostile input. So a [`Request`] walks through pure
//! policy first (target, allow list, headers, quota), gets the credential only then, and leaves through a
//! [`Transport`]: the [`Network`], which looks at the addresses before it connects, or a sandbox.
//!
//! One [`Session`] lives as long as one call of a connector and holds what that call has spent.
//!
//! A secret may have to be renewed while a call is under way, so a session asks its [`SecretSource`] at the moment of
//! sending, and once more when the provider answers 401.
//!
//! All calls of a connection share a [`Governor`]: it keeps the provider's published rate, holds requests off while the
//! provider says so, and leaves a provider alone that fails again and again.
//!
//! An answer that echoes the credential is cleaned of it before the guest or the caller sees it.

mod attempt;
mod breaker;
mod budget;
mod check;
mod credential;
mod error;
mod governor;
mod grant;
mod limits;
mod network;
mod origin;
mod pace;
mod policy;
mod request;
mod response;
mod retry;
mod secret;
mod session;
mod transport;
mod writes;

pub use attempt::{Attempt, AttemptObserver};
pub use breaker::BreakerState;
pub use budget::Spent;
pub use check::Checked;
pub use credential::{Credential, Placement, PlacementError};
pub use error::SendError;
pub use governor::{Allowance, BreakerObserver, Governor};
pub use grant::{Grant, GrantError};
pub use limits::Limits;
pub use network::{Network, NetworkError, NetworkOptions};
pub use pace::Rate;
pub use policy::allow_list::{HostPattern, HostPatternError};
pub use request::{Body, Request};
pub use response::Response;
pub use secret::{SecretSource, StaticSecret};
pub use session::Session;
pub use transport::{Prepared, Transport};
pub use writes::Writes;
