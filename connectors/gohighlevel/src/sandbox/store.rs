//! Records in the sandbox's state, by id.

use routemcp_sdk::sandbox::State;
use routemcp_sdk::time;
use serde_json::{Map, Value};

/// A record as it is stored: HighLevel's members, without those that have no value.
pub(crate) type Record = Map<String, Value>;

pub(crate) const CONTACTS: &str = "contacts";
pub(crate) const OPPORTUNITIES: &str = "opportunities";
pub(crate) const APPOINTMENTS: &str = "appointments";

pub(crate) fn get(state: &dyn State, collection: &str, id: &str) -> Option<Record> {
    state.get(collection, id)
}

pub(crate) fn put(state: &mut dyn State, collection: &str, record: &Record) {
    state.put(collection, text(record, "id"), record);
}

pub(crate) fn all(state: &dyn State, collection: &str) -> Vec<Record> {
    state
        .scan_all(collection, "")
        .into_iter()
        .map(|(_, record)| record)
        .collect()
}

/// The text of a member; empty if it has none.
pub(crate) fn text<'a>(record: &'a Record, member: &str) -> &'a str {
    record.get(member).and_then(Value::as_str).unwrap_or_default()
}

/// The time of a member, in milliseconds since the Unix epoch.
pub(crate) fn moment(record: &Record, member: &str) -> i64 {
    time::from_iso(text(record, member)).unwrap_or_default()
}

/// Sets a member, or takes it away if the value is null or empty text.
pub(crate) fn set(record: &mut Record, member: &str, value: Value) {
    if value.is_null() || value == "" {
        record.remove(member);
    } else {
        record.insert(member.to_owned(), value);
    }
}
