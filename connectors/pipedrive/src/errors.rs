//! Pipedrive's errors in the contract's words.

use routemcp_sdk::prelude::*;
use serde_json::Value;

/// Pipedrive's burst limits count in windows of two seconds.
const BURST_WINDOW_MS: u64 = 2_000;
const CUSTOM_FIELDS: &str = "custom_fields";
/// The length of a custom field's key.
const KEY_LENGTH: usize = 40;

/// Passes an answer on that is a success in Pipedrive's envelope.
pub(crate) fn accept(answer: Response) -> Result<Response, Failure> {
    if !answer.ok() {
        return Err(failure(&answer));
    }
    match answer.at("/success") {
        Some(true) => Ok(answer),
        _ => Err(unexpected(&answer, "a success in Pipedrive's envelope")),
    }
}

/// Passes an answer on that is a record.
pub(crate) fn record(answer: Response) -> Result<Response, Failure> {
    let answer = accept(answer)?;
    if answer.has("/data/id") {
        Ok(answer)
    } else {
        Err(unexpected(&answer, "a record"))
    }
}

/// Passes an answer on that is a list; some of the API v1 write null for an empty one. Looks at the first record only,
/// because the rest would have to be copied.
pub(crate) fn records(answer: Response) -> Result<Response, Failure> {
    let answer = accept(answer)?;
    let filled = answer.has("/data/0/id");
    let empty = || {
        answer
            .at::<Option<Vec<Value>>>("/data")
            .is_some_and(|records| records.is_none_or(|records| records.is_empty()))
    };
    if filled || empty() {
        Ok(answer)
    } else {
        Err(unexpected(&answer, "a list of records"))
    }
}

/// For an answer with a 2xx status that is not what the documentation says.
pub(crate) fn unexpected(answer: &Response, wanted: &str) -> Failure {
    Failure::unexpected(format!("Pipedrive's answer is not {wanted}")).status(answer.status())
}

/// Gives fields the names that the mapping has for them.
pub(crate) fn renamed(mut failure: Failure, names: &[(&str, &str)]) -> Failure {
    for (field, _) in &mut failure.fields {
        if let Some((_, name)) = names.iter().find(|(own, _)| own == field) {
            *field = (*name).to_owned();
        }
    }
    failure
}

fn failure(answer: &Response) -> Failure {
    let status = answer.status();
    let body: Option<Value> = answer.at("");
    let said = body
        .as_ref()
        .and_then(|body| body.pointer("/error"))
        .and_then(Value::as_str);
    let message = said.map_or_else(
        || format!("Pipedrive answered with status {status}"),
        str::to_owned,
    );
    let failure = match status {
        401 => Failure::unauthorized(message),
        // Who breaks the burst limit by far is stopped by a proxy before Pipedrive, which answers in HTML.
        403 if body.is_none() => Failure::rate_limited("Pipedrive refuses calls after too many of them"),
        402 | 403 => Failure::forbidden(message),
        404 => Failure::not_found(message),
        408 | 504 => Failure::timeout(message),
        409 => Failure::conflict(message),
        429 => rate_limited(answer, message),
        400 | 413 | 422 => rejected(&message),
        500.. => Failure::unavailable(message),
        // 405, 410 and 415 say that the request is one that Pipedrive no longer has.
        _ => Failure::unexpected(message),
    };
    failure.status(status)
}

/// `Retry-After` is not certain to be sent; `x-ratelimit-reset` is, in seconds. It is about the burst limit, so it says
/// nothing when the day's token budget is used up.
fn rate_limited(answer: &Response, message: String) -> Failure {
    let number = |name: &str| {
        answer
            .header(name)
            .and_then(|text| text.trim().parse::<u64>().ok())
    };
    let used_up = number("x-daily-ratelimit-token-remaining") == Some(0);
    let burst =
        || number("x-ratelimit-reset").map_or(BURST_WINDOW_MS, |seconds| seconds.saturating_mul(1_000));
    let wait = match number("retry-after") {
        Some(seconds) => Some(seconds.saturating_mul(1_000)),
        None => (!used_up).then(burst),
    };
    Failure {
        retry_after_ms: wait,
        ..Failure::rate_limited(message)
    }
}

/// `Validation failed: owner_id: Expected number; custom_fields: …`
fn rejected(message: &str) -> Failure {
    let list = message.strip_prefix("Validation failed: ").unwrap_or(message);
    let mut failure = Failure::rejected(message);
    for part in list.split("; ") {
        if let Some((name, why)) = part.split_once(": ")
            && is_name(name)
        {
            failure = failure.field(field(name, why), why);
        }
    }
    failure
}

fn is_name(text: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'[' | b']');
    !text.is_empty() && text.bytes().all(allowed)
}

/// The mapping's name for a place in a body: `emails[0].value` is about `emails`, and a custom field is named by its key,
/// which stands in the place or in the text.
fn field(place: &str, why: &str) -> String {
    let own = place.split(['.', '[']).next().unwrap_or(place);
    if own != CUSTOM_FIELDS {
        return own.to_owned();
    }
    let words = |text: &str| {
        text.split(|c: char| !c.is_ascii_alphanumeric())
            .find(is_key)
            .map(str::to_owned)
    };
    match words(place).or_else(|| words(why)) {
        Some(key) => format!("/{CUSTOM_FIELDS}/{key}"),
        None => own.to_owned(),
    }
}

fn is_key(word: &&str) -> bool {
    word.len() == KEY_LENGTH && word.bytes().all(|byte| byte.is_ascii_hexdigit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_come_from_the_list_in_the_message() {
        let key = "9f1c2ad04b7e5c33a1d08e6f7b9c4d2e5a6b7c80";
        let message = format!(
            "Validation failed: owner_id: Expected number; emails[0].value: Expected string; \
             custom_fields.{key}: not allowed; custom_fields: no field '{key}'; custom_fields: Expected object"
        );
        let names: Vec<String> = rejected(&message)
            .fields
            .into_iter()
            .map(|(name, _)| name)
            .collect();
        let custom = format!("/custom_fields/{key}");
        assert_eq!(names, ["owner_id", "emails", &custom, &custom, "custom_fields"]);
    }

    #[test]
    fn a_message_without_a_list_names_no_field() {
        for message in [
            "Bad request",
            "Sorry: try again",
            "a lead needs a person: see the manual",
        ] {
            let failure = rejected(message);
            assert_eq!(failure.message, message);
            assert!(
                failure.fields.iter().all(|(name, _)| name == "Sorry"),
                "{message}"
            );
        }
    }

    #[test]
    fn fields_are_renamed_as_the_mapping_has_them() {
        let failure = renamed(
            Failure::rejected("x").field("name", "why").field("other", "why"),
            &[("name", "first_name")],
        );
        assert_eq!(failure.fields[0].0, "first_name");
        assert_eq!(failure.fields[1].0, "other");
    }
}
