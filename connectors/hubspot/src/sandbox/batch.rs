//! Batches of records.

use routemcp_sdk::sandbox::Response;
use routemcp_sdk::time;
use serde_json::{Value, json};

use crate::sandbox::error::{ApiError, Outcome};
use crate::sandbox::record::Record;
use crate::sandbox::schema::Type;
use crate::sandbox::{Call, archive, objects, store};

const MAX_INPUTS: usize = 100;

pub(crate) fn run(call: &mut Call<'_>, of: Type, operation: &str) -> Outcome {
    let body = call.request.json().ok_or_else(ApiError::body_expected)?;
    let inputs = body
        .pointer("/inputs")
        .and_then(Value::as_array)
        .ok_or_else(ApiError::body_expected)?;
    if inputs.len() > MAX_INPUTS {
        return Err(ApiError::validation(format!(
            "At most {MAX_INPUTS} inputs are allowed, but there are {}",
            inputs.len()
        )));
    }
    match operation {
        "read" => Ok(read(call, of, &body, inputs)),
        "create" => create(call, of, inputs),
        "update" => update(call, of, inputs),
        "archive" => {
            for id in inputs.iter().filter_map(id_of) {
                archive::archive(call, of, &id);
            }
            Ok(Response::empty(204))
        }
        _ => Err(ApiError::no_such_path()),
    }
}

fn read(call: &Call<'_>, of: Type, body: &Value, inputs: &[Value]) -> Response {
    let names = body
        .pointer("/properties")
        .and_then(Value::as_array)
        .map(Vec::as_slice)
        .unwrap_or_default();
    let names: Vec<&str> = names.iter().filter_map(Value::as_str).collect();
    let by_email =
        of == Type::Contacts && body.pointer("/idProperty").and_then(Value::as_str) == Some("email");
    let (mut results, mut missing) = (Vec::new(), Vec::new());
    for id in inputs.iter().filter_map(id_of) {
        let found = match by_email {
            true => store::by_email(call.state, &id).map(|id| id.to_string()),
            false => Some(id.clone()),
        };
        match found.and_then(|id| store::get(call.state, of, false, &id)) {
            Some(record) => results.push(record.render(of, &names)),
            None => missing.push(id),
        }
    }
    complete(call, 200, results, &missing)
}

fn create(call: &mut Call<'_>, of: Type, inputs: &[Value]) -> Outcome {
    let records = inputs
        .iter()
        .map(|input| objects::insert(call, of, input))
        .collect::<Result<Vec<_>, _>>()?;
    Ok(complete(call, 201, rendered(of, &records), &[]))
}

fn update(call: &mut Call<'_>, of: Type, inputs: &[Value]) -> Outcome {
    let (mut records, mut missing) = (Vec::new(), Vec::new());
    for input in inputs {
        let id = id_of(input).unwrap_or_default();
        match store::get(call.state, of, false, &id) {
            Some(record) => records.push(objects::change(call, of, record, objects::properties(input)?)?),
            None => missing.push(id),
        }
    }
    Ok(complete(call, 200, rendered(of, &records), &missing))
}

fn rendered(of: Type, records: &[Record]) -> Vec<Value> {
    let all = |record: &Record| {
        let names: Vec<&str> = record.properties.keys().map(String::as_str).collect();
        record.render(of, &names)
    };
    records.iter().map(all).collect()
}

/// 207 when a part failed.
fn complete(call: &Call<'_>, status: u16, results: Vec<Value>, missing: &[String]) -> Response {
    let now = time::to_iso(objects::now_ms(call));
    let mut body = json!({ "status": "COMPLETE", "results": results, "startedAt": now, "completedAt": now });
    if missing.is_empty() {
        return Response::json(status, &body);
    }
    let error = json!({ "status": "error", "category": "OBJECT_NOT_FOUND", "context": { "ids": missing },
        "message": "Could not get some objects, they may be deleted or not exist. Check that ids are valid." });
    if let Value::Object(members) = &mut body {
        members.insert("numErrors".to_owned(), missing.len().into());
        members.insert("errors".to_owned(), json!([error]));
    }
    Response::json(207, &body)
}

fn id_of(input: &Value) -> Option<String> {
    match input.get("id")? {
        Value::String(id) => Some(id.clone()),
        Value::Number(id) => Some(id.to_string()),
        _ => None,
    }
}
