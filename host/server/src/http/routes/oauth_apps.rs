//! `/api/v1/oauth-apps`: the organisation's own client id and secret at each provider. The secret is never shown again.

use std::sync::Arc;

use axum::Extension;
use axum::extract::{Path, Request, State};
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use routemcp_store::Scope;
use routemcp_unified::manifest::AuthMethod;
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::app::App;
use crate::connect::authorization::redirect_uri;
use crate::flow::connected::known_provider;
use crate::http::body;
use crate::http::envelope::{Success, time_text};
use crate::http::error::{ApiError, Code};
use crate::http::layers::authenticate::Caller;

/// `GET /oauth-apps`
pub(crate) async fn list(
    State(app): State<Arc<App>>,
    Extension(caller): Extension<Caller>,
) -> Result<Response, ApiError> {
    caller.require(Scope::Manage)?;
    let apps = app.store.oauth_apps(&caller.0.organisation_id).await?;
    let shown: Vec<Value> = apps
        .iter()
        .map(|known| {
            json!({
                "provider": known.provider,
                "clientId": known.client_id,
                "updatedAt": time_text(known.updated_at),
            })
        })
        .collect();
    let redirect_uri = redirect_uri(&app).ok().map(String::from);
    let data = json!({ "apps": shown, "redirectUri": redirect_uri });
    Ok(Success::new(StatusCode::OK, "OAuth apps retrieved", data).into_response())
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Body {
    client_id: String,
    client_secret: SecretString,
}

/// `PUT /oauth-apps/{provider}`
pub(crate) async fn put(
    State(app): State<Arc<App>>,
    Extension(caller): Extension<Caller>,
    Path(provider): Path<String>,
    request: Request,
) -> Result<Response, ApiError> {
    caller.require(Scope::Manage)?;
    let connector = known_provider(&app, &provider)?;
    let manifest = connector.manifest();
    if !manifest
        .auth
        .iter()
        .any(|method| matches!(method, AuthMethod::Oauth2(_)))
    {
        return Err(ApiError::invalid(
            "provider",
            format!("{} has no OAuth", manifest.name),
        ));
    }
    let body: Body = body::typed(request).await?;
    for (field, value) in [
        ("clientId", body.client_id.as_str()),
        ("clientSecret", body.client_secret.expose_secret()),
    ] {
        if value.trim().is_empty() {
            return Err(ApiError::invalid(field, "must not be empty"));
        }
    }
    let organisation = &caller.0.organisation_id;
    app.store
        .put_oauth_app(
            organisation,
            &provider,
            body.client_id.trim(),
            &body.client_secret,
        )
        .await?;
    let data = json!({ "data": { "provider": provider, "clientId": body.client_id.trim() } });
    Ok(Success::new(StatusCode::OK, "OAuth app set", data).into_response())
}

/// `DELETE /oauth-apps/{provider}`. Connections that were made with it cannot be refreshed any more.
pub(crate) async fn delete(
    State(app): State<Arc<App>>,
    Extension(caller): Extension<Caller>,
    Path(provider): Path<String>,
) -> Result<Response, ApiError> {
    caller.require(Scope::Manage)?;
    if !app
        .store
        .delete_oauth_app(&caller.0.organisation_id, &provider)
        .await?
    {
        return Err(ApiError::new(Code::NotFound, "OAuth app does not exist"));
    }
    let data = json!({ "data": { "provider": provider } });
    Ok(Success::new(StatusCode::OK, "OAuth app deleted", data).into_response())
}
