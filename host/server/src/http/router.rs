//! Every route, in groups by who calls it.

use std::sync::Arc;

use axum::Router;
use axum::extract::Request;
use axum::middleware::from_fn_with_state;
use axum::routing::{delete, get, post, put};
use tower_http::catch_panic::CatchPanicLayer;

use super::error::{ApiError, Code};
use super::layers::{authenticate::authenticate, observe::observe, throttle::throttle};
use super::routes::{
    connect, connections, field_mappings, health, metrics, oauth_apps, operator, passthrough, resources,
};
use super::{body, openapi};
use crate::app::App;

/// The whole application.
pub(crate) fn router(app: Arc<App>) -> Router {
    Router::new()
        .nest("/api/v1", api(&app))
        .merge(connect::routes())
        .merge(openapi::routes())
        .merge(operations())
        .nest("/admin/v1", admin(&app))
        .fallback(no_such_route)
        .method_not_allowed_fallback(method_not_allowed)
        .layer(CatchPanicLayer::custom(
            |_panic: Box<dyn std::any::Any + Send>| {
                axum::response::IntoResponse::into_response(ApiError::internal("a handler panicked"))
            },
        ))
        .layer(from_fn_with_state(Arc::clone(&app), observe))
        .layer(axum::extract::DefaultBodyLimit::max(body::BODY_LIMIT))
        .with_state(app)
}

/// What product teams call, with an API key.
fn api(app: &Arc<App>) -> Router<Arc<App>> {
    Router::new()
        .route(
            "/connections",
            get(connections::list).post(connections::import::create),
        )
        .route(
            "/connections/{id}",
            get(connections::get).merge(delete(connections::delete)),
        )
        .route(
            "/field-mappings",
            get(field_mappings::list).put(field_mappings::put),
        )
        .route("/connect/token", post(connect::tokens::create))
        .route(
            "/connect/origins",
            get(connect::origins::list).put(connect::origins::put),
        )
        .route("/oauth-apps", get(oauth_apps::list))
        .route(
            "/oauth-apps/{provider}",
            put(oauth_apps::put).merge(delete(oauth_apps::delete)),
        )
        .route("/field-mappings/{standard_key}", delete(field_mappings::delete))
        .route("/passthrough", post(passthrough::send))
        .route("/{resource}", get(resources::list).post(resources::create))
        .route(
            "/{resource}/{id}",
            get(resources::get)
                .put(resources::replace)
                .patch(resources::merge)
                .delete(resources::delete),
        )
        .fallback(no_such_route)
        .method_not_allowed_fallback(method_not_allowed)
        .layer(from_fn_with_state(Arc::clone(app), throttle))
        .layer(from_fn_with_state(Arc::clone(app), authenticate))
}

/// What operators call, with the admin token.
fn admin(app: &Arc<App>) -> Router<Arc<App>> {
    Router::new()
        .merge(operator::connectors::routes())
        .route("/requests", get(operator::requests::list))
        .fallback(no_such_route)
        .method_not_allowed_fallback(method_not_allowed)
        .layer(from_fn_with_state(Arc::clone(app), operator::authorize))
}

/// What the operator's tools call.
fn operations() -> Router<Arc<App>> {
    Router::new()
        .route("/healthz", get(health::alive))
        .route("/readyz", get(health::ready))
        .route("/metrics", get(metrics::render))
}

async fn no_such_route(request: Request) -> ApiError {
    ApiError::new(
        Code::NotFound,
        format!(
            "There is nothing at {}. The API is described at /docs.",
            request.uri().path()
        ),
    )
}

// Axum adds the Allow header.
async fn method_not_allowed(request: Request) -> ApiError {
    let message = format!(
        "{} is not possible here; the header Allow says what is.",
        request.method()
    );
    ApiError::new(Code::MethodNotAllowed, message)
}
