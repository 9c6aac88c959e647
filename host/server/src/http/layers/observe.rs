//! The outermost layer: request id, timing, metrics, one log line, and the bodies of errors.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use axum::Json;
use axum::extract::{MatchedPath, Request};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, HeaderValue, Method, StatusCode};
use routemcp_runtime::Usage;
use tracing::Instrument;

use crate::http::error::ApiError;

const REQUEST_ID: &str = "x-request-id";

/// The id of a request, in its answer and in our log.
#[derive(Clone, Debug)]
pub(crate) struct RequestId(pub(crate) Arc<str>);

/// What a request spent where, in microseconds.
#[derive(Debug, Default)]
pub(crate) struct Timings {
    provider: AtomicU64,
    connector: AtomicU64,
    memory_bytes: AtomicUsize,
    cpu: AtomicU64,
}

impl Timings {
    /// Adds a step that followed the steps before.
    pub(crate) fn add(&self, usage: Usage) {
        self.provider.fetch_add(micros(usage.provider), Ordering::Relaxed);
        self.connector.fetch_add(
            micros(usage.total.saturating_sub(usage.provider)),
            Ordering::Relaxed,
        );
        self.memory_bytes.fetch_max(usage.memory_bytes, Ordering::Relaxed);
        self.cpu.fetch_add(micros(usage.cpu), Ordering::Relaxed);
    }

    /// CPU time of the connectors' own code, over all calls.
    pub(crate) fn cpu(&self) -> Duration {
        Duration::from_micros(self.cpu.load(Ordering::Relaxed))
    }

    /// The most linear memory that a call of a connector had, in bytes.
    pub(crate) fn memory_bytes(&self) -> usize {
        self.memory_bytes.load(Ordering::Relaxed)
    }

    /// Adds steps that ran side by side: the one that took longest.
    pub(crate) fn add_longest(&self, steps: &[Self]) {
        for step in steps {
            self.memory_bytes
                .fetch_max(step.memory_bytes(), Ordering::Relaxed);
            self.cpu
                .fetch_add(step.cpu.load(Ordering::Relaxed), Ordering::Relaxed);
        }
        let spent = |step: &Self| {
            (
                step.provider.load(Ordering::Relaxed),
                step.connector.load(Ordering::Relaxed),
            )
        };
        let longest = steps
            .iter()
            .map(spent)
            .max_by_key(|(provider, connector)| provider + connector);
        let (provider, connector) = longest.unwrap_or_default();
        self.provider.fetch_add(provider, Ordering::Relaxed);
        self.connector.fetch_add(connector, Ordering::Relaxed);
    }

    /// Adds a wait for the provider without a connector.
    pub(crate) fn add_provider(&self, waited: Duration) {
        self.provider.fetch_add(micros(waited), Ordering::Relaxed);
    }

    fn header(&self, total: Duration) -> String {
        let provider = self.provider.load(Ordering::Relaxed);
        let connector = self.connector.load(Ordering::Relaxed);
        let host = micros(total).saturating_sub(provider + connector);
        let milliseconds = |micros: u64| micros as f64 / 1000.0;
        format!(
            "total;dur={:.3}, provider;dur={:.3}, connector;dur={:.3}, host;dur={:.3}",
            milliseconds(micros(total)),
            milliseconds(provider),
            milliseconds(connector),
            milliseconds(host)
        )
    }
}

fn micros(duration: Duration) -> u64 {
    u64::try_from(duration.as_micros()).unwrap_or(u64::MAX)
}

/// The layer.
pub(crate) async fn observe(mut request: Request, next: Next) -> Response {
    let started = Instant::now();
    let id = RequestId(format!("req_{}", uuid::Uuid::now_v7().simple()).into());
    let timings = Arc::new(Timings::default());
    let method = request.method().clone();
    let path = request.uri().path().to_owned();
    // The route's pattern, not the path: one metric per route, not per record.
    let route = request
        .extensions()
        .get::<MatchedPath>()
        .map_or("(none)".to_owned(), |path| path.as_str().to_owned());
    request.extensions_mut().insert(id.clone());
    request.extensions_mut().insert(Arc::clone(&timings));

    let span = tracing::info_span!("request", request_id = %id.0, %method, %path);
    let response = next.run(request).instrument(span.clone()).await;
    let mut response = write_error_body(response, &path, &id.0);

    let elapsed = started.elapsed();
    let status = response.status().as_u16();
    set_headers(response.headers_mut(), &id.0, &timings.header(elapsed));
    response.extensions_mut().insert(timings);
    let labels = [
        ("method", label(&method).to_owned()),
        ("route", route),
        ("status", status.to_string()),
    ];
    metrics::counter!("routemcp_requests_total", &labels).increment(1);
    metrics::histogram!("routemcp_request_seconds", &labels).record(elapsed.as_secs_f64());
    tracing::info!(parent: &span, status, milliseconds = elapsed.as_secs_f64() * 1000.0, "answered");
    response
}

/// Methods are free text: unknown ones share a label, so that nobody can make series without end.
fn label(method: &Method) -> &'static str {
    match method.as_str() {
        "GET" => "GET",
        "HEAD" => "HEAD",
        "POST" => "POST",
        "PUT" => "PUT",
        "PATCH" => "PATCH",
        "DELETE" => "DELETE",
        "OPTIONS" => "OPTIONS",
        _ => "other",
    }
}

/// Gives an error its body; answers of our own routes otherwise pass unchanged.
fn write_error_body(mut response: Response, path: &str, request_id: &str) -> Response {
    let error = match response.extensions_mut().remove::<ApiError>() {
        Some(error) => error,
        // Our handlers answer 400 with an error or a page: the router could not decode the path.
        None if response.status() == StatusCode::BAD_REQUEST && !is_page(&response) => {
            ApiError::invalid("path", "is not UTF-8 when decoded")
        }
        None => return response,
    };
    let mut headers = std::mem::take(response.headers_mut());
    headers.remove(http::header::CONTENT_TYPE);
    let mut rendered = (response.status(), Json(error.body(path, request_id))).into_response();
    rendered
        .headers_mut()
        .extend(headers.into_iter().filter_map(|(name, value)| {
            // The empty answer that carried the error had a length of zero.
            name.filter(|name| name != http::header::CONTENT_LENGTH)
                .map(|name| (name, value))
        }));
    rendered
}

fn is_page(response: &Response) -> bool {
    let content_type = response.headers().get(http::header::CONTENT_TYPE);
    content_type.is_some_and(|value| value.as_bytes().starts_with(b"text/html"))
}

fn set_headers(headers: &mut HeaderMap, id: &str, timing: &str) {
    if let Ok(value) = HeaderValue::from_str(id) {
        headers.insert(REQUEST_ID, value);
    }
    if let Ok(value) = HeaderValue::from_str(timing) {
        headers.insert("server-timing", value);
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use routemcp_runtime::Usage;

    use super::Timings;

    #[test]
    fn what_provider_and_connector_did_not_take_is_ours() {
        let timings = Timings::default();
        let milliseconds = Duration::from_millis;
        timings.add(Usage {
            total: milliseconds(30),
            provider: milliseconds(20),
            ..Usage::default()
        });
        timings.add(Usage {
            total: milliseconds(5),
            provider: milliseconds(5),
            ..Usage::default()
        });
        let header = timings.header(milliseconds(50));
        assert_eq!(
            header,
            "total;dur=50.000, provider;dur=25.000, connector;dur=10.000, host;dur=15.000"
        );
    }
}
