//! Filters and `updatedSince`, by way of COQL, Zoho's query language.
//!
//! COQL says which records, and the list endpoint gives them, so that they look the same however they were found.

use routemcp_sdk::prelude::*;
use routemcp_sdk::time;
use serde_json::{Value, json};

use crate::cursor::foreign;
use crate::list::sort_name;
use crate::modules::{Module, check_id};
use crate::{errors, fields, meeting, read};

/// Keeps cursors of queries from being taken for those of lists.
const CURSOR_MARK: &str = "q.";

pub(crate) fn needed(query: &Query) -> bool {
    !query.filters.is_empty() || query.updated_since.is_some()
}

pub(crate) fn page(module: Module, query: &Query) -> Result<Page, Failure> {
    let sort_by = query.sort.as_ref().map(sort_name).transpose()?;
    let statement = statement(module, query, sort_by)?;
    let body = json!({ "select_query": statement });
    let answer = errors::accept(http::post("/coql").json(&body).repeatable().send()?)?;
    if answer.status() == 204 {
        return Ok(Page::values(Vec::new(), None));
    }
    let ids = errors::ids(&answer, "/data")?;
    let next = next(&answer, &ids, sort_by);
    let groups = fields::groups(module, &query.fields);
    let mut records = read::by_ids(module, &ids, &groups)?;
    meeting::dress_all(module, &mut records);
    Ok(Page::values(records, next))
}

/// Goes on after the last record rather than at an offset: the limit may change, nothing shifts, and there is no end at
/// record 100,000.
fn statement(module: Module, query: &Query, sort_by: Option<&str>) -> Result<String, Failure> {
    let mut conditions = query
        .filters
        .iter()
        .map(condition)
        .collect::<Result<Vec<_>, _>>()?;
    if let Some(since) = &query.updated_since {
        conditions.push(format!("Modified_Time >= '{}'", zoho_time(since)?));
    }
    let descending = query.sort.as_ref().is_some_and(|sort| sort.descending);
    if let Some(cursor) = &query.cursor {
        conditions.push(after(cursor, sort_by, descending)?);
    }
    // COQL wants more than two conditions in pairs.
    let all = conditions
        .into_iter()
        .reduce(|all, one| format!("({all} and {one})"))
        .unwrap_or_else(|| "id is not null".to_owned());
    let (columns, order) = match sort_by {
        Some(name) => (
            format!("id, {name}"),
            format!("{name} {}, id asc", direction(descending)),
        ),
        None => ("id".to_owned(), "id asc".to_owned()),
    };
    let (name, limit) = (module.name(), query.limit);
    Ok(format!(
        "select {columns} from {name} where {all} order by {order} limit {limit}"
    ))
}

fn direction(descending: bool) -> &'static str {
    if descending { "desc" } else { "asc" }
}

fn condition(filter: &Filter) -> Result<String, Failure> {
    let name = &filter.field;
    let is_name = name
        .bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
        && !name.is_empty();
    if !is_name || filter.operator != "eq" {
        let operator = &filter.operator;
        return Err(Failure::unsupported(format!(
            "Zoho cannot filter {name} with the operator {operator}"
        )));
    }
    match &filter.value {
        Value::Null => Ok(format!("{name} is null")),
        // A quote is written twice.
        Value::String(text) => Ok(format!("{name} = '{}'", text.replace('\'', "''"))),
        value @ (Value::Number(_) | Value::Bool(_)) => Ok(format!("{name} = {value}")),
        _ => Err(Failure::unsupported(format!(
            "Zoho can only filter {name} by one value"
        ))),
    }
}

/// Zoho takes times without fractions. It keeps none either, so that the beginning of the second is right.
fn zoho_time(text: &str) -> Result<String, Failure> {
    let iso = time::from_iso(text).map(time::to_iso);
    let whole = iso.as_deref().and_then(|iso| iso.split('.').next());
    whole.map(|whole| format!("{whole}+00:00")).ok_or_else(|| {
        Failure::rejected(format!(
            "updatedSince is \"{text}\", but must be an ISO 8601 time"
        ))
    })
}

/// `q.<id>`, or `q.<id>.<time>` where times are the order. Both go into the query, so they are checked.
fn after(cursor: &str, sort_by: Option<&str>, descending: bool) -> Result<String, Failure> {
    let rest = cursor.strip_prefix(CURSOR_MARK).ok_or_else(foreign)?;
    let (id, at) = match rest.split_once('.') {
        Some((id, at)) => (id, Some(at)),
        None => (rest, None),
    };
    check_id(id).map_err(|_| foreign())?;
    match (sort_by, at) {
        (None, None) => Ok(format!("id > '{id}'")),
        (Some(name), Some(at)) if time::from_iso(at).is_some() && !at.contains('\'') => {
            let beyond = if descending { "<" } else { ">" };
            Ok(format!(
                "(({name} = '{at}' and id > '{id}') or {name} {beyond} '{at}')"
            ))
        }
        _ => Err(foreign()),
    }
}

fn next(answer: &Response, ids: &[String], sort_by: Option<&str>) -> Option<String> {
    let id = ids
        .last()
        .filter(|_| answer.at("/info/more_records") == Some(true))?;
    let Some(name) = sort_by else {
        return Some(format!("{CURSOR_MARK}{id}"));
    };
    let times: Vec<Option<String>> = answer.pluck("/data", &format!("/{name}"));
    let at = times.into_iter().next_back()??;
    Some(format!("{CURSOR_MARK}{id}.{at}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filter(field: &str, value: Value) -> Filter {
        Filter {
            field: field.to_owned(),
            operator: "eq".to_owned(),
            value,
        }
    }

    #[test]
    fn conditions_are_joined_in_pairs() {
        let query = Query {
            filters: vec![
                filter("Email", json!("o'neill@example.com")),
                filter("Owner", json!("7")),
            ],
            updated_since: Some("2026-05-01T00:00:00.900Z".to_owned()),
            cursor: Some("q.41".to_owned()),
            limit: 5,
            ..Query::default()
        };
        let expected = "select id from Contacts where (((Email = 'o''neill@example.com' and Owner = '7') \
                        and Modified_Time >= '2026-05-01T00:00:00+00:00') and id > '41') order by id asc limit 5";
        assert_eq!(statement(Module::Contacts, &query, None).unwrap(), expected);
    }

    #[test]
    fn names_and_cursors_cannot_add_to_a_query() {
        for name in ["Email = 'x' or id", "", "Owner.id", "A'B", "/Owner/name"] {
            assert!(
                condition(&filter(name, json!("x")))
                    .unwrap_err()
                    .is("unsupported"),
                "{name}"
            );
        }
        for cursor in [
            "41",
            "q.",
            "q.4 or 1",
            "q.4'",
            "50.0.p1",
            "q.4.2026-05-01T00:00:00Z",
        ] {
            assert!(
                after(cursor, None, false).unwrap_err().is("invalid-cursor"),
                "{cursor}"
            );
        }
        for cursor in ["q.4", "q.4.soon", "q.4.2026-05-01T00:00:00+0'0"] {
            let refused = after(cursor, Some("Created_Time"), false).unwrap_err();
            assert!(refused.is("invalid-cursor"), "{cursor}");
        }
    }

    #[test]
    fn an_order_by_time_goes_on_after_time_and_id() {
        let condition = after("q.4.2026-05-01T00:00:00+03:00", Some("Modified_Time"), true).unwrap();
        assert_eq!(
            condition,
            "((Modified_Time = '2026-05-01T00:00:00+03:00' and id > '4') or Modified_Time < '2026-05-01T00:00:00+03:00')"
        );
    }
}
