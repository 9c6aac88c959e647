//! `Idempotency-Key`: the same key and the same request give the same answer for 24 hours; another request is refused.
//!
//! The key is taken before the write starts. If the process dies in between, the key stays taken, and a repeat is told
//! that the outcome is unknown: a write is never silently done twice.

use axum::Json;
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, HeaderValue, StatusCode};
use routemcp_store::{ApiKey, IdempotencyStart};
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::app::App;
use crate::http::envelope::Success;
use crate::http::error::{ApiError, Code};

const HEADER: &str = "idempotency-key";
const KEY_LENGTH: usize = 255;

/// What makes two requests the same.
pub(crate) struct Fingerprint(String);

impl Fingerprint {
    /// Method, path with query, and body.
    pub(crate) fn of(method: &http::Method, uri: &http::Uri, body: &[u8]) -> Self {
        let mut hash = Sha256::new();
        for part in [method.as_str().as_bytes(), uri.to_string().as_bytes(), body] {
            hash.update((part.len() as u64).to_be_bytes());
            hash.update(part);
        }
        Self(hex::encode(hash.finalize()))
    }
}

/// Runs a write under the request's idempotency key, if it has one.
pub(crate) async fn once(
    app: &App,
    caller: &ApiKey,
    headers: &HeaderMap,
    fingerprint: Fingerprint,
    write: impl Future<Output = Result<Success, ApiError>>,
) -> Result<Response, ApiError> {
    let Some(key) = key(headers)? else {
        return write.await.map(IntoResponse::into_response);
    };
    let (organisation, environment) = (caller.organisation_id.as_str(), caller.environment);
    let started = app.store.begin_idempotent(
        organisation,
        environment,
        &key,
        &fingerprint.0,
        jiff::Timestamp::now(),
    );
    match started.await? {
        IdempotencyStart::New => {}
        IdempotencyStart::Done { status, body } => return replay(status, &body),
        IdempotencyStart::InProgress => return Err(conflict(IN_PROGRESS)),
        IdempotencyStart::Mismatch => return Err(conflict(MISMATCH)),
    }
    let result = write.await;
    let kept = match &result {
        Ok(_) => true,
        // Whether the provider did it is not known, so the key must not be free for a second try.
        Err(error) => error.code == Code::ProviderTimeout,
    };
    if !kept {
        app.store
            .forget_idempotent(organisation, environment, &key)
            .await?;
        return result.map(IntoResponse::into_response);
    }
    let success = result?;
    let (status, body) = (success.status(), success.into_body());
    let kept = body.to_string();
    let finished = app
        .store
        .finish_idempotent(organisation, environment, &key, status.as_u16(), &kept);
    finished.await?;
    Ok((status, Json(body)).into_response())
}

const IN_PROGRESS: &str = "A request with this Idempotency-Key is under way, or it was cut off and its outcome is not \
    known. Look at the record before you repeat the write with a new key.";
const MISMATCH: &str =
    "This Idempotency-Key was used for another request within the last 24 hours. Use a new key.";

fn conflict(message: &str) -> ApiError {
    ApiError::new(Code::IdempotencyConflict, message)
}

fn key(headers: &HeaderMap) -> Result<Option<String>, ApiError> {
    let Some(value) = headers.get(HEADER) else {
        return Ok(None);
    };
    match value.to_str() {
        Ok(key) if !key.is_empty() && key.len() <= KEY_LENGTH => Ok(Some(key.to_owned())),
        _ => Err(ApiError::invalid(
            "Idempotency-Key",
            format!("must be 1 to {KEY_LENGTH} visible ASCII characters"),
        )),
    }
}

fn replay(status: u16, body: &str) -> Result<Response, ApiError> {
    let status = StatusCode::from_u16(status).map_err(ApiError::internal)?;
    let body: Value = serde_json::from_str(body).map_err(ApiError::internal)?;
    let mut response = (status, Json(body)).into_response();
    response
        .headers_mut()
        .insert("idempotency-replayed", HeaderValue::from_static("true"));
    Ok(response)
}

#[cfg(test)]
mod tests {
    use http::Method;

    use super::Fingerprint;

    #[test]
    fn method_path_query_and_body_all_count() {
        let of = |method: Method, uri: &str, body: &str| {
            Fingerprint::of(&method, &uri.parse().unwrap(), body.as_bytes()).0
        };
        let first = of(Method::POST, "/contact?provider=a", "{}");
        assert_eq!(first, of(Method::POST, "/contact?provider=a", "{}"));
        assert_ne!(first, of(Method::PUT, "/contact?provider=a", "{}"));
        assert_ne!(first, of(Method::POST, "/contact?provider=b", "{}"));
        assert_ne!(first, of(Method::POST, "/contact?provider=a", "[]"));
    }
}
