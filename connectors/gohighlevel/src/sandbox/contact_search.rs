//! `POST /contacts/search`.

use std::cmp::Ordering;

use routemcp_sdk::sandbox::Response;
use serde_json::{Map, Value, json};

use crate::sandbox::Call;
use crate::sandbox::error::{ApiError, Outcome};
use crate::sandbox::store::{self, CONTACTS, Record, moment, text};

/// `page` reaches no further.
const MAX_BY_PAGE: usize = 10_000;
const FIELDS: [&str; 14] = [
    "id",
    "firstName",
    "lastName",
    "email",
    "phone",
    "companyName",
    "city",
    "state",
    "country",
    "source",
    "assignedTo",
    "tags",
    "dateAdded",
    "dateUpdated",
];

/// Which contacts, in which order, and from where.
struct Search {
    limit: usize,
    skip: usize,
    after: Option<Vec<Value>>,
    /// (field, descending).
    order: Vec<(String, bool)>,
}

pub(crate) fn search(call: &mut Call<'_>) -> Outcome {
    let body = call.body()?;
    call.check_location("locationId", body.get("locationId").and_then(Value::as_str))?;
    let search = Search::parse(&body)?;
    let words = body
        .get("query")
        .and_then(Value::as_str)
        .unwrap_or_default()
        .to_lowercase();
    let filters = body
        .get("filters")
        .and_then(Value::as_array)
        .cloned()
        .unwrap_or_default();
    let mut found = Vec::new();
    for contact in store::all(call.state, CONTACTS) {
        let has_words = words.is_empty()
            || ["firstName", "lastName", "email", "phone"]
                .iter()
                .any(|field| text(&contact, field).to_lowercase().contains(&words));
        if has_words && all_match(&contact, &filters)? {
            found.push((search.place(&contact), contact));
        }
    }
    found.sort_by(|(one, _), (other, _)| search.compare(one, other));
    let total = found.len();
    if let Some(after) = &search.after {
        found.retain(|(place, _)| search.compare(place, after) == Ordering::Greater);
    }
    let contacts: Vec<Value> = found
        .into_iter()
        .skip(search.skip)
        .take(search.limit)
        .map(|(place, contact)| render(contact, place))
        .collect();
    let trace_id = call.trace_id();
    Ok(Response::json(
        200,
        &json!({ "contacts": contacts, "total": total, "traceId": trace_id }),
    ))
}

impl Search {
    fn parse(body: &Map<String, Value>) -> Result<Self, ApiError> {
        let limit = body
            .get("pageLimit")
            .and_then(Value::as_u64)
            .filter(|limit| (1..=500).contains(limit));
        let Some(limit) = limit.and_then(|limit| usize::try_from(limit).ok()) else {
            return Err(ApiError::validation(vec![
                "pageLimit must be a number".to_owned(),
            ]));
        };
        let after = body
            .get("searchAfter")
            .and_then(Value::as_array)
            .filter(|values| !values.is_empty())
            .cloned();
        let page = body
            .get("page")
            .map_or(Some(1), Value::as_u64)
            .and_then(|page| usize::try_from(page).ok());
        let Some(skip) = page
            .filter(|page| *page > 0)
            .map(|page| (page - 1).saturating_mul(limit))
        else {
            return Err(ApiError::validation(vec![
                "page must be a positive number".to_owned(),
            ]));
        };
        if after.is_some() && body.contains_key("page") {
            return Err(ApiError::new(400, "page and searchAfter cannot be used together"));
        }
        if skip + limit > MAX_BY_PAGE {
            return Err(ApiError::new(
                400,
                "page reaches 10000 records; use searchAfter beyond",
            ));
        }
        let order = order(body.get("sort"))?;
        if after.as_ref().is_some_and(|after| after.len() != order.len() + 1) {
            return Err(ApiError::new(400, "searchAfter does not fit the sort"));
        }
        Ok(Self {
            limit,
            skip,
            after,
            order,
        })
    }

    /// What a contact is sorted by: the fields of the order, and the id.
    fn place(&self, contact: &Record) -> Vec<Value> {
        let values = self.order.iter().map(|(field, _)| match field.as_str() {
            "dateAdded" | "dateUpdated" => moment(contact, field).into(),
            _ => text(contact, field).to_lowercase().into(),
        });
        values.chain([Value::from(text(contact, "id"))]).collect()
    }

    fn compare(&self, one: &[Value], other: &[Value]) -> Ordering {
        for (index, (one, other)) in one.iter().zip(other).enumerate() {
            let order = match (one.as_i64(), other.as_i64()) {
                (Some(one), Some(other)) => one.cmp(&other),
                _ => one.as_str().cmp(&other.as_str()),
            };
            let descending = self.order.get(index).is_some_and(|(_, descending)| *descending);
            match if descending { order.reverse() } else { order } {
                Ordering::Equal => {}
                decided => return decided,
            }
        }
        Ordering::Equal
    }
}

fn order(given: Option<&Value>) -> Result<Vec<(String, bool)>, ApiError> {
    let entries = given
        .and_then(Value::as_array)
        .map(Vec::as_slice)
        .unwrap_or_default();
    if entries.is_empty() {
        return Ok(vec![("dateAdded".to_owned(), true)]);
    }
    let one = |entry: &Value| {
        let field = entry.get("field").and_then(Value::as_str).unwrap_or_default();
        known(field)?;
        Ok((field.to_owned(), entry.get("direction") == Some(&json!("desc"))))
    };
    entries.iter().map(one).collect()
}

fn known(field: &str) -> Result<(), ApiError> {
    if FIELDS.contains(&field) {
        return Ok(());
    }
    Err(ApiError::new(400, format!("Invalid field: {field}")))
}

fn all_match(contact: &Record, filters: &[Value]) -> Result<bool, ApiError> {
    for filter in filters {
        if !matches(contact, filter)? {
            return Ok(false);
        }
    }
    Ok(true)
}

fn matches(contact: &Record, filter: &Value) -> Result<bool, ApiError> {
    if let Some(group) = filter.get("group").and_then(Value::as_str) {
        let filters = filter
            .get("filters")
            .and_then(Value::as_array)
            .map(Vec::as_slice)
            .unwrap_or_default();
        let each = filters
            .iter()
            .map(|filter| matches(contact, filter))
            .collect::<Result<Vec<_>, _>>()?;
        return Ok(if group == "OR" {
            each.contains(&true)
        } else {
            !each.contains(&false)
        });
    }
    let member = |name: &str| filter.get(name).and_then(Value::as_str).unwrap_or_default();
    let field = member("field");
    known(field)?;
    let wanted = filter.get("value").unwrap_or(&Value::Null);
    let has = contact.get(field).is_some_and(|value| !value.is_null());
    match member("operator") {
        "eq" => Ok(equals(contact, field, wanted)),
        "not_eq" => Ok(!equals(contact, field, wanted)),
        "contains" => Ok(contains(contact, field, wanted)),
        "not_contains" => Ok(!contains(contact, field, wanted)),
        "exists" => Ok(has),
        "not_exists" => Ok(!has),
        "range" => Ok(in_range(contact, field, wanted)),
        other => Err(ApiError::new(
            400,
            format!("Invalid operator {other} for the field {field}"),
        )),
    }
}

/// Without regard to case; a list equals what it holds.
fn equals(contact: &Record, field: &str, wanted: &Value) -> bool {
    let wanted = wanted.as_str().unwrap_or_default();
    match contact.get(field) {
        Some(Value::Array(values)) => values.iter().any(|value| value == wanted),
        _ => text(contact, field).to_lowercase() == wanted.to_lowercase(),
    }
}

fn contains(contact: &Record, field: &str, wanted: &Value) -> bool {
    text(contact, field)
        .to_lowercase()
        .contains(&wanted.as_str().unwrap_or_default().to_lowercase())
}

fn in_range(contact: &Record, field: &str, wanted: &Value) -> bool {
    let bound = |name: &str| {
        let bound = wanted.get(name)?;
        bound
            .as_i64()
            .or_else(|| routemcp_sdk::time::from_iso(bound.as_str()?))
    };
    let value = moment(contact, field);
    bound("gte").is_none_or(|least| value >= least) && bound("lte").is_none_or(|most| value <= most)
}

/// As the search writes it: with `address` for `address1`, and null for who is not assigned.
fn render(mut contact: Record, place: Vec<Value>) -> Value {
    if let Some(street) = contact.remove("address1") {
        contact.insert("address".to_owned(), street);
    }
    let name = format!("{} {}", text(&contact, "firstName"), text(&contact, "lastName"));
    contact.insert("contactName".to_owned(), name.trim().to_lowercase().into());
    contact.entry("assignedTo").or_insert(Value::Null);
    contact.insert("searchAfter".to_owned(), place.into());
    contact.into()
}
