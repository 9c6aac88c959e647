//! Sandbox state that lives as long as the process.

use std::collections::{BTreeMap, HashMap};
use std::ops::Bound;
use std::sync::{Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;

use super::{SandboxChange, SandboxScope, SandboxState, SandboxStateError};

type Entries = BTreeMap<(String, String), String>;

/// State in memory: what `routemcp sandbox serve` uses.
#[derive(Debug, Default)]
pub struct MemorySandboxState {
    scopes: Mutex<HashMap<SandboxScope, Entries>>,
}

impl MemorySandboxState {
    fn scopes(&self) -> MutexGuard<'_, HashMap<SandboxScope, Entries>> {
        // No code runs under the lock that could leave the map half changed.
        self.scopes.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl SandboxState for MemorySandboxState {
    async fn get(
        &self,
        scope: &SandboxScope,
        collection: &str,
        key: &str,
    ) -> Result<Option<String>, SandboxStateError> {
        let entry = (collection.to_owned(), key.to_owned());
        Ok(self
            .scopes()
            .get(scope)
            .and_then(|entries| entries.get(&entry))
            .cloned())
    }

    async fn scan(
        &self,
        scope: &SandboxScope,
        collection: &str,
        after: Option<&str>,
        limit: u32,
    ) -> Result<Vec<(String, String)>, SandboxStateError> {
        let scopes = self.scopes();
        let Some(entries) = scopes.get(scope) else {
            return Ok(Vec::new());
        };
        let first = (collection.to_owned(), after.unwrap_or_default().to_owned());
        let start = if after.is_some() {
            Bound::Excluded(first)
        } else {
            Bound::Included(first)
        };
        let in_collection = entries
            .range((start, Bound::Unbounded))
            .take_while(|((name, _), _)| name == collection);
        Ok(in_collection
            .take(limit as usize)
            .map(|((_, key), value)| (key.clone(), value.clone()))
            .collect())
    }

    async fn apply(
        &self,
        scope: &SandboxScope,
        changes: Vec<SandboxChange>,
    ) -> Result<(), SandboxStateError> {
        let mut scopes = self.scopes();
        let entries = scopes.entry(scope.clone()).or_default();
        for SandboxChange {
            collection,
            key,
            value,
        } in changes
        {
            match value {
                Some(value) => entries.insert((collection, key), value),
                None => entries.remove(&(collection, key)),
            };
        }
        Ok(())
    }
}
