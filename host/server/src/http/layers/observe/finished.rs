//! A finished request, for its log line, the metrics and the request log.

use std::time::Duration;

use http::{Method, StatusCode};
use jiff::Timestamp;
use routemcp_store::{ApiKey, RequestLogEntry};

use super::{Served, Timings};
use crate::http::error::Code;

/// The longest path that is kept, in characters.
const PATH_LENGTH: usize = 512;

/// What is known of a request when it is answered.
pub(super) struct Finished<'a> {
    pub(super) started_at: Timestamp,
    pub(super) total: Duration,
    pub(super) method: &'a Method,
    pub(super) route: String,
    pub(super) path: &'a str,
    /// Who asked, where a key was needed and good.
    pub(super) caller: Option<&'a ApiKey>,
    pub(super) status: StatusCode,
    pub(super) code: Option<Code>,
    pub(super) timings: &'a Timings,
}

impl Finished<'_> {
    /// Counts it and its time.
    pub(super) fn count(&self) {
        let labels = [
            ("method", label(self.method).to_owned()),
            ("route", self.route.clone()),
            ("status", self.status.as_str().to_owned()),
        ];
        metrics::counter!("routemcp_requests_total", &labels).increment(1);
        let [method, route, _] = labels;
        metrics::histogram!("routemcp_request_seconds", &[method, route]).record(self.total.as_secs_f64());
    }

    /// Writes the one line of the log that every request has. The span adds request id, method and path.
    pub(super) fn write_line(&self) {
        let served = self.timings.served();
        tracing::info!(
            status = self.status.as_u16(),
            code = self.code.map(Code::name),
            route = self.route,
            organisation = self.caller.map(|key| key.organisation_id.as_str()),
            environment = self.caller.map(|key| key.environment.as_str()),
            key = self.caller.map(|key| key.id.as_str()),
            provider = joined(&served, |served| &served.provider),
            digest = joined(&served, |served| &served.digest),
            milliseconds = milliseconds(self.total),
            provider_milliseconds = milliseconds(self.timings.provider()),
            connector_milliseconds = milliseconds(self.timings.connector()),
            "answered"
        );
    }

    /// What is kept of it. Nothing where no key was presented or our own rate limit refused it: strangers and floods must
    /// not fill the disk.
    pub(super) fn entry(&self, id: &str) -> Option<RequestLogEntry> {
        let key = self.caller.filter(|_| self.code != Some(Code::RateLimited))?;
        let served = self.timings.served();
        let mut providers: Vec<String> = served.iter().map(|served| served.provider.clone()).collect();
        providers.dedup();
        Some(RequestLogEntry {
            id: id.to_owned(),
            started_at: self.started_at,
            organisation_id: key.organisation_id.clone(),
            environment: key.environment,
            api_key_id: key.id.clone(),
            method: self.method.as_str().chars().take(PATH_LENGTH).collect(),
            route: self.route.clone(),
            path: self.path.chars().take(PATH_LENGTH).collect(),
            providers,
            connectors: served.into_iter().map(|served| served.digest).collect(),
            status: self.status.as_u16(),
            code: self.code.map(Code::name),
            total: self.total,
            provider: self.timings.provider(),
            connector: self.timings.connector(),
        })
    }
}

fn milliseconds(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1_000.0
}

/// Nothing where nobody served it.
fn joined<'a>(served: &'a [Served], part: impl Fn(&'a Served) -> &'a str) -> Option<String> {
    let mut parts: Vec<&str> = served.iter().map(part).collect();
    parts.dedup();
    (!parts.is_empty()).then(|| parts.join(","))
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
