//! The outermost layer: request id, timing, metrics, one log line, the request log, and the bodies of errors.

mod error_body;
mod finished;
mod timings;
mod trace;

use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::extract::{MatchedPath, Request, State};
use axum::middleware::Next;
use axum::response::Response;
use http::{HeaderMap, HeaderValue, Method, StatusCode};
use jiff::Timestamp;
use tracing::field::Empty;
use tracing::{Instrument, Span};

use self::finished::Finished;
pub(crate) use self::timings::{Served, Timings};
use crate::app::App;
use crate::http::error::{ApiError, Code};

const REQUEST_ID: &str = "x-request-id";

/// The layer.
pub(crate) async fn observe(State(app): State<Arc<App>>, mut request: Request, next: Next) -> Response {
    request.extensions_mut().insert(Arc::clone(&app.bodies));
    let mut observed = Observed::begin(app, &request);
    request.extensions_mut().insert(Arc::clone(&observed.timings));
    let response = next.run(request).instrument(observed.span.clone()).await;
    let code = response.extensions().get::<ApiError>().map(|error| error.code);
    let mut response = error_body::write(response, &observed.path, &observed.id);
    let total = observed.end(Some(response.status()), code);
    let timing = observed.timings.header(total);
    set_headers(response.headers_mut(), &observed.id, &timing);
    response.extensions_mut().insert(Arc::clone(&observed.timings));
    response
}

/// A request under way. One that is dropped before its end was given up: hyper drops what it runs for a caller who hangs up.
struct Observed {
    app: Arc<App>,
    started: Instant,
    started_at: Timestamp,
    id: String,
    method: Method,
    path: String,
    /// The route's pattern, not the path: one metric per route, not per record.
    route: String,
    timings: Arc<Timings>,
    span: Span,
    ended: bool,
}

impl Observed {
    fn begin(app: Arc<App>, request: &Request) -> Self {
        metrics::gauge!("routemcp_requests_running").increment(1.0);
        let (started, started_at) = (Instant::now(), Timestamp::now());
        let id = format!("req_{}", uuid::Uuid::now_v7().simple());
        let method = request.method().clone();
        let path = request.uri().path().to_owned();
        let route = request
            .extensions()
            .get::<MatchedPath>()
            .map_or("(none)", MatchedPath::as_str)
            .to_owned();
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
        Self {
            app,
            started,
            started_at,
            id,
            method,
            path,
            route,
            timings: Arc::default(),
            span,
            ended: false,
        }
    }

    /// Tells everybody who wants to know how it ended, and how long it took. Without a status its caller is gone.
    fn end(&mut self, status: Option<StatusCode>, code: Option<Code>) -> Duration {
        self.ended = true;
        let total = self.started.elapsed();
        let finished = Finished {
            started_at: self.started_at,
            total,
            method: &self.method,
            route: &self.route,
            path: &self.path,
            caller: self.timings.caller(),
            status,
            code,
            timings: &self.timings,
            served: self.timings.served(),
        };
        finished.count();
        trace::end(&self.span, &finished);
        self.span.in_scope(|| finished.write_line());
        if let Some(entry) = finished.entry(&self.id) {
            self.app.request_log.keep(entry);
        }
        total
    }
}

impl Drop for Observed {
    fn drop(&mut self) {
        if !self.ended {
            self.end(None, None);
        }
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
