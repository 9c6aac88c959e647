//! What must be refused, and how: records that do not exist, bodies that are wrong.

use http::{Method, StatusCode};
use routemcp_unified::schema::Operation;
use serde_json::{Value, json};

use crate::conformance::answer::Record;
use crate::conformance::example::{any_text, leaves, only};
use crate::conformance::subject::Subject;
use crate::conformance::verdict::{Stop, Verdict, passed, skip};

/// No operation finds an id that no record has.
pub(super) async fn missing(subject: &Subject<'_>) -> Verdict {
    if !subject.supports(Operation::List) {
        return skip("no id is known, because the connector cannot list");
    }
    let id = subject.missing_id().await?;
    let change = subject
        .free_texts()
        .ok()
        .and_then(|free| Some(json!({ *free.first()?: "Changed by a test" })));
    let calls = [
        (Operation::Get, Method::GET, None),
        (Operation::Update, Method::PATCH, change),
        (Operation::Delete, Method::DELETE, None),
    ];
    for (operation, method, body) in calls {
        if !subject.supports(operation) || (method == Method::PATCH && body.is_none()) {
            continue;
        }
        let answer = subject.call(&method, Some(&id), &[], body.as_ref()).await?;
        answer.refused(StatusCode::NOT_FOUND, subject.resource.not_found_code())?;
    }
    passed()
}

/// Unknown fields, wrong types and missing required fields are refused by name, before the provider is asked.
pub(super) async fn rejected(subject: &Subject<'_>) -> Verdict {
    let name = any_text(subject.resource).unwrap_or("id");
    refused(subject, json!({ name: "x", "noSuchField": "x" }), "noSuchField").await?;
    refused(subject, json!({ name: 12.5 }), name).await?;
    if subject.declared.required.is_empty() {
        return passed();
    }
    let example = match subject.example() {
        Ok(example) => example,
        Err(_) => {
            return Ok("missing required fields were not tried, because there is no example".to_owned());
        }
    };
    for required in &subject.declared.required {
        let given = leaves(&example).into_iter().any(|(field, _)| field == *required);
        let body = without(&example, required);
        if !given || body.is_empty() {
            return skip(format!(
                "`{required}` is required, so the example must have it and another field"
            ));
        }
        refused(subject, Value::Object(body), required).await?;
    }
    passed()
}

fn without(example: &Record, field: &str) -> Record {
    let group = field.split_once('.').map(|(group, _)| group);
    only(example, |name| name != field && Some(name) != group)
}

async fn refused(subject: &Subject<'_>, body: Value, field: &str) -> Result<(), Stop> {
    let answer = subject.call(&Method::POST, None, &[], Some(&body)).await?;
    answer.names(field).map(drop)
}
