//! `/api/v1/connect/origins`: which pages may hold the organisation's widget.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Extension;
use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use routemcp_store::Scope;
use serde::Deserialize;
use serde_json::json;

use crate::app::App;
use crate::connect::origins::parse;
use crate::http::body;
use crate::http::envelope::Success;
use crate::http::error::ApiError;
use crate::http::layers::authenticate::Caller;

/// More would not fit into a policy's header.
const MOST: usize = 50;

/// `GET /connect/origins`
pub(crate) async fn list(
    State(app): State<Arc<App>>,
    Extension(caller): Extension<Caller>,
) -> Result<Response, ApiError> {
    caller.require(Scope::Manage)?;
    let origins = app.store.allowed_origins(&caller.0.organisation_id).await?;
    Ok(Success::new(StatusCode::OK, "Origins retrieved", json!({ "origins": origins })).into_response())
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Body {
    origins: Vec<String>,
}

/// `PUT /connect/origins`: the whole list.
pub(crate) async fn put(
    State(app): State<Arc<App>>,
    Extension(caller): Extension<Caller>,
    request: Request,
) -> Result<Response, ApiError> {
    caller.require(Scope::Manage)?;
    let body: Body = body::typed(request).await?;
    let origins = normal(&body.origins)?;
    app.store
        .set_allowed_origins(&caller.0.organisation_id, &origins)
        .await?;
    Ok(Success::new(StatusCode::OK, "Origins set", json!({ "origins": origins })).into_response())
}

fn normal(given: &[String]) -> Result<Vec<String>, ApiError> {
    if given.len() > MOST {
        return Err(ApiError::invalid("origins", format!("must be at most {MOST}")));
    }
    let mut origins = Vec::new();
    let mut errors = BTreeMap::new();
    for (index, text) in given.iter().enumerate() {
        match parse(text) {
            Ok(origin) if origins.contains(&origin) => {}
            Ok(origin) => origins.push(origin),
            Err(error) => {
                errors.insert(format!("origins.{index}"), error.to_string());
            }
        }
    }
    if errors.is_empty() {
        Ok(origins)
    } else {
        Err(ApiError::validation(errors))
    }
}
