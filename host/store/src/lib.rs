//! What the host remembers: organisations, API keys, end users, connections, mapping overrides, idempotency keys, connect
//! sessions, the state of sandboxes, and the versions of connectors. SQLite by default, PostgreSQL by URL, one SQL text
//! for both.
//!
//! Tenants meet in every table, so every query on behalf of one names its organisation, and its environment where the table
//! has one. Secrets at rest: API keys, connect tokens and OAuth states only as hashes; credentials, kept answers, client
//! secrets and what an OAuth round trip needs encrypted under the [`MasterKey`].

mod api_keys;
mod authorizations;
mod cache;
mod changes;
mod check;
mod connect_sessions;
mod connections;
mod connectors;
mod database;
mod end_users;
mod error;
mod idempotency;
mod ids;
mod master_key;
mod names;
mod oauth_apps;
mod organisations;
mod origins;
mod overrides;
mod rotation;
mod row;
mod sandbox_state;
mod seal;
mod secret;
mod store;
mod time;

pub use api_keys::{ApiKey, NewApiKey};
pub use authorizations::{Authorization, AuthorizationOutcome, NewAuthorization, TakenAuthorization};
pub use changes::{Change, ChangeStream};
pub use connect_sessions::{ConnectSession, NewConnectSession};
pub use connections::{Connection, ConnectionQuery, NewConnection, RefreshLease};
pub use connectors::{ConnectorState, ConnectorVersion, NewConnectorVersion};
pub use database::sqlite_url;
pub use end_users::EndUser;
pub use error::StoreError;
pub use idempotency::IdempotencyStart;
pub use ids::{ApiKeyId, AuthorizationId, ConnectSessionId, ConnectionId, EndUserId, OrganisationId};
pub use master_key::{MasterKey, MasterKeyError, MasterKeys};
pub use names::{AuthorizationStatus, ConnectionStatus, Environment, Plan, Scope, UnknownName};
pub use oauth_apps::{OAuthApp, OAuthAppSummary};
pub use organisations::Organisation;
pub use overrides::StoredOverride;
pub use rotation::{ColumnRotation, RotationReport};
pub use sandbox_state::SandboxChange;
pub use store::{DEFAULT_CONNECTIONS, Store};
