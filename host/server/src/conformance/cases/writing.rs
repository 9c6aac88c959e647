//! Writing: create, merge, clear, replace, delete.

use http::{Method, StatusCode};
use routemcp_unified::schema::Operation;
use serde_json::Value;

use crate::conformance::answer::{Record, id};
use crate::conformance::compare::{self, Difference};
use crate::conformance::example::{leaf, leaves, minimal, only};
use crate::conformance::subject::Subject;
use crate::conformance::verdict::{Stop, Verdict, ensure, passed, skip};

/// What a changed text becomes.
const CHANGED: &str = "Changed by a test";

/// Every given field of the example comes back with its value, now and later.
pub(super) async fn create(subject: &Subject<'_>) -> Verdict {
    let body = subject.example()?;
    let created = subject.create(&body).await?;
    agree("the answer to the create", &compare::given(&body, &created))?;
    later(subject, &created).await?;
    let writable = subject
        .declared
        .mappings
        .iter()
        .filter(|mapping| mapping.direction.writes());
    let left_out: Vec<&str> = writable
        .map(|mapping| mapping.unified_field.as_str())
        .filter(|field| leaf(&body, field).is_null())
        .collect();
    Ok(if left_out.is_empty() {
        String::new()
    } else {
        format!("the example leaves out {}", left_out.join(", "))
    })
}

/// A record reads later as its write said. Its time of change may move on, because providers finish some work later.
async fn later(subject: &Subject<'_>, written: &Record) -> Result<(), Stop> {
    if !subject.supports(Operation::Get) {
        return Ok(());
    }
    let read = subject.get(id(written)).await?;
    agree("a later get", &compare::whole(written, &read, &["updatedAt"]))
}

fn agree(what: &str, differences: &[Difference]) -> Result<(), Stop> {
    ensure(differences.is_empty(), || {
        format!("{what} differs\n{}", compare::listed(differences))
    })
}

/// PATCH changes what it names and nothing else.
pub(super) async fn merge(subject: &Subject<'_>) -> Verdict {
    let mut body = subject.example()?;
    let field = free_text(subject, &body, |_| true)?;
    let created = subject.create(&body).await?;
    let change = Record::from_iter([(field.to_owned(), CHANGED.into())]);
    let merged = subject.update(&Method::PATCH, id(&created), &change).await?;
    body.extend(change);
    agree(
        &format!("the answer to a PATCH of {field}"),
        &compare::given(&body, &merged),
    )?;
    later(subject, &merged).await?;
    passed()
}

/// PATCH with null empties what it names and nothing else.
pub(super) async fn clear(subject: &Subject<'_>) -> Verdict {
    let body = subject.example()?;
    let field = free_text(subject, &body, |field| !is_required(subject, field))?;
    let rest = only(&body, |name| name != field);
    if rest.is_empty() {
        return skip(format!(
            "the example has nothing beside {field}: give it more fields"
        ));
    }
    let created = subject.create(&body).await?;
    let change = Record::from_iter([(field.to_owned(), Value::Null)]);
    let cleared = subject.update(&Method::PATCH, id(&created), &change).await?;
    agree(
        &format!("the answer to a PATCH of {field} with null"),
        &compare::given(&rest, &cleared),
    )?;
    ensure(leaf(&cleared, field).is_null(), || {
        format!("{field} is still {}", compare::shown(&leaf(&cleared, field)))
    })?;
    later(subject, &cleared).await?;
    passed()
}

/// A field of the example that can be set to any text.
fn free_text(
    subject: &Subject<'_>,
    body: &Record,
    fits: impl Fn(&str) -> bool,
) -> Result<&'static str, Stop> {
    let free = subject.free_texts()?;
    match free
        .iter()
        .find(|field| body.contains_key(**field) && fits(field))
    {
        Some(field) => Ok(field),
        None => skip(format!(
            "give the example one of these that the provider does not require: {}",
            free.join(", ")
        )),
    }
}

fn is_required(subject: &Subject<'_>, field: &str) -> bool {
    subject.declared.required.iter().any(|name| name == field)
}

/// PUT leaves the record as if it had been created with only what PUT gives: other fields are empty, or have what the
/// provider puts there by itself.
pub(super) async fn replace(subject: &Subject<'_>) -> Verdict {
    let body = subject.example()?;
    let free = subject.free_texts()?;
    let mut kept = minimal(&body, &subject.declared.required, &free);
    if kept.is_empty() {
        return skip(format!("give the example one of {}", free.join(", ")));
    }
    let of_its_own = minimal(&subject.example()?, &subject.declared.required, &free);
    let fresh = subject.create(&of_its_own).await?;
    let created = subject.create(&body).await?;
    let (replaced, insisted) = put(subject, id(&created), &body, &mut kept).await?;
    agree(
        "the answer to a PUT, in what it gave,",
        &compare::given(&kept, &replaced),
    )?;
    let by_provider = emptied(subject, &body, &kept, &replaced, &fresh)?;
    later(subject, &replaced).await?;
    let notes = [
        ("the provider itself fills", by_provider),
        ("the provider insists on", insisted),
    ];
    let notes = notes.iter().filter(|(_, fields)| !fields.is_empty());
    let notes: Vec<String> = notes
        .map(|(what, fields)| format!("{what} {}", fields.join(", ")))
        .collect();
    Ok(notes.join("; "))
}

/// Every field that was left out is empty, or as in a record that never had it, or one that the manifest says is always
/// set; the last two are answered.
fn emptied(
    subject: &Subject<'_>,
    body: &Record,
    kept: &Record,
    replaced: &Record,
    fresh: &Record,
) -> Result<Vec<String>, Stop> {
    let mut by_provider = Vec::new();
    for (field, before) in leaves(body) {
        let found = leaf(replaced, &field);
        if !leaf(kept, &field).is_null() || found.is_null() {
            continue;
        }
        let always_set = subject.declared.always_set.contains(&field);
        ensure(always_set || compare::same(&leaf(fresh, &field), &found), || {
            let (found, before) = (compare::shown(&found), compare::shown(&before));
            format!("PUT without {field} leaves {found} there (it was {before})")
        })?;
        by_provider.push(field);
    }
    Ok(by_provider)
}

/// Replaces a record. Fields that the provider refuses to empty, by name, are given after all and answered as the second
/// of the pair: that is an honest refusal, and this is what a caller would do.
async fn put(
    subject: &Subject<'_>,
    id: &str,
    body: &Record,
    kept: &mut Record,
) -> Result<(Record, Vec<String>), Stop> {
    let mut insisted = Vec::new();
    loop {
        let sent = Value::Object(kept.clone());
        let answer = subject.call(&Method::PUT, Some(id), &[], Some(&sent)).await?;
        let dropped = leaves(body).into_iter().map(|(field, _)| field);
        let refused: Vec<String> = dropped
            .filter(|field| leaf(kept, field).is_null() && answer.error_of(field).is_some())
            .collect();
        if answer.code() != "PROVIDER_REJECTED" || refused.is_empty() {
            return Ok((answer.succeeded(StatusCode::OK)?.record()?, insisted));
        }
        *kept = only(body, |field| {
            !leaf(kept, field).is_null() || refused.iter().any(|name| name == field)
        });
        insisted.extend(refused);
    }
}

/// A deleted record is gone, from single reads and from lists.
pub(super) async fn delete(subject: &Subject<'_>) -> Verdict {
    let created = subject.create(&subject.example()?).await?;
    let gone = id(&created);
    let answer = subject
        .call(&Method::DELETE, Some(gone), &[], None)
        .await?
        .succeeded(StatusCode::OK)?;
    ensure(
        answer.body.pointer("/data/data/id").and_then(Value::as_str) == Some(gone),
        || format!("{} does not say the id in data.data.id", answer.call),
    )?;
    if subject.supports(Operation::Get) {
        let answer = subject.call(&Method::GET, Some(gone), &[], None).await?;
        answer.refused(StatusCode::NOT_FOUND, subject.resource.not_found_code())?;
    }
    if subject.supports(Operation::List) {
        let left = subject.walk(&[100], &[]).await?;
        ensure(!left.iter().any(|record| id(record) == gone), || {
            format!("the deleted record {gone} is still listed")
        })?;
    }
    passed()
}
