//! Sends spans to the collector from a thread of its own, and tells when that fails, once in a while.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use anyhow::{Context as _, anyhow};
use opentelemetry_otlp::{
    Protocol, SpanExporter as OtlpExporter, WithExportConfig as _, WithHttpConfig as _,
};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::error::OTelSdkResult;
use opentelemetry_sdk::trace::{SpanData, SpanExporter};
use reqwest::redirect::Policy;
use rustls::{ClientConfig, RootCertStore};
use url::Url;

/// How long the collector may take for one batch.
const PATIENCE: Duration = Duration::from_secs(10);
/// Failures are told at most this often.
const QUIET: Duration = Duration::from_secs(60);

/// An exporter that never makes trouble but for a line in the log.
#[derive(Debug)]
pub(super) struct Told {
    inner: OtlpExporter,
    last: Mutex<Option<Instant>>,
}

pub(super) fn build(endpoint: &Url) -> anyhow::Result<Told> {
    let inner = OtlpExporter::builder()
        .with_http()
        .with_http_client(client()?)
        .with_endpoint(endpoint.as_str())
        .with_protocol(Protocol::HttpBinary)
        .with_timeout(PATIENCE)
        .build()
        .context("cannot set up the export of spans")?;
    Ok(Told {
        inner,
        last: Mutex::new(None),
    })
}

/// Made on a thread of its own: a blocking client must not be made where asynchronous code runs.
fn client() -> anyhow::Result<reqwest::blocking::Client> {
    let made = std::thread::spawn(|| {
        let builder = reqwest::blocking::Client::builder()
            .redirect(Policy::none())
            .no_proxy()
            .timeout(PATIENCE)
            .tls_backend_preconfigured(tls()?);
        builder
            .build()
            .context("cannot make a client for the OTLP endpoint")
    });
    made.join()
        .map_err(|_| anyhow!("the client for the OTLP endpoint could not be made"))?
}

fn tls() -> anyhow::Result<ClientConfig> {
    let roots = RootCertStore {
        roots: webpki_roots::TLS_SERVER_ROOTS.to_vec(),
    };
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .context("TLS cannot be set up")?;
    Ok(config.with_root_certificates(roots).with_no_client_auth())
}

impl Told {
    fn tell(&self, error: &dyn std::fmt::Display) {
        metrics::counter!("routemcp_otlp_failures_total").increment(1);
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        if last.is_none_or(|last| last.elapsed() >= QUIET) {
            *last = Some(Instant::now());
            tracing::warn!(%error, "the OpenTelemetry collector does not take spans; they are dropped");
        }
    }
}

impl SpanExporter for Told {
    async fn export(&self, batch: Vec<SpanData>) -> OTelSdkResult {
        let exported = self.inner.export(batch).await;
        if let Err(error) = &exported {
            self.tell(error);
        }
        exported
    }

    fn shutdown_with_timeout(&self, timeout: Duration) -> OTelSdkResult {
        self.inner.shutdown_with_timeout(timeout)
    }

    fn force_flush(&self) -> OTelSdkResult {
        self.inner.force_flush()
    }

    fn set_resource(&mut self, resource: &Resource) {
        self.inner.set_resource(resource);
    }
}
