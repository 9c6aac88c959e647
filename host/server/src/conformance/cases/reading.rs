//! Reading: lists, walks, single records, and what a caller wants to see of them.

use std::collections::BTreeSet;

use http::{Method, StatusCode};
use serde_json::Value;

use crate::conformance::answer::{Record, id};
use crate::conformance::compare;
use crate::conformance::shape;
use crate::conformance::subject::Subject;
use crate::conformance::verdict::{Verdict, ensure, fail, passed};

/// Limits that change from page to page, as they do when several connections share a page.
const CHANGING: [u32; 6] = [100, 1, 37, 7, 64, 25];
/// How many listed records are also read one by one.
const COMPARED: usize = 5;

/// The first page has the envelope, at most `limit` records, and records of the promised form.
pub(super) async fn list(subject: &Subject<'_>) -> Verdict {
    let page = subject.first_page(5, &[]).await?;
    let provider = subject.client.bench.manifest.slug.as_str();
    for record in &page.records {
        let faults = shape::faults(subject.resource, provider, record);
        ensure(faults.is_empty(), || {
            format!("the record {} is malformed\n{}", id(record), faults.join("\n"))
        })?;
    }
    Ok(if page.records.is_empty() {
        "the sandbox has no records of this kind".to_owned()
    } else {
        String::new()
    })
}

/// Every walk gives the same records, each once, whatever the limits.
pub(super) async fn walk(subject: &Subject<'_>) -> Verdict {
    let provider = subject.client.bench.manifest.slug.as_str();
    let seeded = subject.seeded().await?;
    let known: BTreeSet<&str> = seeded.iter().map(id).collect();
    for record in seeded {
        let faults = shape::faults(subject.resource, provider, record);
        ensure(faults.is_empty(), || {
            format!("the record {} is malformed\n{}", id(record), faults.join("\n"))
        })?;
    }
    for limits in [&[7][..], &CHANGING] {
        let walked = subject.walk(limits, &[]).await?;
        let walked: BTreeSet<&str> = walked.iter().map(id).collect();
        same_ids(&known, &walked, &format!("limits {limits:?} against limit 100"))?;
    }
    Ok(format!("{} records", known.len()))
}

/// Fails with the ids that only one side has.
pub(super) fn same_ids(
    expected: &BTreeSet<&str>,
    found: &BTreeSet<&str>,
    about: &str,
) -> Result<(), crate::conformance::verdict::Stop> {
    let some = |ids: Vec<&&str>| {
        let shown: Vec<&str> = ids.iter().take(5).map(|id| **id).collect();
        let more = if ids.len() > shown.len() { ", …" } else { "" };
        format!("{} ({}{more})", ids.len(), shown.join(", "))
    };
    ensure(expected == found, || {
        let lacking = some(expected.difference(found).collect());
        let surplus = some(found.difference(expected).collect());
        format!(
            "{about}: {} records expected, {} found; lacking {lacking}, surplus {surplus}",
            expected.len(),
            found.len()
        )
    })
}

/// A listed record reads the same by itself.
pub(super) async fn get(subject: &Subject<'_>) -> Verdict {
    subject.any().await?;
    let seeded = subject.seeded().await?;
    let step = seeded.len().div_ceil(COMPARED).max(1);
    for listed in seeded.iter().step_by(step) {
        let read = subject.get(id(listed)).await?;
        let differences = compare::whole(listed, &read, &[]);
        ensure(differences.is_empty(), || {
            format!(
                "the record {} differs from the list's\n{}",
                id(listed),
                compare::listed(&differences)
            )
        })?;
    }
    passed()
}

/// `fields=` leaves only what was asked for, `raw=true` adds the provider's own record.
pub(super) async fn view(subject: &Subject<'_>) -> Verdict {
    let whole = subject.any().await?;
    let wanted = whole
        .iter()
        .find(|(name, value)| !value.is_null() && !["id", "remoteId", "provider"].contains(&name.as_str()));
    if let Some((name, value)) = wanted {
        let page = subject.first_page(1, &[("fields", name)]).await?;
        let Some(record) = page.records.first() else {
            return fail(format!("fields={name} lists no record"));
        };
        let names: Vec<&str> = record.keys().map(String::as_str).collect();
        ensure(names == ["id", name], || {
            format!("fields={name} gives {}; expected id, {name}", names.join(", "))
        })?;
        ensure(record.get(name) == Some(value), || {
            format!(
                "fields={name} changes the value: expected {}, found {}",
                compare::shown(value),
                compare::shown(record.get(name).unwrap_or(&Value::Null))
            )
        })?;
    }
    raw(subject, whole).await
}

async fn raw(subject: &Subject<'_>, whole: &Record) -> Verdict {
    let page = subject.first_page(1, &[("raw", "true")]).await?;
    let raw = page.records.first().and_then(|record| record.get("raw"));
    let raw_id = raw
        .and_then(|raw| raw.pointer(&subject.declared.id_pointer))
        .map(|id| match id {
            Value::String(text) => text.clone(),
            other => other.to_string(),
        });
    ensure(raw_id.as_deref() == Some(id(whole)), || {
        format!(
            "raw=true: `raw` has no id {} at {}",
            id(whole),
            subject.declared.id_pointer
        )
    })?;
    let unknown = subject
        .call(&Method::GET, None, &[("fields", "noSuchField")], None)
        .await?;
    ensure(unknown.status == StatusCode::BAD_REQUEST, || unknown.described())?;
    passed()
}
