//! What the connector or the API cannot do is said, not tried.

use http::{Method, StatusCode, header};
use routemcp_unified::manifest::ResourceManifest;
use routemcp_unified::schema::{Operation, Resource};
use serde_json::{Value, json};

use crate::conformance::client::{Client, END_USER};
use crate::conformance::example::any_text;
use crate::conformance::subject::Subject;
use crate::conformance::verdict::{Verdict, ensure, passed};

const NOT_SUPPORTED: &str = "OPERATION_NOT_SUPPORTED";

/// Operations that the API has for the resource and the connector does not.
pub(super) fn missing_operations(
    resource: Resource,
    declared: &ResourceManifest,
) -> impl Iterator<Item = Operation> {
    let lacks = move |operation: &Operation| {
        !declared.supports(*operation) && (resource.writable() || !operation.writes())
    };
    Operation::ALL.into_iter().filter(lacks)
}

/// 501 for what the connector cannot do, with the manifest's reason.
pub(super) async fn unsupported(subject: &Subject<'_>) -> Verdict {
    // Operations that are not declared are refused before the id matters.
    let id = match subject.supports(Operation::List) {
        true => subject.missing_id().await.unwrap_or_else(|_| "1".to_owned()),
        false => "1".to_owned(),
    };
    let change = any_text(subject.resource).map(|field| json!({ field: "x" }));
    let mut without_reason = Vec::new();
    for operation in missing_operations(subject.resource, subject.declared) {
        let (method, id, body) = match operation {
            Operation::List => (Method::GET, None, None),
            Operation::Get => (Method::GET, Some(id.as_str()), None),
            Operation::Create => (Method::POST, None, change.as_ref()),
            Operation::Update => (Method::PATCH, Some(id.as_str()), change.as_ref()),
            Operation::Delete => (Method::DELETE, Some(id.as_str()), None),
        };
        let answer = subject.call(&method, id, &[], body).await?;
        let answer = answer.refused(StatusCode::NOT_IMPLEMENTED, NOT_SUPPORTED)?;
        match subject.declared.unsupported_reason(operation) {
            Some(reason) => ensure(answer.message().contains(reason), || {
                format!(
                    "{} does not give the manifest's reason: {reason}",
                    answer.described()
                )
            })?,
            None => without_reason.push(operation.name()),
        }
    }
    Ok(if without_reason.is_empty() {
        String::new()
    } else {
        format!(
            "the manifest gives no reason for {} (key `unsupported`)",
            without_reason.join(", ")
        )
    })
}

/// 405 for every write of a resource that the API only reads.
pub(super) async fn read_only(subject: &Subject<'_>) -> Verdict {
    let body = json!({ "name": "x" });
    let writes = [
        (Method::POST, None),
        (Method::PUT, Some("1")),
        (Method::PATCH, Some("1")),
        (Method::DELETE, Some("1")),
    ];
    for (method, id) in writes {
        let body = Some(&body).filter(|_| method != Method::DELETE);
        let answer = subject.call(&method, id, &[], body).await?;
        let answer = answer.refused(StatusCode::METHOD_NOT_ALLOWED, "READ_ONLY_RESOURCE")?;
        ensure(answer.headers.contains_key(header::ALLOW), || {
            format!("{} has no header Allow", answer.call)
        })?;
    }
    passed()
}

/// 501 for a resource that the manifest lacks.
pub(in crate::conformance) async fn absent(client: &Client, resource: Resource) -> Verdict {
    let target = client.target(&[resource.name()], END_USER, &[])?;
    let answer = client.call(&Method::GET, &target, None::<&Value>).await?;
    answer.refused(StatusCode::NOT_IMPLEMENTED, NOT_SUPPORTED)?;
    Ok("the manifest has no such resource".to_owned())
}
