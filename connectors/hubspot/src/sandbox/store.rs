//! Records in the sandbox's state. Keys are ids with leading zeros, so that the order of keys is the order of ids.

use routemcp_sdk::sandbox::State;

use crate::sandbox::record::Record;
use crate::sandbox::schema::Type;

/// Ids of new records begin here, above those that are there from the start.
const FIRST_NEW_ID: u64 = 90_000_000_001;
const EMAILS: &str = "emails";

pub(crate) fn key(id: u64) -> String {
    format!("{id:020}")
}

fn collection(of: Type, archived: bool) -> String {
    let suffix = if archived { "-archived" } else { "" };
    format!("{}{suffix}", of.name())
}

pub(crate) fn new_id(state: &mut dyn State) -> u64 {
    state.count("record-id", FIRST_NEW_ID)
}

/// The record with an id as it stands in a path.
pub(crate) fn get(state: &dyn State, of: Type, archived: bool, id: &str) -> Option<Record> {
    state.get(&collection(of, archived), &key(id.parse().ok()?))
}

/// Up to `limit` records with ids from `first` on.
pub(crate) fn page(state: &dyn State, of: Type, archived: bool, first: u64, limit: u32) -> Vec<Record> {
    let after = first.checked_sub(1).map(key);
    let entries = state.scan(&collection(of, archived), after.as_deref(), limit);
    entries.into_iter().map(|(_, record)| record).collect()
}

/// Every record that is not archived.
pub(crate) fn all(state: &dyn State, of: Type) -> Vec<Record> {
    state
        .scan_all(&collection(of, false), "")
        .into_iter()
        .map(|(_, record)| record)
        .collect()
}

/// Stores a record, and which contact has its email.
pub(crate) fn put(state: &mut dyn State, of: Type, record: &Record) {
    if of == Type::Contacts {
        let before: Option<Record> = state.get(&collection(of, false), &key(record.id));
        if let Some(email) = before.as_ref().and_then(email) {
            state.delete(EMAILS, &email);
        }
        if let Some(email) = email(record) {
            state.put(EMAILS, &email, &record.id);
        }
    }
    state.put(&collection(of, false), &key(record.id), record);
}

/// Moves a record to the archived ones. A plain GET no longer finds it, and its email is free again.
pub(crate) fn archive(state: &mut dyn State, of: Type, mut record: Record, now_ms: i64) {
    state.delete(&collection(of, false), &key(record.id));
    if let (Type::Contacts, Some(email)) = (of, email(&record)) {
        state.delete(EMAILS, &email);
    }
    record.archived_ms = Some(now_ms);
    state.put(&collection(of, true), &key(record.id), &record);
}

/// The contact with an email, in any case.
pub(crate) fn by_email(state: &dyn State, email: &str) -> Option<u64> {
    state.get(EMAILS, &email.to_lowercase())
}

fn email(record: &Record) -> Option<String> {
    record
        .properties
        .get("email")
        .filter(|email| !email.is_empty())
        .map(|email| email.to_lowercase())
}
