//! Counts what became of calls into connectors.

use routemcp_runtime::{CallError, Called, LimitExceeded};

/// Counts a call of a provider's connector, and the processor time of its own code.
pub(crate) fn called<T>(provider: &str, called: &Called<T>) {
    let outcome = called.result.as_ref().map_or_else(outcome, |_| "ok");
    let provider = provider.to_owned();
    metrics::counter!("routemcp_connector_calls_total", "provider" => provider.clone(), "outcome" => outcome)
        .increment(1);
    metrics::histogram!("routemcp_connector_cpu_seconds", "provider" => provider)
        .record(called.usage.cpu.as_secs_f64());
}

/// A closed set, as labels must be: a failure's own kind is the connector's free text.
fn outcome(error: &CallError) -> &'static str {
    match error {
        CallError::Failure(_) => "failure",
        CallError::Trap(_) => "trap",
        CallError::Contract(_) => "contract",
        CallError::Overloaded { .. } => "overloaded",
        CallError::Host(_) => "host",
        CallError::Limit(limit) => match limit {
            LimitExceeded::Cpu => "limit_cpu",
            LimitExceeded::WallClock => "limit_time",
            LimitExceeded::Memory => "limit_memory",
            LimitExceeded::Stack => "limit_stack",
            LimitExceeded::HostCall => "limit_host_call",
            LimitExceeded::JsonValues => "limit_json_values",
        },
    }
}
