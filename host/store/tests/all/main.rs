//! The store against a real database.
//!
//! By default each test has its own SQLite file. With `ROUTEMCP_TEST_DATABASE_URL` set to a PostgreSQL URL each has its own
//! database there, and with `private` on a server that is started for the run.

#![expect(
    clippy::unwrap_used,
    reason = "clippy takes only functions with #[test] for tests"
)]

mod api_keys;
mod authorizations;
mod changes;
mod connect_sessions;
mod connections;
mod connectors;
mod database;
mod idempotency;
mod listing;
mod migrations;
mod oauth_apps;
mod organisations;
mod origins;
mod overrides;
#[cfg(test)]
#[allow(
    dead_code,
    reason = "shared with the API tests, which use what is not used here"
)]
#[path = "../../../../tests/support/postgres.rs"]
mod postgres;
mod refresh;
mod rotation;
mod sandbox_state;
mod support;
mod tenants;
