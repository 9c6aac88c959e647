//! The unified model: resource schemas, connector manifests, field mappings, bodies, cursors and fan-out plans.
//!
//! Everything in here is pure. A value goes in, a value or a clear error comes out; no file, socket, clock or
//! WebAssembly. So the rules that users rely on can be tested in tables and by properties.

pub mod body;
pub mod cursor;
pub mod fanout;
pub mod json;
pub mod manifest;
pub mod mapping;
pub mod schema;

mod describe;
#[cfg(test)]
mod fixture;
mod pointer;
mod record;
mod time;
mod write;

pub use record::{Cell, Record};
pub use write::{FieldErrors, WriteMode};
