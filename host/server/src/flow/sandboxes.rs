//! Sandboxes of test connections: one per organisation and provider, with its state in the store.

use std::sync::{Arc, OnceLock};
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
    store: Store,
    orders: Cache<SandboxScope, Arc<Mutex<()>>>,
}

impl Sandboxes {
    pub(crate) fn new(store: Store) -> Self {
        // An order that nobody used for this long has no player left: calls end within seconds.
        let orders = Cache::builder().time_to_idle(Duration::from_secs(600)).build();
        Self { store, orders }
    }

    /// The sandbox of a connector for one organisation, and why the store could not keep its state, once that happens.
    pub(crate) fn of(
        &self,
        connector: &Arc<LoadedConnector>,
        organisation: &str,
    ) -> (Arc<dyn Transport>, StoreTrouble) {
        let provider = connector.manifest().slug.clone();
        let scope = SandboxScope {
            organisation: organisation.to_owned(),
            provider,
        };
        let order = self.orders.get_with_by_ref(&scope, Arc::default);
        let trouble = StoreTrouble::default();
        let state = StoredState {
            store: self.store.clone(),
            trouble: trouble.clone(),
        };
        let player = SandboxPlayer::new(Arc::clone(connector), scope, Arc::new(state), order);
        (Arc::new(player), trouble)
    }
}

/// What the store refused a sandbox. The connector takes it for trouble of its provider, but it is ours. Clones share it.
#[derive(Clone, Default)]
pub(crate) struct StoreTrouble(Arc<OnceLock<StoreError>>);

impl StoreTrouble {
    /// The first error, if there was one.
    pub(crate) fn get(&self) -> Option<&StoreError> {
        self.0.get()
    }
}

/// The store as the runtime sees it.
struct StoredState {
    store: Store,
    trouble: StoreTrouble,
}

impl StoredState {
    fn unavailable(&self, error: StoreError) -> SandboxStateError {
        let told = SandboxStateError(error.to_string());
        // The first one tells enough.
        let _ = self.trouble.0.set(error);
        told
    }
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
            .store
            .sandbox_get(&scope.organisation, &scope.provider, collection, key)
            .await;
        found.map_err(|error| self.unavailable(error))
    }

    async fn scan(
        &self,
        scope: &SandboxScope,
        collection: &str,
        after: Option<&str>,
        limit: u32,
    ) -> Result<Vec<(String, String)>, SandboxStateError> {
        let found = self
            .store
            .sandbox_scan(&scope.organisation, &scope.provider, collection, after, limit)
            .await;
        found.map_err(|error| self.unavailable(error))
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
            .store
            .sandbox_apply(&scope.organisation, &scope.provider, changes.collect())
            .await;
        applied.map_err(|error| self.unavailable(error))
    }
}
