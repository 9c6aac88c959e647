//! Spans for an OpenTelemetry collector, over OTLP/HTTP. Off unless there is an endpoint, and then no code of it runs.
//!
//! A request's span is the parent of the spans of its calls into connectors, and those of their requests to providers. A
//! caller's `traceparent` says which trace they belong to, and not whether they are collected: strangers send one, too. Nothing
//! is passed on to providers, who are strangers to our traces.

mod exporter;

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use anyhow::Context as _;
use clap::Args;
use opentelemetry::KeyValue;
use opentelemetry::trace::TracerProvider as _;
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::trace::{BatchSpanProcessor, Sampler, SdkTracerProvider};
use tracing::level_filters::LevelFilter;
use tracing_subscriber::Layer;
use tracing_subscriber::filter::filter_fn;
use tracing_subscriber::registry::LookupSpan;
use url::Url;

/// How long sending the last spans may take when the server stops.
const FLUSH: Duration = Duration::from_secs(5);

static ON: AtomicBool = AtomicBool::new(false);

/// Whether spans are collected. Where they are not, nothing is spent on describing them.
pub(crate) fn is_on() -> bool {
    ON.load(Ordering::Relaxed)
}

/// Where spans go, and how many.
#[derive(Args)]
pub(crate) struct TelemetryArguments {
    /// An OpenTelemetry collector that takes OTLP over HTTP, such as `http://collector:4318`; spans are sent to /v1/traces below
    /// it. `OTEL_EXPORTER_OTLP_ENDPOINT` works too, and `OTEL_EXPORTER_OTLP_HEADERS` for headers. None by default.
    #[arg(long, env = "ROUTEMCP_OTLP_ENDPOINT")]
    otlp_endpoint: Option<String>,
    /// Which part of the requests is traced, 0 to 1. It goes by the trace id, so that servers with the same ratio trace the same.
    #[arg(long, env = "ROUTEMCP_OTLP_SAMPLE_RATIO", default_value_t = 1.0, value_parser = ratio)]
    otlp_sample_ratio: f64,
}

fn ratio(text: &str) -> Result<f64, String> {
    let ratio = text.parse().ok().filter(|ratio| (0.0..=1.0).contains(ratio));
    ratio.ok_or_else(|| format!("`{text}` must be a number from 0 to 1"))
}

/// The collecting of spans while it is on.
pub(crate) struct Telemetry {
    provider: SdkTracerProvider,
}

impl TelemetryArguments {
    /// Starts collecting, if there is an endpoint.
    ///
    /// # Errors
    /// If the endpoint is not a URL, or no client can be made for it.
    pub(crate) fn start(&self) -> anyhow::Result<Option<Telemetry>> {
        let standard = std::env::var("OTEL_EXPORTER_OTLP_ENDPOINT").ok();
        let given = self.otlp_endpoint.clone().filter(|text| !text.is_empty());
        let Some(text) = given.or(standard.filter(|text| !text.is_empty())) else {
            return Ok(None);
        };
        let endpoint = traces_url(&text)?;
        let processor = BatchSpanProcessor::builder(exporter::build(&endpoint)?).build();
        let resource = Resource::builder()
            .with_service_name("routemcp")
            .with_attribute(KeyValue::new("service.version", env!("CARGO_PKG_VERSION")));
        let provider = SdkTracerProvider::builder()
            .with_span_processor(processor)
            // By the trace id alone: all spans of a trace have it, and a caller's own decision is nothing to us.
            .with_sampler(Sampler::TraceIdRatioBased(self.otlp_sample_ratio))
            .with_resource(resource.build())
            .build();
        ON.store(true, Ordering::Relaxed);
        Ok(Some(Telemetry { provider }))
    }
}

impl Telemetry {
    /// Collects the spans of our own code.
    pub(super) fn layer<S>(&self) -> impl Layer<S> + use<S>
    where
        S: tracing::Subscriber + for<'span> LookupSpan<'span> + Send + Sync,
    {
        let ours = filter_fn(|metadata| metadata.is_span() && metadata.target().starts_with("routemcp"));
        tracing_opentelemetry::layer()
            .with_tracer(self.provider.tracer("routemcp"))
            .with_location(false)
            .with_threads(false)
            .with_tracked_inactivity(false)
            .with_filter(ours.with_max_level_hint(LevelFilter::DEBUG))
    }

    /// Sends what is left.
    pub(crate) async fn finish(self) {
        let provider = self.provider;
        // The exporter has told already if the collector is away.
        let _ = tokio::task::spawn_blocking(move || provider.shutdown_with_timeout(FLUSH)).await;
    }
}

/// Where a collector takes spans, as the OpenTelemetry specification has it for the standard variable.
/// Errors do not quote it: it may hold a password.
fn traces_url(text: &str) -> anyhow::Result<Url> {
    let mut url = Url::parse(text).context("the OTLP endpoint is not a URL")?;
    if !matches!(url.scheme(), "http" | "https") {
        anyhow::bail!("the OTLP endpoint must begin with http:// or https://; gRPC is not spoken");
    }
    if !url.username().is_empty() || url.password().is_some() {
        // The client would not send them, and its errors quote the address.
        anyhow::bail!(
            "the OTLP endpoint must hold no user name or password; give a header in OTEL_EXPORTER_OTLP_HEADERS"
        );
    }
    let path = url.path().trim_end_matches('/').to_owned();
    if !path.ends_with("/v1/traces") {
        url.set_path(&format!("{path}/v1/traces"));
    }
    Ok(url)
}

#[cfg(test)]
mod tests {
    use super::{ratio, traces_url};

    #[test]
    fn spans_go_below_the_endpoint() {
        for (text, expected) in [
            ("http://collector:4318", "http://collector:4318/v1/traces"),
            (
                "https://otel.example/base/",
                "https://otel.example/base/v1/traces",
            ),
            (
                "http://collector:4318/v1/traces",
                "http://collector:4318/v1/traces",
            ),
        ] {
            assert_eq!(traces_url(text).unwrap().as_str(), expected);
        }
    }

    #[test]
    fn an_endpoint_that_cannot_be_used_is_not_quoted() {
        for bad in [
            "collector:4318",
            "grpc://collector:4317",
            "",
            "//user:password@collector",
            "http://user:password@collector:port",
            "grpc://user:password@collector",
            "http://user:password@collector",
            "http://:password@collector",
        ] {
            let error = traces_url(bad).expect_err(bad);
            assert!(!format!("{error:?}").contains("password@"), "{error:?}");
        }
    }

    #[test]
    fn a_ratio_is_from_nothing_to_all() {
        assert_eq!(
            (ratio("0"), ratio("0.25"), ratio("1")),
            (Ok(0.0), Ok(0.25), Ok(1.0))
        );
        for bad in ["1.1", "-0.1", "NaN", "all"] {
            assert!(ratio(bad).is_err(), "{bad}");
        }
    }
}
