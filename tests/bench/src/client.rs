//! The HTTP client of everything that is not measured, and of the plain proxy.

use anyhow::Context as _;
use reqwest::Client;
use serde_json::Value;

/// A client that never goes through a proxy of the environment.
pub(crate) fn plain() -> anyhow::Result<Client> {
    // A second client finds the provider of the first, which is the same.
    let _ = rustls::crypto::ring::default_provider().install_default();
    Client::builder()
        .no_proxy()
        .build()
        .context("cannot make an HTTP client")
}

/// Sends JSON and gives the JSON that came back; an error unless the status is 2xx.
pub(crate) async fn exchange(
    request: reqwest::RequestBuilder,
    body: Option<&Value>,
) -> anyhow::Result<Value> {
    let request = match body {
        Some(body) => request
            .header("content-type", "application/json")
            .body(body.to_string()),
        None => request,
    };
    let response = request.send().await?;
    let (status, url) = (response.status(), response.url().clone());
    let text = response.text().await?;
    if !status.is_success() {
        anyhow::bail!("{url} answered {status}: {text}");
    }
    serde_json::from_str(&text).with_context(|| format!("{url} answered no JSON: {text}"))
}
