//! The two searches of opportunities.

use routemcp_sdk::sandbox::{Response, form};
use serde_json::{Map, Value, json};

use crate::sandbox::Call;
use crate::sandbox::check::{Shape, check};
use crate::sandbox::error::{ApiError, Outcome};
use crate::sandbox::opportunities::render;
use crate::sandbox::store::{self, OPPORTUNITIES, Record, moment, text};

const MAX_LIMIT: usize = 100;
const DEFAULT_LIMIT: usize = 20;
/// (member, parameter in v3, parameter before).
const FILTERS: [(&str, &str, &str); 5] = [
    ("pipelineId", "pipelineId", "pipeline_id"),
    ("pipelineStageId", "pipelineStageId", "pipeline_stage_id"),
    ("contactId", "contactId", "contact_id"),
    ("assignedTo", "assignedTo", "assigned_to"),
    ("id", "id", "id"),
];
const OTHERS: [&str; 14] = [
    "q",
    "status",
    "campaignId",
    "order",
    "endDate",
    "startAfter",
    "startAfterId",
    "date",
    "country",
    "page",
    "limit",
    "getTasks",
    "getNotes",
    "getCalendarEvents",
];

/// `GET /opportunities/search`, whose parameters are spelt in another way in each version.
pub(crate) fn by_get(call: &mut Call<'_>) -> Outcome {
    let location = if call.is_v3 { "locationId" } else { "location_id" };
    check_parameters(call, location)?;
    call.check_location(location, call.request.parameter(location))?;
    let (limit, page) = (number(call, "limit", DEFAULT_LIMIT)?, number(call, "page", 1)?);
    if limit > MAX_LIMIT {
        return Err(ApiError::validation(vec![
            "limit must not be greater than 100".to_owned(),
        ]));
    }
    let ascending = call.request.parameter("order") == Some("added_asc");
    let mut found = store::all(call.state, OPPORTUNITIES);
    found.retain(|opportunity| wanted(call, opportunity));
    sort(&mut found, ascending);
    let total = found.len();
    let after = call
        .request
        .parameter("startAfter")
        .and_then(|text| text.parse::<i64>().ok());
    match after.zip(call.request.parameter("startAfterId")) {
        Some((after, id)) => found.retain(|opportunity| follows(opportunity, after, id, ascending)),
        None => found = found.into_iter().skip((page - 1).saturating_mul(limit)).collect(),
    }
    let more = found.len() > limit;
    found.truncate(limit);
    let mut meta = meta(call, found.last(), page, more);
    meta.insert("total".to_owned(), total.into());
    let opportunities: Vec<Value> = found
        .iter()
        .map(|opportunity| render(call, opportunity))
        .collect();
    let trace_id = call.trace_id();
    let body =
        json!({ "opportunities": opportunities, "meta": meta, "aggregations": {}, "traceId": trace_id });
    Ok(Response::json(200, &body))
}

fn check_parameters(call: &Call<'_>, location: &str) -> Result<(), ApiError> {
    let known = |name: &str| {
        let filters = FILTERS
            .iter()
            .map(|(_, new, old)| if call.is_v3 { *new } else { *old });
        name == location || OTHERS.contains(&name) || filters.into_iter().any(|filter| filter == name)
    };
    match call.request.query.iter().find(|(name, _)| !known(name)) {
        Some((name, _)) => Err(ApiError::validation(vec![format!(
            "property {name} should not exist"
        )])),
        None => Ok(()),
    }
}

/// Where the list goes on; without the members that would be null.
fn meta(call: &Call<'_>, last: Option<&Record>, page: usize, more: bool) -> Map<String, Value> {
    let mut meta = Map::from_iter([("currentPage".to_owned(), Value::from(page))]);
    if let Some(last) = last {
        meta.insert("startAfter".to_owned(), moment(last, "createdAt").into());
        meta.insert("startAfterId".to_owned(), text(last, "id").into());
    }
    if more {
        meta.insert("nextPage".to_owned(), (page + 1).into());
        let url = next_url(call, &meta);
        meta.insert("nextPageUrl".to_owned(), url.into());
    }
    if page > 1 {
        meta.insert("prevPage".to_owned(), (page - 1).into());
    }
    meta
}

/// `POST /opportunities/search`.
pub(crate) fn by_post(call: &mut Call<'_>) -> Outcome {
    let body = call.body()?;
    call.check_location("locationId", body.get("locationId").and_then(Value::as_str))?;
    let schema = [
        ("locationId", Shape::Text),
        ("query", Shape::Text),
        ("limit", Shape::Number),
        ("page", Shape::Number),
        ("searchAfter", Shape::Any),
        ("additionalDetails", Shape::Any),
    ];
    check(&body, &schema, &[])?;
    let size = |name: &str, default: usize| {
        body.get(name)
            .and_then(Value::as_u64)
            .and_then(|number| usize::try_from(number).ok())
            .filter(|number| *number > 0)
            .unwrap_or(default)
    };
    let (limit, page) = (size("limit", DEFAULT_LIMIT).min(MAX_LIMIT), size("page", 1));
    let words = body
        .get("query")
        .and_then(Value::as_str)
        .unwrap_or_default()
        .to_lowercase();
    let mut found = store::all(call.state, OPPORTUNITIES);
    found.retain(|opportunity| text(opportunity, "name").to_lowercase().contains(&words));
    sort(&mut found, false);
    let total = found.len();
    let after = body.get("searchAfter").and_then(Value::as_array);
    let position = after.and_then(|after| match after.as_slice() {
        [Value::String(after), Value::String(id)] => Some((after.parse().ok()?, id)),
        _ => None,
    });
    match position {
        Some((after, id)) => found.retain(|opportunity| follows(opportunity, after, id, false)),
        None => found = found.into_iter().skip((page - 1).saturating_mul(limit)).collect(),
    }
    found.truncate(limit);
    let one = |opportunity: &Record| {
        let mut rendered = render(call, opportunity);
        if let Some(members) = rendered.as_object_mut() {
            let place = json!([
                moment(opportunity, "createdAt").to_string(),
                text(opportunity, "id")
            ]);
            members.insert("sort".to_owned(), place);
        }
        rendered
    };
    let opportunities: Vec<Value> = found.iter().map(one).collect();
    Ok(Response::json(
        200,
        &json!({ "opportunities": opportunities, "total": total, "aggregations": {} }),
    ))
}

fn number(call: &Call<'_>, name: &str, default: usize) -> Result<usize, ApiError> {
    let Some(text) = call.request.parameter(name) else {
        return Ok(default);
    };
    let number = text.parse().ok().filter(|number| *number > 0);
    number.ok_or_else(|| ApiError::validation(vec![format!("{name} must be a positive number")]))
}

fn wanted(call: &Call<'_>, opportunity: &Record) -> bool {
    let given = |new: &str, old: &str| call.request.parameter(if call.is_v3 { new } else { old });
    let fits = FILTERS
        .iter()
        .all(|(member, new, old)| given(new, old).is_none_or(|value| text(opportunity, member) == value));
    let status = call.request.parameter("status").filter(|status| *status != "all");
    let words = call.request.parameter("q").unwrap_or_default().to_lowercase();
    fits && status.is_none_or(|status| text(opportunity, "status") == status)
        && text(opportunity, "name").to_lowercase().contains(&words)
}

fn sort(found: &mut [Record], ascending: bool) {
    found.sort_by(|one, other| {
        let [one, other] = [one, other].map(|record| (moment(record, "createdAt"), text(record, "id")));
        if ascending {
            one.cmp(&other)
        } else {
            other.cmp(&one)
        }
    });
}

fn follows(opportunity: &Record, after: i64, id: &str, ascending: bool) -> bool {
    let place = (moment(opportunity, "createdAt"), text(opportunity, "id"));
    if ascending {
        place > (after, id)
    } else {
        place < (after, id)
    }
}

fn next_url(call: &Call<'_>, meta: &Map<String, Value>) -> String {
    let rest = call
        .request
        .query
        .iter()
        .filter(|(name, _)| !name.starts_with("startAfter"));
    let mut query: Vec<(String, String)> = rest.cloned().collect();
    for name in ["startAfter", "startAfterId"] {
        let value = meta
            .get(name)
            .map(|value| value.as_str().map_or_else(|| value.to_string(), str::to_owned));
        query.extend(value.map(|value| (name.to_owned(), value)));
    }
    format!(
        "https://services.leadconnectorhq.com/opportunities/search?{}",
        form(&query)
    )
}
