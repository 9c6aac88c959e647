//! Leads, in the API v1.

use routemcp_sdk::sandbox::Response;
use routemcp_sdk::time;
use serde_json::{Map, Value, json};

use crate::sandbox::Call;
use crate::sandbox::error::{ApiError, Outcome, Wrong};
use crate::sandbox::schema::{CURRENCIES, Kind, LEAD_LABELS, Type};
use crate::sandbox::validate::{custom_fault, fault};
use crate::sandbox::{store, users};

/// The state's collection and key of the switch for where the paging is.
pub(crate) const DIRECT_PAGING: (&str, &str) = ("control", "lead-paging");
const DEFAULT_LIMIT: usize = 100;
const MAX_LIMIT: usize = 500;
const PARTIES: [&str; 2] = ["person_id", "organization_id"];

pub(crate) fn list(call: &Call<'_>, archived: bool) -> Outcome {
    let number = |name: &str| call.request.parameter(name).map(str::parse::<usize>);
    let (start, limit) = match (number("start").transpose(), number("limit").transpose()) {
        (Ok(start), Ok(limit)) => (
            start.unwrap_or_default(),
            limit.unwrap_or(DEFAULT_LIMIT).clamp(1, MAX_LIMIT),
        ),
        _ => {
            return Err(ApiError::invalid_v1(&[Wrong::new(
                "start",
                "start and limit must be numbers",
            )]));
        }
    };
    let mut leads = store::leads(call.state);
    leads.retain(|lead| lead.get("is_archived") == Some(&archived.into()) && matches(call, lead));
    sort(&mut leads, call.request.parameter("sort"));
    let more = leads.len() > start.saturating_add(limit);
    let data: Vec<Value> = leads.into_iter().skip(start).take(limit).collect();
    let mut paging = json!({ "start": start, "limit": limit, "more_items_in_collection": more });
    let direct = call
        .state
        .get(DIRECT_PAGING.0, DIRECT_PAGING.1)
        .unwrap_or_default();
    if let (Value::Object(paging), true, false) = (&mut paging, more, direct) {
        paging.insert("next_start".to_owned(), (start + limit).into());
    }
    let additional = if direct {
        paging
    } else {
        json!({ "pagination": paging })
    };
    Ok(Response::json(
        200,
        &json!({ "success": true, "data": data, "additional_data": additional }),
    ))
}

fn matches(call: &Call<'_>, lead: &Value) -> bool {
    let equal = |name: &&str| match call.request.parameter(name) {
        None => true,
        Some(wanted) => lead.get(*name).map(ToString::to_string).as_deref() == Some(wanted),
    };
    let updated = lead
        .get("update_time")
        .and_then(Value::as_str)
        .and_then(time::from_iso);
    let since = call.request.parameter("updated_since").and_then(time::from_iso);
    ["owner_id", "person_id", "organization_id"].iter().all(equal)
        && since.is_none_or(|since| updated >= Some(since))
}

/// `update_time DESC`; without it the order in which leads were made.
fn sort(leads: &mut [Value], by: Option<&str>) {
    let Some(by) = by else { return };
    let (field, direction) = by.split_once(' ').unwrap_or((by, "ASC"));
    let value = |lead: &Value| lead.get(field).map(ToString::to_string);
    leads.sort_by_key(value);
    if direction.eq_ignore_ascii_case("DESC") {
        leads.reverse();
    }
}

pub(crate) fn get(call: &Call<'_>, id: &str) -> Outcome {
    let lead = store::lead(call.state, id).ok_or_else(ApiError::no_such_lead)?;
    Ok(answer(200, lead))
}

pub(crate) fn create(call: &mut Call<'_>) -> Outcome {
    let body = body(call)?;
    let mut wrong = check(call, &body, true);
    if !body.contains_key("title") {
        wrong.push(Wrong::new("title", "is required"));
    }
    if !PARTIES.iter().any(|party| body.contains_key(*party)) {
        wrong.push(Wrong::new(
            "person_id",
            "A lead must be linked to a person or an organization",
        ));
    }
    refuse(&wrong)?;
    let number = store::new_id(call.state, "leads");
    let mut lead = blank(number, &now(call));
    lead.extend(body);
    store::put_lead(call.state, number, &Value::Object(lead.clone()));
    Ok(answer(201, lead.into()))
}

pub(crate) fn update(call: &mut Call<'_>, id: &str) -> Outcome {
    let Some(Value::Object(mut lead)) = store::lead(call.state, id) else {
        return Err(ApiError::no_such_lead());
    };
    let body = body(call)?;
    refuse(&check(call, &body, false))?;
    lead.extend(body);
    if PARTIES
        .iter()
        .all(|party| lead.get(*party).is_none_or(Value::is_null))
    {
        refuse(&[Wrong::new(
            "person_id",
            "A lead must be linked to a person or an organization",
        )])?;
    }
    lead.insert("update_time".to_owned(), now(call).into());
    // The values of custom fields that are not set do not appear.
    lead.retain(|name, value| !(value.is_null() && is_custom(name)));
    let lead = Value::Object(lead);
    store::update_lead(call.state, id, &lead);
    Ok(answer(200, lead))
}

pub(crate) fn delete(call: &mut Call<'_>, id: &str) -> Outcome {
    if store::delete_lead(call.state, id) {
        Ok(answer(200, json!({ "id": id })))
    } else {
        Err(ApiError::no_such_lead())
    }
}

/// A lead of which nothing is known.
pub(crate) fn blank(number: u64, now: &str) -> Map<String, Value> {
    let lead = json!({
        "id": store::lead_id(number), "title": "", "owner_id": users::FIRST_ID, "creator_id": users::FIRST_ID,
        "label_ids": [], "person_id": null, "organization_id": null, "source_name": "API", "origin": "API",
        "origin_id": null, "channel": null, "channel_id": null, "is_archived": false, "was_seen": false, "value": null,
        "expected_close_date": null, "next_activity_id": null, "add_time": now, "update_time": now, "visible_to": "3",
        "cc_email": format!("sandbox+1+lead{number}@pipedrivemail.com"),
    });
    match lead {
        Value::Object(lead) => lead,
        _ => Map::new(),
    }
}

fn check(call: &Call<'_>, body: &Map<String, Value>, creating: bool) -> Vec<Wrong> {
    let entry = |(name, value): (&String, &Value)| {
        let kind = match name.as_str() {
            "title" => Kind::Text,
            "owner_id" => Kind::User,
            "person_id"
            | "organization_id"
            | "expected_close_date"
            | "channel"
            | "channel_id"
            | "origin_id"
                if value.is_null() && !(creating && PARTIES.contains(&name.as_str())) =>
            {
                return None;
            }
            "person_id" => Kind::Record(Type::Persons),
            "organization_id" => Kind::Record(Type::Organizations),
            "expected_close_date" => Kind::Date,
            "visible_to" => Kind::OneOf(&["1", "3", "5", "7"]),
            "was_seen" => Kind::Boolean,
            "is_archived" if !creating => Kind::Boolean,
            "channel" => Kind::Integer,
            "channel_id" => Kind::Text,
            "origin_id" if creating => Kind::Text,
            "label_ids" => return labels(value),
            "value" => return amount(value),
            _ => return custom(name, value),
        };
        fault(call.state, name, kind, value)
    };
    body.iter().filter_map(entry).collect()
}

fn labels(value: &Value) -> Option<Wrong> {
    let is_label = |label: &Value| label.as_str().is_some_and(|id| LEAD_LABELS.contains(&id));
    let fits = value.as_array().is_some_and(|labels| labels.iter().all(is_label));
    (!fits).then(|| Wrong::new("label_ids", "must be ids of labels"))
}

fn amount(value: &Value) -> Option<Wrong> {
    let currency = value.get("currency").and_then(Value::as_str);
    let fits = value.is_null()
        || value.get("amount").is_some_and(Value::is_number)
            && currency.is_some_and(|code| CURRENCIES.contains(&code));
    (!fits).then(|| Wrong::new("value", "must have an amount and a known currency"))
}

/// Leads have the custom fields of deals, at the top level.
fn custom(name: &str, value: &Value) -> Option<Wrong> {
    match Type::Deals.custom_fields().iter().find(|field| field.key == name) {
        Some(field) => custom_fault(field, value).map(|why| Wrong::new(name, why)),
        None => Some(Wrong::new(name, "is not allowed")),
    }
}

fn is_custom(name: &str) -> bool {
    Type::Deals.custom_fields().iter().any(|field| field.key == name)
}

fn body(call: &Call<'_>) -> Result<Map<String, Value>, ApiError> {
    match call.request.json() {
        Some(Value::Object(body)) => Ok(body),
        _ => Err(ApiError::invalid_v1(&[Wrong::new("body", "must be an object")])),
    }
}

fn refuse(wrong: &[Wrong]) -> Result<(), ApiError> {
    if wrong.is_empty() {
        Ok(())
    } else {
        Err(ApiError::invalid_v1(wrong))
    }
}

/// With milliseconds, unlike the API v2.
fn now(call: &Call<'_>) -> String {
    time::to_iso(i64::try_from(call.now_ms).unwrap_or_default())
}

fn answer(status: u16, data: Value) -> Response {
    Response::json(status, &json!({ "success": true, "data": data }))
}
