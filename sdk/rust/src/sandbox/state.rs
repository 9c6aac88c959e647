//! What a sandbox remembers between calls.

use std::collections::BTreeMap;
use std::ops::Bound;

use serde::Serialize;
use serde::de::DeserializeOwned;

/// Collections of keys and JSON texts. The host scopes it to one organisation and provider. The typed calls are on
/// `dyn State`.
pub trait State {
    /// The JSON text at a key.
    fn get_json(&self, collection: &str, key: &str) -> Option<String>;

    /// Sets the JSON text at a key.
    fn put_json(&mut self, collection: &str, key: &str, json: &str);

    /// Whether there was something to delete.
    fn delete(&mut self, collection: &str, key: &str) -> bool;

    /// Up to `limit` entries in byte order of their keys, those after `after`.
    fn scan_json(&self, collection: &str, after: Option<&str>, limit: u32) -> Vec<(String, String)>;
}

impl dyn State + '_ {
    /// The value at a key; none if there is none of this type.
    pub fn get<T: DeserializeOwned>(&self, collection: &str, key: &str) -> Option<T> {
        serde_json::from_str(&self.get_json(collection, key)?).ok()
    }

    /// Sets the value at a key. One that cannot be written as JSON (a map with keys that are no strings) becomes null.
    pub fn put(&mut self, collection: &str, key: &str, value: &impl Serialize) {
        let json = serde_json::to_string(value).unwrap_or_else(|_| "null".to_owned());
        self.put_json(collection, key, &json);
    }

    /// Up to `limit` values of this type in byte order of their keys, those after `after`.
    pub fn scan<T: DeserializeOwned>(
        &self,
        collection: &str,
        after: Option<&str>,
        limit: u32,
    ) -> Vec<(String, T)> {
        let entries = self.scan_json(collection, after, limit);
        entries
            .into_iter()
            .filter_map(|(key, json)| Some((key, serde_json::from_str(&json).ok()?)))
            .collect()
    }

    /// Every value of this type whose key begins with `prefix`, in byte order of the keys; "" for all.
    pub fn scan_all<T: DeserializeOwned>(&self, collection: &str, prefix: &str) -> Vec<(String, T)> {
        const AT_ONCE: u32 = 500;
        let mut found = Vec::new();
        // A key that is the prefix itself is not after it, so it is looked up.
        if let Some(value) = self.get(collection, prefix) {
            found.push((prefix.to_owned(), value));
        }
        let mut after = Some(prefix.to_owned()).filter(|prefix| !prefix.is_empty());
        loop {
            let entries = self.scan_json(collection, after.as_deref(), AT_ONCE);
            // A host may give fewer than asked for, so that only an empty answer is the end.
            if entries.is_empty() {
                return found;
            }
            for (key, json) in entries {
                if !key.starts_with(prefix) {
                    return found;
                }
                after = Some(key.clone());
                if let Ok(value) = serde_json::from_str(&json) {
                    found.push((key, value));
                }
            }
        }
    }

    /// The next number of a counter that starts at `first`.
    pub fn count(&mut self, name: &str, first: u64) -> u64 {
        let number = self.get("counters", name).unwrap_or(first);
        self.put("counters", name, &(number + 1));
        number
    }
}

/// The state that the host keeps.
#[cfg(target_arch = "wasm32")]
#[derive(Debug, Clone, Copy)]
pub struct HostState;

#[cfg(target_arch = "wasm32")]
impl State for HostState {
    fn get_json(&self, collection: &str, key: &str) -> Option<String> {
        crate::host::state_get(collection, key)
    }

    fn put_json(&mut self, collection: &str, key: &str, json: &str) {
        crate::host::state_put(collection, key, json);
    }

    fn delete(&mut self, collection: &str, key: &str) -> bool {
        crate::host::state_delete(collection, key)
    }

    fn scan_json(&self, collection: &str, after: Option<&str>, limit: u32) -> Vec<(String, String)> {
        crate::host::state_scan(collection, after, limit)
    }
}

/// State in memory, for native tests.
#[derive(Debug, Clone, Default)]
pub struct MemoryState {
    collections: BTreeMap<String, BTreeMap<String, String>>,
}

impl State for MemoryState {
    fn get_json(&self, collection: &str, key: &str) -> Option<String> {
        self.collections.get(collection)?.get(key).cloned()
    }

    fn put_json(&mut self, collection: &str, key: &str, json: &str) {
        self.collections
            .entry(collection.to_owned())
            .or_default()
            .insert(key.to_owned(), json.to_owned());
    }

    fn delete(&mut self, collection: &str, key: &str) -> bool {
        self.collections
            .get_mut(collection)
            .is_some_and(|entries| entries.remove(key).is_some())
    }

    fn scan_json(&self, collection: &str, after: Option<&str>, limit: u32) -> Vec<(String, String)> {
        let Some(entries) = self.collections.get(collection) else {
            return Vec::new();
        };
        let from = after.map_or(Bound::Unbounded, Bound::Excluded);
        let range = entries.range::<str, _>((from, Bound::Unbounded));
        range
            .take(limit as usize)
            .map(|(key, json)| (key.clone(), json.clone()))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scan_by_prefix_crosses_page_borders_and_stops_in_time() {
        let mut memory = MemoryState::default();
        let state: &mut dyn State = &mut memory;
        for number in 0..1_200 {
            state.put("links", &format!("b:{number:05}"), &number);
        }
        state.put("links", "a:1", &-1);
        state.put("links", "c:1", &-1);
        let found: Vec<(String, i32)> = state.scan_all("links", "b:");
        assert_eq!(found.len(), 1_200);
        assert!(found.iter().map(|(_, number)| *number).eq(0..1_200));
        assert_eq!(state.scan_all::<i32>("links", "").len(), 1_202);
    }

    #[test]
    fn a_counter_goes_up_by_one() {
        let mut memory = MemoryState::default();
        let state: &mut dyn State = &mut memory;
        assert_eq!(
            (
                state.count("id", 7),
                state.count("id", 7),
                state.count("other", 1)
            ),
            (7, 8, 1)
        );
    }
}
