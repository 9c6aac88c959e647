//! Fields of the organisation's own.

use http::{Method, StatusCode};
use routemcp_unified::schema::Operation;
use serde_json::{Value, json};

use crate::conformance::answer::{Record, id};
use crate::conformance::client::END_USER;
use crate::conformance::compare;
use crate::conformance::example;
use crate::conformance::subject::Subject;
use crate::conformance::verdict::{Stop, Verdict, ensure, skip};

/// The organisation's name for the field.
const OWN: &str = "conformance";
const VALUE: &str = "The organisation's own";

/// A provider field that is mapped to a field of the organisation's own is read and written there, and no longer where it
/// was before. The manifest names no field that an account has defined itself, so one of the mapped ones stands in for it.
pub(super) async fn custom_field(subject: &Subject<'_>) -> Verdict {
    let Some(field) = stand_in(subject) else {
        return skip("no text field that is mapped both ways, without a transform, is optional");
    };
    let mappings = subject.declared.mappings.iter();
    let provider_field = mappings
        .filter(|mapping| mapping.unified_field == field)
        .map(|mapping| &mapping.provider_field);
    let mappings: Vec<Value> = provider_field
        .map(|name| json!({ "unifiedField": format!("customFields.{OWN}"), "providerField": name }))
        .chain([json!({ "unifiedField": field, "disabled": true })])
        .collect();
    let target = mapping_target(subject, &["field-mappings"])?;
    let answer = subject
        .client
        .call(&Method::PUT, &target, Some(&json!({ "mappings": mappings })))
        .await?;
    answer.succeeded(StatusCode::OK)?;
    let verdict = mapped(subject, field).await;
    // What this case made must go while the mapping still holds: the example may be refused without it.
    subject.tidy().await;
    for unified in [format!("customFields.{OWN}"), field.to_owned()] {
        let key = subject.resource.standard_key(&unified);
        let target = mapping_target(subject, &["field-mappings", &key])?;
        subject
            .client
            .call(&Method::DELETE, &target, None)
            .await?
            .succeeded(StatusCode::OK)?;
    }
    let note = verdict?;
    let page = subject.first_page(100, &[]).await?;
    ensure(page.records.iter().all(|record| own(record).is_null()), || {
        "the field is still there after its mapping was taken back".to_owned()
    })?;
    Ok(format!("{field}{note}"))
}

/// A field that the provider does not require: one that can hold any text, or else one of the example's.
fn stand_in(subject: &Subject<'_>) -> Option<&'static str> {
    let required = |field: &str| subject.declared.required.iter().any(|name| name == field);
    let free = example::free_texts(subject.resource, subject.declared);
    if let Some(field) = free.into_iter().find(|field| !required(field)) {
        return Some(field);
    }
    let given = subject.example().ok()?;
    let texts = example::plain_texts(subject.resource, subject.declared);
    texts
        .into_iter()
        .find(|field| !required(field) && given.contains_key(*field))
}

async fn mapped(subject: &Subject<'_>, field: &str) -> Verdict {
    let page = subject.first_page(100, &[]).await?;
    for record in &page.records {
        let before = subject
            .seeded()
            .await?
            .iter()
            .find(|before| id(before) == id(record));
        let Some(before) = before.and_then(|before| before.get(field)) else {
            continue;
        };
        ensure(
            own(record) == before && record.get(field) == Some(&Value::Null),
            || {
                format!(
                    "the record {} has {} in customFields.{OWN} and {} in {field}; expected {} and null",
                    id(record),
                    compare::shown(own(record)),
                    compare::shown(record.get(field).unwrap_or(&Value::Null)),
                    compare::shown(before),
                )
            },
        )?;
    }
    if !subject.supports(Operation::Create) {
        return Ok(" read".to_owned());
    }
    let Ok(mut body) = subject.example() else {
        return Ok(" read; writing needs an example".to_owned());
    };
    let value = body.remove(field).unwrap_or_else(|| VALUE.into());
    body.insert("customFields".to_owned(), json!({ OWN: value }));
    let created = subject.create(&body).await?;
    let differences = compare::given(&body, &created);
    ensure(differences.is_empty(), || {
        format!(
            "the answer to the create differs\n{}",
            compare::listed(&differences)
        )
    })?;
    Ok(" read and written".to_owned())
}

fn own(record: &Record) -> &Value {
    record
        .get("customFields")
        .and_then(|fields| fields.get(OWN))
        .unwrap_or(&Value::Null)
}

fn mapping_target(subject: &Subject<'_>, segments: &[&str]) -> Result<String, Stop> {
    subject
        .client
        .target(segments, END_USER, &[("resourceType", subject.resource.name())])
}
