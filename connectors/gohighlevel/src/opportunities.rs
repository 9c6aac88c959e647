//! Opportunities, which are the unified deals.

use routemcp_sdk::prelude::*;
use serde_json::{Map, Value};

use crate::api::{Api, Version, is_id, record_path};
use crate::values::{Clearing, Rules, wrong};
use crate::{custom_fields, errors, pipelines, values};

const BASE: &str = "/opportunities";
const CURSOR_MARK: &str = "deals:";
/// Members that came with v3.
const FORECAST: [&str; 2] = ["forecastExpectedCloseDate", "forecastProbability"];

const RULES: Rules = Rules {
    model: "opportunity",
    fixed: &[
        "id",
        "locationId",
        "createdAt",
        "updatedAt",
        "effectiveProbability",
    ],
    clearing: |field| match field {
        "name" | "status" | "forecastProbability" => Clearing::Never,
        "monetaryValue" => Clearing::Zero,
        _ => Clearing::EmptyText,
    },
};

/// By `GET`: the search by `POST` demands members that have no neutral value.
pub(crate) fn list(api: &Api, query: &Query) -> Result<Page, Failure> {
    let mut request = http::get(format!("{BASE}/search"))
        .query(parameter(api, "locationId")?, &api.location)
        .query("status", "all")
        .query("limit", query.limit);
    for filter in &query.filters {
        let name = parameter(api, &filter.field)?;
        let value = filter.value.as_str().filter(|_| filter.operator == "eq");
        let value = value.ok_or_else(|| {
            Failure::unsupported(format!(
                "HighLevel's opportunities can only be filtered by a {name} that they have"
            ))
        })?;
        request = request.query(name, value);
    }
    if let Some(cursor) = &query.cursor {
        let (after, id) = position(cursor)?;
        request = request.query("startAfter", after).query("startAfterId", id);
    }
    let answer = api.send(request)?;
    let ids = answer.pluck::<String>("/opportunities", "/id");
    if ids.iter().any(Option::is_none)
        || (ids.is_empty() && answer.at("/opportunities") != Some(Value::Array(Vec::new())))
    {
        return Err(errors::unexpected(&answer, "a list of opportunities"));
    }
    let next = next(&answer, query, ids.len())?;
    if !custom_fields::wanted(&query.fields) {
        return Ok(Page::at(answer, "/opportunities", next));
    }
    let mut records: Vec<Value> = answer.at("/opportunities").unwrap_or_default();
    custom_fields::open(api, RULES.model, &mut records, &query.fields)?;
    Ok(Page::values(records, next))
}

fn parameter(api: &Api, member: &str) -> Result<&'static str, Failure> {
    api.version.search_parameter(member).ok_or_else(|| {
        Failure::unsupported(format!(
            "HighLevel's opportunities cannot be filtered by {member}"
        ))
    })
}

/// The sort value and id of the last opportunity of a page: a position that holds for any page size.
fn next(answer: &Response, query: &Query, found: usize) -> Result<Option<String>, Failure> {
    let more = answer
        .at::<String>("/meta/nextPageUrl")
        .is_some_and(|url| !url.is_empty());
    if !more || found == 0 {
        return Ok(None);
    }
    let after: Option<Value> = answer.at("/meta/startAfter");
    let id: Option<String> = answer.at("/meta/startAfterId");
    let after = match after {
        Some(Value::Number(number)) => Some(number.to_string()),
        Some(Value::String(text)) => Some(text),
        _ => None,
    };
    let (Some(after), Some(id)) = (after, id) else {
        return Err(errors::unexpected(answer, "a list that says where it goes on"));
    };
    let next = format!("{CURSOR_MARK}{after}:{id}");
    position(&next)
        .map_err(|_| errors::unexpected(answer, "a list with a position that is a number and an id"))?;
    if query.cursor.as_deref() == Some(next.as_str()) {
        return Err(Failure::unexpected(
            "HighLevel's next page is the same page again",
        ));
    }
    Ok(Some(next))
}

fn position(cursor: &str) -> Result<(i64, &str), Failure> {
    let parts = cursor
        .strip_prefix(CURSOR_MARK)
        .and_then(|rest| rest.split_once(':'));
    let parsed = parts
        .and_then(|(after, id)| Some((after.parse().ok()?, id)))
        .filter(|(_, id)| is_id(id));
    parsed.ok_or_else(|| {
        Failure::invalid_cursor("this cursor does not belong to a list of HighLevel opportunities")
    })
}

pub(crate) fn get(api: &Api, id: &str, fields: &[String]) -> Result<Document, Failure> {
    let answer = fetch(api, id)?;
    document(api, answer, fields)
}

/// Fills in what HighLevel demands and the unified deal need not have: an open status and a pipeline.
pub(crate) fn create(api: &Api, given: Map<String, Value>, fields: &[String]) -> Result<Document, Failure> {
    let given = values::without_nulls(given);
    if let Some(field) = FORECAST
        .iter()
        .find(|field| api.version == Version::Of2021 && given.contains_key(**field))
    {
        return Err(wrong(
            field,
            "needs version v3 of HighLevel's API (the setting apiVersion)",
        ));
    }
    let mut body = values::body(api, RULES, given)?;
    body.insert("locationId".to_owned(), api.location.as_str().into());
    body.entry("status").or_insert_with(|| "open".into());
    pipelines::complete(api, &mut body)?;
    let sent = api.send(http::post(format!("{BASE}/")).json(&body));
    let answer = sent.map_err(|failure| errors::of_reference(failure, None))?;
    document(api, errors::record(answer, "/opportunity")?, fields)
}

/// An update cannot move an opportunity to another contact; before v3 it has no forecast.
pub(crate) fn update(
    api: &Api,
    id: &str,
    mut given: Map<String, Value>,
    fields: &[String],
) -> Result<Document, Failure> {
    let path = record_path(BASE, id)?;
    let fixed = values::take(&mut given, |field, _| {
        field == "contactId" || (api.version == Version::Of2021 && FORECAST.contains(&field))
    });
    if !fixed.is_empty() || given.is_empty() || pipelines::are_emptied(&given) {
        let answer = fetch(api, id)?;
        let record = answer.at("/opportunity").unwrap_or_default();
        values::unchanged(&fixed, &record)?;
        if pipelines::are_emptied(&given) {
            pipelines::refill(api, &mut given, &record)?;
        }
        if given.is_empty() {
            return document(api, answer, fields);
        }
    }
    let body = values::body(api, RULES, given)?;
    // The same values twice are the same opportunity.
    let sent = api.send(http::put(path).json(&body).repeatable());
    let answer = sent.map_err(|failure| errors::of_reference(failure, Some("opportunity")))?;
    document(api, errors::record(answer, "/opportunity")?, fields)
}

pub(crate) fn delete(api: &Api, id: &str) -> Result<(), Failure> {
    errors::deleted(&api.send(http::delete(record_path(BASE, id)?))?)
}

fn fetch(api: &Api, id: &str) -> Result<Response, Failure> {
    errors::record(api.send(http::get(record_path(BASE, id)?))?, "/opportunity")
}

fn document(api: &Api, answer: Response, fields: &[String]) -> Result<Document, Failure> {
    if !custom_fields::wanted(fields) {
        return Ok(Document::at(answer, "/opportunity"));
    }
    let mut record: Value = answer.at("/opportunity").unwrap_or_default();
    custom_fields::open(api, RULES.model, std::slice::from_mut(&mut record), fields)?;
    Ok(record.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_cursor_of_deals_is_taken() {
        assert_eq!(
            position("deals:1628008053263:UIaE1").unwrap(),
            (1_628_008_053_263, "UIaE1")
        );
        for cursor in [
            "",
            "deals:",
            "deals:x:y",
            "deals:1:",
            "deals:1:a/b",
            "contacts:[1]",
            "users:3",
        ] {
            assert!(position(cursor).unwrap_err().is("invalid-cursor"), "{cursor}");
        }
    }
}
