//! HighLevel's errors in the contract's words.

use routemcp_sdk::prelude::*;
use serde_json::Value;

/// HighLevel's window. Its 429s need not say how long to wait.
const WINDOW_MS: u64 = 10_000;

/// Passes an answer with a 2xx status on.
pub(crate) fn accept(answer: Response) -> Result<Response, Failure> {
    if answer.ok() {
        Ok(answer)
    } else {
        Err(failure(&answer))
    }
}

/// Passes an answer on that has a record with an id at a pointer.
pub(crate) fn record(answer: Response, pointer: &str) -> Result<Response, Failure> {
    if answer.has(&format!("{pointer}/id")) {
        Ok(answer)
    } else {
        Err(unexpected(&answer, "a record"))
    }
}

/// Passes an answer on that says a deletion was done. HighLevel spells the flag in three ways.
pub(crate) fn deleted(answer: &Response) -> Result<(), Failure> {
    let flags = ["/succeded", "/succeeded", "/success"].map(|flag| answer.at::<bool>(flag));
    if flags.contains(&Some(false)) || !flags.contains(&Some(true)) {
        return Err(unexpected(answer, "a confirmation of the deletion"));
    }
    Ok(())
}

/// What "not found" means in answer to a write: the record that a value refers to, unless it is about the record that is
/// written. `own` is HighLevel's word for that; none for a create.
pub(crate) fn of_reference(failure: Failure, own: Option<&str>) -> Failure {
    let message = failure.message.to_lowercase();
    if !failure.is("not-found") || own.is_some_and(|own| message.contains(own)) {
        return failure;
    }
    let references = [
        ("contact", "contactId"),
        ("calendar", "calendarId"),
        ("stage", "pipelineStageId"),
        ("pipeline", "pipelineId"),
        ("user", "assignedTo"),
    ];
    let named = references.iter().find(|(word, _)| message.contains(word));
    match (named, own) {
        (None, Some(_)) => failure,
        (named, _) => {
            let why = failure.message.clone();
            let refused = Failure {
                kind: "rejected".to_owned(),
                ..failure
            };
            named.map_or(refused.clone(), |(_, field)| refused.field(*field, why))
        }
    }
}

/// For an answer with a 2xx status that is not what the documentation says.
pub(crate) fn unexpected(answer: &Response, wanted: &str) -> Failure {
    Failure::unexpected(format!("HighLevel's answer is not {wanted}")).status(answer.status())
}

/// The failure that an answer with another status means.
fn failure(answer: &Response) -> Failure {
    let status = answer.status();
    let body: Value = answer.at("").unwrap_or_default();
    let mut failure = of_status(status, &body);
    failure.status = Some(status);
    if status == 429 {
        failure.retry_after_ms = Some(wait_ms(|name| answer.header(name)));
    }
    failure
}

fn of_status(status: u16, body: &Value) -> Failure {
    let messages = messages(body);
    let message = match messages.as_slice() {
        [] => format!("HighLevel answered with status {status}"),
        all => all.join("; "),
    };
    let lower = message.to_lowercase();
    match status {
        401 if lower.contains("scope") => Failure::forbidden(message),
        401 => Failure::unauthorized(message),
        403 => Failure::forbidden(message),
        404 => Failure::not_found(message),
        // A missing record is a 400 in the documentation.
        400 if lower.contains("not found") => Failure::not_found(message),
        400 if lower.contains("duplicated") => conflict(message, body),
        408 | 504 => Failure::timeout(message),
        409 => conflict(message, body),
        429 => Failure::rate_limited(message),
        400..=499 => rejected(message, body),
        500.. => Failure::unavailable(message),
        _ => Failure::unexpected(message),
    }
}

/// `message` is a text or a list of texts.
fn messages(body: &Value) -> Vec<String> {
    match body.pointer("/message") {
        Some(Value::String(text)) => vec![text.clone()],
        Some(Value::Array(texts)) => texts
            .iter()
            .filter_map(Value::as_str)
            .map(str::to_owned)
            .collect(),
        _ => Vec::new(),
    }
}

/// `meta: {contactId, contactName, matchingField}` tells what clashes with which contact.
fn conflict(message: String, body: &Value) -> Failure {
    let meta = |name: &str| body.pointer(&format!("/meta/{name}")).and_then(Value::as_str);
    let told = match meta("contactId") {
        Some(id) => format!("{message} (contact {id})"),
        None => message.clone(),
    };
    let failure = Failure::conflict(told);
    match meta("matchingField") {
        Some(field) => failure.field(field, message),
        None => failure,
    }
}

/// A list of messages has one for each wrong value; a single text is about the whole and names no field.
fn rejected(message: String, body: &Value) -> Failure {
    let mut failure = Failure::rejected(message);
    let texts = body
        .pointer("/message")
        .and_then(Value::as_array)
        .into_iter()
        .flatten();
    failure.fields = texts
        .filter_map(Value::as_str)
        .filter_map(|text| Some((field_of(text)?.to_owned(), text.to_owned())))
        .collect();
    failure
}

/// "email must be an email", "property gender should not exist", "each value in tags must be a string".
fn field_of(message: &str) -> Option<&str> {
    let rest = ["property ", "each value in "]
        .iter()
        .find_map(|prefix| message.strip_prefix(prefix))
        .unwrap_or(message);
    let (field, predicate) = rest.split_once(' ')?;
    let says = ["must", "should", "is", "cannot"]
        .iter()
        .any(|verb| predicate.split(' ').next() == Some(verb));
    let named = field.starts_with(|first: char| first.is_ascii_lowercase())
        && field
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'.');
    let root = field.split('.').next()?;
    (says && named).then_some(root)
}

fn wait_ms(header: impl Fn(&str) -> Option<String>) -> u64 {
    let number = |name: &str| header(name).and_then(|text| text.trim().parse::<u64>().ok());
    if let Some(seconds) = number("retry-after") {
        return seconds.saturating_mul(1_000);
    }
    if number("x-ratelimit-daily-remaining") == Some(0)
        && let Some(reset_ms) = number("x-ratelimit-daily-reset")
    {
        return reset_ms;
    }
    number("x-ratelimit-interval-milliseconds").unwrap_or(WINDOW_MS)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn each_answer_has_its_kind() {
        for (status, message, kind) in [
            (400, "Contact not found", "not-found"),
            (404, "Not Found", "not-found"),
            (
                400,
                "This location does not allow duplicated contacts.",
                "conflict",
            ),
            (400, "The slot is no longer available", "rejected"),
            (401, "Invalid JWT", "unauthorized"),
            (401, "The token is not authorized for this scope.", "forbidden"),
            (
                403,
                "The token does not have access to this location.",
                "forbidden",
            ),
            (422, "email must be an email", "rejected"),
            (429, "Too Many Requests", "rate-limited"),
            (502, "", "unavailable"),
            (504, "", "timeout"),
            (302, "", "unexpected"),
        ] {
            let failure = of_status(status, &json!({ "message": message }));
            assert_eq!(failure.kind, kind, "{status} {message}");
        }
    }

    #[test]
    fn fields_are_read_out_of_the_messages() {
        for (message, field) in [
            ("email must be an email", Some("email")),
            ("property gender should not exist", Some("gender")),
            ("each value in tags must be a string", Some("tags")),
            ("customFields.0.id should not be empty", Some("customFields")),
            ("Contact must be there", None),
            ("nonsense", None),
        ] {
            assert_eq!(field_of(message), field, "{message}");
        }
    }

    #[test]
    fn a_duplicate_names_the_field_and_the_contact() {
        let body = json!({
            "message": "This location does not allow duplicated contacts.",
            "meta": { "contactId": "k3Jx8PqLm2Zt9RvB1cYd", "matchingField": "email" },
        });
        let failure = of_status(400, &body);
        assert!(failure.message.contains("k3Jx8PqLm2Zt9RvB1cYd"));
        assert_eq!(failure.fields[0].0, "email");
    }

    #[test]
    fn a_missing_reference_is_told_from_a_missing_record() {
        for (message, own, kind, field) in [
            ("Contact not found", None, "rejected", Some("contactId")),
            ("not found", None, "rejected", None),
            ("Opportunity not found", Some("opportunity"), "not-found", None),
            (
                "The pipeline was not found",
                Some("opportunity"),
                "rejected",
                Some("pipelineId"),
            ),
            ("not found", Some("opportunity"), "not-found", None),
        ] {
            let failure = of_reference(Failure::not_found(message), own);
            assert_eq!(failure.kind, kind, "{message}");
            assert_eq!(
                failure.fields.first().map(|(name, _)| name.as_str()),
                field,
                "{message}"
            );
        }
        assert!(of_reference(Failure::rejected("contact"), None).fields.is_empty());
    }

    #[test]
    fn the_wait_comes_from_the_best_header_there_is() {
        let wait = |headers: &[(&str, &str)]| {
            wait_ms(|name| {
                let found = headers.iter().find(|(known, _)| *known == name);
                found.map(|(_, value)| (*value).to_owned())
            })
        };
        assert_eq!(wait(&[]), 10_000);
        assert_eq!(wait(&[("x-ratelimit-interval-milliseconds", "2000")]), 2_000);
        assert_eq!(
            wait(&[
                ("retry-after", "3"),
                ("x-ratelimit-interval-milliseconds", "2000")
            ]),
            3_000
        );
        assert_eq!(
            wait(&[
                ("x-ratelimit-daily-remaining", "0"),
                ("x-ratelimit-daily-reset", "83453000")
            ]),
            83_453_000
        );
    }
}
