//! The envelope round every success.

use axum::Json;
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use serde::Serialize;
use serde_json::{Map, Value, json};

/// A success with its envelope.
#[derive(Debug)]
pub(crate) struct Success {
    status: StatusCode,
    message: String,
    data: Value,
}

impl Success {
    pub(crate) fn new(status: StatusCode, message: impl Into<String>, data: Value) -> Self {
        Self {
            status,
            message: message.into(),
            data,
        }
    }

    /// One record, in `data.data`.
    pub(crate) fn record(status: StatusCode, message: impl Into<String>, record: Map<String, Value>) -> Self {
        Self::new(status, message, json!({ "data": record }))
    }

    pub(crate) fn status(&self) -> StatusCode {
        self.status
    }

    pub(crate) fn into_body(self) -> Value {
        json!({
            "success": true,
            "statusCode": self.status.as_u16(),
            "message": self.message,
            "data": self.data,
        })
    }
}

impl IntoResponse for Success {
    fn into_response(self) -> Response {
        (self.status, Json(self.into_body())).into_response()
    }
}

/// The `data` of a list: one page, and the cursor that leads on if there is more.
pub(crate) fn page(records: &impl Serialize, cursor: Option<String>, limit: u32) -> Value {
    let more = cursor.is_some();
    json!({ "data": records, "pagination": { "cursor": cursor, "hasMore": more, "limit": limit } })
}

/// The time now, as the API writes times: ISO 8601 in UTC with milliseconds.
pub(crate) fn now() -> String {
    time_text(jiff::Timestamp::now())
}

/// A time as the API writes it.
pub(crate) fn time_text(time: jiff::Timestamp) -> String {
    time.strftime("%Y-%m-%dT%H:%M:%S.%3fZ").to_string()
}

#[cfg(test)]
mod tests {
    use super::time_text;

    #[test]
    fn times_have_milliseconds_and_end_in_z() {
        let time = "2026-05-04T08:15:30.1239Z".parse().unwrap();
        assert_eq!(time_text(time), "2026-05-04T08:15:30.123Z");
    }
}
