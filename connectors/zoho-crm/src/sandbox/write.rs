//! Creating, updating and deleting. Every record of a request gets an outcome of its own, and none comes back.

use routemcp_sdk::sandbox::Response;
use serde_json::{Map, Value, json};

use crate::sandbox::error::{ApiError, Outcome};
use crate::sandbox::record::Record;
use crate::sandbox::schema::Type;
use crate::sandbox::{Call, store, time, users, validate};

const MAX_RECORDS: usize = 100;

pub(crate) fn create(call: &mut Call<'_>, of: Type) -> Outcome {
    let body = call.request.json().unwrap_or_default();
    let outcomes = records(&body)?.iter().enumerate().map(|(index, given)| {
        let mut fields = validate::fields(call.state, of, given, index)?;
        validate::complete(of, &mut fields, index)?;
        unique(call, of, &fields, None, index)?;
        let now = now_ms(call);
        let record = Record {
            id: store::new_id(call.state),
            fields: without_nulls(fields),
            created_ms: now,
            modified_ms: now,
            seed: None,
        };
        store::put(call.state, of, &record);
        Ok(success("record added", &record))
    });
    Ok(answer(201, outcomes.collect()))
}

/// `PUT /{module}/{id}`, or `PUT /{module}` with the ids in the body.
pub(crate) fn update(call: &mut Call<'_>, of: Type, path_id: Option<&str>) -> Outcome {
    let body = call.request.json().unwrap_or_default();
    let given = records(&body)?;
    let given = if path_id.is_some() {
        given.get(..1).unwrap_or_default()
    } else {
        given
    };
    let outcomes = given.iter().enumerate().map(|(index, given)| {
        let id = path_id.or_else(|| given.get("id").and_then(Value::as_str));
        let id = id.ok_or_else(|| mandatory("id", index))?;
        let record = store::by_text(call.state, of, id).ok_or_else(|| no_such_record(path_id, index))?;
        change(call, of, record, given, index)
    });
    Ok(answer(200, outcomes.collect()))
}

fn change(
    call: &mut Call<'_>,
    of: Type,
    mut record: Record,
    given: &Value,
    index: usize,
) -> Result<Value, ApiError> {
    if let Some(since) = call
        .request
        .header("if-unmodified-since")
        .and_then(routemcp_sdk::time::from_iso)
        && record.modified_ms / 1_000 > since / 1_000
    {
        let details =
            json!({ "id": record.id.to_string(), "Modified_Time": time::to_zoho(record.modified_ms) });
        return Err(ApiError::new(
            412,
            "ALREADY_MODIFIED",
            "record has been already modified",
            details,
        ));
    }
    let fields = validate::fields(call.state, of, given, index)?;
    if let Some(name) = of
        .mandatory()
        .iter()
        .find(|name| fields.get(**name) == Some(&Value::Null))
    {
        return Err(mandatory(name, index));
    }
    unique(call, of, &fields, Some(record.id), index)?;
    record.fields.extend(fields);
    record.fields = without_nulls(record.fields);
    record.modified_ms = now_ms(call);
    store::put(call.state, of, &record);
    Ok(success("record updated", &record))
}

pub(crate) fn delete(call: &mut Call<'_>, of: Type, id: &str) -> Outcome {
    let record = store::by_text(call.state, of, id).ok_or_else(ApiError::no_such_record)?;
    store::delete(call.state, of, record.id);
    Ok(answer(200, vec![Ok(deleted(&record))]))
}

/// `DELETE /{module}?ids=a,b`
pub(crate) fn delete_many(call: &mut Call<'_>, of: Type) -> Outcome {
    let ids = call.request.list("ids");
    if ids.is_empty() {
        return Err(ApiError::missing_parameter("ids"));
    }
    let mut outcomes = Vec::new();
    for id in ids {
        let found = store::by_text(call.state, of, id);
        outcomes.push(found.map_or_else(
            || Err(ApiError::no_such_record()),
            |record| {
                store::delete(call.state, of, record.id);
                Ok(deleted(&record))
            },
        ));
    }
    Ok(answer(200, outcomes))
}

fn records(body: &Value) -> Result<&[Value], ApiError> {
    match body.get("data").and_then(Value::as_array) {
        Some(records) if records.len() > MAX_RECORDS => {
            let details = json!({ "limit": MAX_RECORDS, "api_name": "data" });
            Err(ApiError::new(
                400,
                "LIMIT_EXCEEDED",
                "cannot process more than 100 records",
                details,
            ))
        }
        Some(records) if !records.is_empty() => Ok(records),
        _ => Err(ApiError::body_expected()),
    }
}

fn no_such_record(path_id: Option<&str>, index: usize) -> ApiError {
    match path_id {
        Some(_) => ApiError::no_such_record(),
        None => ApiError::of_field(
            "INVALID_DATA",
            "the id given seems to be invalid",
            "id",
            index,
            json!({}),
        ),
    }
}

pub(crate) fn mandatory(name: &str, index: usize) -> ApiError {
    ApiError::of_field(
        "MANDATORY_NOT_FOUND",
        "required field not found",
        name,
        index,
        json!({}),
    )
}

/// In this account no two contacts share an email address.
fn unique(
    call: &Call<'_>,
    of: Type,
    fields: &Map<String, Value>,
    own: Option<u64>,
    index: usize,
) -> Result<(), ApiError> {
    let email = fields.get("Email").and_then(Value::as_str);
    let (Type::Contacts, Some(email)) = (of, email) else {
        return Ok(());
    };
    let same = |record: &Record| {
        let taken = record.fields.get("Email").and_then(Value::as_str);
        Some(record.id) != own && taken.is_some_and(|taken| taken.eq_ignore_ascii_case(email))
    };
    match store::all(call.state, of).iter().find(|record| same(record)) {
        None => Ok(()),
        Some(other) => {
            let id = other.id.to_string();
            let more =
                json!({ "id": id, "duplicate_record": { "id": id, "module": { "api_name": of.name() } } });
            Err(ApiError::of_field(
                "DUPLICATE_DATA",
                "duplicate data",
                "Email",
                index,
                more,
            ))
        }
    }
}

fn without_nulls(fields: Map<String, Value>) -> Map<String, Value> {
    fields.into_iter().filter(|(_, value)| !value.is_null()).collect()
}

/// Zoho's times have no milliseconds.
fn now_ms(call: &Call<'_>) -> i64 {
    i64::try_from(call.now_ms / 1_000 * 1_000).unwrap_or(i64::MAX)
}

fn success(message: &str, record: &Record) -> Value {
    let user = users::reference(users::ADMINISTRATOR);
    json!({
        "code": "SUCCESS", "status": "success", "message": message,
        "details": {
            "id": record.id.to_string(),
            "Created_Time": time::to_zoho(record.created_ms), "Modified_Time": time::to_zoho(record.modified_ms),
            "Created_By": user, "Modified_By": user, "$approval_state": "approved",
        },
    })
}

fn deleted(record: &Record) -> Value {
    json!({ "code": "SUCCESS", "status": "success", "message": "record deleted", "details": { "id": record.id.to_string() } })
}

/// All good, all bad, or mixed.
fn answer(good: u16, outcomes: Vec<Result<Value, ApiError>>) -> Response {
    let failed = outcomes
        .iter()
        .filter_map(|outcome| outcome.as_ref().err())
        .map(|error| error.status);
    let status = match failed.clone().max() {
        None => good,
        Some(status) if failed.count() == outcomes.len() => status,
        Some(_) => 207,
    };
    let data: Vec<Value> = outcomes
        .into_iter()
        .map(|outcome| outcome.unwrap_or_else(|error| error.body()))
        .collect();
    Response::json(status, &json!({ "data": data }))
}
