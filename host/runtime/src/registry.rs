//! Which version of which connector is live.

use std::collections::BTreeMap;
use std::sync::Arc;

use arc_swap::ArcSwap;

use crate::loader::LoadedConnector;

type Live = BTreeMap<String, Arc<LoadedConnector>>;

/// The live connectors by slug. Reading takes no lock; a swap replaces one `Arc`, and the old version is dropped with
/// the last call that still holds it.
#[derive(Default)]
pub struct Registry {
    live: ArcSwap<Live>,
}

impl Registry {
    /// The live version of a connector. Take it once per request and keep it.
    #[must_use]
    pub fn get(&self, slug: &str) -> Option<Arc<LoadedConnector>> {
        self.live.load().get(slug).cloned()
    }

    /// All live connectors in order of their slugs.
    #[must_use]
    pub fn all(&self) -> Vec<Arc<LoadedConnector>> {
        self.live.load().values().cloned().collect()
    }

    /// Makes a version live and gives back the one that it replaces.
    pub fn activate(&self, connector: Arc<LoadedConnector>) -> Option<Arc<LoadedConnector>> {
        let slug = connector.manifest().slug.clone();
        let before = self.live.rcu(|live| {
            let mut next = Live::clone(live);
            next.insert(slug.clone(), Arc::clone(&connector));
            next
        });
        before.get(&slug).cloned()
    }

    /// Takes a connector out and gives back the version that was live. Calls under way finish on it.
    pub fn deactivate(&self, slug: &str) -> Option<Arc<LoadedConnector>> {
        let before = self.live.rcu(|live| {
            let mut next = Live::clone(live);
            next.remove(slug);
            next
        });
        before.get(slug).cloned()
    }
}
