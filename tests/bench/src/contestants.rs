//! Starts contestants: one file for each kind.

mod fastify;
mod nginx;
mod ours;

use anyhow::bail;

use crate::contestant::Contestant;
use crate::folders;
use crate::process;

/// All of them, in the order in which they are measured and shown.
pub(crate) const ALL: [&str; 8] = [
    "direct",
    "nginx",
    "axum-proxy",
    "ours-native",
    "ours-wasm",
    "ours-javascript",
    "ours-python",
    "fastify",
];

/// A contestant that runs, or why it cannot.
pub(crate) enum Start {
    Running(Contestant),
    /// Something that it needs is not on this machine.
    Skipped(String),
}

/// Starts a contestant in front of a provider.
pub(crate) async fn start(name: &str, provider: &str) -> anyhow::Result<Start> {
    match name {
        "direct" => Ok(Start::Running(Contestant::passing_on(
            "direct",
            provider.to_owned(),
            None,
        ))),
        "nginx" => nginx::start(provider).await,
        "axum-proxy" => axum_proxy(provider).await,
        "ours-native" => ours::start(ours::NATIVE, provider).await,
        "ours-wasm" => ours::start(ours::WASM, provider).await,
        "ours-javascript" => ours::start(ours::JAVASCRIPT, provider).await,
        "ours-python" => ours::start(ours::PYTHON, provider).await,
        "fastify" => fastify::start(provider).await,
        unknown => bail!(
            "there is no contestant `{unknown}`; there are: {}",
            ALL.join(", ")
        ),
    }
}

async fn axum_proxy(provider: &str) -> anyhow::Result<Start> {
    let folder = folders::fresh("axum-proxy")?;
    let mut process = process::own(&folder, &["proxy", "--upstream", provider])?;
    let url = process.url().await?;
    Ok(Start::Running(Contestant::passing_on(
        "axum-proxy",
        url,
        Some(process),
    )))
}
