//! Lists that are filtered, sorted or narrowed: what the manifest declares works, and the rest is refused by name.

use std::collections::BTreeSet;

use http::Method;
use routemcp_unified::schema::{FieldKind, Rule};
use serde_json::Value;

use super::reading::same_ids;
use crate::conformance::answer::{Record, id, text};
use crate::conformance::subject::Subject;
use crate::conformance::verdict::{Stop, Verdict, ensure, passed, skip};

/// A time after every record's.
const FUTURE: &str = "2999-01-01T00:00:00.000Z";

/// A declared filter gives exactly the records with the value; another is refused and says which there are.
pub(super) async fn filters(subject: &Subject<'_>) -> Verdict {
    let seeded = subject.seeded().await?;
    let mut untried = Vec::new();
    for field in &subject.declared.filters {
        let Some(value) = seeded.iter().find_map(|record| filter_text(record.get(field)?)) else {
            untried.push(field.as_str());
            continue;
        };
        let has = |record: &&Record| {
            record
                .get(field)
                .and_then(filter_text)
                .is_some_and(|other| other.to_lowercase() == value.to_lowercase())
        };
        let expected: BTreeSet<&str> = seeded.iter().filter(has).map(id).collect();
        let found = subject
            .walk(&[100, 7], &[(&format!("filter[{field}]"), &value)])
            .await?;
        same_ids(
            &expected,
            &found.iter().map(id).collect(),
            &format!("filter[{field}]={value}"),
        )?;
    }
    let undeclared = |name: &str| !subject.declared.filters.iter().any(|field| field == name);
    if let Some(field) = other_field(subject, undeclared) {
        refused(
            subject,
            &format!("filter[{field}]"),
            "x",
            &subject.declared.filters,
        )
        .await?;
    }
    Ok(untried_note(&untried))
}

fn filter_text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(_) | Value::Bool(_) => Some(value.to_string()),
        _ => None,
    }
}

fn untried_note(fields: &[&str]) -> String {
    if fields.is_empty() {
        String::new()
    } else {
        format!("no seeded value to try: {}", fields.join(", "))
    }
}

/// A declared sort gives every record in order, both ways; another is refused and says which there are.
pub(super) async fn sorts(subject: &Subject<'_>) -> Verdict {
    let seeded = subject.seeded().await?;
    let expected: BTreeSet<&str> = seeded.iter().map(id).collect();
    for field in &subject.declared.sorts {
        for (sort, descending) in [(field.clone(), false), (format!("-{field}"), true)] {
            let found = subject.walk(&[100], &[("sort", &sort)]).await?;
            same_ids(
                &expected,
                &found.iter().map(id).collect(),
                &format!("sort={sort}"),
            )?;
            ordered(subject, field, &sort, descending, &found)?;
        }
    }
    let undeclared = |name: &str| !subject.declared.sorts.iter().any(|field| field == name);
    if let Some(field) = other_field(subject, undeclared) {
        refused(subject, "sort", field, &subject.declared.sorts).await?;
    }
    passed()
}

/// Texts other than times are not looked at: every provider has its own order of letters. Empty values may stand anywhere.
fn ordered(
    subject: &Subject<'_>,
    field: &str,
    sort: &str,
    descending: bool,
    found: &[Record],
) -> Result<(), Stop> {
    let kind = subject.resource.field(field).map(|field| field.kind);
    if !matches!(kind, Some(FieldKind::Number | FieldKind::DateTime)) {
        return Ok(());
    }
    let values: Vec<&Value> = found
        .iter()
        .filter_map(|record| record.get(field))
        .filter(|value| !value.is_null())
        .collect();
    let in_order = |one: &Value, next: &Value| match (one, next) {
        (Value::Number(one), Value::Number(next)) => one.as_f64() <= next.as_f64(),
        // Times are all in UTC with milliseconds, so their texts are in the order of the times.
        (one, next) => one.as_str() <= next.as_str(),
    };
    let broken = values.iter().zip(values.iter().skip(1)).find(|(one, next)| {
        !(if descending {
            in_order(next, one)
        } else {
            in_order(one, next)
        })
    });
    ensure(broken.is_none(), || {
        broken
            .map(|(one, next)| format!("sort={sort}: {one} comes before {next}"))
            .unwrap_or_default()
    })
}

/// `updatedSince` gives the records that changed since, or is refused where the manifest does not declare it.
pub(super) async fn updated_since(subject: &Subject<'_>) -> Verdict {
    if !subject.declared.updated_since {
        refused(subject, "updatedSince", "2026-01-01T00:00:00Z", &[]).await?;
        return passed();
    }
    let seeded = subject.seeded().await?;
    let mut times: Vec<&str> = seeded
        .iter()
        .filter_map(|record| text(record, "updatedAt"))
        .collect();
    times.sort_unstable();
    let Some(since) = times.get(times.len() / 2).copied() else {
        return skip("no seeded record has updatedAt");
    };
    let found = subject.walk(&[100, 7], &[("updatedSince", since)]).await?;
    let old = found
        .iter()
        .find(|record| text(record, "updatedAt").is_none_or(|time| time < since));
    ensure(old.is_none(), || {
        format!(
            "updatedSince={since} gives the record {}, which is older",
            old.map(id).unwrap_or_default()
        )
    })?;
    // Whether a record of exactly that moment belongs to it is the provider's to say.
    let later = |record: &&Record| text(record, "updatedAt").is_some_and(|time| time > since);
    let expected: BTreeSet<&str> = seeded.iter().filter(later).map(id).collect();
    let found: BTreeSet<&str> = found.iter().filter(later).map(id).collect();
    same_ids(&expected, &found, &format!("updatedSince={since}"))?;
    Ok(format!("{} of {} records", found.len(), seeded.len()))
}

/// A list that nothing fits is an empty page and no error.
pub(super) async fn empty(subject: &Subject<'_>) -> Verdict {
    let is_email = |field: &&String| {
        subject
            .resource
            .field(field)
            .is_some_and(|field| field.rule == Rule::Email)
    };
    let query = if subject.declared.updated_since {
        ("updatedSince".to_owned(), FUTURE)
    } else if let Some(field) = subject.declared.filters.iter().find(is_email) {
        (format!("filter[{field}]"), "nobody.at.all@example.com")
    } else {
        return skip("neither updatedSince nor a filter by email address is declared");
    };
    let found = subject.walk(&[25], &[(&query.0, query.1)]).await?;
    ensure(found.is_empty(), || {
        format!("{}={} gives {} records", query.0, query.1, found.len())
    })?;
    passed()
}

/// The first text field of the schema for which it holds.
fn other_field(subject: &Subject<'_>, holds: impl Fn(&str) -> bool) -> Option<&'static str> {
    let mut fields = subject
        .resource
        .fields()
        .iter()
        .filter(|field| field.kind == FieldKind::Text);
    fields
        .find(|field| field.name != "id" && holds(field.name))
        .map(|field| field.name)
}

/// The parameter is refused, and the message says what is supported.
async fn refused(
    subject: &Subject<'_>,
    parameter: &str,
    value: &str,
    supported: &[String],
) -> Result<(), Stop> {
    let answer = subject
        .call(&Method::GET, None, &[(parameter, value)], None)
        .await?
        .names(parameter)?;
    let message = answer.error_of(parameter).unwrap_or_default();
    ensure(
        message.contains("not supported") && supported.iter().all(|name| message.contains(name.as_str())),
        || format!("{parameter}={value} is refused without naming what is supported: {message}"),
    )
}
