//! Records. Those that are there from the start are computed; the state holds what was made, changed or deleted since.

use std::collections::BTreeMap;

use routemcp_sdk::sandbox::State;

use crate::sandbox::record::Record;
use crate::sandbox::schema::Type;
use crate::sandbox::seed;

/// Ids of new records begin here, above those that are there from the start.
const FIRST_NEW_ID: u64 = 5_512_340_000_009_000_001;

/// Where a record stands in a list. Cheaper than the record, because a list has thousands and shows a page of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Entry {
    pub(crate) id: u64,
    pub(crate) created_ms: i64,
    pub(crate) modified_ms: i64,
}

fn key(id: u64) -> String {
    format!("{id:020}")
}

pub(crate) fn new_id(state: &mut dyn State) -> u64 {
    state.count("record-id", FIRST_NEW_ID)
}

/// The record with an id as it stands in a path.
pub(crate) fn by_text(state: &dyn State, of: Type, id: &str) -> Option<Record> {
    get(
        state,
        of,
        id.parse().ok().filter(|number: &u64| number.to_string() == id)?,
    )
}

pub(crate) fn get(state: &dyn State, of: Type, id: u64) -> Option<Record> {
    // None inside: it was deleted.
    match state.get::<Option<Record>>(of.name(), &key(id)) {
        Some(since) => since,
        None => seed::number(of, id).map(|number| seed::record(of, number)),
    }
}

pub(crate) fn put(state: &mut dyn State, of: Type, record: &Record) {
    state.put(of.name(), &key(record.id), &Some(record));
}

pub(crate) fn delete(state: &mut dyn State, of: Type, id: u64) {
    state.put(of.name(), &key(id), &None::<Record>);
}

/// Every record's place, in the order of the ids.
pub(crate) fn entries(state: &dyn State, of: Type) -> Vec<Entry> {
    let seeded = seed::ids(of).map(|(number, id)| {
        let (created_ms, modified_ms) = seed::times(number);
        (
            id,
            Some(Entry {
                id,
                created_ms,
                modified_ms,
            }),
        )
    });
    let mut entries: BTreeMap<u64, Option<Entry>> = seeded.collect();
    for (key, since) in state.scan_all::<Option<Record>>(of.name(), "") {
        let Ok(id) = key.parse() else { continue };
        let entry = since.map(|record| Entry {
            id,
            created_ms: record.created_ms,
            modified_ms: record.modified_ms,
        });
        entries.insert(id, entry);
    }
    entries.into_values().flatten().collect()
}

/// Every record, in the order of the ids.
pub(crate) fn all(state: &dyn State, of: Type) -> Vec<Record> {
    let mut records: BTreeMap<u64, Option<Record>> = seed::ids(of)
        .map(|(number, id)| (id, Some(seed::record(of, number))))
        .collect();
    for (key, since) in state.scan_all::<Option<Record>>(of.name(), "") {
        if let Ok(id) = key.parse() {
            records.insert(id, since);
        }
    }
    records.into_values().flatten().collect()
}
