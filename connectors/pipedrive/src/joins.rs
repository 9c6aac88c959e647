//! Completing records with the persons and organisations that they name by id.

use std::collections::{BTreeMap, BTreeSet};

use routemcp_sdk::prelude::*;
use serde_json::Value;

use crate::errors;
use crate::values::id_text;

/// The most ids that a list by ids takes.
const AT_ONCE: usize = 100;

/// What can be joined.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Join {
    /// The member of the record that holds the id.
    pub(crate) by: &'static str,
    /// The member that the joined record becomes.
    pub(crate) into: &'static str,
    path: &'static str,
}

pub(crate) const PERSON_OF_LEAD: Join = Join {
    by: "person_id",
    into: "person",
    path: "/api/v2/persons",
};
pub(crate) const ORGANISATION_OF_LEAD: Join = Join {
    by: "organization_id",
    into: "organization",
    path: "/api/v2/organizations",
};
pub(crate) const ORGANISATION_OF_PERSON: Join = Join {
    by: "org_id",
    ..ORGANISATION_OF_LEAD
};

/// Adds what is joined; null where there is none, or where it was deleted.
pub(crate) fn join(records: &mut [Value], join: Join) -> Result<(), Failure> {
    let ids: BTreeSet<String> = records
        .iter()
        .filter_map(|record| id_text(record.get(join.by)))
        .collect();
    let ids: Vec<String> = ids.into_iter().collect();
    let mut found = BTreeMap::new();
    for part in ids.chunks(AT_ONCE) {
        let request = http::get(join.path)
            .query("ids", part.join(","))
            .query("limit", AT_ONCE);
        let answer = errors::records(request.send()?)?;
        let joined: Vec<Value> = answer.at("/data").unwrap_or_default();
        found.extend(
            joined
                .into_iter()
                .filter_map(|record| Some((id_text(record.get("id"))?, record))),
        );
    }
    for record in records {
        let joined = id_text(record.get(join.by)).and_then(|id| found.get(&id).cloned());
        set(record, join.into, joined.unwrap_or_default());
    }
    Ok(())
}

/// Sets a member of an object.
pub(crate) fn set(record: &mut Value, name: &str, value: Value) {
    if let Value::Object(members) = record {
        members.insert(name.to_owned(), value);
    }
}
