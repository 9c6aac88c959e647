//! Request bodies: JSON, at most a mebibyte.

use std::time::Duration;

use axum::body::BodyDataStream;
use axum::extract::Request;
use bytes::{Bytes, BytesMut};
use futures::StreamExt as _;
use http::{HeaderMap, header};
use routemcp_unified::json::{self, JsonError};
use serde_json::Value;

use crate::http::error::{ApiError, Code};

/// The largest body taken, in bytes.
pub(crate) const BODY_LIMIT: usize = 1 << 20;

/// How long a body may take to arrive.
const PATIENCE: Duration = Duration::from_secs(30);

/// How much of a body that is too large is still taken and thrown away: a client that is cut off while it writes sees a
/// broken connection and not the answer.
const DRAIN_LIMIT: usize = 16 << 20;

/// Reads a request's body whole.
pub(crate) async fn read(request: Request) -> Result<Bytes, ApiError> {
    let late = |_| ApiError::invalid("body", "did not arrive in time");
    tokio::time::timeout(PATIENCE, collect(request.into_body().into_data_stream()))
        .await
        .map_err(late)?
}

async fn collect(mut chunks: BodyDataStream) -> Result<Bytes, ApiError> {
    let mut body = BytesMut::new();
    let mut arrived = 0;
    while let Some(chunk) = chunks.next().await {
        let chunk = chunk.map_err(|_| ApiError::invalid("body", "could not be read to its end"))?;
        arrived += chunk.len();
        if arrived > DRAIN_LIMIT {
            break;
        }
        if arrived <= BODY_LIMIT {
            body.extend_from_slice(&chunk);
        }
    }
    if arrived > BODY_LIMIT {
        let message = format!("The body is larger than {BODY_LIMIT} bytes.");
        return Err(ApiError::new(Code::PayloadTooLarge, message));
    }
    Ok(body.freeze())
}

/// Parses a body as JSON.
pub(crate) fn json(headers: &HeaderMap, body: &[u8]) -> Result<Value, ApiError> {
    let content_type = headers
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    if !is_json(content_type) {
        let message = "The body must be JSON: send the header `Content-Type: application/json`.";
        return Err(ApiError::new(Code::UnsupportedMediaType, message));
    }
    json::parse(body).map_err(|error| match error {
        JsonError::Syntax(error) => ApiError::invalid("body", format!("is not valid JSON: {error}")),
        JsonError::TooManyValues => ApiError::invalid("body", error.to_string()),
    })
}

fn is_json(content_type: &str) -> bool {
    let essence = content_type
        .split(';')
        .next()
        .unwrap_or_default()
        .trim()
        .to_ascii_lowercase();
    essence == "application/json" || (essence.starts_with("application/") && essence.ends_with("+json"))
}

#[cfg(test)]
mod tests {
    use super::is_json;

    #[test]
    fn json_is_told_by_its_media_type() {
        for (content_type, expected) in [
            ("application/json", true),
            ("Application/JSON; charset=utf-8", true),
            ("application/merge-patch+json", true),
            ("text/plain", false),
            ("", false),
        ] {
            assert_eq!(is_json(content_type), expected, "{content_type}");
        }
    }
}
