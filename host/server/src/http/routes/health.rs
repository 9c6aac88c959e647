//! `/healthz` and `/readyz`.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use serde_json::json;

use crate::app::App;

/// The process lives.
pub(crate) async fn alive() -> Response {
    Json(json!({ "status": "ok" })).into_response()
}

/// The process can serve: it is not starting or draining, the store answers, and there is a connector.
pub(crate) async fn ready(State(app): State<Arc<App>>) -> Response {
    let serving = app.ready.load(Ordering::Relaxed);
    // Not asked here: whoever likes may call this as often as they like.
    let store = app.store_answers.load(Ordering::Relaxed);
    let connectors = app.registry.all().len();
    let ready = serving && store && connectors > 0;
    let status = if ready {
        StatusCode::OK
    } else {
        StatusCode::SERVICE_UNAVAILABLE
    };
    let word = if ready { "ready" } else { "not ready" };
    let body = json!({ "status": word, "serving": serving, "store": store, "connectors": connectors });
    (status, Json(body)).into_response()
}
