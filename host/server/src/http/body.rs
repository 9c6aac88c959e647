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
pub(crate) use bodies::{Bodies, Held};

/// The largest body taken, in bytes.
pub(crate) const BODY_LIMIT: usize = 1 << 20;

/// How long a body may take to arrive.
const PATIENCE: Duration = Duration::from_secs(30);

/// The largest form that is taken from a browser, in bytes: a token and some settings. A session of the widget is in the hands
/// of an end user.
const FORM_LIMIT: usize = 64 << 10;

/// Whom the body of a request counts against, where no API key says so. In the request's extensions.
#[derive(Clone)]
pub(crate) struct Holder(pub(crate) Arc<str>);

/// A whole body. It counts against the memory for bodies until it is dropped.
pub(crate) struct Body {
    bytes: Bytes,
    held: Option<Held>,
}

impl Deref for Body {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.bytes
    }
}

impl Body {
    /// The bytes, and what counts them until it is dropped.
    pub(crate) fn split(self) -> (Vec<u8>, Option<Held>) {
        (self.bytes.into(), self.held)
    }
}

/// Reads a request's body whole.
pub(crate) async fn read(request: Request) -> Result<Body, ApiError> {
    read_up_to(request, BODY_LIMIT, PATIENCE).await
}

/// Reads a form of an organisation's widget whole. It counts against that organisation.
pub(crate) async fn read_form(mut request: Request, organisation: &str) -> Result<Body, ApiError> {
    // Its end users must not be able to keep its servers out.
    let holder = format!("widget {organisation}");
    request.extensions_mut().insert(Holder(holder.into()));
    read_up_to(request, FORM_LIMIT, PATIENCE).await
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
        held,
    })
}

/// What the body of this request will be counted against.
fn hold(request: &Request) -> Option<Held> {
    let extensions = request.extensions();
    let caller = extensions.get::<Caller>();
    let caller = caller.map(|caller| caller.0.organisation_id.as_str());
    let holder = || extensions.get::<Holder>().map(|holder| &*holder.0);
    let bodies = extensions.get::<Arc<Bodies>>()?;
    Some(bodies.hold(caller.or_else(holder).unwrap_or_default()))
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
        JsonError::Unreadable(_) => ApiError::invalid("body", format!("is not valid JSON: {error}")),
        JsonError::TooManyValues { .. } | JsonError::PrivateName => {
            ApiError::invalid("body", error.to_string())
        }
    })
}

/// Reads a request's body as JSON of a known form. Unknown and missing members are errors that name them.
pub(crate) async fn typed<T: DeserializeOwned>(request: Request) -> Result<T, ApiError> {
    let headers = request.headers().clone();
    parsed(&headers, &read(request).await?)
}

/// The same for a form of an organisation's widget.
pub(crate) async fn typed_form<T: DeserializeOwned>(
    request: Request,
    organisation: &str,
) -> Result<T, ApiError> {
    let headers = request.headers().clone();
    parsed(&headers, &read_form(request, organisation).await?)
}

fn parsed<T: DeserializeOwned>(headers: &HeaderMap, body: &[u8]) -> Result<T, ApiError> {
    let value = json(headers, body)?;
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
    use std::sync::Arc;

    use axum::body::Body;
    use axum::extract::Request;

    use super::{Bodies, Code, FORM_LIMIT, Holder, is_json, read, read_form};

    fn request(bodies: &Arc<Bodies>, bytes: usize) -> Request {
        let mut request = Request::new(Body::from(vec![b' '; bytes]));
        request.extensions_mut().insert(Arc::clone(bodies));
        request
    }

    #[tokio::test]
    async fn organisations_and_the_operator_take_no_room_from_each_other() {
        let bodies = Arc::new(Bodies::of(400));
        let _first = read_form(request(&bodies, 150), "org_1").await.ok().unwrap();
        let refused = read_form(request(&bodies, 100), "org_1").await.err().unwrap();
        assert_eq!(refused.code, Code::Overloaded);
        let mut upload = request(&bodies, 150);
        upload.extensions_mut().insert(Holder("operator".into()));
        let (bytes, held) = read(upload).await.ok().unwrap().split();
        assert_eq!((bytes.len(), bodies.held()), (150, 300));
        drop(held);
        assert_eq!(bodies.held(), 150);
        assert!(read_form(request(&bodies, 100), "org_2").await.is_ok());
    }

    #[tokio::test]
    async fn forms_are_small() {
        let bodies = Arc::default();
        assert!(read_form(request(&bodies, FORM_LIMIT), "org_1").await.is_ok());
        let refused = read_form(request(&bodies, FORM_LIMIT + 1), "org_1").await;
        assert_eq!(refused.err().unwrap().code, Code::PayloadTooLarge);
    }

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
