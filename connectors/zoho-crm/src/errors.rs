//! Zoho's errors in the contract's words.
//!
//! An error is `{code, details, message, status}`, at the top of a body or inside its `data`: both occur for the same codes.

use routemcp_sdk::prelude::*;
use serde_json::Value;

/// Zoho's 429s need not say how long to wait. What runs into them first is the number of calls at once, which passes soon.
const DEFAULT_WAIT_MS: u64 = 10_000;

/// Passes an answer with a 2xx status on, 204 included.
pub(crate) fn accept(answer: Response) -> Result<Response, Failure> {
    if answer.ok() {
        Ok(answer)
    } else {
        Err(failure(&answer))
    }
}

/// The ids of the records at `array`. Refuses an answer in which they are not all there.
pub(crate) fn ids(answer: &Response, array: &str) -> Result<Vec<String>, Failure> {
    let ids: Option<Vec<String>> = answer.pluck(array, "/id").into_iter().collect();
    match ids {
        Some(ids) if !ids.is_empty() || answer.at::<Vec<Value>>(array).is_some_and(|all| all.is_empty()) => {
            Ok(ids)
        }
        _ => Err(unexpected(answer, "a list of records")),
    }
}

/// The id of the one record that a write was about. A write can fail inside an answer with a 2xx status.
pub(crate) fn written(answer: &Response) -> Result<String, Failure> {
    let code: Option<String> = answer.at("/data/0/code");
    match (answer.ok(), code.as_deref(), answer.at("/data/0/details/id")) {
        (true, Some("SUCCESS"), Some(id)) => Ok(id),
        (true, None | Some("SUCCESS"), _) => Err(unexpected(answer, "the outcome of a write")),
        _ => Err(failure(answer)),
    }
}

/// For an answer with a 2xx status that is not what the documentation says.
pub(crate) fn unexpected(answer: &Response, wanted: &str) -> Failure {
    Failure::unexpected(format!("Zoho's answer is not {wanted}")).status(answer.status())
}

/// The failure that an answer means.
pub(crate) fn failure(answer: &Response) -> Failure {
    let status = answer.status();
    let body: Value = answer.at("").unwrap_or_default();
    let error = match body.pointer("/data/0") {
        Some(item) if body.get("code").is_none() => item,
        _ => &body,
    };
    let mut failure = of_error(status, error).status(status);
    let seconds = answer
        .header("retry-after")
        .and_then(|text| text.trim().parse::<u64>().ok());
    if let Some(seconds) = seconds {
        failure.retry_after_ms = Some(seconds.saturating_mul(1_000));
    }
    failure
}

fn of_error(status: u16, error: &Value) -> Failure {
    let code = text(error, "/code").unwrap_or_default();
    let message = match text(error, "/message") {
        Some(message) => message.to_owned(),
        None => format!("Zoho answered with status {status}"),
    };
    match (status, code) {
        (_, "OAUTH_SCOPE_MISMATCH" | "NO_PERMISSION") | (403, _) => {
            Failure::forbidden(with_permissions(message, error))
        }
        (401, _) | (_, "INVALID_TOKEN" | "AUTHENTICATION_FAILURE") => Failure::unauthorized(message),
        (429, _) | (_, "TOO_MANY_REQUESTS") => Failure::rate_limited(message).retry_after_ms(wait_ms(error)),
        (_, "DUPLICATE_DATA") => with_fields(Failure::conflict(with_duplicate(message, error)), error),
        (412, _) => Failure::conflict(message),
        (_, "INVALID_MODULE") => {
            Failure::unsupported(format!("this Zoho account lacks the module: {message}"))
        }
        (_, "PAGINATION_LIMIT_EXCEEDED") => Failure::unsupported(
            "Zoho's lists end at record 100,000: a filter or updatedSince gets at the rest",
        ),
        // A missing record is never a 404 at Zoho, so these two say that we are at the wrong place.
        (404, _) => Failure::unexpected(message),
        (_, "INVALID_HOST") => Failure::unexpected(format!(
            "{message}: the setting apiDomain is of another data centre"
        )),
        (408, _) => Failure::timeout(message),
        (500.., _) => Failure::unavailable(message),
        // An error in an answer with a 2xx status is about the record, as a 400 is.
        (200..=299 | 400.., _) => with_fields(Failure::rejected(message), error),
        _ => Failure::unexpected(message),
    }
}

fn with_permissions(message: String, error: &Value) -> String {
    let lists = error.pointer("/details/permissions").and_then(Value::as_array);
    let names: Vec<&str> = lists.into_iter().flatten().filter_map(Value::as_str).collect();
    if names.is_empty() {
        message
    } else {
        format!("{message} (required permissions: {})", names.join(", "))
    }
}

fn with_duplicate(message: String, error: &Value) -> String {
    match text(error, "/details/duplicate_record/id").or_else(|| text(error, "/details/id")) {
        Some(id) => format!("{message}: record {id}"),
        None => message,
    }
}

fn wait_ms(error: &Value) -> u64 {
    match error.pointer("/details/retry_after") {
        Some(Value::Number(seconds)) => seconds.as_u64(),
        Some(Value::String(seconds)) => seconds.parse().ok(),
        _ => None,
    }
    .map_or(DEFAULT_WAIT_MS, |seconds| seconds.saturating_mul(1_000))
}

/// Adds the fields that an error names, those of the errors inside it included.
fn with_fields(failure: Failure, error: &Value) -> Failure {
    let inner = error.pointer("/details/errors").and_then(Value::as_array);
    let failure = inner.into_iter().flatten().fold(failure, with_fields);
    let why = reason(error);
    let expected = error
        .pointer("/details/expected_fields")
        .and_then(Value::as_array);
    let places = std::iter::once(error.pointer("/details").unwrap_or(&Value::Null))
        .chain(expected.into_iter().flatten());
    places
        .filter_map(field)
        .fold(failure, |failure, name| failure.field(name, why.clone()))
}

/// The path leads to the member at fault (`$.data[0].Owner.id`), which `api_name` names; the field is the first step.
fn field(details: &Value) -> Option<String> {
    let path = text(details, "/json_path").and_then(|path| path.strip_prefix("$.data["));
    let steps = path
        .and_then(|path| path.split_once("]."))
        .map(|(_, steps)| steps);
    let name = steps.and_then(|steps| steps.split(['.', '[']).next());
    name.or_else(|| text(details, "/api_name"))
        .filter(|name| !name.is_empty() && *name != "id")
        .map(str::to_owned)
}

fn reason(error: &Value) -> String {
    let message = text(error, "/message").unwrap_or("invalid");
    let detail = |name: &str, words: &str| {
        let value = error.pointer("/details")?.get(name)?;
        let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        Some(format!("{message} ({words}: {value})"))
    };
    detail("expected_data_type", "expected data type")
        .or_else(|| detail("maximum_length", "maximum length"))
        .unwrap_or_else(|| message.to_owned())
}

fn text<'a>(value: &'a Value, pointer: &str) -> Option<&'a str> {
    value.pointer(pointer).and_then(Value::as_str)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn each_status_and_code_has_its_kind() {
        for (status, code, kind) in [
            (400, "INVALID_DATA", "rejected"),
            (400, "MANDATORY_NOT_FOUND", "rejected"),
            (400, "DUPLICATE_DATA", "conflict"),
            (400, "INVALID_MODULE", "unsupported"),
            (400, "INVALID_HOST", "unexpected"),
            (400, "PAGINATION_LIMIT_EXCEEDED", "unsupported"),
            (401, "INVALID_TOKEN", "unauthorized"),
            (401, "AUTHENTICATION_FAILURE", "unauthorized"),
            (401, "OAUTH_SCOPE_MISMATCH", "forbidden"),
            (403, "NO_PERMISSION", "forbidden"),
            (404, "INVALID_URL_PATTERN", "unexpected"),
            (412, "ALREADY_MODIFIED", "conflict"),
            (429, "TOO_MANY_REQUESTS", "rate-limited"),
            (500, "INTERNAL_ERROR", "unavailable"),
            (502, "", "unavailable"),
            (202, "INVALID_DATA", "rejected"),
            (302, "", "unexpected"),
        ] {
            assert_eq!(
                of_error(status, &json!({ "code": code })).kind,
                kind,
                "{status} {code}"
            );
        }
    }

    #[test]
    fn fields_are_named_by_their_place_in_the_record() {
        let error = json!({ "code": "MULTIPLE_OR_MULTI_ERRORS", "message": "several", "details": { "errors": [
            { "message": "invalid data", "details": { "api_name": "id", "json_path": "$.data[0].Owner.id" } },
            { "message": "too long", "details": { "api_name": "City", "maximum_length": 100 } },
            { "message": "missing", "details": { "expected_fields": [{ "api_name": "Last_Name", "json_path": "$.data[0].Last_Name" }] } },
            { "message": "no such record", "details": { "api_name": "id", "json_path": "$.data[0].id" } },
        ] } });
        let failure = of_error(400, &error);
        let expected = [
            ("Owner", "invalid data"),
            ("City", "too long (maximum length: 100)"),
            ("Last_Name", "missing"),
        ];
        assert_eq!(
            failure.fields,
            expected.map(|(name, why)| (name.to_owned(), why.to_owned()))
        );
    }

    #[test]
    fn a_duplicate_names_field_and_record() {
        let error = json!({ "code": "DUPLICATE_DATA", "message": "duplicate data",
                            "details": { "api_name": "Email", "duplicate_record": { "id": "77" } } });
        let failure = of_error(400, &error);
        assert_eq!(failure.message, "duplicate data: record 77");
        assert_eq!(failure.fields[0].0, "Email");
    }

    #[test]
    fn how_long_to_wait_may_be_said() {
        let wait = |details: Value| of_error(429, &json!({ "details": details })).retry_after_ms;
        assert_eq!(wait(json!({ "retry_after": 3 })), Some(3_000));
        assert_eq!(wait(json!({ "retry_after": "4" })), Some(4_000));
        assert_eq!(wait(json!({})), Some(10_000));
    }
}
