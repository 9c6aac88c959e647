//! Our own rate limit, with its headers on every answer to a known key.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http::HeaderValue;

use super::authenticate::Caller;
use super::observe::Timings;
use crate::app::App;
use crate::http::error::{ApiError, Code};
use crate::rate_limit::Decision;

/// The layer; needs a [`Caller`].
pub(crate) async fn throttle(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    let Some(Caller(key)) = request.extensions().get::<Caller>() else {
        return ApiError::internal("the rate limit ran before authentication").into_response();
    };
    let decision = app
        .rate_limit
        .admit(key.id.as_str(), key.plan.requests_per_minute())
        .await;
    let mut response = match decision.retry_after {
        None => {
            if let Some(timings) = request.extensions().get::<Arc<Timings>>() {
                timings.admit();
            }
            next.run(request).await
        }
        Some(wait) => {
            let message = format!("Rate limit exceeded. Try again in {} seconds.", wait.as_secs());
            ApiError::new(Code::RateLimited, message)
                .with_retry_after(Some(wait))
                .into_response()
        }
    };
    set_headers(&mut response, &decision);
    response
}

fn set_headers(response: &mut Response, decision: &Decision) {
    let headers = response.headers_mut();
    headers.insert("x-ratelimit-limit", HeaderValue::from(decision.limit));
    headers.insert("x-ratelimit-remaining", HeaderValue::from(decision.remaining));
    headers.insert(
        "x-ratelimit-reset",
        HeaderValue::from(decision.reset_unix_seconds),
    );
}
