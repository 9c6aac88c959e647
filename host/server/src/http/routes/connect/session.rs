//! What the widget calls, with the token of its session. A session is good for nothing else.

use std::sync::Arc;

use axum::extract::{Path, Request, State};
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use serde_json::json;

use crate::app::App;
use crate::connect::session::{authenticate, check_origin, identify};
use crate::connect::{authorization, establish, offer, token};
use crate::http::body;
use crate::http::envelope::{Success, time_text};
use crate::http::error::ApiError;

/// `GET /connect/session/check`, from the product's page: whether the widget can be opened there.
pub(crate) async fn check(State(app): State<Arc<App>>, headers: HeaderMap) -> Response {
    let checked = async {
        let session = authenticate(&app, &headers).await?;
        check_origin(&app, &session, &headers).await?;
        let data = json!({ "data": { "sessionId": session.id.as_str(), "expiresAt": time_text(session.expires_at) } });
        Ok::<_, ApiError>(Success::new(StatusCode::OK, "Session is good", data))
    };
    readable_anywhere(checked.await.into_response())
}

/// `OPTIONS /connect/session/check`
pub(crate) async fn preflight() -> Response {
    readable_anywhere(StatusCode::NO_CONTENT.into_response())
}

/// Any page may read the answer: it tells a page that is not allowed just that.
fn readable_anywhere(mut response: Response) -> Response {
    let headers = response.headers_mut();
    let any = HeaderValue::from_static("*");
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, any);
    let allowed = HeaderValue::from_static("authorization");
    headers.insert(header::ACCESS_CONTROL_ALLOW_HEADERS, allowed);
    headers.insert(header::ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static("600"));
    response
}

/// `GET /connect/session`
pub(crate) async fn show(State(app): State<Arc<App>>, headers: HeaderMap) -> Result<Response, ApiError> {
    let session = authenticate(&app, &headers).await?;
    let shown = offer::show(&app, &session).await?;
    Ok(Success::new(StatusCode::OK, "Session retrieved", json!({ "data": shown })).into_response())
}

/// `POST /connect/session/connections`: a token from the form.
pub(crate) async fn connect(State(app): State<Arc<App>>, request: Request) -> Result<Response, ApiError> {
    let session = authenticate(&app, request.headers()).await?;
    let form: token::Form = body::typed_form(request, session.organisation_id.as_str()).await?;
    let connection = token::connect(&app, &session, form).await?;
    let data = json!({ "data": establish::show(&connection) });
    Ok(Success::new(StatusCode::CREATED, "Created", data).into_response())
}

/// `POST /connect/session/authorizations`
pub(crate) async fn authorize(State(app): State<Arc<App>>, request: Request) -> Result<Response, ApiError> {
    let session = authenticate(&app, request.headers()).await?;
    let wish: authorization::Wish = body::typed_form(request, session.organisation_id.as_str()).await?;
    let begun = authorization::begin(&app, &session, wish).await?;
    let data =
        json!({ "data": { "id": begun.id.as_str(), "launchUrl": authorization::launch_path(&begun.id) } });
    Ok(Success::new(StatusCode::CREATED, "Created", data).into_response())
}

/// `GET /connect/session/authorizations/{id}`
pub(crate) async fn authorization(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    // Who is at the provider's page when the session ends still hears how it ended.
    let session = identify(&app, &headers).await?;
    let found = authorization::find(&app, &session, &id.into()).await?;
    let shown = authorization::show(&app, &found).await?;
    Ok(Success::new(
        StatusCode::OK,
        "Authorization retrieved",
        json!({ "data": shown }),
    )
    .into_response())
}
