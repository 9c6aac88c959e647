//! Sandboxes: a connector's own simulator of its provider, played in place of the network.

mod memory_state;
mod player;
mod turn;

use async_trait::async_trait;

pub use memory_state::MemorySandboxState;
pub use player::{SandboxPlayer, SandboxReply, SandboxRequest};
pub(crate) use turn::{SandboxTurn, TurnError};

/// Whose sandbox: tenants never share one.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SandboxScope {
    /// The organisation's id.
    pub organisation: String,
    /// The connector's slug.
    pub provider: String,
}

/// One change that a sandbox made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SandboxChange {
    /// Collection of the entry.
    pub collection: String,
    /// Key within the collection.
    pub key: String,
    /// The new value; none deletes the entry.
    pub value: Option<String>,
}

/// The state could not be read or written.
#[derive(Debug, thiserror::Error)]
#[error("the sandbox's state is not available: {0}")]
pub struct SandboxStateError(pub String);

/// Where sandboxes keep their state. Called by one turn per scope at a time.
#[async_trait]
pub trait SandboxState: Send + Sync {
    /// The value of an entry.
    async fn get(
        &self,
        scope: &SandboxScope,
        collection: &str,
        key: &str,
    ) -> Result<Option<String>, SandboxStateError>;

    /// Up to `limit` entries in byte order of their keys, those after `after`.
    async fn scan(
        &self,
        scope: &SandboxScope,
        collection: &str,
        after: Option<&str>,
        limit: u32,
    ) -> Result<Vec<(String, String)>, SandboxStateError>;

    /// Makes all changes or none.
    async fn apply(&self, scope: &SandboxScope, changes: Vec<SandboxChange>)
    -> Result<(), SandboxStateError>;
}
