//! The metrics of this process: what there is, how it is cut, and what is looked at when somebody asks.

use metrics::Unit;
use metrics_exporter_prometheus::{BuildError, Matcher, PrometheusBuilder, PrometheusHandle};

use crate::app::App;

/// Upper bounds of the buckets of every duration, in seconds: from a call that meets no provider to the longest there may be.
const SECONDS: [f64; 15] = [
    0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0,
];
/// The same for processor time, of which a call has a second.
const CPU_SECONDS: [f64; 10] = [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.1, 0.5, 1.0];
const CPU: &str = "routemcp_connector_cpu_seconds";

/// What a metric is, in Prometheus's words.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Kind {
    Counter,
    Gauge,
    Histogram,
}

use Kind::{Counter, Gauge, Histogram};

/// Every metric with its meaning. `docs/metrics.md` lists them with their labels.
const ALL: &[(Kind, &str, &str)] = &[
    (
        Counter,
        "routemcp_requests_total",
        "HTTP requests, answered or given up by their callers.",
    ),
    (
        Histogram,
        "routemcp_request_seconds",
        "Time to the answer's head, or until its caller hung up.",
    ),
    (Gauge, "routemcp_requests_running", "HTTP requests under way."),
    (Gauge, "routemcp_connections_open", "Open HTTP connections."),
    (
        Counter,
        "routemcp_connections_refused_total",
        "HTTP connections over the cap, answered with 503.",
    ),
    (
        Gauge,
        "routemcp_body_bytes_held",
        "Bytes of request bodies in memory.",
    ),
    (
        Counter,
        "routemcp_provider_requests_total",
        "Requests sent to providers, retries included.",
    ),
    (
        Histogram,
        "routemcp_provider_request_seconds",
        "Time of one request to a provider.",
    ),
    (
        Counter,
        "routemcp_connector_calls_total",
        "Calls into connectors by what came of them.",
    ),
    (
        Histogram,
        CPU,
        "Processor time of a connector's own code in one call.",
    ),
    (
        Gauge,
        "routemcp_calls_running",
        "Calls into connectors that have a place.",
    ),
    (
        Gauge,
        "routemcp_calls_waiting",
        "Calls into connectors that wait for a place.",
    ),
    (Gauge, "routemcp_calls_limit", "Places for calls into connectors."),
    (Counter, "routemcp_refreshes_total", "Renewals of access tokens."),
    (
        Counter,
        "routemcp_breaker_changes_total",
        "Changes of circuit breakers.",
    ),
    (
        Gauge,
        "routemcp_breakers_open",
        "Connections whose circuit is not closed.",
    ),
    (
        Gauge,
        "routemcp_database_connections",
        "Database connections by state; `max` is how many there may be.",
    ),
    (
        Gauge,
        "routemcp_database_up",
        "1 if the database answered when it was last looked at.",
    ),
    (
        Gauge,
        "routemcp_redis_up",
        "1 while rate limits are counted in Redis.",
    ),
    (
        Counter,
        "routemcp_request_log_dropped_total",
        "Finished requests that the request log lost.",
    ),
    (
        Counter,
        "routemcp_otlp_failures_total",
        "Batches of spans that the collector did not take.",
    ),
];

/// Starts collecting.
///
/// # Errors
/// If something in this process collects already.
pub(crate) fn install() -> Result<PrometheusHandle, BuildError> {
    let handle = PrometheusBuilder::new()
        .set_buckets_for_metric(Matcher::Suffix("_seconds".to_owned()), &SECONDS)?
        .set_buckets_for_metric(Matcher::Full(CPU.to_owned()), &CPU_SECONDS)?
        .install_recorder()?;
    for (kind, name, meaning) in ALL.iter().copied() {
        match kind {
            Counter => metrics::describe_counter!(name, meaning),
            Gauge => metrics::describe_gauge!(name, meaning),
            Histogram => metrics::describe_histogram!(name, Unit::Seconds, meaning),
        }
    }
    Ok(handle)
}

/// Looks at what has a state rather than a count.
pub(crate) fn look(app: &App) {
    let places = app.runtime.places();
    metrics::gauge!("routemcp_calls_running").set(places.running as f64);
    metrics::gauge!("routemcp_calls_waiting").set(places.waiting as f64);
    metrics::gauge!("routemcp_calls_limit").set(places.limit as f64);
    metrics::gauge!("routemcp_body_bytes_held").set(app.bodies.held() as f64);
    for pool in app.store.pools() {
        for (state, count) in [("in_use", pool.in_use), ("idle", pool.idle), ("max", pool.max)] {
            let connections =
                metrics::gauge!("routemcp_database_connections", "pool" => pool.name, "state" => state);
            connections.set(count as f64);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::{ALL, Kind};

    /// All source of this crate, which is the only one that measures.
    fn source(folder: &Path) -> String {
        let entries = std::fs::read_dir(folder).unwrap();
        let texts = entries.map(|entry| match entry.unwrap().path() {
            path if path.is_dir() => source(&path),
            path if path.extension().is_some_and(|extension| extension == "rs") => {
                std::fs::read_to_string(path).unwrap()
            }
            _ => String::new(),
        });
        texts.collect()
    }

    /// What follows each use of a macro of the `metrics` crate: names are written where they are used.
    fn names<'a>(source: &'a str, kind: &str) -> Vec<&'a str> {
        let call = format!("metrics::{kind}!(");
        let quoted = source.split(&call).skip(1).map(|rest| {
            rest.trim_start()
                .strip_prefix('"')
                .and_then(|rest| rest.split('"').next())
        });
        quoted.map(|name| name.expect("a name in quotes")).collect()
    }

    #[test]
    fn every_metric_that_is_counted_is_described_and_the_other_way_round() {
        let source = source(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"));
        let mut counted = Vec::new();
        for (kind, text) in [
            (Kind::Counter, "counter"),
            (Kind::Gauge, "gauge"),
            (Kind::Histogram, "histogram"),
        ] {
            for name in names(&source, text) {
                let described = ALL.iter().find(|(_, known, _)| *known == name);
                let described = described.unwrap_or_else(|| panic!("{name} is not described"));
                assert_eq!(described.0, kind, "{name} is described as another kind");
                counted.push(name);
            }
        }
        for (_, name, _) in ALL {
            assert!(counted.contains(name), "{name} is never counted");
        }
    }

    #[test]
    fn every_metric_is_explained_in_the_guide() {
        let guide = include_str!("../../../docs/metrics.md");
        for (_, name, _) in ALL {
            assert!(guide.contains(&format!("`{name}`")), "{name}");
        }
        let listed = guide.matches("| `routemcp_").count();
        assert_eq!(listed, ALL.len(), "the guide lists what there is not");
    }
}
