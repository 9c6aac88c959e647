//! COQL, Zoho's query language: `select … from … where … order by … limit …` with the operators that lists need.

mod compare;
mod parse;

use std::cmp::Ordering;

use routemcp_sdk::sandbox::Response;
use serde_json::{Value, json};

use crate::sandbox::Call;
use crate::sandbox::error::{ApiError, Outcome};
use crate::sandbox::record::Record;
use crate::sandbox::schema::Type;
use crate::sandbox::store;
use compare::Comparable;
use parse::{Condition, Select};

pub(crate) fn answer(call: &Call<'_>) -> Outcome {
    let body = call.request.json().unwrap_or_default();
    let text = body.get("select_query").and_then(Value::as_str);
    let select = Select::parse(text.ok_or_else(|| missing("select_query"))?)?;
    let of = Type::parse(&select.module)?;
    check_columns(of, &select)?;
    let mut records = store::all(call.state, of);
    if let Some(condition) = &select.condition {
        records.retain(|record| holds(of, record, condition));
    }
    sort(of, &select, &mut records);
    let (offset, limit) = (select.offset, select.limit);
    let more = records.len() > offset.saturating_add(limit);
    let columns: Vec<&str> = select.columns.iter().map(String::as_str).collect();
    let shown = records.iter().skip(offset).take(limit);
    let data: Vec<Value> = shown.map(|record| record.with_fields(of, &columns)).collect();
    if data.is_empty() {
        return Ok(Response::empty(204));
    }
    let info = json!({ "count": data.len(), "more_records": more });
    Ok(Response::json(200, &json!({ "data": data, "info": info })))
}

fn missing(name: &str) -> ApiError {
    let details = json!({ "api_name": name, "json_path": format!("$.{name}") });
    ApiError::new(400, "MANDATORY_NOT_FOUND", "required field not found", details)
}

fn check_columns(of: Type, select: &Select) -> Result<(), ApiError> {
    let ordered = select.order.iter().map(|(name, _)| name);
    let compared = select.condition.iter().flat_map(Condition::columns);
    for name in select.columns.iter().chain(ordered).chain(compared) {
        if name != "id" && of.kind(name).is_none() && !of.computed().contains(&name.as_str()) {
            let details = json!({ "column_name": name });
            return Err(ApiError::new(
                400,
                "INVALID_QUERY",
                "column given seems to be invalid",
                details,
            ));
        }
    }
    Ok(())
}

fn holds(of: Type, record: &Record, condition: &Condition) -> bool {
    match condition {
        Condition::And(one, two) => holds(of, record, one) && holds(of, record, two),
        Condition::Or(one, two) => holds(of, record, one) || holds(of, record, two),
        Condition::Null(name, wanted) => value(of, record, name).is_null() == *wanted,
        Condition::Compare(name, operator, text) => {
            let own = Comparable::of_record(of, name, &value(of, record, name));
            let ordering = own.and_then(|own| own.compare(text));
            ordering.is_some_and(|ordering| operator.allows(ordering))
        }
    }
}

/// The keys are made once for each record: making one parses times.
fn sort(of: Type, select: &Select, records: &mut Vec<Record>) {
    let keys = |record: &Record| -> Vec<Option<Comparable>> {
        let names = select.order.iter().map(|(name, _)| name);
        names
            .map(|name| Comparable::of_record(of, name, &value(of, record, name)))
            .collect()
    };
    let mut keyed: Vec<_> = records.drain(..).map(|record| (keys(&record), record)).collect();
    keyed.sort_by(|(one, _), (two, _)| {
        let parts = one
            .iter()
            .zip(two)
            .zip(&select.order)
            .map(|((one, two), (_, descending))| {
                let ordering = one.partial_cmp(two).unwrap_or(Ordering::Equal);
                if *descending { ordering.reverse() } else { ordering }
            });
        parts.fold(Ordering::Equal, Ordering::then)
    });
    records.extend(keyed.into_iter().map(|(_, record)| record));
}

fn value(of: Type, record: &Record, name: &str) -> Value {
    record.value(of, name).unwrap_or_default()
}
