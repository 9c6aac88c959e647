//! Connections: list, look at, import ([`import`]), delete. No answer ever contains a credential.

pub(crate) mod import;

use std::sync::Arc;

use axum::Extension;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, StatusCode, Uri};
use routemcp_store::{Connection, ConnectionQuery, Scope};
use routemcp_unified::cursor::{Binding, Position};
use serde_json::{Value, json};

use crate::app::App;
use crate::http::envelope::{Success, time_text};
use crate::http::error::{ApiError, Code};
use crate::http::layers::authenticate::Caller;
use crate::http::query::ConnectionsQuery;
use crate::oauth::revoke::revoke;

/// `GET /connections`
pub(crate) async fn list(
    State(app): State<Arc<App>>,
    Extension(Caller(key)): Extension<Caller>,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    Caller(Arc::clone(&key)).require(Scope::Connect)?;
    let asked = ConnectionsQuery::parse(&uri, &headers)?;
    let target = &asked.target;
    let query = ConnectionQuery {
        organisation_id: &key.organisation_id,
        environment: key.environment,
        provider: target.provider.as_deref(),
        end_user: target.end_user.as_deref(),
    };
    let binding = Binding::new()
        .with("connections of", key.organisation_id.as_str())
        .with("environment", key.environment.as_str())
        .with("provider", target.provider.as_deref().unwrap_or_default())
        .with("endUser", target.end_user.as_deref().unwrap_or_default());
    let after = match &asked.cursor {
        Some(cursor) => Some(place(&app, &binding, cursor)?),
        None => None,
    };
    let found = app.store.list_connections(query, after.as_ref(), asked.limit);
    let (connections, more) = found.await?;
    let next = connections.last().filter(|_| more).map(|last| {
        let place = Position {
            connection: last.end_user.clone(),
            cursor: Some(last.provider.clone()),
        };
        app.cursors.encode(&binding, &[place])
    });
    let shown = connections.iter().map(show).collect();
    Ok(Success::page("Connections retrieved", shown, next, asked.limit).into_response())
}

/// The end user and provider of the last connection on the page before.
fn place(app: &App, binding: &Binding, cursor: &str) -> Result<(String, String), ApiError> {
    let places = app.cursors.decode(binding, cursor);
    let places = places.map_err(|error| ApiError::new(Code::InvalidCursor, error.to_string()))?;
    let place = places
        .into_iter()
        .next()
        .and_then(|place| Some((place.connection, place.cursor?)));
    place.ok_or_else(|| ApiError::new(Code::InvalidCursor, "The cursor is damaged."))
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

/// `DELETE /connections/{id}`: forgets the connection, then ends its credential at the provider where that can be done. In
/// this order, so that a connection which is made again meanwhile is neither deleted nor its credential ended.
pub(crate) async fn delete(
    State(app): State<Arc<App>>,
    Extension(caller): Extension<Caller>,
    Path(id): Path<String>,
) -> Result<Response, ApiError> {
    caller.require(Scope::Connect)?;
    let (organisation, environment) = (caller.0.organisation_id.clone(), caller.0.environment);
    let server = Arc::clone(&app);
    let work = app.work.spawn(async move {
        let id = id.into();
        let deleted = server
            .store
            .delete_connection(&organisation, environment, &id)
            .await?;
        let connection = deleted.ok_or_else(not_found)?;
        Ok::<_, ApiError>((id, revoke(&server, &connection).await))
    });
    let (id, revoked) = work.await.map_err(ApiError::internal)??;
    let data = json!({ "data": { "id": id.as_str(), "revoked": revoked } });
    Ok(Success::new(StatusCode::OK, "Connection deleted", data).into_response())
}

/// A connection as callers see it.
pub(super) fn show(connection: &Connection) -> Value {
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
