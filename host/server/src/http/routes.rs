//! Handlers, one file for each thing that they are about.

pub(crate) mod connect;
pub(crate) mod connections;
pub(crate) mod field_mappings;
pub(crate) mod health;
pub(crate) mod metrics;
pub(crate) mod oauth_apps;
pub(crate) mod operator;
pub(crate) mod passthrough;
pub(crate) mod resources;
