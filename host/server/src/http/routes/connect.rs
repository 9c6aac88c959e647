//! Connect: what the product's server, the widget in the browser, and the provider's redirect call.

pub(crate) mod assets;
pub(crate) mod origins;
pub(crate) mod sandbox;
pub(crate) mod session;
pub(crate) mod tokens;
pub(crate) mod window;

use std::sync::Arc;

use axum::Router;
use axum::routing::{any, get, post};

use crate::app::App;

/// What browsers call. None of it takes an API key.
pub(crate) fn routes() -> Router<Arc<App>> {
    Router::new()
        .merge(assets::routes())
        .route("/connect/frame", get(assets::frame))
        .route(
            "/connect/session/check",
            get(session::check).options(session::preflight),
        )
        .route("/connect/session", get(session::show))
        .route("/connect/session/connections", post(session::connect))
        .route("/connect/session/authorizations", post(session::authorize))
        .route(
            "/connect/session/authorizations/{id}",
            get(session::authorization),
        )
        .route("/connect/launch/{id}", get(window::launch))
        .route("/connect/sandbox/{id}/{provider}/{*path}", any(sandbox::play))
        .route("/api/v1/auth/callback", get(window::callback))
}
