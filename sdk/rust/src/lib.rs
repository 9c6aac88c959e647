//! What a connector written in Rust depends on: typed access to the host, and macros that make the component's exports.
//!
//! A connector says what its provider can do (the manifest), and answers five operations. It never sees a credential: the
//! host adds it to every request. Records normally stay in the host; a connector only points at them.
//!
//! A whole connector (`examples/acme.rs`, with its manifest beside it):
//!
//! ```
//! use routemcp_sdk::prelude::*;
//!
//! struct Acme;
//!
//! impl Connector for Acme {
//!     fn manifest() -> &'static str {
//! # /*
//!         include_str!("acme.json")
//! # */ include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/examples/acme.json"))
//!     }
//!
//!     fn list(_resource: &str, query: &Query) -> Result<Page, Failure> {
//!         let request = http::get("/people").query("limit", query.limit).query_some("after", query.cursor.as_ref());
//!         let answer = request.send()?.accept()?;
//!         let next = answer.at("/next");
//!         Ok(Page::at(answer, "/people", next))
//!     }
//! }
//!
//! export_connector!(Acme);
//! ```
//!
//! Outside WebAssembly the same code runs against [`testing::Host`], so that a connector and its sandbox can be tested with
//! plain `cargo test`.

extern crate self as routemcp_sdk;

#[cfg(all(target_arch = "wasm32", feature = "allocator"))]
mod allocator;
#[doc(hidden)]
pub mod bindings;
pub mod clock;
pub mod connection;
mod connector;
#[cfg(not(target_arch = "wasm32"))]
pub mod embedding;
mod export;
mod failure;
mod host;
pub mod http;
pub mod log;
mod records;
mod response;
pub mod sandbox;
#[cfg(not(target_arch = "wasm32"))]
pub mod testing;
pub mod time;

pub use connector::Connector;
#[doc(hidden)]
pub use export::{ExportedConnector, ExportedSandbox};
pub use failure::Failure;
pub use records::{Document, Documents, Filter, Page, Query, Sort};
pub use response::Response;
pub use sandbox::Sandbox;

/// What nearly every connector needs.
pub mod prelude {
    pub use crate::export_connector;
    pub use crate::{
        Connector, Document, Failure, Filter, Page, Query, Response, Sort, clock, connection, http, log,
    };
}
