//! `/admin/v1`: for operators, with the admin token.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use routemcp_runtime::LoadedConnector;
use secrecy::ExposeSecret;
use serde_json::{Value, json};
use subtle::ConstantTimeEq;

use crate::app::App;
use crate::http::envelope::Success;
use crate::http::error::{ApiError, Code};
use crate::http::layers::authenticate::bearer;

/// Lets only the operator in.
pub(crate) async fn authorize(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    let refused = || {
        ApiError::new(
            Code::InvalidApiKey,
            "Send the admin token in the header `Authorization: Bearer …`.",
        )
    };
    let Some(token) = &app.admin_token else {
        let message = "The operator API is off: the server was started without ROUTEMCP_ADMIN_TOKEN.";
        return ApiError::new(Code::InvalidApiKey, message).into_response();
    };
    match bearer(request.headers()) {
        Ok(presented) if same(presented.expose_secret(), token.expose_secret()) => next.run(request).await,
        _ => refused().into_response(),
    }
}

fn same(presented: &str, token: &str) -> bool {
    presented.as_bytes().ct_eq(token.as_bytes()).into()
}

/// `GET /admin/v1/connectors`: the live versions.
pub(crate) async fn connectors(State(app): State<Arc<App>>) -> Response {
    let live: Vec<Value> = app
        .registry
        .all()
        .iter()
        .map(|connector| show(connector))
        .collect();
    Success::new(StatusCode::OK, "Connectors retrieved", json!(live)).into_response()
}

fn show(connector: &LoadedConnector) -> Value {
    let manifest = connector.manifest();
    json!({
        "slug": manifest.slug,
        "name": manifest.name,
        "version": manifest.version,
        "digest": format!("sha256:{}", connector.digest()),
        "status": "active",
        "allowedHosts": manifest.allowed_hosts,
        "sandbox": connector.has_sandbox(),
        "bytes": connector.inspection().bytes,
    })
}

#[cfg(test)]
mod tests {
    use super::same;

    #[test]
    fn only_the_whole_token_is_the_same() {
        assert!(same("abc", "abc"));
        for other in ["", "ab", "abcd", "abd"] {
            assert!(!same(other, "abc"), "{other}");
        }
    }
}
