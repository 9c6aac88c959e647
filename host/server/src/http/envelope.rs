//! The envelope round every success.

use axum::Json;
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use routemcp_unified::Record;
use serde::Serialize;
use serde_json::Value;

/// A success with its envelope.
#[derive(Debug)]
pub(crate) struct Success {
    status: StatusCode,
    message: String,
    data: Data,
}

/// What is in the envelope. Serialised as it is: nothing is copied on the way out.
#[derive(Debug, Serialize)]
#[serde(untagged)]
enum Data {
    Value(Value),
    Record { data: Record },
    Records(Page<Record>),
    Others(Page<Value>),
}

/// One page of a list, and what went wrong with some connections.
#[derive(Debug, Serialize)]
pub(crate) struct Page<T> {
    pub(crate) data: Vec<T>,
    pub(crate) pagination: Pagination,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) errors: Vec<Value>,
}

/// Where a list goes on.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Pagination {
    cursor: Option<String>,
    has_more: bool,
    limit: u32,
}

impl Pagination {
    /// With the cursor that leads on if there is more.
    pub(crate) fn new(cursor: Option<String>, limit: u32) -> Self {
        Self {
            has_more: cursor.is_some(),
            cursor,
            limit,
        }
    }
}

impl Success {
    pub(crate) fn new(status: StatusCode, message: impl Into<String>, data: Value) -> Self {
        Self::with(status, message, Data::Value(data))
    }

    /// One page of records.
    pub(crate) fn records(message: impl Into<String>, page: Page<Record>) -> Self {
        Self::with(StatusCode::OK, message, Data::Records(page))
    }

    /// One page of anything but records.
    pub(crate) fn page(
        message: impl Into<String>,
        data: Vec<Value>,
        cursor: Option<String>,
        limit: u32,
    ) -> Self {
        let page = Page {
            data,
            pagination: Pagination::new(cursor, limit),
            errors: Vec::new(),
        };
        Self::with(StatusCode::OK, message, Data::Others(page))
    }

    fn with(status: StatusCode, message: impl Into<String>, data: Data) -> Self {
        Self {
            status,
            message: message.into(),
            data,
        }
    }

    /// One record, in `data.data`.
    pub(crate) fn record(status: StatusCode, message: impl Into<String>, record: Record) -> Self {
        Self::with(status, message, Data::Record { data: record })
    }

    pub(crate) fn status(&self) -> StatusCode {
        self.status
    }

    /// The body as it is sent.
    pub(crate) fn body(&self) -> impl Serialize {
        Body {
            success: true,
            status_code: self.status.as_u16(),
            message: &self.message,
            data: &self.data,
        }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Body<'a> {
    success: bool,
    status_code: u16,
    message: &'a str,
    data: &'a Data,
}

impl IntoResponse for Success {
    fn into_response(self) -> Response {
        (self.status, Json(self.body())).into_response()
    }
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
