//! `POST /api/v1/connect/token`: a session for one end user, asked for by the product's server.

use std::sync::Arc;
use std::time::Duration;

use axum::Extension;
use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use routemcp_store::Scope;
use secrecy::ExposeSecret;
use serde::Deserialize;
use serde_json::json;

use crate::app::App;
use crate::connect::session::{LIFETIME, Wish, begin};
use crate::http::body;
use crate::http::envelope::{Success, time_text};
use crate::http::error::ApiError;
use crate::http::layers::authenticate::Caller;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Body {
    end_user_id: String,
    end_user_display_name: Option<String>,
    end_user_email: Option<String>,
    /// Slugs; all providers when left out.
    providers: Option<Vec<String>>,
    /// 1 to 600; 600 when left out.
    expires_in_seconds: Option<u64>,
}

/// The handler.
pub(crate) async fn create(
    State(app): State<Arc<App>>,
    Extension(caller): Extension<Caller>,
    request: Request,
) -> Result<Response, ApiError> {
    caller.require(Scope::Connect)?;
    let body: Body = body::typed(request).await?;
    let wish = wish(body)?;
    let (session, token) = begin(&app, &caller.0, wish).await?;
    let data = json!({ "token": token.expose_secret(), "expiresAt": time_text(session.expires_at) });
    Ok(Success::new(StatusCode::CREATED, "Created", data).into_response())
}

fn wish(body: Body) -> Result<Wish, ApiError> {
    if body.end_user_id.trim().is_empty() {
        return Err(ApiError::invalid("endUserId", "must not be empty"));
    }
    if body.providers.as_ref().is_some_and(Vec::is_empty) {
        return Err(ApiError::invalid(
            "providers",
            "must name at least one provider, or be left out for all",
        ));
    }
    let lifetime = body.expires_in_seconds.map_or(LIFETIME, Duration::from_secs);
    if lifetime.is_zero() || lifetime > LIFETIME {
        let message = format!("must be from 1 to {}", LIFETIME.as_secs());
        return Err(ApiError::invalid("expiresInSeconds", message));
    }
    Ok(Wish {
        end_user: body.end_user_id,
        display_name: body.end_user_display_name,
        email: body.end_user_email,
        providers: body.providers,
        lifetime,
    })
}
