//! Handlers, one file for each thing that they are about.

pub(crate) mod connections;
pub(crate) mod health;
pub(crate) mod metrics;
pub(crate) mod resources;
