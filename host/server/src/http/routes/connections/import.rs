//! `POST /connections`: brings a credential that the product has already.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Extension;
use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use jiff::Timestamp;
use routemcp_store::{Environment, NewConnection, Scope};
use routemcp_unified::manifest::{AuthMethod, Manifest};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use serde_json::json;

use super::show;
use crate::app::App;
use crate::flow::connected::known_provider;
use crate::flow::credential::{Credential, Renewal};
use crate::flow::settings::checked;
use crate::http::body;
use crate::http::envelope::Success;
use crate::http::error::{ApiError, Code};
use crate::http::layers::authenticate::Caller;
use crate::oauth::party::Party;
use crate::oauth::refresh::next_use;

/// An existing credential to import.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Import {
    provider: String,
    end_user_id: String,
    end_user_display_name: Option<String>,
    end_user_email: Option<String>,
    /// An auth method of the connector; may be left out where it has one of kind `token`.
    auth_method: Option<String>,
    /// The provider's access token or API key. For a sandbox it may be left out.
    token: Option<SecretString>,
    /// For OAuth: renews the access token. It must belong to the OAuth app that is set up here.
    refresh_token: Option<SecretString>,
    /// For OAuth: when the access token ends, ISO 8601.
    expires_at: Option<String>,
    #[serde(default)]
    settings: BTreeMap<String, String>,
}

/// The handler.
pub(crate) async fn create(
    State(app): State<Arc<App>>,
    Extension(caller): Extension<Caller>,
    request: Request,
) -> Result<Response, ApiError> {
    caller.require(Scope::Connect)?;
    let import: Import = body::typed(request).await?;
    let connector = known_provider(&app, &import.provider)?;
    let manifest = connector.manifest();
    if import.end_user_id.trim().is_empty() {
        return Err(ApiError::invalid("endUserId", "must not be empty"));
    }
    checked(&connector, &import.settings)?;
    let key = &caller.0;
    let party = Party {
        auth_method: auth_method(manifest, import.auth_method.as_deref())?,
        organisation: key.organisation_id.clone(),
        environment: key.environment,
        settings: manifest.settings_with(&import.settings),
        connector: Arc::clone(&connector),
    };
    let credential = credential(&app, &party, &import).await?;
    let ensured = app.store.ensure_end_user(
        &key.organisation_id,
        key.environment,
        &import.end_user_id,
        import.end_user_display_name.as_deref(),
        import.end_user_email.as_deref(),
    );
    ensured.await?;
    let new = NewConnection {
        organisation_id: key.organisation_id.clone(),
        environment: key.environment,
        end_user: import.end_user_id,
        provider: import.provider,
        refresh_due_at: next_use(&party, &credential),
        auth_method: party.auth_method,
        settings: import.settings,
        credential: credential.seal(),
    };
    let connection = app.store.upsert_connection(new).await?;
    let data = json!({ "data": show(&connection) });
    Ok(Success::new(StatusCode::CREATED, "Created", data).into_response())
}

fn auth_method(manifest: &Manifest, wanted: Option<&str>) -> Result<String, ApiError> {
    let known: Vec<&str> = manifest.auth.iter().map(AuthMethod::id).collect();
    let chosen = match wanted {
        Some(wanted) => known.iter().find(|id| **id == wanted).copied(),
        None => manifest
            .auth
            .iter()
            .find(|method| matches!(method, AuthMethod::Token(_)))
            .or(manifest.auth.first())
            .map(AuthMethod::id),
    };
    chosen.map(str::to_owned).ok_or_else(|| {
        let (name, known) = (&manifest.name, known.join(", "));
        ApiError::invalid(
            "authMethod",
            format!("is not an auth method of {name}; known: {known}"),
        )
    })
}

async fn credential(app: &App, party: &Party, import: &Import) -> Result<Credential, ApiError> {
    let token = token(party.manifest(), import.token.as_ref(), party.environment)?;
    let renews = import.refresh_token.is_some() || import.expires_at.is_some();
    if party.method().is_err() {
        return match renews {
            true => Err(ApiError::invalid(
                "refreshToken",
                "and expiresAt are for OAuth; give an authMethod of that kind",
            )),
            false => Ok(Credential::fixed(token)),
        };
    }
    if !renews {
        return Ok(Credential::fixed(token));
    }
    let provider = &party.manifest().slug;
    let oauth_app = app
        .apps
        .for_connecting(&party.organisation, party.environment, provider)
        .await?;
    let expires_at = import.expires_at.as_deref().map(time).transpose()?;
    let oauth_app = oauth_app.ok_or_else(|| {
        let message = format!("No OAuth app is set up for `{provider}`, so nothing could renew the token.");
        ApiError::new(Code::OauthAppMissing, message)
    })?;
    Ok(Credential {
        token,
        renewal: Some(Renewal {
            refresh_token: import.refresh_token.clone(),
            expires_at,
            obtained_at: Timestamp::now(),
            client_id: oauth_app.client_id,
        }),
    })
}

fn time(text: &str) -> Result<Timestamp, ApiError> {
    text.parse()
        .map_err(|_| ApiError::invalid("expiresAt", "must be a time such as 2026-11-24T10:00:00.000Z"))
}

/// The credential to keep. In the test environment it goes to the connector's own sandbox, so there only what the sandbox
/// gave out makes sense, and it may be left out.
fn token(
    manifest: &Manifest,
    given: Option<&SecretString>,
    environment: Environment,
) -> Result<SecretString, ApiError> {
    let of_sandbox = || match environment {
        Environment::Test => manifest
            .sandbox
            .as_ref()
            .map(|sandbox| sandbox.token.as_str().into()),
        Environment::Live => None,
    };
    let token = given
        .cloned()
        .or_else(of_sandbox)
        .filter(|token| !token.expose_secret().trim().is_empty());
    token.ok_or_else(|| ApiError::invalid("token", "is required: the provider's access token or key"))
}
