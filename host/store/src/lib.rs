//! What the host remembers: organisations, API keys, end users, connections, mapping overrides, idempotency keys,
//! the state of sandboxes, and the versions of connectors. SQLite by default, PostgreSQL by URL, one SQL text for both.
//!
//! Tenants meet in every table, so every query names its organisation, and its environment where the table has one.
//! Secrets at rest: API keys only as hashes, credentials and kept answers encrypted under the [`MasterKey`].

mod api_keys;
mod check;
mod connections;
mod connectors;
mod database;
mod end_users;
mod error;
mod idempotency;
mod ids;
mod master_key;
mod names;
mod organisations;
mod overrides;
mod row;
mod sandbox_state;
mod seal;
mod store;
mod time;

pub use api_keys::{ApiKey, NewApiKey};
pub use connections::{Connection, ConnectionQuery, NewConnection};
pub use connectors::{ConnectorState, ConnectorVersion, NewConnectorVersion};
pub use database::sqlite_url;
pub use end_users::EndUser;
pub use error::StoreError;
pub use idempotency::IdempotencyStart;
pub use ids::{ApiKeyId, ConnectionId, EndUserId, OrganisationId};
pub use master_key::{MasterKey, MasterKeyError};
pub use names::{ConnectionStatus, Environment, Plan, Scope, UnknownName};
pub use organisations::Organisation;
pub use overrides::StoredOverride;
pub use sandbox_state::SandboxChange;
pub use store::Store;
