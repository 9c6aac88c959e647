//! `/admin/v1/requests`: the request log.

use std::sync::Arc;

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::Uri;
use routemcp_store::{RequestLogEntry, RequestLogQuery};
use routemcp_unified::cursor::{Binding, Position};
use serde_json::{Value, json};

use crate::app::App;
use crate::http::envelope::{Success, time_text};
use crate::http::error::{ApiError, Code};
use crate::http::query::RequestsQuery;

/// `GET /requests`: finished requests, newest first.
pub(crate) async fn list(State(app): State<Arc<App>>, uri: Uri) -> Result<Response, ApiError> {
    let asked = RequestsQuery::parse(&uri)?;
    let organisation = match &asked.organisation {
        Some(name) => Some(organisation(&app, name).await?),
        None => None,
    };
    let binding = binding(&asked);
    let before = match &asked.cursor {
        Some(cursor) => Some(place(&app, &binding, cursor)?),
        None => None,
    };
    let query = RequestLogQuery {
        organisation_id: organisation.as_deref(),
        provider: asked.provider.as_deref(),
        status: asked.status,
        code: asked.code.as_deref(),
        method: asked.method.as_deref(),
        since: asked.since,
        until: asked.until,
        id: asked.request_id.as_deref(),
        before: before.as_deref(),
    };
    let (entries, more) = app.store.list_requests(query, asked.limit).await?;
    let next = entries.last().filter(|_| more).map(|last| {
        let place = Position {
            connection: last.id.clone(),
            cursor: None,
        };
        app.cursors.encode(&binding, &[place])
    });
    let shown = entries.iter().map(show).collect();
    Ok(Success::page("Requests retrieved", shown, next, asked.limit).into_response())
}

async fn organisation(app: &App, name: &str) -> Result<String, ApiError> {
    let found = app.store.find_organisation(name).await?;
    let unknown = || {
        ApiError::invalid(
            "organisation",
            format!("`{name}` is no organisation's id or name"),
        )
    };
    Ok(found.ok_or_else(unknown)?.id.to_string())
}

/// What a cursor is bound to: the same call, but for limit and place.
fn binding(asked: &RequestsQuery) -> Binding {
    let text = |value: &Option<String>| value.clone().unwrap_or_default();
    let time = |time: Option<jiff::Timestamp>| time.map(|time| time.to_string()).unwrap_or_default();
    Binding::new()
        .with("requests of", text(&asked.organisation))
        .with("provider", text(&asked.provider))
        .with("status", asked.status.unwrap_or_default().to_string())
        .with("code", text(&asked.code))
        .with("method", text(&asked.method))
        .with("since", time(asked.since))
        .with("until", time(asked.until))
        .with("requestId", text(&asked.request_id))
}

/// The id of the last request on the page before.
fn place(app: &App, binding: &Binding, cursor: &str) -> Result<String, ApiError> {
    let places = app.cursors.decode(binding, cursor);
    let places = places.map_err(|error| ApiError::new(Code::InvalidCursor, error.to_string()))?;
    let place = places.into_iter().next();
    let damaged = || ApiError::new(Code::InvalidCursor, "The cursor is damaged.");
    Ok(place.ok_or_else(damaged)?.connection)
}

fn show(entry: &RequestLogEntry) -> Value {
    let milliseconds = |duration: std::time::Duration| duration.as_micros() as f64 / 1_000.0;
    json!({
        "requestId": entry.id,
        "time": time_text(entry.started_at),
        "organisationId": entry.organisation_id,
        "environment": entry.environment,
        "apiKeyId": entry.api_key_id,
        "method": entry.method,
        "route": entry.route,
        "path": entry.path,
        "providers": entry.providers,
        "connectors": entry.connectors,
        "status": entry.status,
        "code": entry.code,
        "milliseconds": {
            "total": milliseconds(entry.total),
            "provider": milliseconds(entry.provider),
            "connector": milliseconds(entry.connector),
        },
    })
}
