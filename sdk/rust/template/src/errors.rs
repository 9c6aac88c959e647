//! What {{name}} says when it refuses: `{ "message": "…", "fields": { "email": "…" } }`.

use routemcp_sdk::{Failure, Response};
use serde_json::{Map, Value};

/// Passes a good answer on. Of any other it makes a failure that names the fields at fault as the manifest's mappings do.
pub fn accept(answer: Response) -> Result<Response, Failure> {
    if answer.ok() {
        return Ok(answer);
    }
    let mut failure = Failure::of_status(answer.status());
    if let Some(message) = answer.at::<String>("/message") {
        failure.message = message;
    }
    for (field, why) in answer.at::<Map<String, Value>>("/fields").unwrap_or_default() {
        failure = failure.field(field, why.as_str().unwrap_or_default());
    }
    let seconds = answer
        .header("retry-after")
        .and_then(|text| text.parse::<u64>().ok());
    match seconds {
        Some(seconds) => Err(failure.retry_after_ms(seconds * 1_000)),
        None => Err(failure),
    }
}
