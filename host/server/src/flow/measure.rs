//! Counts what became of calls into connectors and of requests to providers.

use routemcp_broker::{Attempt, AttemptObserver};
use routemcp_runtime::{CallError, Called};
use routemcp_store::Environment;

/// Counts a call of a provider's connector, and the processor time of its own code.
pub(crate) fn called<T>(provider: &str, called: &Called<T>) {
    let outcome = called.result.as_ref().map_or_else(CallError::kind, |_| "ok");
    let provider = provider.to_owned();
    metrics::counter!("routemcp_connector_calls_total", "provider" => provider.clone(), "outcome" => outcome)
        .increment(1);
    metrics::histogram!("routemcp_connector_cpu_seconds", "provider" => provider)
        .record(called.usage.cpu.as_secs_f64());
}

/// Counts the requests of one call to its provider.
pub(crate) struct ProviderTraffic {
    pub(crate) provider: String,
    pub(crate) environment: Environment,
}

impl AttemptObserver for ProviderTraffic {
    fn ended(&self, attempt: &Attempt) {
        let labels = [
            ("provider", self.provider.clone()),
            ("environment", self.environment.as_str().to_owned()),
        ];
        let outcome = attempt
            .status
            .map_or(attempt.failure.unwrap_or("unexpected"), class);
        let [provider, environment] = labels.clone();
        let counted = [provider, environment, ("outcome", outcome.to_owned())];
        metrics::counter!("routemcp_provider_requests_total", &counted).increment(1);
        metrics::histogram!("routemcp_provider_request_seconds", &labels).record(attempt.took.as_secs_f64());
    }
}

/// Classes instead of statuses: a provider may answer any number.
fn class(status: u16) -> &'static str {
    match status {
        200..=299 => "2xx",
        300..=399 => "3xx",
        400..=499 => "4xx",
        500..=599 => "5xx",
        _ => "other",
    }
}
