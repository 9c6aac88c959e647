//! Log output: lines for people in development, JSON in production, level by `ROUTEMCP_LOG`.

use tracing_subscriber::EnvFilter;

/// How log lines are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Format {
    /// For a terminal.
    Text,
    /// For a log collector.
    Json,
}

/// Starts logging to standard error. `default_level` holds when `ROUTEMCP_LOG` is not set.
pub(crate) fn start(format: Format, default_level: &str) {
    let filter = EnvFilter::try_from_env("ROUTEMCP_LOG").unwrap_or_else(|_| EnvFilter::new(default_level));
    let builder = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr);
    match format {
        Format::Text => builder.compact().with_target(false).init(),
        Format::Json => builder.json().flatten_event(true).init(),
    }
}
