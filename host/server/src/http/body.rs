//! Request bodies: JSON, at most a mebibyte.

mod bodies;

use std::ops::Deref;
use std::sync::Arc;
use std::time::Duration;

use axum::body::BodyDataStream;
use axum::extract::Request;
use bytes::{Bytes, BytesMut};
use futures::StreamExt as _;
use http::{HeaderMap, header};
use routemcp_unified::json::{self, JsonError};
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::http::error::{ApiError, Code};
use crate::http::layers::authenticate::Caller;
pub(crate) use bodies::Bodies;
use bodies::Held;

/// The largest body taken, in bytes.
pub(crate) const BODY_LIMIT: usize = 1 << 20;

/// How long a body may take to arrive.
const PATIENCE: Duration = Duration::from_secs(30);

/// A whole body. It counts against the memory for bodies until it is dropped.
pub(crate) struct Body {
    bytes: Bytes,
    _held: Option<Held>,
}

impl Deref for Body {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.bytes
    }
}

impl From<Body> for Vec<u8> {
    fn from(body: Body) -> Self {
        body.bytes.into()
    }
}

/// Reads a request's body whole.
pub(crate) async fn read(request: Request) -> Result<Body, ApiError> {
    read_up_to(request, BODY_LIMIT, PATIENCE).await
}

/// Reads a request's body whole, if it has no more than `limit` bytes and comes within `patience`.
pub(crate) async fn read_up_to(request: Request, limit: usize, patience: Duration) -> Result<Body, ApiError> {
    let announced = request.headers().get(header::CONTENT_LENGTH);
    let announced = announced.and_then(|length| length.to_str().ok()?.parse().ok());
    let held = hold(&request);
    let chunks = request.into_body().into_data_stream();
    if announced.is_some_and(|length: usize| length > limit) {
        return Err(too_large(limit));
    }
    let late = |_| ApiError::invalid("body", "did not arrive in time");
    tokio::time::timeout(patience, collect(chunks, limit, held))
        .await
        .map_err(late)?
}

async fn collect(mut chunks: BodyDataStream, limit: usize, mut held: Option<Held>) -> Result<Body, ApiError> {
    let mut body = BytesMut::new();
    while let Some(chunk) = chunks.next().await {
        let chunk = chunk.map_err(|_| ApiError::invalid("body", "could not be read to its end"))?;
        if body.len() + chunk.len() > limit {
            return Err(too_large(limit));
        }
        if held.as_mut().is_some_and(|held| held.grow(chunk.len()).is_err()) {
            return Err(no_room());
        }
        body.extend_from_slice(&chunk);
    }
    Ok(Body {
        bytes: body.freeze(),
        _held: held,
    })
}

/// What the body of this request will be counted against: its tenant's part, or that of all strangers.
fn hold(request: &Request) -> Option<Held> {
    let caller = request.extensions().get::<Caller>();
    let tenant = caller.map_or("", |caller| caller.0.organisation_id.as_str());
    let bodies = request.extensions().get::<Arc<Bodies>>()?;
    Some(bodies.hold(tenant))
}

fn no_room() -> ApiError {
    let message = "The server holds as many request bodies as it can. Try again soon.";
    ApiError::new(Code::Overloaded, message).with_retry_after(Some(Duration::from_secs(1)))
}

fn too_large(limit: usize) -> ApiError {
    ApiError::new(
        Code::PayloadTooLarge,
        format!("The body is larger than {limit} bytes."),
    )
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
        JsonError::Syntax(_) | JsonError::Unreadable(_) => {
            ApiError::invalid("body", format!("is not valid JSON: {error}"))
        }
        JsonError::TooManyValues { .. } => ApiError::invalid("body", error.to_string()),
    })
}

/// Reads a request's body as JSON of a known form. Unknown and missing members are errors that name them.
pub(crate) async fn typed<T: DeserializeOwned>(request: Request) -> Result<T, ApiError> {
    let headers = request.headers().clone();
    let value = json(&headers, &read(request).await?)?;
    serde_json::from_value(value).map_err(|error| ApiError::invalid("body", error.to_string()))
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
