//! Creating, updating and deleting.

use routemcp_sdk::prelude::*;
use serde_json::{Map, Value, json};

use crate::modules::Module;
use crate::{errors, meeting, read};

/// Fields that Zoho fills in itself and that a record never lacks. A replace that leaves them out must not fail for it.
const NEVER_EMPTY: [&str; 2] = ["Owner", "Currency"];

pub(crate) fn create(module: Module, values: Map<String, Value>) -> Result<Document, Failure> {
    let mut body = to_zoho(module, None, values)?;
    // A record that does not exist yet has nothing to clear.
    body.retain(|_, value| !value.is_null());
    let answer = http::post(module.path())
        .json(&json!({ "data": [body] }))
        .send()?;
    let id = errors::written(&answer).map_err(|failure| renamed(module, failure))?;
    Ok(read_back(module, &id, &answer, body))
}

/// A write's answer has the id and little more, so the record is read. If that fails, what we know of a new record will
/// have to do: an error would make the caller create it a second time.
fn read_back(module: Module, id: &str, answer: &Response, mut body: Map<String, Value>) -> Document {
    read::get(module, id).unwrap_or_else(|failure| {
        log::warn(format!("reading the new record back failed: {}", failure.kind));
        body.extend(
            answer
                .at::<Map<String, Value>>("/data/0/details")
                .unwrap_or_default(),
        );
        let mut record = Value::Object(body);
        meeting::dress_all(module, std::slice::from_mut(&mut record));
        record.into()
    })
}

/// A PUT at Zoho changes the given fields and no others.
pub(crate) fn update(module: Module, id: &str, values: Map<String, Value>) -> Result<Document, Failure> {
    let path = module.record(id)?;
    let body = to_zoho(module, Some(id), values)?;
    if !body.is_empty() {
        let answer = http::put(path).json(&json!({ "data": [body] })).send()?;
        errors::written(&answer).map_err(|failure| renamed(module, about_record(module, id, failure)))?;
    }
    read::get(module, id)
}

/// To the recycle bin.
pub(crate) fn delete(module: Module, id: &str) -> Result<(), Failure> {
    let answer = http::delete(module.record(id)?).send()?;
    errors::written(&answer)
        .map(drop)
        .map_err(|failure| about_record(module, id, failure))
}

/// A write to a missing record is a 400 that is told from others by words which Zoho does not promise. So a refusal that
/// names no field is looked into.
fn about_record(module: Module, id: &str, failure: Failure) -> Failure {
    if !failure.is("rejected") || !failure.fields.is_empty() {
        return failure;
    }
    match read::fetch(module, id) {
        Err(missing) if missing.is("not-found") => missing,
        _ => failure,
    }
}

fn renamed(module: Module, failure: Failure) -> Failure {
    if meeting::has_links(module) {
        meeting::rename_fields(failure)
    } else {
        failure
    }
}

fn to_zoho(
    module: Module,
    id: Option<&str>,
    mut values: Map<String, Value>,
) -> Result<Map<String, Value>, Failure> {
    if meeting::has_links(module) {
        meeting::undress(id, &mut values)?;
    }
    let mut body = Map::new();
    for (field, value) in values {
        if value.is_null() && NEVER_EMPTY.contains(&field.as_str()) {
            continue;
        }
        // The one list that has no null.
        let value = if value.is_null() && field == "Tag" {
            json!([])
        } else {
            value
        };
        place(&mut body, &field, value)?;
    }
    Ok(body)
}

/// A plain name is a field; a pointer leads to one, or to a member of one.
fn place(body: &mut Map<String, Value>, field: &str, value: Value) -> Result<(), Failure> {
    let Some(pointer) = field.strip_prefix('/') else {
        body.insert(field.to_owned(), value);
        return Ok(());
    };
    match pointer.split('/').collect::<Vec<_>>().as_slice() {
        [name] => drop(body.insert((*name).to_owned(), value)),
        // A reference without its member is no reference.
        [name, _] if value.is_null() => drop(body.insert((*name).to_owned(), value)),
        [name, member] => {
            let members = body.entry(*name).or_insert_with(|| json!({}));
            if let Value::Object(members) = members {
                members.insert((*member).to_owned(), value);
            }
        }
        _ => {
            return Err(
                Failure::rejected("Some values cannot be written to Zoho").field(field, "leads too deep")
            );
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn body(values: Value) -> Result<Value, Failure> {
        to_zoho(Module::Contacts, Some("7"), values.as_object().unwrap().clone()).map(Value::Object)
    }

    #[test]
    fn pointers_lead_to_fields_and_their_members() {
        let values = json!({ "Last_Name": "Lind", "/Title": "CTO", "/Account_Name/id": "9", "/Reporting_To/id": null });
        let expected = json!({ "Last_Name": "Lind", "Title": "CTO", "Account_Name": { "id": "9" }, "Reporting_To": null });
        assert_eq!(body(values).unwrap(), expected);
        assert_eq!(body(json!({ "/a/b/c": 1 })).unwrap_err().fields[0].0, "/a/b/c");
    }

    #[test]
    fn what_a_record_never_lacks_is_not_cleared() {
        assert_eq!(
            body(json!({ "Owner": null, "Title": null, "Tag": null })).unwrap(),
            json!({ "Title": null, "Tag": [] })
        );
    }
}
