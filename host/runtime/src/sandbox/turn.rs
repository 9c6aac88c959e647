//! One turn of a sandbox: reads see the turn's own writes, and writes reach the state together at its end.

use std::collections::BTreeMap;
use std::ops::Bound;
use std::sync::Arc;

use super::{SandboxChange, SandboxScope, SandboxState, SandboxStateError};

/// Most bytes that one turn may write. Seeding a few thousand records takes about a megabyte.
const WRITE_LIMIT: usize = 16 << 20;
/// What each entry costs beside its text, so that a million empty ones are no way round the limit.
const ENTRY_COST: usize = 512;
/// Most bytes of one value.
const VALUE_LIMIT: usize = 128 << 10;
/// Most entries that one scan gives.
const SCAN_LIMIT: u32 = 1_000;

/// Why a turn could not go on.
#[derive(Debug, thiserror::Error)]
pub(crate) enum TurnError {
    #[error(transparent)]
    State(#[from] SandboxStateError),
    #[error("one turn may write {WRITE_LIMIT} bytes")]
    TurnTooLarge,
    #[error("one value may have {VALUE_LIMIT} bytes")]
    ValueTooLarge,
}

pub(crate) struct SandboxTurn {
    scope: SandboxScope,
    state: Arc<dyn SandboxState>,
    changes: BTreeMap<(String, String), Option<String>>,
    bytes_left: usize,
}

impl SandboxTurn {
    pub(crate) fn new(scope: SandboxScope, state: Arc<dyn SandboxState>) -> Self {
        Self {
            scope,
            state,
            changes: BTreeMap::new(),
            bytes_left: WRITE_LIMIT,
        }
    }

    pub(crate) async fn get(&self, collection: String, key: String) -> Result<Option<String>, TurnError> {
        let entry = (collection, key);
        match self.changes.get(&entry) {
            Some(value) => Ok(value.clone()),
            None => Ok(self.state.get(&self.scope, &entry.0, &entry.1).await?),
        }
    }

    pub(crate) fn put(&mut self, collection: String, key: String, value: String) -> Result<(), TurnError> {
        if value.len() > VALUE_LIMIT {
            return Err(TurnError::ValueTooLarge);
        }
        self.spend(collection.len() + key.len() + value.len())?;
        self.changes.insert((collection, key), Some(value));
        Ok(())
    }

    pub(crate) async fn delete(&mut self, collection: String, key: String) -> Result<bool, TurnError> {
        let existed = self.get(collection.clone(), key.clone()).await?.is_some();
        if existed {
            self.spend(collection.len() + key.len())?;
            self.changes.insert((collection, key), None);
        }
        Ok(existed)
    }

    pub(crate) async fn scan(
        &self,
        collection: String,
        after: Option<String>,
        limit: u32,
    ) -> Result<Vec<(String, String)>, TurnError> {
        let limit = limit.min(SCAN_LIMIT);
        let mut merged = BTreeMap::new();
        let mut position = after.clone();
        // Entries deleted in this turn leave gaps in what the state gives, so ask until the page is full.
        loop {
            let stored = self
                .state
                .scan(&self.scope, &collection, position.as_deref(), limit)
                .await?;
            let exhausted = stored.len() < limit as usize;
            position = stored.last().map(|(key, _)| key.clone());
            merged.extend(
                stored
                    .into_iter()
                    .filter(|(key, _)| !self.changed(&collection, key)),
            );
            if exhausted || merged.len() >= limit as usize {
                // Beyond this point the state may hold entries that were not read: own writes there must wait.
                let horizon = if exhausted { None } else { position };
                merged.extend(self.written(&collection, after.as_deref(), horizon.as_deref()));
                return Ok(merged.into_iter().take(limit as usize).collect());
            }
        }
    }

    fn changed(&self, collection: &str, key: &str) -> bool {
        self.changes
            .contains_key(&(collection.to_owned(), key.to_owned()))
    }

    fn written<'a>(
        &'a self,
        collection: &'a str,
        after: Option<&str>,
        horizon: Option<&'a str>,
    ) -> impl Iterator<Item = (String, String)> + 'a {
        let first = (collection.to_owned(), after.unwrap_or_default().to_owned());
        let start = if after.is_some() {
            Bound::Excluded(first)
        } else {
            Bound::Included(first)
        };
        self.changes
            .range((start, Bound::Unbounded))
            .take_while(move |((name, key), _)| {
                name == collection && horizon.is_none_or(|last| key.as_str() <= last)
            })
            .filter_map(|((_, key), value)| value.clone().map(|value| (key.clone(), value)))
    }

    /// Ends the turn: makes all its changes, or none.
    pub(crate) async fn commit(self) -> Result<(), SandboxStateError> {
        if self.changes.is_empty() {
            return Ok(());
        }
        let changes = self.changes.into_iter();
        let changes = changes
            .map(|((collection, key), value)| SandboxChange {
                collection,
                key,
                value,
            })
            .collect();
        self.state.apply(&self.scope, changes).await
    }

    fn spend(&mut self, bytes: usize) -> Result<(), TurnError> {
        let left = self.bytes_left.checked_sub(bytes + ENTRY_COST);
        self.bytes_left = left.ok_or(TurnError::TurnTooLarge)?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::super::MemorySandboxState;
    use super::{SandboxScope, SandboxState, SandboxTurn};

    fn scope() -> SandboxScope {
        SandboxScope {
            organisation: "org_1".into(),
            provider: "hubspot".into(),
        }
    }

    fn turn(state: &Arc<MemorySandboxState>) -> SandboxTurn {
        SandboxTurn::new(scope(), Arc::clone(state) as Arc<dyn SandboxState>)
    }

    async fn keys(turn: &SandboxTurn, after: Option<&str>, limit: u32) -> Vec<String> {
        let found = turn
            .scan("c".into(), after.map(str::to_owned), limit)
            .await
            .unwrap();
        found.into_iter().map(|(key, _)| key).collect()
    }

    #[tokio::test]
    async fn a_scan_merges_stored_entries_with_the_turns_own_changes() {
        let state = Arc::new(MemorySandboxState::default());
        let mut first = turn(&state);
        for key in ["a", "c", "e", "g"] {
            first.put("c".into(), key.into(), "1".into()).unwrap();
        }
        first.put("other".into(), "b".into(), "1".into()).unwrap();
        first.commit().await.unwrap();

        let mut second = turn(&state);
        assert!(second.delete("c".into(), "a".into()).await.unwrap());
        assert!(!second.delete("c".into(), "zz".into()).await.unwrap());
        for key in ["d", "h"] {
            second.put("c".into(), key.into(), "2".into()).unwrap();
        }
        assert_eq!(keys(&second, None, 10).await, ["c", "d", "e", "g", "h"]);
        assert_eq!(keys(&second, None, 2).await, ["c", "d"]);
        assert_eq!(keys(&second, Some("d"), 2).await, ["e", "g"]);
        assert_eq!(keys(&second, Some("g"), 2).await, ["h"]);
        assert_eq!(keys(&second, Some("h"), 2).await, [""; 0]);
    }

    #[tokio::test]
    async fn a_turn_that_is_dropped_leaves_nothing_behind() {
        let state = Arc::new(MemorySandboxState::default());
        let mut dropped = turn(&state);
        dropped.put("c".into(), "a".into(), "1".into()).unwrap();
        assert_eq!(
            dropped.get("c".into(), "a".into()).await.unwrap().as_deref(),
            Some("1")
        );
        drop(dropped);
        assert_eq!(turn(&state).get("c".into(), "a".into()).await.unwrap(), None);
    }
}
