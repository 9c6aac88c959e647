//! Single records of the API v2.

use routemcp_sdk::sandbox::Response;
use serde_json::{Map, Value, json};

use crate::sandbox::Call;
use crate::sandbox::error::{ApiError, Outcome, Wrong};
use crate::sandbox::schema::Type;
use crate::sandbox::write::{ATTENDEES, apply, blank, whole_seconds};
use crate::sandbox::{store, validate};

/// Whether a GET finds a deleted record is not documented; here it does.
pub(crate) fn get(call: &Call<'_>, of: Type, id: &str) -> Outcome {
    let record = store::get(call.state, of, number(of, id)?).ok_or_else(|| ApiError::no_such_record(of))?;
    let attendees = call.request.list("include_fields").contains(&ATTENDEES);
    Ok(answer(shown(record, attendees)))
}

pub(crate) fn create(call: &mut Call<'_>, of: Type) -> Outcome {
    let body = checked(call, of, true)?;
    let id = store::new_id(call.state, of.name());
    let now = whole_seconds(call.now_ms);
    let mut record = blank(of, id, &now);
    apply(of, &mut record, body, &now);
    Ok(stored(call, of, id, record))
}

pub(crate) fn update(call: &mut Call<'_>, of: Type, id: &str) -> Outcome {
    let id = number(of, id)?;
    let found = store::living(call.state, of, id);
    let Some(Value::Object(mut record)) = found else {
        return Err(ApiError::no_such_record(of));
    };
    let body = checked(call, of, false)?;
    apply(of, &mut record, body, &whole_seconds(call.now_ms));
    Ok(stored(call, of, id, record))
}

/// Deletes softly: the record stays, marked, for 30 days.
pub(crate) fn delete(call: &mut Call<'_>, of: Type, id: &str) -> Outcome {
    let id = number(of, id)?;
    let Some(mut record) = store::living(call.state, of, id) else {
        return Err(ApiError::no_such_record(of));
    };
    if let Some(flag) = record.get_mut("is_deleted") {
        *flag = true.into();
    }
    store::put(call.state, of, id, &record);
    Ok(answer(json!({ "id": id })))
}

/// A record as lists and single reads show it.
pub(crate) fn shown(mut record: Value, attendees: bool) -> Value {
    if let (Value::Object(members), false) = (&mut record, attendees) {
        members.remove(ATTENDEES);
    }
    record
}

fn stored(call: &mut Call<'_>, of: Type, id: u64, record: Map<String, Value>) -> Response {
    let record = Value::Object(record);
    store::put(call.state, of, id, &record);
    answer(shown(record, false))
}

fn answer(data: Value) -> Response {
    Response::json(200, &json!({ "success": true, "data": data }))
}

fn number(of: Type, id: &str) -> Result<u64, ApiError> {
    let wrong = || ApiError::invalid(&[Wrong::new("id", "Expected number")]);
    match id.parse() {
        Ok(id) if id > 0 => Ok(id),
        Ok(_) => Err(ApiError::no_such_record(of)),
        Err(_) => Err(wrong()),
    }
}

fn checked(call: &Call<'_>, of: Type, creating: bool) -> Result<Map<String, Value>, ApiError> {
    let Some(Value::Object(body)) = call.request.json() else {
        return Err(ApiError::invalid(&[Wrong::new("body", "Expected object")]));
    };
    let mut wrong = validate::check(call.state, of, &body, creating);
    if wrong.is_empty() {
        wrong.extend(misplaced(of, &body));
    }
    if wrong.is_empty() {
        Ok(body)
    } else {
        Err(ApiError::invalid(&wrong))
    }
}

/// A deal cannot be in a stage of another pipeline.
fn misplaced(of: Type, body: &Map<String, Value>) -> Option<Wrong> {
    let number = |name: &str| body.get(name).and_then(Value::as_u64);
    let (stage, pipeline) = (number("stage_id")?, number("pipeline_id")?);
    let fits = of != Type::Deals || validate::pipeline_of(stage) == Some(pipeline);
    (!fits).then(|| Wrong::new("stage_id", "Expected id of a stage of the pipeline"))
}
