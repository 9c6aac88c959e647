//! The envelope round every success.

use axum::response::{IntoResponse, Response};
use http::{StatusCode, header};
use routemcp_unified::Record;
use serde::Serialize;
use serde_json::{Value, json};

use super::error::ApiError;

/// A success with its envelope.
#[derive(Debug)]
pub(crate) struct Success {
    status: StatusCode,
    message: String,
    data: Data,
}

/// What is in the envelope.
#[derive(Debug)]
enum Data {
    Value(Value),
    Record(Shown),
    Page(Page),
}

/// Records as JSON, with commas between them: written where the document is at hand that they borrow from.
#[derive(Debug, Default)]
pub(crate) struct Shown(Vec<u8>);

/// One page of records, and what went wrong with some connections.
#[derive(Debug)]
pub(crate) struct Page {
    pub(crate) data: Shown,
    pub(crate) pagination: Pagination,
    pub(crate) errors: Vec<Value>,
}

impl Shown {
    /// Writes one more.
    pub(crate) fn push(&mut self, record: &Record<'_>) -> Result<(), serde_json::Error> {
        self.separate();
        record.write(&mut self.0)
    }

    /// Adds those of another part.
    pub(crate) fn append(&mut self, other: Self) {
        if self.0.is_empty() {
            self.0 = other.0;
        } else if !other.0.is_empty() {
            self.separate();
            self.0.extend_from_slice(&other.0);
        }
    }

    fn separate(&mut self) {
        if !self.0.is_empty() {
            self.0.push(b',');
        }
    }
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
    pub(crate) fn records(message: impl Into<String>, page: Page) -> Self {
        Self::with(StatusCode::OK, message, Data::Page(page))
    }

    /// One page of anything but records.
    pub(crate) fn page(
        message: impl Into<String>,
        data: Vec<Value>,
        cursor: Option<String>,
        limit: u32,
    ) -> Self {
        let pagination = Pagination::new(cursor, limit);
        Self::new(
            StatusCode::OK,
            message,
            json!({ "data": data, "pagination": pagination }),
        )
    }

    fn with(status: StatusCode, message: impl Into<String>, data: Data) -> Self {
        Self {
            status,
            message: message.into(),
            data,
        }
    }

    /// One record, in `data.data`.
    pub(crate) fn record(status: StatusCode, message: impl Into<String>, record: Shown) -> Self {
        Self::with(status, message, Data::Record(record))
    }

    pub(crate) fn status(&self) -> StatusCode {
        self.status
    }

    /// The body as it is sent.
    pub(crate) fn body(&self) -> Result<Vec<u8>, serde_json::Error> {
        let mut body = Vec::with_capacity(self.data.size() + ENVELOPE);
        body.extend_from_slice(br#"{"success":true,"statusCode":"#);
        serde_json::to_writer(&mut body, &self.status.as_u16())?;
        body.extend_from_slice(br#","message":"#);
        serde_json::to_writer(&mut body, &self.message)?;
        body.extend_from_slice(br#","data":"#);
        self.data.write(&mut body)?;
        body.push(b'}');
        Ok(body)
    }
}

/// About what stands round the data.
const ENVELOPE: usize = 512;

impl Data {
    fn size(&self) -> usize {
        match self {
            Self::Value(_) => 0,
            Self::Record(records) | Self::Page(Page { data: records, .. }) => records.0.len(),
        }
    }

    fn write(&self, body: &mut Vec<u8>) -> Result<(), serde_json::Error> {
        match self {
            Self::Value(value) => return serde_json::to_writer(body, value),
            Self::Record(record) => {
                body.extend_from_slice(br#"{"data":"#);
                body.extend_from_slice(&record.0);
            }
            Self::Page(page) => {
                body.extend_from_slice(br#"{"data":["#);
                body.extend_from_slice(&page.data.0);
                body.extend_from_slice(br#"],"pagination":"#);
                serde_json::to_writer(&mut *body, &page.pagination)?;
                if !page.errors.is_empty() {
                    body.extend_from_slice(br#","errors":"#);
                    serde_json::to_writer(&mut *body, &page.errors)?;
                }
            }
        }
        body.push(b'}');
        Ok(())
    }
}

impl IntoResponse for Success {
    fn into_response(self) -> Response {
        match self.body() {
            Ok(body) => (self.status, [(header::CONTENT_TYPE, "application/json")], body).into_response(),
            Err(error) => ApiError::internal(error).into_response(),
        }
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
