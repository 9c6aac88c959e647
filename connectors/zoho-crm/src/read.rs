//! Reading records by their ids.

use std::collections::HashMap;

use routemcp_sdk::prelude::*;
use serde_json::Value;

use crate::modules::Module;
use crate::{errors, meeting};

/// The `ids` parameter may have 1,024 characters, by Zoho's API description; an id and its comma take up to 20.
const IDS_AT_ONCE: usize = 50;

pub(crate) fn get(module: Module, id: &str) -> Result<Document, Failure> {
    let answer = fetch(module, id)?;
    if !meeting::has_links(module) {
        return Ok(Document::at(answer, "/data/0"));
    }
    let mut record: Value = answer.at("/data/0").unwrap_or_default();
    meeting::dress_all(module, std::slice::from_mut(&mut record));
    Ok(record.into())
}

/// One record with all its fields. Zoho answers 204, not 404, when there is none.
pub(crate) fn fetch(module: Module, id: &str) -> Result<Response, Failure> {
    let answer = errors::accept(http::get(module.record(id)?).send()?)?;
    match answer.status() {
        204 => Err(missing(module, id)),
        _ if answer.has("/data/0/id") => Ok(answer),
        _ => Err(errors::unexpected(&answer, "a record")),
    }
}

pub(crate) fn missing(module: Module, id: &str) -> Failure {
    Failure::not_found(format!("Zoho has no record {id} in {}", module.name()))
}

/// Adds the fields of further groups to records that have those of the first. By ids and not by page, because a page token
/// is bound to its fields.
pub(crate) fn complete(module: Module, records: &mut [Value], groups: &[String]) -> Result<(), Failure> {
    if groups.is_empty() {
        return Ok(());
    }
    let ids: Vec<String> = records.iter().filter_map(id_of).collect();
    let mut found = HashMap::new();
    for names in groups {
        collect(module, &ids, names, &mut found)?;
    }
    for record in records {
        if let Some(more) = id_of(record).and_then(|id| found.remove(&id)) {
            merge(record, more);
        }
    }
    Ok(())
}

/// The records with these ids, in this order, with the fields of all groups. One that is gone by now is left out.
pub(crate) fn by_ids(module: Module, ids: &[String], groups: &[String]) -> Result<Vec<Value>, Failure> {
    let mut found = HashMap::new();
    for names in groups {
        collect(module, ids, names, &mut found)?;
    }
    Ok(ids.iter().filter_map(|id| found.remove(id)).collect())
}

fn collect(
    module: Module,
    ids: &[String],
    names: &str,
    found: &mut HashMap<String, Value>,
) -> Result<(), Failure> {
    for some in ids.chunks(IDS_AT_ONCE) {
        let request = http::get(module.path())
            .query("ids", some.join(","))
            .query("fields", names)
            .query("per_page", IDS_AT_ONCE);
        let answer = errors::accept(request.send()?)?;
        // No content: all of them are gone.
        if answer.status() == 204 {
            continue;
        }
        let records: Option<Vec<Value>> = answer.at("/data");
        for record in records.ok_or_else(|| errors::unexpected(&answer, "a list of records"))? {
            if let Some(id) = id_of(&record) {
                match found.get_mut(&id) {
                    Some(known) => merge(known, record),
                    None => drop(found.insert(id, record)),
                }
            }
        }
    }
    Ok(())
}

fn merge(record: &mut Value, more: Value) {
    if let (Value::Object(members), Value::Object(more)) = (record, more) {
        members.extend(more);
    }
}

fn id_of(record: &Value) -> Option<String> {
    record.get("id").and_then(Value::as_str).map(str::to_owned)
}
