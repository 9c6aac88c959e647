//! Sandboxes of test connections: one per organisation and provider, with its state in the store.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use moka::sync::Cache;
use routemcp_broker::Transport;
use routemcp_runtime::{
    LoadedConnector, SandboxChange, SandboxPlayer, SandboxScope, SandboxState, SandboxStateError,
};
use routemcp_store::{SandboxChange as StoredChange, Store, StoreError};
use tokio::sync::Mutex;

/// Makes players, and keeps those of one scope in order.
pub(crate) struct Sandboxes {
    state: Arc<dyn SandboxState>,
    orders: Cache<SandboxScope, Arc<Mutex<()>>>,
}

impl Sandboxes {
    pub(crate) fn new(store: Store) -> Self {
        // An order that nobody used for this long has no player left: calls end within seconds.
        let orders = Cache::builder().time_to_idle(Duration::from_secs(600)).build();
        Self {
            state: Arc::new(StoredState(store)),
            orders,
        }
    }

    /// The sandbox of a connector for one organisation.
    pub(crate) fn of(&self, connector: &Arc<LoadedConnector>, organisation: &str) -> Arc<dyn Transport> {
        let provider = connector.manifest().slug.clone();
        let scope = SandboxScope {
            organisation: organisation.to_owned(),
            provider,
        };
        let order = self.orders.get_with_by_ref(&scope, Arc::default);
        Arc::new(SandboxPlayer::new(
            Arc::clone(connector),
            scope,
            Arc::clone(&self.state),
            order,
        ))
    }
}

/// The store as the runtime sees it.
struct StoredState(Store);

#[expect(clippy::needless_pass_by_value, reason = "the signature that map_err takes")]
fn unavailable(error: StoreError) -> SandboxStateError {
    SandboxStateError(error.to_string())
}

#[async_trait]
impl SandboxState for StoredState {
    async fn get(
        &self,
        scope: &SandboxScope,
        collection: &str,
        key: &str,
    ) -> Result<Option<String>, SandboxStateError> {
        let found = self
            .0
            .sandbox_get(&scope.organisation, &scope.provider, collection, key)
            .await;
        found.map_err(unavailable)
    }

    async fn scan(
        &self,
        scope: &SandboxScope,
        collection: &str,
        after: Option<&str>,
        limit: u32,
    ) -> Result<Vec<(String, String)>, SandboxStateError> {
        let found = self
            .0
            .sandbox_scan(&scope.organisation, &scope.provider, collection, after, limit)
            .await;
        found.map_err(unavailable)
    }

    async fn apply(
        &self,
        scope: &SandboxScope,
        changes: Vec<SandboxChange>,
    ) -> Result<(), SandboxStateError> {
        let changes = changes.into_iter().map(
            |SandboxChange {
                 collection,
                 key,
                 value,
             }| match value {
                Some(value) => StoredChange::Put {
                    collection,
                    key,
                    value,
                },
                None => StoredChange::Delete { collection, key },
            },
        );
        let applied = self
            .0
            .sandbox_apply(&scope.organisation, &scope.provider, changes.collect())
            .await;
        applied.map_err(unavailable)
    }
}
