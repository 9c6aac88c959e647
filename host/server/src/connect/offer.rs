//! What a session offers: providers, their auth methods, and how each stands.

use std::collections::BTreeMap;
use std::sync::Arc;

use routemcp_runtime::LoadedConnector;
use routemcp_store::{ConnectSession, Connection, ConnectionQuery};
use routemcp_unified::manifest::{AuthMethod, Manifest};
use serde_json::{Value, json};

use crate::app::App;
use crate::flow::connected::known_provider;
use crate::http::envelope::time_text;
use crate::http::error::{ApiError, Code};
use crate::oauth::apps::App as OAuthApp;

/// The connector of a provider that this session offers.
pub(crate) fn offered(
    app: &App,
    session: &ConnectSession,
    provider: &str,
) -> Result<Arc<LoadedConnector>, ApiError> {
    let connector = known_provider(app, provider)?;
    if session.allows(provider) {
        return Ok(connector);
    }
    let message = format!("This session does not offer `{provider}`.");
    Err(ApiError::new(Code::UnknownProvider, message))
}

/// Refuses a second connection to one provider in one session.
pub(crate) async fn unused(app: &App, session: &ConnectSession, provider: &str) -> Result<(), ApiError> {
    let used = app.store.session_uses(&session.id).await?;
    if used.iter().any(|known| known == provider) {
        return Err(used_up(provider));
    }
    Ok(())
}

/// The error for a session that has connected the provider already.
pub(crate) fn used_up(provider: &str) -> ApiError {
    let message =
        format!("This session has connected `{provider}` already. Start again to connect it once more.");
    ApiError::new(Code::ConnectSessionUsed, message)
}

/// The session as the widget shows it.
pub(crate) async fn show(app: &App, session: &ConnectSession) -> Result<Value, ApiError> {
    let query = ConnectionQuery {
        organisation_id: &session.organisation_id,
        environment: session.environment,
        provider: None,
        end_user: Some(&session.end_user),
    };
    let connections = app.store.find_connections(query).await?;
    let connections: BTreeMap<&str, &Connection> = connections
        .iter()
        .map(|connection| (connection.provider.as_str(), connection))
        .collect();
    let used = app.store.session_uses(&session.id).await?;
    let mut providers = Vec::new();
    for connector in app.registry.all() {
        let manifest = connector.manifest();
        let slug = manifest.slug.as_str();
        if session.allows(slug) {
            providers.push(json!({
                "slug": slug,
                "name": manifest.name,
                "category": manifest.category,
                "authMethods": methods(app, session, manifest).await?,
                "connection": connections.get(slug).map(|connection| show_connection(connection)),
                "used": used.iter().any(|known| known == slug),
            }));
        }
    }
    let organisation = app
        .store
        .find_organisation(session.organisation_id.as_str())
        .await?;
    let end_user = app
        .store
        .find_end_user(&session.organisation_id, session.environment, &session.end_user)
        .await?;
    Ok(json!({
        "endUserId": session.end_user,
        "endUserDisplayName": end_user.and_then(|end_user| end_user.display_name),
        "environment": session.environment.as_str(),
        "organisation": organisation.map(|organisation| organisation.name),
        "expiresAt": time_text(session.expires_at),
        "providers": providers,
    }))
}

async fn methods(app: &App, session: &ConnectSession, manifest: &Manifest) -> Result<Vec<Value>, ApiError> {
    let mut shown = Vec::new();
    for method in &manifest.auth {
        let problem = match method {
            AuthMethod::Oauth2(_) => match oauth_app(app, session, manifest).await {
                Ok(_) => None,
                Err(error) if error.code == Code::OauthAppMissing => Some(error.message),
                Err(error) => return Err(error),
            },
            AuthMethod::Token(_) => None,
        };
        let (label, help) = match method {
            AuthMethod::Token(method) => (Some(&method.label), Some(&method.help)),
            AuthMethod::Oauth2(_) => (None, None),
        };
        let settings = manifest.settings_to_ask(method);
        let settings = settings.into_iter().map(|setting| {
            json!({
                "name": setting.name,
                "label": setting.label,
                "description": setting.description,
                "required": setting.required,
                "default": setting.default,
                "choices": (!setting.choices.is_empty()).then_some(&setting.choices),
            })
        });
        shown.push(json!({
            "id": method.id(),
            "kind": method.kind(),
            "name": method.name(),
            "label": label,
            "help": help,
            "available": problem.is_none(),
            "unavailableReason": problem,
            "settings": settings.collect::<Vec<_>>(),
        }));
    }
    Ok(shown)
}

/// The OAuth app to connect with.
///
/// # Errors
/// [`Code::OauthAppMissing`] says what is still to be set up.
pub(crate) async fn oauth_app(
    app: &App,
    session: &ConnectSession,
    manifest: &Manifest,
) -> Result<OAuthApp, ApiError> {
    if app.public_url.is_none() {
        let message =
            "This server does not know its public address: its operator has to set ROUTEMCP_PUBLIC_URL.";
        return Err(ApiError::new(Code::OauthAppMissing, message));
    }
    let known = app
        .apps
        .for_connecting(&session.organisation_id, session.environment, &manifest.slug)
        .await?;
    known.ok_or_else(|| {
        let (name, slug) = (&manifest.name, &manifest.slug);
        let message =
            format!("No OAuth app is set up for {name}: give one with PUT /api/v1/oauth-apps/{slug}.");
        ApiError::new(Code::OauthAppMissing, message)
    })
}

fn show_connection(connection: &Connection) -> Value {
    json!({
        "id": connection.id.as_str(),
        "status": connection.status.as_str(),
        "lastError": connection.last_error,
    })
}
