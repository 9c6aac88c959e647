//! The store against a real database.
//!
//! By default each test has its own SQLite file. With `ROUTEMCP_TEST_DATABASE_URL` set to a PostgreSQL URL, and a build
//! that has the driver, each has its own schema there.

#![expect(
    clippy::unwrap_used,
    reason = "clippy takes only functions with #[test] for tests"
)]

mod api_keys;
mod authorizations;
mod connect_sessions;
mod connections;
mod connectors;
mod database;
mod idempotency;
mod listing;
mod oauth_apps;
mod organisations;
mod origins;
mod overrides;
mod refresh;
mod request_log;
mod rotation;
mod sandbox_state;
mod support;
mod tenants;
