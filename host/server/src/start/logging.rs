//! Log output: lines for people in development, JSON in production, level by `ROUTEMCP_LOG`; and spans, where they are
//! collected.

use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{EnvFilter, Layer};

use super::telemetry::Telemetry;

/// How log lines are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Format {
    /// For a terminal.
    Text,
    /// For a log collector.
    Json,
}

/// Starts logging to standard error. `default_level` holds when `ROUTEMCP_LOG` is not set.
pub(crate) fn start(format: Format, default_level: &str, telemetry: Option<&Telemetry>) {
    let filter = EnvFilter::try_from_env("ROUTEMCP_LOG").unwrap_or_else(|_| EnvFilter::new(default_level));
    let lines = match format {
        Format::Text => tracing_subscriber::fmt::layer()
            .with_writer(std::io::stderr)
            .compact()
            .with_target(false)
            .boxed(),
        // The same lines as those of `tracing_subscriber`, which parses a span's fields again for each line and each field that
        // is added to it: some 50,000 instructions for each request.
        Format::Json => json_subscriber::layer()
            .with_writer(std::io::stderr)
            .flatten_event(true)
            .with_span_list(false)
            .boxed(),
    };
    tracing_subscriber::registry()
        .with(lines.with_filter(filter))
        .with(telemetry.map(Telemetry::layer))
        .init();
}
