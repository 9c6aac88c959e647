//! Filters, orders and `updatedSince`, by way of HubSpot's search.

use routemcp_sdk::prelude::*;
use routemcp_sdk::time;
use serde_json::{Value, json};

use crate::fields::{Wanted, property};
use crate::list::next_after;
use crate::paths::{Object, Version};
use crate::{associations, errors, joins};

/// HubSpot's search gives no more results than these, however many there are.
const MAX_RESULTS: u32 = 10_000;
/// A search's `after` is an offset, while a list's is a record. The mark keeps one from being taken for the other.
const CURSOR_MARK: &str = "search:";

pub(crate) fn needed(query: &Query) -> bool {
    !query.filters.is_empty() || query.updated_since.is_some() || query.sort.is_some()
}

pub(crate) fn is_cursor(cursor: &str) -> bool {
    cursor.starts_with(CURSOR_MARK)
}

pub(crate) fn page(
    version: Version,
    object: Object,
    query: &Query,
    wanted: &Wanted,
) -> Result<Page, Failure> {
    let after = offset(query.cursor.as_deref())?;
    let body = json!({
        "filterGroups": [{ "filters": filters(object, query)? }],
        "sorts": [sort(object, query)?],
        "properties": wanted.properties,
        "limit": query.limit.min(MAX_RESULTS - after),
        "after": after.to_string(),
    });
    let path = format!("{}/search", version.objects(object.name()));
    let answer = errors::records(http::post(path).json(&body).repeatable().send()?)?;
    let next = next_after(&answer)?.map(|after| format!("{CURSOR_MARK}{after}"));
    if next.is_some() && next == query.cursor {
        return Err(Failure::unexpected("HubSpot's next page is the same page again"));
    }
    if wanted.associations.is_empty() {
        return Ok(Page::at(answer, "/results", next));
    }
    // A search cannot be asked for links.
    let mut records: Vec<Value> = answer.at("/results").unwrap_or_default();
    associations::add(version, object, &mut records, &wanted.associations)?;
    joins::complete(version, object, &mut records, wanted, &[])?;
    Ok(Page::values(records, next))
}

fn offset(cursor: Option<&str>) -> Result<u32, Failure> {
    let Some(cursor) = cursor else { return Ok(0) };
    let digits = cursor
        .strip_prefix(CURSOR_MARK)
        .filter(|text| text.bytes().all(|byte| byte.is_ascii_digit()));
    let Some(after) = digits.and_then(|text| text.parse::<u32>().ok()) else {
        return Err(Failure::invalid_cursor(
            "this cursor does not belong to a HubSpot search",
        ));
    };
    if after >= MAX_RESULTS {
        return Err(Failure::rejected(format!(
            "HubSpot's search gives no more than {MAX_RESULTS} results: narrow it with a filter or a later updatedSince"
        )));
    }
    Ok(after)
}

fn filters(object: Object, query: &Query) -> Result<Vec<Value>, Failure> {
    let mut filters = query.filters.iter().map(filter).collect::<Result<Vec<_>, _>>()?;
    if let Some(since) = &query.updated_since {
        let ms = time::from_iso(since).ok_or_else(|| {
            Failure::rejected(format!(
                "updatedSince is \"{since}\", but must be an ISO 8601 time"
            ))
        })?;
        let name = object.updated_property();
        filters.push(json!({ "propertyName": name, "operator": "GTE", "value": ms.to_string() }));
    }
    Ok(filters)
}

fn filter(filter: &Filter) -> Result<Value, Failure> {
    let field = &filter.field;
    let (Some(name), "eq") = (property(field), filter.operator.as_str()) else {
        let operator = &filter.operator;
        return Err(Failure::unsupported(format!(
            "HubSpot cannot filter {field} with the operator {operator}"
        )));
    };
    let value = match &filter.value {
        Value::Null => return Ok(json!({ "propertyName": name, "operator": "NOT_HAS_PROPERTY" })),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    Ok(json!({ "propertyName": name, "operator": "EQ", "value": value }))
}

/// The id is the order that nobody asks for: a record that changes during a walk keeps its place, so that none is missed.
fn sort(object: Object, query: &Query) -> Result<Value, Failure> {
    let Some(Sort { field, descending }) = &query.sort else {
        return Ok(json!({ "propertyName": "hs_object_id", "direction": "ASCENDING" }));
    };
    let name = match field.as_str() {
        "/createdAt" => object.created_property().to_owned(),
        "/updatedAt" => object.updated_property().to_owned(),
        other => {
            property(other).ok_or_else(|| Failure::unsupported(format!("HubSpot cannot sort by {other}")))?
        }
    };
    let direction = if *descending { "DESCENDING" } else { "ASCENDING" };
    Ok(json!({ "propertyName": name, "direction": direction }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_searchs_own_cursor_is_taken() {
        assert_eq!(offset(None).unwrap(), 0);
        assert_eq!(offset(Some("search:300")).unwrap(), 300);
        for cursor in ["300", "search:", "search:-1", "search:x", "search:99999999999"] {
            assert!(offset(Some(cursor)).unwrap_err().is("invalid-cursor"), "{cursor}");
        }
        assert!(offset(Some("search:10000")).unwrap_err().is("rejected"));
    }

    #[test]
    fn a_filter_by_null_asks_for_absence() {
        let absent = Filter {
            field: "email".to_owned(),
            operator: "eq".to_owned(),
            value: Value::Null,
        };
        assert_eq!(
            filter(&absent).unwrap(),
            json!({ "propertyName": "email", "operator": "NOT_HAS_PROPERTY" })
        );
    }

    #[test]
    fn updated_since_becomes_milliseconds_of_the_types_own_property() {
        let query = Query {
            updated_since: Some("2026-05-04T08:15:30.120Z".to_owned()),
            ..Query::default()
        };
        let [contact, deal] =
            [Object::Contacts, Object::Deals].map(|object| filters(object, &query).unwrap());
        assert_eq!(
            contact,
            [json!({ "propertyName": "lastmodifieddate", "operator": "GTE", "value": "1777882530120" })]
        );
        assert_eq!(deal[0]["propertyName"], "hs_lastmodifieddate");
    }

    #[test]
    fn times_are_sorted_by_the_types_own_property() {
        let by = |field: &str| Query {
            sort: Some(Sort {
                field: field.to_owned(),
                descending: true,
            }),
            ..Query::default()
        };
        let expected = json!({ "propertyName": "hs_createdate", "direction": "DESCENDING" });
        assert_eq!(sort(Object::Leads, &by("/createdAt")).unwrap(), expected);
        assert!(
            sort(Object::Leads, &by("/contact/properties/email"))
                .unwrap_err()
                .is("unsupported")
        );
    }
}
