//! Records in the sandbox's state, as they are on the wire. Keys are ids with leading zeros, so that the order of keys is
//! the order of ids.

use routemcp_sdk::sandbox::State;
use serde_json::Value;

use crate::sandbox::schema::Type;

/// Ids of new records begin here, above those that are there from the start.
const FIRST_NEW_ID: u64 = 9_001;
const LEADS: &str = "leads";
/// UUID -> number of a lead.
const LEAD_NUMBERS: &str = "lead-numbers";

fn key(id: u64) -> String {
    format!("{id:012}")
}

pub(crate) fn new_id(state: &mut dyn State, of: &str) -> u64 {
    state.count(of, FIRST_NEW_ID)
}

/// The record with an id, deleted or not.
pub(crate) fn get(state: &dyn State, of: Type, id: u64) -> Option<Value> {
    state.get(of.name(), &key(id))
}

/// The record with an id, unless it was deleted.
pub(crate) fn living(state: &dyn State, of: Type, id: u64) -> Option<Value> {
    get(state, of, id).filter(is_living)
}

pub(crate) fn put(state: &mut dyn State, of: Type, id: u64, record: &Value) {
    state.put(of.name(), &key(id), record);
}

/// Every record that was not deleted.
pub(crate) fn all(state: &dyn State, of: Type) -> Vec<Value> {
    let records = state
        .scan_all(of.name(), "")
        .into_iter()
        .map(|(_, record)| record);
    records.filter(is_living).collect()
}

fn is_living(record: &Value) -> bool {
    record.get("is_deleted") != Some(&Value::Bool(true))
}

/// A lead's UUID, shaped like a random one. It only has to differ from lead to lead.
pub(crate) fn lead_id(number: u64) -> String {
    // A constant of splitmix64, to spread neighbouring numbers.
    let mixed = number.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let (high, low) = (mixed >> 32, mixed & 0xffff_ffff);
    format!(
        "{high:08x}-{:04x}-4{:03x}-9{:03x}-{low:08x}{:04x}",
        low >> 16,
        low & 0xfff,
        high & 0xfff,
        number & 0xffff
    )
}

pub(crate) fn lead(state: &dyn State, id: &str) -> Option<Value> {
    let number: u64 = state.get(LEAD_NUMBERS, id)?;
    state.get(LEADS, &key(number))
}

pub(crate) fn put_lead(state: &mut dyn State, number: u64, lead: &Value) {
    if let Some(id) = lead.get("id").and_then(Value::as_str) {
        state.put(LEAD_NUMBERS, id, &number);
    }
    state.put(LEADS, &key(number), lead);
}

/// Replaces a lead that is there.
pub(crate) fn update_lead(state: &mut dyn State, id: &str, lead: &Value) {
    if let Some(number) = state.get::<u64>(LEAD_NUMBERS, id) {
        state.put(LEADS, &key(number), lead);
    }
}

/// A deleted lead is gone for good.
pub(crate) fn delete_lead(state: &mut dyn State, id: &str) -> bool {
    let Some(number) = state.get::<u64>(LEAD_NUMBERS, id) else {
        return false;
    };
    state.delete(LEAD_NUMBERS, id);
    state.delete(LEADS, &key(number))
}

/// Every lead, in the order in which they were made.
pub(crate) fn leads(state: &dyn State) -> Vec<Value> {
    state
        .scan_all(LEADS, "")
        .into_iter()
        .map(|(_, lead)| lead)
        .collect()
}
