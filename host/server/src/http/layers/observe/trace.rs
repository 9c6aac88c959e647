//! What a collector of spans is told of a request. Nothing is done where there is none.

use http::{HeaderMap, Method};
use opentelemetry::propagation::{Extractor, TextMapPropagator as _};
use opentelemetry::trace::TraceContextExt as _;
use opentelemetry_sdk::propagation::TraceContextPropagator;
use tracing::Span;
use tracing_opentelemetry::OpenTelemetrySpanExt as _;

use super::finished::Finished;
use crate::start::telemetry;

/// Names the request's span and makes the caller's span its parent. Before anything runs in it.
pub(super) fn begin(span: &Span, method: &Method, route: &str, headers: &HeaderMap) {
    if !telemetry::is_on() {
        return;
    }
    span.record("otel.kind", "server");
    span.record("otel.name", format!("{method} {route}"));
    let parent = TraceContextPropagator::new().extract(&Headers(headers));
    if parent.span().span_context().is_valid() {
        // It fails where the span is not collected, and then there is nothing to do.
        let _ = span.set_parent(parent);
    }
}

/// Describes how the request ended, in the words of OpenTelemetry's conventions and our own.
pub(super) fn end(span: &Span, finished: &Finished<'_>) {
    if !telemetry::is_on() {
        return;
    }
    span.set_attribute("http.request.method", finished.method.as_str().to_owned());
    span.set_attribute("http.route", finished.route.to_owned());
    span.set_attribute("url.path", finished.path.to_owned());
    span.set_attribute("http.response.status_code", i64::from(finished.status()));
    if let Some(key) = finished.caller {
        span.set_attribute("routemcp.organisation", key.organisation_id.to_string());
        span.set_attribute("routemcp.environment", key.environment.as_str());
    }
    if let Some(code) = finished.code {
        span.set_attribute("error.type", code.name());
    }
    if finished.status.is_some_and(|status| status.is_server_error()) {
        span.record("otel.status_code", "ERROR");
    }
    let providers = finished.providers();
    if !providers.is_empty() {
        span.set_attribute("routemcp.provider", providers.join(","));
    }
}

/// `traceparent` and `tracestate` are looked for in a request's headers.
struct Headers<'a>(&'a HeaderMap);

impl Extractor for Headers<'_> {
    fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name)?.to_str().ok()
    }

    fn keys(&self) -> Vec<&str> {
        self.0.keys().map(http::HeaderName::as_str).collect()
    }
}
