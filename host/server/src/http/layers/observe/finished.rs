//! A finished request, for its log line, the metrics and the request log.

use std::time::Duration;

use http::{Method, StatusCode};
use jiff::Timestamp;
use routemcp_store::{ApiKey, RequestLogEntry};

use super::{Served, Timings};
use crate::http::error::Code;

/// The longest path that is kept, in characters.
const PATH_LENGTH: usize = 512;
/// The status of a request whose caller hung up before it was answered, as nginx has it. Nobody is sent it.
const CALLER_GONE: u16 = 499;

/// What is known of a request when it is answered, or its caller is gone.
pub(super) struct Finished<'a> {
    pub(super) started_at: Timestamp,
    pub(super) total: Duration,
    pub(super) method: &'a Method,
    pub(super) route: &'a str,
    pub(super) path: &'a str,
    /// Who asked, where a key was needed and good.
    pub(super) caller: Option<&'a ApiKey>,
    /// None when its caller is gone.
    pub(super) status: Option<StatusCode>,
    pub(super) code: Option<Code>,
    pub(super) timings: &'a Timings,
    /// Which connectors served it, in the order of their slugs.
    pub(super) served: Vec<Served>,
}

impl Finished<'_> {
    /// The status that was sent, or the one that stands for a caller who is gone.
    pub(super) fn status(&self) -> u16 {
        self.status.map_or(CALLER_GONE, |status| status.as_u16())
    }

    /// The slugs of the connectors that served it, each once.
    pub(super) fn providers(&self) -> Vec<&str> {
        let mut providers: Vec<&str> = self.served.iter().map(|served| &*served.provider).collect();
        providers.dedup();
        providers
    }

    /// Counts it and its time.
    pub(super) fn count(&self) {
        let labels = [
            ("method", label(self.method).to_owned()),
            ("route", self.route.to_owned()),
            ("status", self.status().to_string()),
        ];
        metrics::counter!("routemcp_requests_total", &labels).increment(1);
        let [method, route, _] = labels;
        metrics::histogram!("routemcp_request_seconds", &[method, route]).record(self.total.as_secs_f64());
    }

    /// Writes the one line of the log that every request has. The span adds request id, method and path.
    pub(super) fn write_line(&self) {
        let digests: Vec<&str> = self.served.iter().map(|served| &*served.digest).collect();
        tracing::info!(
            status = self.status(),
            code = self.code.map(Code::name),
            route = self.route,
            organisation = self.caller.map(|key| key.organisation_id.as_str()),
            environment = self.caller.map(|key| key.environment.as_str()),
            key = self.caller.map(|key| key.id.as_str()),
            provider = joined(&self.providers()),
            digest = joined(&digests),
            milliseconds = milliseconds(self.total),
            provider_milliseconds = milliseconds(self.timings.provider()),
            connector_milliseconds = milliseconds(self.timings.connector()),
            "{}",
            self.status.map_or("caller gone", |_| "answered")
        );
    }

    /// What is kept of it. Nothing where no key was presented or our own rate limit has not let it pass: strangers and floods
    /// must not fill the disk.
    pub(super) fn entry(self, id: &str) -> Option<RequestLogEntry> {
        let key = self.caller.filter(|_| self.timings.is_admitted())?;
        Some(RequestLogEntry {
            id: id.to_owned(),
            started_at: self.started_at,
            organisation_id: key.organisation_id.clone(),
            environment: key.environment,
            api_key_id: key.id.clone(),
            method: self.method.as_str().chars().take(PATH_LENGTH).collect(),
            route: self.route.to_owned(),
            path: self.path.chars().take(PATH_LENGTH).collect(),
            providers: self.providers().into_iter().map(str::to_owned).collect(),
            status: self.status(),
            connectors: self.served.into_iter().map(|served| served.digest).collect(),
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
fn joined(parts: &[&str]) -> Option<String> {
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
