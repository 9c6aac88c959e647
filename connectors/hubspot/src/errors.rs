//! HubSpot's errors in the contract's words.

use routemcp_sdk::prelude::*;
use serde_json::Value;

/// HubSpot's longest short window. Its 429s need not say how long to wait.
const TEN_SECONDLY_MS: u64 = 10_000;
const SECONDLY_MS: u64 = 1_000;

/// Passes an answer with a 2xx status on.
pub(crate) fn accept(answer: Response) -> Result<Response, Failure> {
    if answer.ok() {
        Ok(answer)
    } else {
        Err(failure(&answer))
    }
}

/// Passes an answer on that is a record.
pub(crate) fn record(answer: Response) -> Result<Response, Failure> {
    let answer = accept(answer)?;
    if answer.has("/id") {
        Ok(answer)
    } else {
        Err(unexpected(&answer, "a record"))
    }
}

/// Passes an answer on that is a list. Looks at the first record only, because the rest would have to be copied.
pub(crate) fn records(answer: Response) -> Result<Response, Failure> {
    let answer = accept(answer)?;
    let filled = answer.has("/results/0/id");
    if filled
        || answer
            .at::<Vec<Value>>("/results")
            .is_some_and(|records| records.is_empty())
    {
        return Ok(answer);
    }
    Err(unexpected(&answer, "a list of records"))
}

/// For an answer with a 2xx status that is not what the documentation says.
pub(crate) fn unexpected(answer: &Response, wanted: &str) -> Failure {
    Failure::unexpected(format!("HubSpot's answer is not {wanted}")).status(answer.status())
}

/// The failure that an answer with another status means.
pub(crate) fn failure(answer: &Response) -> Failure {
    let status = answer.status();
    let body: Value = answer.at("").unwrap_or_default();
    let message = match body.pointer("/message").and_then(Value::as_str) {
        Some(message) => message.to_owned(),
        None => format!("HubSpot answered with status {status}"),
    };
    let retry_after = answer
        .header("retry-after")
        .and_then(|text| text.trim().parse::<u64>().ok());
    let mut failure = of_status(status, message, &body);
    failure.status = Some(status);
    if let Some(seconds) = retry_after {
        failure.retry_after_ms = Some(seconds.saturating_mul(1_000));
    }
    failure
}

fn of_status(status: u16, message: String, body: &Value) -> Failure {
    match status {
        401 => Failure::unauthorized(message),
        403 => Failure::forbidden(with_scopes(message, body)),
        404 => Failure::not_found(message),
        408 => Failure::timeout(message),
        409 => conflict(message),
        414 => Failure::rejected("HubSpot refused the request, because its URL was too long"),
        429 => {
            let wait = rate_limit_ms(&message, body);
            Failure::rate_limited(message).retry_after_ms(wait)
        }
        423 | 477 | 500.. => Failure::unavailable(message),
        400.. => rejected(message, body),
        _ => Failure::unexpected(message),
    }
}

fn with_scopes(message: String, body: &Value) -> String {
    let contexts = body
        .pointer("/errors")
        .and_then(Value::as_array)
        .into_iter()
        .flatten();
    let lists = contexts.flat_map(|error| {
        ["/context/requiredScopes", "/context/requiredGranularScopes"].map(|pointer| error.pointer(pointer))
    });
    let scopes: Vec<&str> = lists.flatten().flat_map(texts).collect();
    if scopes.is_empty() {
        message
    } else {
        format!("{message} (required scopes: {})", scopes.join(", "))
    }
}

/// The only unique property that the unified resources have is a contact's email, and the message is all HubSpot says.
fn conflict(message: String) -> Failure {
    let about_contact = message.starts_with("Contact already exists");
    let failure = Failure::conflict(message.clone());
    if about_contact {
        failure.field("email", message)
    } else {
        failure
    }
}

fn rate_limit_ms(message: &str, body: &Value) -> u64 {
    match body.pointer("/policyName").and_then(Value::as_str) {
        Some("SECONDLY") => SECONDLY_MS,
        None if message.contains(" secondly limit") => SECONDLY_MS,
        _ => TEN_SECONDLY_MS,
    }
}

fn rejected(message: String, body: &Value) -> Failure {
    let mut fields = fields_of_errors(body);
    for (name, why) in fields_of_message(&message) {
        if !fields.iter().any(|(known, _)| *known == name) {
            fields.push((name, why));
        }
    }
    // The message goes to people; the list in it is in `fields` now.
    let head = message.split(": [").next().unwrap_or(&message);
    let mut failure = Failure::rejected(if fields.is_empty() { message.as_str() } else { head });
    failure.fields = fields;
    failure
}

/// `errors: [{message, context: {propertyName: [name]}}]`
fn fields_of_errors(body: &Value) -> Vec<(String, String)> {
    let errors = body
        .pointer("/errors")
        .and_then(Value::as_array)
        .into_iter()
        .flatten();
    let pairs = errors.flat_map(|error| {
        let why = error
            .pointer("/message")
            .and_then(Value::as_str)
            .unwrap_or("invalid")
            .to_owned();
        let names = error.pointer("/context/propertyName").into_iter().flat_map(texts);
        names
            .map(move |name| (name.to_owned(), why.clone()))
            .collect::<Vec<_>>()
    });
    pairs.collect()
}

/// `Property values were not valid: [{"isValid":false,"message":"…","error":"INVALID_EMAIL","name":"email"}]`
fn fields_of_message(message: &str) -> Vec<(String, String)> {
    let list = message
        .find('[')
        .and_then(|at| message.get(at..))
        .and_then(first_json);
    let entries = list.as_ref().and_then(Value::as_array).into_iter().flatten();
    let pairs = entries.filter_map(|entry| {
        let name = entry.pointer("/name").and_then(Value::as_str)?;
        let why = entry
            .pointer("/message")
            .and_then(Value::as_str)
            .unwrap_or("invalid");
        Some((name.to_owned(), why.to_owned()))
    });
    pairs.collect()
}

/// The JSON value that text begins with; more text may follow.
fn first_json(text: &str) -> Option<Value> {
    serde_json::Deserializer::from_str(text).into_iter().next()?.ok()
}

/// A text, or the texts of a list.
fn texts(value: &Value) -> Vec<&str> {
    match value {
        Value::String(text) => vec![text],
        Value::Array(values) => values.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn each_status_has_its_kind() {
        for (status, kind) in [
            (400, "rejected"),
            (401, "unauthorized"),
            (403, "forbidden"),
            (404, "not-found"),
            (409, "conflict"),
            (414, "rejected"),
            (415, "rejected"),
            (423, "unavailable"),
            (429, "rate-limited"),
            (477, "unavailable"),
            (502, "unavailable"),
            (302, "unexpected"),
        ] {
            assert_eq!(
                of_status(status, String::new(), &Value::Null).kind,
                kind,
                "{status}"
            );
        }
    }

    #[test]
    fn fields_come_from_the_errors_and_from_the_message() {
        let message = "Property values were not valid: [{\"isValid\":false,\"message\":\"Email address x is invalid\",\
                       \"error\":\"INVALID_EMAIL\",\"name\":\"email\"}]";
        let body = json!({ "errors": [{ "message": "no such property", "context": { "propertyName": ["shoe_size"] } }] });
        let failure = of_status(400, message.to_owned(), &body);
        assert_eq!(failure.message, "Property values were not valid");
        let expected = [
            ("shoe_size", "no such property"),
            ("email", "Email address x is invalid"),
        ];
        assert_eq!(
            failure.fields,
            expected.map(|(name, why)| (name.to_owned(), why.to_owned()))
        );
    }

    #[test]
    fn a_field_that_is_named_twice_counts_once() {
        let message = "Property values were not valid: [{\"message\":\"bad\",\"name\":\"email\"}]";
        let body = json!({ "errors": [{ "message": "bad", "context": { "propertyName": ["email"] } }] });
        assert_eq!(of_status(400, message.to_owned(), &body).fields.len(), 1);
    }

    #[test]
    fn missing_scopes_are_named() {
        let body = json!({ "errors": [{ "context": { "requiredScopes": ["crm.objects.leads.read"] } }] });
        let failure = of_status(403, "This app lacks scopes".to_owned(), &body);
        assert_eq!(
            failure.message,
            "This app lacks scopes (required scopes: crm.objects.leads.read)"
        );
    }

    #[test]
    fn the_policy_says_how_long_to_wait() {
        let wait = |message: &str, body: Value| of_status(429, message.to_owned(), &body).retry_after_ms;
        assert_eq!(
            wait("", json!({ "policyName": "TEN_SECONDLY_ROLLING" })),
            Some(10_000)
        );
        assert_eq!(
            wait("You have reached your secondly limit.", json!({})),
            Some(1_000)
        );
        assert_eq!(
            wait("You have reached your ten_secondly_rolling limit.", json!({})),
            Some(10_000)
        );
    }

    #[test]
    fn a_conflict_about_an_email_names_the_field() {
        let failure = of_status(
            409,
            "Contact already exists. Existing ID: 90210".to_owned(),
            &Value::Null,
        );
        assert_eq!(failure.fields.len(), 1);
        assert!(failure.message.contains("90210"));
    }
}
