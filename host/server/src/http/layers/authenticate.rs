//! Who is calling: an API key becomes organisation, environment, scopes and plan.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, header};
use routemcp_store::{ApiKey, Scope};
use secrecy::SecretString;

use super::observe::Timings;
use crate::app::App;
use crate::http::error::{ApiError, Code};

/// The authenticated caller. Handlers take it from the request's extensions.
#[derive(Clone, Debug)]
pub(crate) struct Caller(pub(crate) Arc<ApiKey>);

impl Caller {
    /// Refuses callers whose key lacks a scope.
    pub(crate) fn require(&self, scope: Scope) -> Result<(), ApiError> {
        if self.0.scopes.contains(&scope) {
            return Ok(());
        }
        let message = format!("This API key lacks the scope `{}`.", scope.as_str());
        Err(ApiError::new(Code::InsufficientScope, message))
    }
}

/// The layer.
pub(crate) async fn authenticate(State(app): State<Arc<App>>, mut request: Request, next: Next) -> Response {
    match identify(&app, request.headers()).await {
        Ok(caller) => {
            describe(&caller.0);
            if let Some(timings) = request.extensions().get::<Arc<Timings>>() {
                timings.belongs_to(&caller.0);
            }
            request.extensions_mut().insert(caller);
            next.run(request).await
        }
        Err(error) => error.into_response(),
    }
}

/// Log lines of the request say from here on whose it is.
fn describe(key: &ApiKey) {
    tracing::record_all!(
        tracing::Span::current(),
        organisation = key.organisation_id.as_str(),
        environment = key.environment.as_str(),
        key = key.id.as_str(),
    );
}

async fn identify(app: &App, headers: &HeaderMap) -> Result<Caller, ApiError> {
    let presented = bearer(headers).map_err(|message| ApiError::new(Code::InvalidApiKey, message))?;
    let key = app.store.authenticate(&presented).await?;
    let refused = || {
        ApiError::new(
            Code::InvalidApiKey,
            "This API key is not known, or it was revoked.",
        )
    };
    key.map(Caller).ok_or_else(refused)
}

const HOW: &str = "Send your API key in the header `Authorization: Bearer sk_live_…` (or `sk_test_…`).";

/// The token of an `Authorization: Bearer` header.
pub(crate) fn bearer(headers: &HeaderMap) -> Result<SecretString, &'static str> {
    let value = headers
        .get(header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        .ok_or(HOW)?;
    let (scheme, key) = value.split_once(' ').ok_or(HOW)?;
    if !scheme.eq_ignore_ascii_case("bearer") || key.trim().is_empty() {
        return Err(HOW);
    }
    Ok(key.trim().into())
}

#[cfg(test)]
mod tests {
    use http::{HeaderMap, HeaderValue, header};
    use secrecy::ExposeSecret;

    use super::bearer;

    #[test]
    fn only_bearer_with_a_key_is_taken() {
        for (value, expected) in [
            ("Bearer sk_test_1", Some("sk_test_1")),
            ("bearer  sk_test_1 ", Some("sk_test_1")),
            ("Basic abc", None),
            ("Bearer ", None),
            ("sk_test_1", None),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(header::AUTHORIZATION, HeaderValue::from_static(value));
            let key = bearer(&headers).ok();
            assert_eq!(key.as_ref().map(ExposeSecret::expose_secret), expected, "{value}");
        }
        assert!(bearer(&HeaderMap::new()).is_err());
    }
}
