//! Makes answers comparable over runs.

use serde_json::Value;

/// Members whose values differ from run to run.
const CHANGING: [&str; 6] = [
    "cursor",
    "createdAt",
    "updatedAt",
    "timestamp",
    "requestId",
    "correlationId",
];

/// A copy with changing values replaced by their names, and `ids` too where asked for.
pub(crate) fn redacted(value: &Value, ids: bool) -> Value {
    match value {
        Value::Object(members) => {
            let members = members.iter().map(|(name, value)| {
                let changes =
                    CHANGING.contains(&name.as_str()) || (ids && ["id", "remoteId"].contains(&name.as_str()));
                let shown = if changes && value.is_string() {
                    Value::String(format!("[{name}]"))
                } else {
                    redacted(value, ids)
                };
                (name.clone(), shown)
            });
            Value::Object(members.collect())
        }
        Value::Array(elements) => elements.iter().map(|element| redacted(element, ids)).collect(),
        other => other.clone(),
    }
}
