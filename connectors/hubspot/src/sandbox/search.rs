//! Search: filters, words, order, and pages by offset.

use std::cmp::Ordering;

use routemcp_sdk::sandbox::Response;
use serde_json::{Value, json};

use crate::sandbox::error::{ApiError, Outcome};
use crate::sandbox::record::{Comparable, Record};
use crate::sandbox::schema::{Kind, Type};
use crate::sandbox::{Call, store};

const DEFAULT_LIMIT: u64 = 10;
const MAX_LIMIT: u64 = 200;
const MAX_RESULTS: u64 = 10_000;
const MAX_GROUPS: usize = 6;
const MAX_FILTERS: usize = 25;

pub(crate) fn search(call: &mut Call<'_>, of: Type) -> Outcome {
    let body = call.request.json().ok_or_else(ApiError::body_expected)?;
    let (limit, after) = window(&body)?;
    let groups = groups(&body)?;
    let mut found = Vec::new();
    for record in store::all(call.state, of) {
        if matches_groups(of, &record, &groups)? && matches_words(of, &record, &body) {
            found.push(record);
        }
    }
    sort(of, &body, &mut found)?;
    let total = found.len();
    let names = texts(body.pointer("/properties"));
    let page = found.iter().skip(offset(after)).take(offset(limit));
    let results: Vec<Value> = page.map(|record| record.render(of, &names)).collect();
    let next = after + limit;
    let mut answer = json!({ "total": total, "results": results });
    if let (Value::Object(members), true) = (&mut answer, offset(next) < total) {
        members.insert(
            "paging".to_owned(),
            json!({ "next": { "after": next.to_string() } }),
        );
    }
    Ok(Response::json(200, &answer))
}

fn window(body: &Value) -> Result<(u64, u64), ApiError> {
    let limit = number(body.pointer("/limit")).unwrap_or(Some(DEFAULT_LIMIT));
    let limit = limit
        .filter(|limit| (1..=MAX_LIMIT).contains(limit))
        .ok_or_else(|| ApiError::validation(format!("The limit must be between 1 and {MAX_LIMIT}.")))?;
    let after = number(body.pointer("/after"))
        .unwrap_or(Some(0))
        .ok_or_else(|| ApiError::validation("Invalid paging parameter after: it must be a number"))?;
    if after + limit > MAX_RESULTS {
        return Err(ApiError::validation(format!(
            "Paging beyond {MAX_RESULTS} results is not possible (after + limit)."
        )));
    }
    Ok((limit, after))
}

/// Outer none: not given. Inner none: not a number.
fn number(value: Option<&Value>) -> Option<Option<u64>> {
    match value? {
        Value::Null => None,
        Value::String(text) if text.is_empty() => None,
        Value::String(text) => Some(text.parse().ok()),
        other => Some(other.as_u64()),
    }
}

fn groups(body: &Value) -> Result<Vec<&Vec<Value>>, ApiError> {
    let groups = body
        .pointer("/filterGroups")
        .and_then(Value::as_array)
        .into_iter()
        .flatten();
    let groups: Vec<&Vec<Value>> = groups
        .filter_map(|group| group.pointer("/filters").and_then(Value::as_array))
        .collect();
    if groups.len() > MAX_GROUPS || groups.iter().map(|filters| filters.len()).sum::<usize>() > MAX_FILTERS {
        return Err(ApiError::validation(format!(
            "At most {MAX_GROUPS} groups and {MAX_FILTERS} filters are allowed."
        )));
    }
    Ok(groups)
}

/// Filters of a group must all hold, and one group is enough. No groups: everything.
fn matches_groups(of: Type, record: &Record, groups: &[&Vec<Value>]) -> Result<bool, ApiError> {
    let mut any = groups.is_empty();
    for filters in groups {
        let mut all = true;
        for filter in *filters {
            all &= matches(of, record, filter)?;
        }
        any |= all;
    }
    Ok(any)
}

fn matches(of: Type, record: &Record, filter: &Value) -> Result<bool, ApiError> {
    let name = filter
        .pointer("/propertyName")
        .and_then(Value::as_str)
        .unwrap_or_default();
    let kind = of.kind(name).ok_or_else(|| {
        ApiError::validation(format!(
            "There was a problem with the request: no property {name}"
        ))
    })?;
    let operator = filter
        .pointer("/operator")
        .and_then(Value::as_str)
        .unwrap_or_default();
    let own = record.property(of, name);
    let compared = |to: &str| {
        let given = filter.get(to).map(text).unwrap_or_default();
        own.as_deref()
            .and_then(|own| Comparable::new(kind, own).partial_cmp(&Comparable::new(kind, &given)))
    };
    let value = || compared("value");
    Ok(match operator {
        "EQ" => value() == Some(Ordering::Equal),
        "NEQ" => value() != Some(Ordering::Equal),
        "LT" => value() == Some(Ordering::Less),
        "LTE" => value().is_some_and(Ordering::is_le),
        "GT" => value() == Some(Ordering::Greater),
        "GTE" => value().is_some_and(Ordering::is_ge),
        "BETWEEN" => {
            value().is_some_and(Ordering::is_ge) && compared("highValue").is_some_and(Ordering::is_le)
        }
        "IN" => is_in(kind, own.as_deref(), filter),
        "NOT_IN" => !is_in(kind, own.as_deref(), filter),
        "HAS_PROPERTY" => own.is_some(),
        "NOT_HAS_PROPERTY" => own.is_none(),
        "CONTAINS_TOKEN" => contains(own.as_deref(), filter),
        "NOT_CONTAINS_TOKEN" => !contains(own.as_deref(), filter),
        _ => return Err(ApiError::validation(format!("Invalid operator {operator}"))),
    })
}

fn is_in(kind: Kind, own: Option<&str>, filter: &Value) -> bool {
    let own = own.map(|own| Comparable::new(kind, own));
    let values = filter
        .pointer("/values")
        .and_then(Value::as_array)
        .into_iter()
        .flatten();
    own.is_some_and(|own| values.map(text).any(|value| Comparable::new(kind, &value) == own))
}

/// Whole words, with "*" at either end for the beginnings and ends of words.
fn contains(own: Option<&str>, filter: &Value) -> bool {
    let wanted = filter.get("value").map(text).unwrap_or_default().to_lowercase();
    let bare = wanted.trim_matches('*');
    let own = own.unwrap_or_default().to_lowercase();
    let mut words = own.split(|letter: char| !letter.is_alphanumeric() && letter != '@' && letter != '.');
    words.any(|word| match (wanted.starts_with('*'), wanted.ends_with('*')) {
        (true, true) => word.contains(bare),
        (true, false) => word.ends_with(bare),
        (false, true) => word.starts_with(bare),
        (false, false) => word == bare,
    })
}

/// `query`: every word begins a word of one of the default properties.
fn matches_words(of: Type, record: &Record, body: &Value) -> bool {
    let query = body
        .pointer("/query")
        .and_then(Value::as_str)
        .unwrap_or_default()
        .to_lowercase();
    let texts: Vec<String> = of
        .defaults()
        .iter()
        .filter_map(|name| record.property(of, name))
        .collect();
    let all = texts.join(" ").to_lowercase();
    query.split_whitespace().all(|word| {
        all.split(|c: char| !c.is_alphanumeric())
            .any(|own| own.starts_with(word))
    })
}

/// HubSpot takes one sort, as an object or as a name with "-" for descending. Records without the value come last.
fn sort(of: Type, body: &Value, records: &mut [Record]) -> Result<(), ApiError> {
    let Some(sort) = body.pointer("/sorts/0") else {
        return Ok(());
    };
    let given = sort
        .as_str()
        .or_else(|| sort.pointer("/propertyName").and_then(Value::as_str))
        .unwrap_or_default();
    let name = given.trim_start_matches('-');
    let descending =
        given.starts_with('-') || sort.pointer("/direction").and_then(Value::as_str) == Some("DESCENDING");
    let kind = of
        .kind(name)
        .ok_or_else(|| ApiError::validation(format!("Cannot sort by the property {name}")))?;
    records.sort_by_cached_key(|record| {
        let value = record.property(of, name).map(|text| Comparable::new(kind, &text));
        Key { value, descending }
    });
    Ok(())
}

/// Where a record stands in an order.
#[derive(PartialEq)]
struct Key {
    value: Option<Comparable>,
    descending: bool,
}

impl Eq for Key {}

impl Ord for Key {
    fn cmp(&self, other: &Self) -> Ordering {
        match (&self.value, &other.value) {
            (None, None) => Ordering::Equal,
            (None, _) => Ordering::Greater,
            (_, None) => Ordering::Less,
            (Some(one), Some(two)) => {
                let order = one.partial_cmp(two).unwrap_or(Ordering::Equal);
                if self.descending { order.reverse() } else { order }
            }
        }
    }
}

impl PartialOrd for Key {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

fn texts(values: Option<&Value>) -> Vec<&str> {
    values
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect()
}

fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

fn offset(number: u64) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(amount: &str) -> Record {
        let properties = [
            ("amount".to_owned(), amount.to_owned()),
            ("dealname".to_owned(), "Kite renewal".to_owned()),
        ];
        Record {
            id: 7,
            properties: properties.into(),
            created_ms: 0,
            updated_ms: 5,
            archived_ms: None,
            seed: None,
        }
    }

    #[test]
    fn operators_compare_by_the_kind_of_the_property() {
        for (operator, extra, expected) in [
            ("EQ", json!({ "value": "100.0" }), true),
            ("GT", json!({ "value": "9" }), true),
            ("LT", json!({ "value": "9" }), false),
            ("BETWEEN", json!({ "value": "50", "highValue": "100" }), true),
            ("IN", json!({ "values": ["1", "100"] }), true),
            ("NOT_IN", json!({ "values": ["1", "100"] }), false),
            ("HAS_PROPERTY", json!({}), true),
            ("NOT_HAS_PROPERTY", json!({}), false),
        ] {
            let mut filter = json!({ "propertyName": "amount", "operator": operator });
            filter
                .as_object_mut()
                .unwrap()
                .extend(extra.as_object().unwrap().clone());
            assert_eq!(
                matches(Type::Deals, &record("100"), &filter).unwrap(),
                expected,
                "{operator}"
            );
        }
    }

    #[test]
    fn tokens_are_words() {
        for (value, expected) in [
            ("kite", true),
            ("kit", false),
            ("kit*", true),
            ("*newal", true),
            ("owl", false),
        ] {
            let filter = json!({ "propertyName": "dealname", "operator": "CONTAINS_TOKEN", "value": value });
            assert_eq!(
                matches(Type::Deals, &record("1"), &filter).unwrap(),
                expected,
                "{value}"
            );
        }
    }

    #[test]
    fn records_without_the_value_come_last_in_both_directions() {
        for (direction, expected) in [("ASCENDING", ["9", "100", ""]), ("DESCENDING", ["100", "9", ""])] {
            let mut records = [record(""), record("100"), record("9")];
            let body = json!({ "sorts": [{ "propertyName": "amount", "direction": direction }] });
            sort(Type::Deals, &body, &mut records).unwrap();
            assert_eq!(
                records
                    .each_ref()
                    .map(|record| record.properties["amount"].as_str()),
                expected
            );
        }
    }

    #[test]
    fn no_one_pages_beyond_ten_thousand() {
        assert!(window(&json!({ "after": "9900", "limit": 100 })).is_ok());
        assert!(window(&json!({ "after": "9901", "limit": 100 })).is_err());
        assert!(window(&json!({ "limit": 201 })).is_err());
    }
}
