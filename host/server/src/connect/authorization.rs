//! The way to the provider: an authorisation is begun by the widget and launched in a window of its own.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use oauth2::{CsrfToken, PkceCodeChallenge};
use routemcp_store::{
    Authorization, AuthorizationId, AuthorizationStatus, ConnectSession, Environment, NewAuthorization,
};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use serde_json::{Value, json};
use url::Url;

use super::establish;
use super::offer::{oauth_app, offered, unused};
use crate::app::App;
use crate::flow::settings::from_form;
use crate::http::error::{ApiError, Code};
use crate::oauth::party::Party;
use crate::oauth::tokens::below;

/// Which account is to be connected how.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Wish {
    provider: String,
    auth_method: String,
    #[serde(default)]
    settings: BTreeMap<String, String>,
}

/// Begins one. The widget sends a window to [`launch_path`].
pub(crate) async fn begin(
    app: &App,
    session: &ConnectSession,
    wish: Wish,
) -> Result<Authorization, ApiError> {
    let connector = offered(app, session, &wish.provider)?;
    let party = Party::to_be(session, connector, wish.auth_method, &wish.settings);
    let (auth, method) = party
        .method()
        .map_err(|error| ApiError::invalid("authMethod", error.to_string()))?;
    from_form(party.manifest(), auth, &wish.settings)?;
    unused(app, session, &wish.provider).await?;
    let oauth_app = oauth_app(app, session, party.manifest()).await?;
    let redirect_uri = redirect_uri(app)?;
    let state: SecretString = CsrfToken::new_random().secret().as_str().into();
    let (challenge, verifier) = if method.pkce {
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        (
            Some(challenge),
            Some(SecretString::from(verifier.secret().as_str())),
        )
    } else {
        (None, None)
    };
    let authorize_url = app
        .tokens
        .authorize_url(&party, &oauth_app, &redirect_uri, &state, challenge)
        .map_err(ApiError::internal)?;
    let new = NewAuthorization {
        session_id: session.id.clone(),
        provider: wish.provider,
        auth_method: party.auth_method.clone(),
        settings: wish.settings,
        state,
        verifier,
        redirect_uri: redirect_uri.into(),
        authorize_url: authorize_url.into(),
    };
    Ok(app.store.begin_authorization(new).await?)
}

/// Where the provider sends the end user back to.
pub(crate) fn redirect_uri(app: &App) -> Result<Url, ApiError> {
    let public_url = app.public_url.as_ref();
    let public_url = public_url.ok_or_else(|| ApiError::internal("there is no public URL"))?;
    let callback = Url::parse("http://localhost/api/v1/auth/callback").map_err(ApiError::internal)?;
    Ok(below(public_url, &callback))
}

/// Where the widget sends the window.
pub(crate) fn launch_path(id: &AuthorizationId) -> String {
    format!("/connect/launch/{id}")
}

/// Where the window goes on to: the provider, or for a test connection its sandbox on this server. Once only, so that
/// a launched window cannot be launched again by whoever saw its address.
pub(crate) async fn launch(
    app: &App,
    id: &AuthorizationId,
    browser: &SecretString,
) -> Result<Option<Url>, ApiError> {
    let Some(url) = app.store.launch_authorization(id, browser).await? else {
        return Ok(None);
    };
    let url = Url::parse(url.expose_secret()).map_err(ApiError::internal)?;
    let found = app.store.authorization_by_id(id).await?;
    let session = match &found {
        Some(authorization) => app.store.connect_session(&authorization.session_id).await?,
        None => None,
    };
    let Some((authorization, session)) = found.zip(session) else {
        return Ok(None);
    };
    match (session.environment, &app.public_url) {
        (Environment::Test, Some(public_url)) => {
            let path = format!("/connect/sandbox/{id}/{}/", authorization.provider);
            let base = public_url.join(&path).map_err(ApiError::internal)?;
            Ok(Some(below(&base, &url)))
        }
        _ => Ok(Some(url)),
    }
}

/// How an authorisation stands, as the widget asks once a second.
pub(crate) async fn show(app: &App, authorization: &Authorization) -> Result<Value, ApiError> {
    let connection = match &authorization.connection_id {
        Some(id) => app.store.connection_by_id(id).await?,
        None => None,
    };
    let is_over = matches!(
        authorization.status,
        AuthorizationStatus::Succeeded | AuthorizationStatus::Failed
    );
    let expired = !is_over && authorization.is_expired(Timestamp::now());
    let (status, error) = match (&authorization.status, expired) {
        (AuthorizationStatus::Succeeded, _) => ("succeeded", None),
        (AuthorizationStatus::Failed, _) => (
            "failed",
            Some((
                authorization.error_code.as_deref().unwrap_or(FAILED),
                authorization.error_message.as_deref().unwrap_or_default(),
            )),
        ),
        (_, true) => ("failed", Some((EXPIRED, "It took too long. Try again."))),
        _ => ("pending", None),
    };
    Ok(json!({
        "id": authorization.id.as_str(),
        "provider": authorization.provider,
        "status": status,
        "connection": connection.as_ref().map(establish::show),
        "error": error.map(|(code, message)| json!({ "code": code, "message": message })),
    }))
}

/// The end user said no.
pub(crate) const DENIED: &str = "ACCESS_DENIED";
/// The provider gave no token.
pub(crate) const FAILED: &str = "AUTHORIZATION_FAILED";
/// Nobody came back in time.
pub(crate) const EXPIRED: &str = "AUTHORIZATION_EXPIRED";
/// The provider could not be reached.
pub(crate) const TROUBLE: &str = "PROVIDER_ERROR";

/// How long after its end an authorisation can still be asked for by a session that has ended.
const AFTERWARDS: SignedDuration = SignedDuration::from_mins(1);

/// One of a session's authorisations.
pub(crate) async fn find(
    app: &App,
    session: &ConnectSession,
    id: &AuthorizationId,
) -> Result<Authorization, ApiError> {
    let found = app.store.authorization(&session.id, id).await?;
    let now = Timestamp::now();
    let found = found.filter(|found| !session.is_expired(now) || found.expires_at + AFTERWARDS > now);
    found.ok_or_else(|| ApiError::new(Code::NotFound, "Authorization does not exist"))
}
