//! HighLevel's search of contacts, which is also the only list of them that v3 has.

use routemcp_sdk::prelude::*;
use serde_json::{Map, Value, json};

use crate::api::Api;

/// The mark keeps a cursor of another resource from being taken for one of contacts.
const CURSOR_MARK: &str = "contacts:";
/// HighLevel's own cursors are some forty characters. This keeps nonsense from travelling.
const MAX_CURSOR_LENGTH: usize = 500;

/// The body that asks for the page at the query's cursor.
///
/// The order is that of creation unless another is asked for: a contact that is made during a walk then comes at its end,
/// and one that changes keeps its place.
pub(crate) fn body(api: &Api, query: &Query) -> Result<Value, Failure> {
    let mut body = json!({
        "locationId": api.location,
        "pageLimit": query.limit,
        "sort": [sort(query)?],
    });
    let filters = filters(query)?;
    if let Value::Object(members) = &mut body {
        if !filters.is_empty() {
            members.insert("filters".to_owned(), filters.into());
        }
        let (name, at) = match search_after(query.cursor.as_deref())? {
            Some(after) => ("searchAfter", after),
            None => ("page", 1.into()),
        };
        members.insert(name.to_owned(), at);
    }
    Ok(body)
}

/// The cursor after a page. Takes any page size, so that the limit may change during a walk.
pub(crate) fn next(answer: &Response, query: &Query, found: usize) -> Result<Option<String>, Failure> {
    // `total` counts the whole search, so only on the first page does it tell whether there is more.
    let total = answer.at::<usize>("/total").filter(|_| query.cursor.is_none());
    let more = total.map_or(found >= query.limit as usize, |total| total > found);
    let Some(last) = found.checked_sub(1).filter(|_| more) else {
        return Ok(None);
    };
    let after: Value = answer
        .at(&format!("/contacts/{last}/searchAfter"))
        .unwrap_or_default();
    if !is_search_after(&after) {
        return Err(
            Failure::unexpected("HighLevel's last contact of a page has no searchAfter")
                .status(answer.status()),
        );
    }
    let next = format!("{CURSOR_MARK}{after}");
    if query.cursor.as_deref() == Some(next.as_str()) {
        return Err(Failure::unexpected(
            "HighLevel's next page is the same page again",
        ));
    }
    Ok(Some(next))
}

fn search_after(cursor: Option<&str>) -> Result<Option<Value>, Failure> {
    let Some(cursor) = cursor else { return Ok(None) };
    let text = cursor
        .strip_prefix(CURSOR_MARK)
        .filter(|text| text.len() <= MAX_CURSOR_LENGTH);
    let after = text
        .and_then(|text| serde_json::from_str(text).ok())
        .filter(is_search_after);
    after
        .map(Some)
        .ok_or_else(|| Failure::invalid_cursor("this cursor does not belong to a list of HighLevel contacts"))
}

/// The values that contacts are sorted by, the id last.
fn is_search_after(value: &Value) -> bool {
    let plain = |value: &Value| value.is_string() || value.is_number() || value.is_null();
    value
        .as_array()
        .is_some_and(|values| (1..=4).contains(&values.len()) && values.iter().all(plain))
}

fn filters(query: &Query) -> Result<Vec<Value>, Failure> {
    let mut filters = query.filters.iter().map(filter).collect::<Result<Vec<_>, _>>()?;
    if let Some(since) = &query.updated_since {
        filters.push(json!({ "field": "dateUpdated", "operator": "range", "value": { "gte": since } }));
    }
    Ok(filters)
}

fn filter(filter: &Filter) -> Result<Value, Failure> {
    let Filter {
        field,
        operator,
        value,
    } = filter;
    if operator != "eq" || !["email", "phone", "assignedTo"].contains(&field.as_str()) {
        return Err(Failure::unsupported(format!(
            "HighLevel's contacts cannot be filtered by {field} with the operator {operator}"
        )));
    }
    let mut members = Map::from_iter([("field".to_owned(), field.as_str().into())]);
    if value.is_null() {
        members.insert("operator".to_owned(), "not_exists".into());
    } else {
        members.insert("operator".to_owned(), "eq".into());
        members.insert("value".to_owned(), value.clone());
    }
    Ok(members.into())
}

fn sort(query: &Query) -> Result<Value, Failure> {
    let (field, descending) = match &query.sort {
        None => ("dateAdded", false),
        Some(Sort { field, descending }) => (field.as_str(), *descending),
    };
    if !["dateAdded", "dateUpdated"].contains(&field) {
        return Err(Failure::unsupported(format!(
            "HighLevel's contacts cannot be sorted by {field}"
        )));
    }
    Ok(json!({ "field": field, "direction": if descending { "desc" } else { "asc" } }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::Version;

    fn body_of(query: &Query) -> Result<Value, Failure> {
        let api = Api {
            version: Version::V3,
            location: "L".to_owned(),
        };
        body(&api, query)
    }

    #[test]
    fn the_first_page_has_a_number_and_later_ones_continue() {
        let mut query = Query {
            limit: 25,
            ..Query::default()
        };
        let first = body_of(&query).unwrap();
        let sort = json!([{ "field": "dateAdded", "direction": "asc" }]);
        assert_eq!(
            first,
            json!({ "locationId": "L", "pageLimit": 25, "sort": sort, "page": 1 })
        );
        query.cursor = Some("contacts:[1780308000000,\"k3Jx\"]".to_owned());
        let later = body_of(&query).unwrap();
        assert_eq!(later["searchAfter"], json!([1_780_308_000_000_u64, "k3Jx"]));
        assert_eq!(later.get("page"), None);
    }

    #[test]
    fn only_a_cursor_of_contacts_is_taken() {
        let long = format!("contacts:[\"{}\"]", "x".repeat(600));
        for cursor in [
            "",
            "x",
            "contacts:",
            "contacts:{}",
            "contacts:[]",
            "contacts:[[1]]",
            "deals:1:x",
            &long,
        ] {
            let query = Query {
                cursor: Some(cursor.to_owned()),
                ..Query::default()
            };
            assert!(body_of(&query).unwrap_err().is("invalid-cursor"), "{cursor}");
        }
    }

    #[test]
    fn filters_speak_highlevels_language() {
        let eq = |field: &str, value: Value| Filter {
            field: field.to_owned(),
            operator: "eq".to_owned(),
            value,
        };
        let query = Query {
            filters: vec![eq("email", json!("a@b.co")), eq("assignedTo", Value::Null)],
            updated_since: Some("2026-05-04T08:15:30.120Z".to_owned()),
            ..Query::default()
        };
        let expected = json!([
            { "field": "email", "operator": "eq", "value": "a@b.co" },
            { "field": "assignedTo", "operator": "not_exists" },
            { "field": "dateUpdated", "operator": "range", "value": { "gte": "2026-05-04T08:15:30.120Z" } },
        ]);
        assert_eq!(body_of(&query).unwrap()["filters"], expected);
        let other = Query {
            filters: vec![eq("city", json!("Ulm"))],
            ..Query::default()
        };
        assert!(body_of(&other).unwrap_err().is("unsupported"));
    }
}
