//! The HTTP side: router, layers, handlers, envelope, errors.

pub(crate) mod body;
pub(crate) mod envelope;
pub(crate) mod error;
mod idempotency;
pub(crate) mod layers;
mod openapi;
pub(crate) mod query;
mod router;
mod routes;

pub(crate) use router::router;
