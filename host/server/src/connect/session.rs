//! Sessions: what a product's server asks for, and what the widget shows for it.

use std::time::Duration;

use http::{HeaderMap, header};
use jiff::Timestamp;
use routemcp_store::{ApiKey, ConnectSession, NewConnectSession};
use secrecy::SecretString;

use super::origins;
use crate::app::App;
use crate::flow::connected::known_provider;
use crate::http::error::{ApiError, Code};
use crate::http::layers::authenticate::bearer;

/// How long a session lasts, unless the product wants less.
pub(crate) const LIFETIME: Duration = Duration::from_secs(600);
/// Requests of one session and minute; the widget asks once a second while it waits for a provider.
const REQUESTS_PER_MINUTE: u32 = 300;

/// Whom a session is for.
pub(crate) struct Wish {
    pub(crate) end_user: String,
    pub(crate) display_name: Option<String>,
    pub(crate) email: Option<String>,
    /// None for all.
    pub(crate) providers: Option<Vec<String>>,
    pub(crate) lifetime: Duration,
}

/// Begins a session. The token is shown this once.
pub(crate) async fn begin(
    app: &App,
    key: &ApiKey,
    wish: Wish,
) -> Result<(ConnectSession, SecretString), ApiError> {
    for provider in wish.providers.iter().flatten() {
        known_provider(app, provider)?;
    }
    let ensured = app.store.ensure_end_user(
        &key.organisation_id,
        key.environment,
        &wish.end_user,
        wish.display_name.as_deref(),
        wish.email.as_deref(),
    );
    ensured.await?;
    let new = NewConnectSession {
        organisation_id: key.organisation_id.clone(),
        environment: key.environment,
        end_user: wish.end_user,
        providers: wish.providers,
        lifetime: wish.lifetime,
    };
    Ok(app.store.create_connect_session(new).await?)
}

/// The session of a request with its token.
pub(crate) async fn authenticate(app: &App, headers: &HeaderMap) -> Result<ConnectSession, ApiError> {
    let session = identify(app, headers).await?;
    if session.is_expired(Timestamp::now()) {
        return Err(expired());
    }
    Ok(session)
}

/// As [`authenticate`], also when the session has ended.
pub(crate) async fn identify(app: &App, headers: &HeaderMap) -> Result<ConnectSession, ApiError> {
    let unknown = || {
        ApiError::new(
            Code::InvalidConnectToken,
            "Send a token of POST /connect/token in the header `Authorization: Bearer ct_…`.",
        )
    };
    let presented = bearer(headers).map_err(|_| unknown())?;
    let session = app.store.connect_session_by_token(&presented).await?;
    let session = session.ok_or_else(unknown)?;
    let decision = app
        .rate_limit
        .admit(session.id.as_str(), REQUESTS_PER_MINUTE)
        .await;
    match decision.retry_after {
        None => Ok(session),
        wait => {
            Err(ApiError::new(Code::RateLimited, "Too many requests. Try again soon.").with_retry_after(wait))
        }
    }
}

/// The error for a session that has ended.
pub(crate) fn expired() -> ApiError {
    ApiError::new(
        Code::ConnectSessionExpired,
        "This session has ended. Start again to get another one.",
    )
}

/// Lets a page use a session if the organisation allows its origin. Browsers send it; what does not is no page.
pub(crate) async fn check_origin(
    app: &App,
    session: &ConnectSession,
    headers: &HeaderMap,
) -> Result<(), ApiError> {
    let Some(origin) = headers.get(header::ORIGIN) else {
        return Ok(());
    };
    let allowed = app.store.allowed_origins(&session.organisation_id).await?;
    let origin = origin.to_str().unwrap_or_default();
    if origins::allows(&allowed, origin) {
        return Ok(());
    }
    let shown: String = origin.chars().take(200).flat_map(char::escape_debug).collect();
    let message = format!(
        "{shown} may not hold the widget. Allow it with PUT /api/v1/connect/origins (an API key with the scope `manage`)."
    );
    Err(ApiError::new(Code::OriginNotAllowed, message))
}
