//! The host's side of what a connector imports, one file per interface.

mod clock;
mod connection;
mod http;
mod log;
mod sandbox_store;
mod types;

#[expect(unreachable_pub, reason = "generated code re-exports it, in a private module")]
pub use http::StoredResponse;
pub(crate) use http::TooManyValues;
#[cfg(feature = "native-connectors")]
pub(crate) use http::{parse, plucked};
