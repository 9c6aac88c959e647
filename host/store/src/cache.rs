//! What every request asks for, kept in memory: API keys, connections, and the versions of overrides.
//!
//! A value is kept with the stamp that its topic had before it was read, and is used only while the topic has that stamp: a
//! change makes it old at once, also one that came while it was being read. Credentials stay encrypted in here.

use std::hash::Hash;
use std::sync::Arc;
use std::time::Duration;

use moka::sync::Cache;

use crate::api_keys::ApiKey;
use crate::changes::Stamp;
use crate::connections::Connection;

/// The last net, should a change ever go unannounced: somebody who writes to the tables by hand, say.
const TIME_TO_LIVE: Duration = Duration::from_secs(30);
/// API keys, of some hundred bytes each.
const API_KEYS: u64 = 50_000;
/// Bytes of connections, by estimate.
const CONNECTION_BYTES: u64 = 64 << 20;
/// Versions of overrides, by organisation and provider.
const OVERRIDES_VERSIONS: u64 = 100_000;

/// The values of one kind.
pub(crate) struct Kept<K, V>(Cache<K, (Stamp, V)>);

impl<K, V> Kept<K, V>
where
    K: Hash + Eq + Send + Sync + 'static,
    V: Clone + Send + Sync + 'static,
{
    /// The value, if it is as old as `stamp` says. Without a stamp nothing is used.
    pub(crate) fn get(&self, key: &K, stamp: Option<Stamp>) -> Option<V> {
        let (taken, value) = self.0.get(key)?;
        (Some(taken) == stamp).then_some(value)
    }

    /// Keeps a value that was read after `stamp` was taken.
    pub(crate) fn put(&self, key: K, stamp: Option<Stamp>, value: V) {
        if let Some(stamp) = stamp {
            self.0.insert(key, (stamp, value));
        }
    }
}

/// Everything that is kept.
pub(crate) struct Caches {
    /// By the hash of their text. Only keys that are in force: guesses at keys must not push them out.
    pub(crate) api_keys: Kept<String, Arc<ApiKey>>,
    /// By what was asked for. Only where something was found, for the same reason.
    pub(crate) connections: Kept<String, Arc<[Connection]>>,
    /// By organisation and provider.
    pub(crate) overrides_versions: Kept<(String, String), i64>,
}

impl Default for Caches {
    fn default() -> Self {
        let connections = Cache::builder()
            .max_capacity(CONNECTION_BYTES)
            .weigher(|key: &String, (_, found): &(Stamp, Arc<[Connection]>)| {
                let bytes: usize = found.iter().map(Connection::memory).sum();
                u32::try_from(key.len().saturating_add(bytes)).unwrap_or(u32::MAX)
            })
            .time_to_live(TIME_TO_LIVE);
        Self {
            api_keys: kept(API_KEYS),
            connections: Kept(connections.build()),
            overrides_versions: kept(OVERRIDES_VERSIONS),
        }
    }
}

fn kept<K, V>(entries: u64) -> Kept<K, V>
where
    K: Hash + Eq + Send + Sync + 'static,
    V: Clone + Send + Sync + 'static,
{
    let cache = Cache::builder().max_capacity(entries);
    Kept(cache.time_to_live(TIME_TO_LIVE).build())
}
