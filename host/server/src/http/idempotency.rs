//! `Idempotency-Key`: the same key and the same request give the same answer for 24 hours; another request is refused.
//!
//! The key is taken before the write starts. If the process dies in between, the key stays taken, and a repeat is told
//! that the outcome is unknown: a write is never silently done twice.

use std::sync::Arc;

use axum::response::{IntoResponse, Response};
use http::{HeaderMap, HeaderValue, StatusCode};
use routemcp_store::{ApiKey, IdempotencyStart};
use sha2::{Digest, Sha256};

use crate::app::App;
use crate::http::envelope::Success;
use crate::http::error::{ApiError, Code, Outcome};

const HEADER: &str = "idempotency-key";
const KEY_LENGTH: usize = 255;

/// What makes two requests the same.
pub(crate) struct Fingerprint(String);

impl Fingerprint {
    /// Method, path with query, end user, and body.
    pub(crate) fn of(method: &http::Method, uri: &http::Uri, headers: &HeaderMap, body: &[u8]) -> Self {
        let end_user = headers
            .get("x-end-user-id")
            .map(HeaderValue::as_bytes)
            .unwrap_or_default();
        let mut hash = Sha256::new();
        for part in [
            method.as_str().as_bytes(),
            uri.to_string().as_bytes(),
            end_user,
            body,
        ] {
            hash.update((part.len() as u64).to_be_bytes());
            hash.update(part);
        }
        Self(hex::encode(hash.finalize()))
    }
}

/// Runs a write under the request's idempotency key, if it has one. A write that has begun runs to its end, also when the
/// caller hangs up or the server stops: the caller comes back with the key and finds the answer.
pub(crate) async fn once(
    app: Arc<App>,
    caller: Arc<ApiKey>,
    headers: &HeaderMap,
    fingerprint: Fingerprint,
    write: impl Future<Output = Result<Success, ApiError>> + Send + 'static,
) -> Result<Response, ApiError> {
    let Some(key) = key(headers)? else {
        let written = app.work.spawn(write).await.map_err(ApiError::internal)?;
        return written.map(IntoResponse::into_response);
    };
    let (organisation, environment) = (caller.organisation_id.as_str(), caller.environment);
    let now = jiff::Timestamp::now();
    match app
        .store
        .begin_idempotent(organisation, environment, &key, &fingerprint.0, now)
        .await?
    {
        IdempotencyStart::New => {}
        IdempotencyStart::Done { status, body } => return replay(status, body),
        IdempotencyStart::InProgress => return Err(conflict(IN_PROGRESS)),
        IdempotencyStart::Mismatch => return Err(conflict(MISMATCH)),
    }
    let work = app.work.clone();
    let kept = async move {
        let written = write.await;
        keep(&app, &caller, &key, written).await
    };
    work.spawn(kept).await.map_err(ApiError::internal)?
}

/// Keeps the answer to a write under its key, or gives the key back when it is certain that nothing was written.
async fn keep(
    app: &App,
    caller: &ApiKey,
    key: &str,
    written: Result<Success, ApiError>,
) -> Result<Response, ApiError> {
    let (organisation, environment) = (caller.organisation_id.as_str(), caller.environment);
    let success = match written {
        Ok(success) => success,
        Err(error) => {
            if wrote_nothing(&error) {
                app.store
                    .forget_idempotent(organisation, environment, key)
                    .await?;
            }
            return Err(error);
        }
    };
    let status = success.status().as_u16();
    let body = success.body().map_err(ApiError::internal)?;
    let text = String::from_utf8(body).map_err(ApiError::internal)?;
    let finished = app
        .store
        .finish_idempotent(organisation, environment, key, status, &text)
        .await;
    if let Err(error) = finished {
        // The write is done, and so is the answer; a repeat will be told that the outcome is not known.
        tracing::error!(%error, "the answer to a write could not be kept");
    }
    Ok((success.status(), [("content-type", "application/json")], text).into_response())
}

/// Whether it is certain that the provider wrote nothing: because the call's requests say so, or because the error does, as
/// the caller's own mistakes and the provider's clear refusals do. After any other, the key stays taken.
fn wrote_nothing(error: &ApiError) -> bool {
    let (code, outcome) = (error.code, error.outcome);
    // The store is asked before the provider is; what it fails at afterwards does not make the write fail.
    let refused = code.status().is_client_error()
        || matches!(
            code,
            Code::OperationNotSupported | Code::Overloaded | Code::StoreUnavailable
        );
    outcome == Outcome::NothingWritten || (refused && outcome != Outcome::Unknown)
}

const IN_PROGRESS: &str = "A request with this Idempotency-Key is under way, or it was cut off and its outcome is not \
    known. Look at the record before you repeat the write with a new key.";
const MISMATCH: &str =
    "This Idempotency-Key was used for another request within the last 24 hours. Use a new key.";

fn conflict(message: &str) -> ApiError {
    ApiError::new(Code::IdempotencyConflict, message)
}

/// Refuses a key that is not one, also where nothing is written and the key is of no use.
pub(crate) fn check(headers: &HeaderMap) -> Result<(), ApiError> {
    key(headers).map(drop)
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

fn replay(status: u16, body: String) -> Result<Response, ApiError> {
    let status = StatusCode::from_u16(status).map_err(ApiError::internal)?;
    let headers = [
        ("content-type", "application/json"),
        ("idempotency-replayed", "true"),
    ];
    Ok((status, headers, body).into_response())
}

#[cfg(test)]
mod tests {
    use http::{HeaderMap, HeaderValue, Method};

    use super::{ApiError, Code, Fingerprint, Outcome, wrote_nothing};

    #[test]
    fn method_path_query_end_user_and_body_all_count() {
        let of = |method: Method, uri: &str, end_user: &'static str, body: &str| {
            let headers = HeaderMap::from_iter([(
                http::HeaderName::from_static("x-end-user-id"),
                HeaderValue::from_static(end_user),
            )]);
            Fingerprint::of(&method, &uri.parse().unwrap(), &headers, body.as_bytes()).0
        };
        let first = of(Method::POST, "/contact?provider=a", "u", "{}");
        assert_eq!(first, of(Method::POST, "/contact?provider=a", "u", "{}"));
        assert_ne!(first, of(Method::PUT, "/contact?provider=a", "u", "{}"));
        assert_ne!(first, of(Method::POST, "/contact?provider=b", "u", "{}"));
        assert_ne!(first, of(Method::POST, "/contact?provider=a", "v", "{}"));
        assert_ne!(first, of(Method::POST, "/contact?provider=a", "u", "[]"));
    }

    #[test]
    fn a_key_is_given_back_only_when_nothing_was_written() {
        for code in [
            Code::ValidationError,
            Code::ProviderRejected,
            Code::ProviderRateLimited,
            Code::Overloaded,
            Code::StoreUnavailable,
        ] {
            assert!(wrote_nothing(&ApiError::new(code, "")), "{code:?}");
            let unknown = ApiError::new(code, "").with_outcome(Outcome::Unknown);
            assert!(!wrote_nothing(&unknown), "{code:?}");
        }
        for code in [
            Code::ProviderTimeout,
            Code::ProviderError,
            Code::ConnectorFailed,
            Code::InternalError,
        ] {
            assert!(!wrote_nothing(&ApiError::new(code, "")), "{code:?}");
            let nothing = ApiError::new(code, "").with_outcome(Outcome::NothingWritten);
            assert!(wrote_nothing(&nothing), "{code:?}");
        }
    }
}
