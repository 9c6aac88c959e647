//! `/admin/v1`: for operators, with the admin token.

pub(crate) mod connectors;
mod failures;
pub(crate) mod requests;
mod shown;

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use secrecy::ExposeSecret;
use subtle::ConstantTimeEq;

use crate::app::App;
use crate::http::body::Holder;
use crate::http::error::{ApiError, Code};
use crate::http::layers::authenticate::bearer;

/// Whom the operator's bodies count against. No organisation has such an id.
const HOLDER: &str = "operator";

/// Lets only the operator in.
pub(crate) async fn authorize(State(app): State<Arc<App>>, mut request: Request, next: Next) -> Response {
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
        Ok(presented) if same(presented.expose_secret(), token.expose_secret()) => {
            request.extensions_mut().insert(Holder(HOLDER.into()));
            next.run(request).await
        }
        _ => refused().into_response(),
    }
}

fn same(presented: &str, token: &str) -> bool {
    presented.as_bytes().ct_eq(token.as_bytes()).into()
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
