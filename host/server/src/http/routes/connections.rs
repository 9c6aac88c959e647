//! Connections: list, look at, import, delete. No answer ever contains a credential.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Extension;
use axum::extract::{Path, Request, State};
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, StatusCode, Uri};
use routemcp_broker::Grant;
use routemcp_store::{Connection, ConnectionQuery, Environment, NewConnection, Scope};
use routemcp_unified::manifest::{AuthMethod, Manifest};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::app::App;
use crate::flow::connected::known_provider;
use crate::flow::credential::Credential;
use crate::http::body;
use crate::http::envelope::{Success, time_text};
use crate::http::error::{ApiError, Code};
use crate::http::layers::authenticate::Caller;
use crate::http::query::Target;

/// `GET /connections`
pub(crate) async fn list(
    State(app): State<Arc<App>>,
    Extension(Caller(key)): Extension<Caller>,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    Caller(Arc::clone(&key)).require(Scope::Connect)?;
    let target = Target::parse(&uri, &headers)?;
    let query = ConnectionQuery {
        organisation_id: &key.organisation_id,
        environment: key.environment,
        provider: target.provider.as_deref(),
        end_user: target.end_user.as_deref(),
    };
    let found = app.store.find_connections(query).await?;
    let shown: Vec<Value> = found.iter().map(show).collect();
    Ok(Success::new(StatusCode::OK, "Connections retrieved", json!(shown)).into_response())
}

/// `GET /connections/{id}`
pub(crate) async fn get(
    State(app): State<Arc<App>>,
    Extension(caller): Extension<Caller>,
    Path(id): Path<String>,
) -> Result<Response, ApiError> {
    caller.require(Scope::Connect)?;
    let key = &caller.0;
    let found = app
        .store
        .find_connection(&key.organisation_id, key.environment, &id.into())
        .await;
    let connection = found?.ok_or_else(not_found)?;
    Ok(Success::new(
        StatusCode::OK,
        "Connection retrieved",
        json!({ "data": show(&connection) }),
    )
    .into_response())
}

/// `DELETE /connections/{id}`
pub(crate) async fn delete(
    State(app): State<Arc<App>>,
    Extension(caller): Extension<Caller>,
    Path(id): Path<String>,
) -> Result<Response, ApiError> {
    caller.require(Scope::Connect)?;
    let key = &caller.0;
    let deleted = app
        .store
        .delete_connection(&key.organisation_id, key.environment, &id.clone().into())
        .await;
    if !deleted? {
        return Err(not_found());
    }
    Ok(Success::new(
        StatusCode::OK,
        "Connection deleted",
        json!({ "data": { "id": id } }),
    )
    .into_response())
}

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
    #[serde(default)]
    settings: BTreeMap<String, String>,
}

/// `POST /connections`
pub(crate) async fn create(
    State(app): State<Arc<App>>,
    Extension(caller): Extension<Caller>,
    request: Request,
) -> Result<Response, ApiError> {
    caller.require(Scope::Connect)?;
    let headers = request.headers().clone();
    let body = body::json(&headers, &body::read(request).await?)?;
    let import: Import =
        serde_json::from_value(body).map_err(|error| ApiError::invalid("body", error.to_string()))?;
    let connector = known_provider(&app, &import.provider)?;
    let manifest = connector.manifest();
    if import.end_user_id.trim().is_empty() {
        return Err(ApiError::invalid("endUserId", "must not be empty"));
    }
    check_settings(manifest, &import.settings)?;
    let key = &caller.0;
    let method = auth_method(manifest, import.auth_method.as_deref())?;
    let token = token(manifest, import.token, key.environment)?;
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
        auth_method: method,
        settings: import.settings,
        credential: Credential::token(&token).seal(),
    };
    let connection = app.store.upsert_connection(new).await?;
    Ok(Success::new(
        StatusCode::CREATED,
        "Created",
        json!({ "data": show(&connection) }),
    )
    .into_response())
}

/// Settings must be declared, and lead to a base URL on one of the connector's hosts.
fn check_settings(manifest: &Manifest, settings: &BTreeMap<String, String>) -> Result<(), ApiError> {
    manifest.check_settings(settings).map_err(|errors| {
        let named = errors
            .into_iter()
            .map(|(name, why)| (format!("settings.{name}"), why));
        ApiError::validation(named.collect())
    })?;
    let base_url = manifest.base_url_with(&manifest.settings_with(settings));
    let grant = base_url
        .and_then(|url| Grant::within(&url, &manifest.allowed_hosts).map_err(|error| error.to_string()));
    grant.map(drop).map_err(|why| ApiError::invalid("settings", why))
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
        ApiError::invalid(
            "authMethod",
            format!(
                "is not an auth method of {}; known: {}",
                manifest.name,
                known.join(", ")
            ),
        )
    })
}

/// The credential to keep. In the test environment it goes to the connector's own sandbox, so there only what the sandbox
/// gave out makes sense, and it may be left out.
fn token(
    manifest: &Manifest,
    given: Option<SecretString>,
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
        .or_else(of_sandbox)
        .filter(|token| !token.expose_secret().trim().is_empty());
    token.ok_or_else(|| ApiError::invalid("token", "is required: the provider's access token or key"))
}

fn show(connection: &Connection) -> Value {
    json!({
        "id": connection.id.as_str(),
        "provider": connection.provider,
        "endUserId": connection.end_user,
        "status": connection.status.as_str(),
        "authMethod": connection.auth_method,
        "settings": connection.settings,
        "lastError": connection.last_error,
        "createdAt": time_text(connection.created_at),
        "updatedAt": time_text(connection.updated_at),
    })
}

fn not_found() -> ApiError {
    ApiError::new(Code::NotFound, "Connection does not exist")
}
