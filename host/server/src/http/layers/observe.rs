//! The outermost layer: request id, timing, metrics, one log line, the request log, and the bodies of errors.

mod error_body;
mod finished;
mod timings;
mod trace;

use std::sync::Arc;
use std::time::Instant;

use axum::extract::{MatchedPath, Request, State};
use axum::middleware::Next;
use axum::response::Response;
use http::{HeaderMap, HeaderValue};
use tracing::Instrument;
use tracing::field::Empty;

use self::finished::Finished;
pub(crate) use self::timings::{Served, Timings};
use super::authenticate::Caller;
use crate::app::App;
use crate::http::error::ApiError;

const REQUEST_ID: &str = "x-request-id";

/// The layer.
pub(crate) async fn observe(State(app): State<Arc<App>>, mut request: Request, next: Next) -> Response {
    let started = Instant::now();
    let _running = Running::new();
    let started_at = jiff::Timestamp::now();
    let id = format!("req_{}", uuid::Uuid::now_v7().simple());
    let timings = Arc::new(Timings::default());
    let method = request.method().clone();
    let path = request.uri().path().to_owned();
    // The route's pattern, not the path: one metric per route, not per record.
    let route = request
        .extensions()
        .get::<MatchedPath>()
        .map_or("(none)".to_owned(), |path| path.as_str().to_owned());
    request.extensions_mut().insert(Arc::clone(&timings));
    request.extensions_mut().insert(Arc::clone(&app.bodies));

    let span = tracing::info_span!(
        "request",
        request_id = %id,
        %method,
        %path,
        organisation = Empty,
        environment = Empty,
        key = Empty,
        otel.name = Empty,
        otel.kind = Empty,
        otel.status_code = Empty,
    );
    trace::begin(&span, &method, &route, request.headers());
    let response = next.run(request).instrument(span.clone()).await;
    let code = response.extensions().get::<ApiError>().map(|error| error.code);
    let mut response = error_body::write(response, &path, &id);

    let finished = Finished {
        started_at,
        total: started.elapsed(),
        method: &method,
        route,
        path: &path,
        caller: response.extensions().get::<Caller>().map(|caller| &*caller.0),
        status: response.status(),
        code,
        timings: &timings,
    };
    finished.count();
    trace::end(&span, &finished);
    span.in_scope(|| finished.write_line());
    let timing = timings.header(finished.total);
    if let Some(entry) = finished.entry(&id) {
        app.request_log.keep(entry);
    }
    set_headers(response.headers_mut(), &id, &timing);
    response.extensions_mut().insert(timings);
    response
}

/// Counts a request under way, also one whose caller hangs up.
struct Running;

impl Running {
    fn new() -> Self {
        metrics::gauge!("routemcp_requests_running").increment(1.0);
        Self
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        metrics::gauge!("routemcp_requests_running").decrement(1.0);
    }
}

fn set_headers(headers: &mut HeaderMap, id: &str, timing: &str) {
    if let Ok(value) = HeaderValue::from_str(id) {
        headers.insert(REQUEST_ID, value);
    }
    if let Ok(value) = HeaderValue::from_str(timing) {
        headers.insert("server-timing", value);
    }
}
