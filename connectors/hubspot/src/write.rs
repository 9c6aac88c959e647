//! Creating, updating and deleting.

use routemcp_sdk::prelude::*;
use serde_json::{Map, Value, json};

use crate::associations::{self, NewLinks};
use crate::paths::{Object, Version, check_id};
use crate::values::Changes;
use crate::{errors, read};

pub(crate) fn create(
    object: Object,
    values: Map<String, Value>,
    fields: &[String],
) -> Result<Document, Failure> {
    let version = Version::of_connection()?;
    let changes = Changes::new(object, values)?.without_clearing();
    let links = NewLinks::new(object, &changes.associations);
    let created = post(version, object.name(), &changes.properties, &links.inline)
        .map_err(|failure| associations::about_new_links(version, failure, &changes.associations))?;
    let id = created_id(&created)?;
    for (to, to_id) in &links.later {
        associations::link(version, object, &id, to, to_id).map_err(|failure| {
            take_back(version, object.name(), &id, associations::about_link(failure, to))
        })?;
    }
    Ok(read_back(object, &id, created, fields))
}

/// Deletes a record that was made and cannot be finished, so that what the failure says is the whole truth: the host
/// lets callers repeat a write that was refused. Where the record cannot be taken back, the failure is of a kind after
/// which nobody may assume that nothing was written.
pub(crate) fn take_back(version: Version, object: &str, id: &str, failure: Failure) -> Failure {
    let gone = http::delete(version.object(object, id)).send();
    if gone.is_ok_and(|answer| answer.ok()) {
        return failure;
    }
    let message = format!(
        "HubSpot made the record {id} of {object}, but not what belongs to it ({}), and did not take it back",
        failure.message
    );
    Failure {
        kind: "unexpected".to_owned(),
        message,
        ..failure
    }
}

/// A create's answer has neither links nor all properties, so the record is read again. If that fails, what there is will
/// have to do: an error would make the caller create the record a second time.
pub(crate) fn read_back(object: Object, id: &str, created: Response, fields: &[String]) -> Document {
    read::get(object, id, fields).unwrap_or_else(|failure| {
        log::warn(format!("reading the new record back failed: {}", failure.kind));
        Document::at(created, "")
    })
}

pub(crate) fn update(
    object: Object,
    id: &str,
    values: Map<String, Value>,
    fields: &[String],
) -> Result<Document, Failure> {
    check_id(id)?;
    let version = Version::of_connection()?;
    let changes = Changes::new(object, values)?;
    patch(version, object.name(), id, &changes.properties)?;
    for (to, ids) in &changes.associations {
        associations::replace(version, object, id, to, ids)?;
    }
    read::get(object, id, fields)
}

/// HubSpot archives: the record can be restored for 90 days.
pub(crate) fn delete(object: Object, id: &str) -> Result<(), Failure> {
    check_id(id)?;
    let path = Version::of_connection()?.object(object.name(), id);
    errors::accept(http::delete(path).send()?).map(drop)
}

pub(crate) fn post(
    version: Version,
    object: &str,
    properties: &Map<String, Value>,
    associations: &[Value],
) -> Result<Response, Failure> {
    let mut body = json!({ "properties": properties });
    if let (Value::Object(body), false) = (&mut body, associations.is_empty()) {
        body.insert("associations".to_owned(), associations.into());
    }
    errors::record(http::post(version.objects(object)).json(&body).send()?)
}

/// Changes properties; nothing is sent when there are none.
pub(crate) fn patch(
    version: Version,
    object: &str,
    id: &str,
    properties: &Map<String, Value>,
) -> Result<(), Failure> {
    if properties.is_empty() {
        return Ok(());
    }
    let body = json!({ "properties": properties });
    // The same values twice are the same record.
    let request = http::patch(version.object(object, id)).json(&body).repeatable();
    errors::record(request.send()?).map(drop)
}

pub(crate) fn created_id(created: &Response) -> Result<String, Failure> {
    created
        .at("/id")
        .ok_or_else(|| errors::unexpected(created, "a record with an id"))
}
