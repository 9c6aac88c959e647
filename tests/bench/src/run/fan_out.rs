//! One list over four providers that think for 50 ms each: what running them side by side is worth.

use std::path::Path;

use anyhow::Context as _;
use serde::Serialize;

use crate::folders;
use crate::load::{self, Asked};
use crate::renamed::renamed;
use crate::server::{Launch, Server};
use crate::statistics::Spread;

/// How long each provider thinks, in milliseconds.
const DELAY_MS: u64 = 50;
/// Lists at a time.
const CALLERS: [usize; 2] = [1, 16];
/// The HubSpot connector under other names: four providers that differ in nothing else.
pub(crate) const SLUGS: [&str; 4] = ["hubspot", "hubspo2", "hubspo3", "hubspo4"];

/// What lists over so many providers took.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct FanOut {
    pub(crate) providers: usize,
    pub(crate) connections: usize,
    /// Microseconds.
    pub(crate) p50: Spread,
    pub(crate) p99: Spread,
    pub(crate) requests_per_second: Spread,
}

/// Measures our own server with one provider and with four. Nothing when it is not among the contestants.
pub(super) async fn measure(
    contestants: &[&str],
    rounds: usize,
    seconds: f64,
) -> anyhow::Result<Vec<FanOut>> {
    if !contestants.contains(&"ours-wasm") {
        return Ok(Vec::new());
    }
    let provider = super::provider("slow-provider", DELAY_MS).await?;
    let connectors = folders::fresh("four-connectors")?;
    four_connectors(&connectors)?;
    let base_urls = SLUGS.map(|slug| (slug, provider.url.as_str()));
    let launch = Launch {
        connectors,
        ..Launch::shipped("fan-out", &base_urls)?
    };
    let server = launch.start().await?;
    for slug in SLUGS {
        server.connect(slug).await?;
    }
    let mut measured = Vec::new();
    for (providers, query) in [(1, "provider=hubspot&"), (SLUGS.len(), "")] {
        for connections in CALLERS {
            let urls = [format!("{}/api/v1/contact?{query}limit=100", server.base)];
            let mut all = Vec::new();
            for _ in 0..rounds {
                all.push(load::apart(&asked(&urls, &server, connections, seconds)?).await?);
            }
            let spread = |of: fn(&load::Measured) -> f64| Spread::of(all.iter().map(of)).context("no rounds");
            measured.push(FanOut {
                providers,
                connections,
                p50: spread(|measured| measured.p50)?,
                p99: spread(|measured| measured.p99)?,
                requests_per_second: spread(|measured| measured.requests as f64 / measured.seconds)?,
            });
        }
    }
    Ok(measured)
}

fn asked<'a>(
    urls: &'a [String],
    server: &'a Server,
    connections: usize,
    seconds: f64,
) -> anyhow::Result<Asked<'a>> {
    Ok(Asked {
        urls,
        headers: &server.headers,
        connections,
        rate: None,
        seconds,
        warm_up: 0.5,
        pid: Some(server.process.pid()?),
    })
}

fn four_connectors(folder: &Path) -> anyhow::Result<()> {
    let original = folders::bench()?.join("connectors/rust/hubspot.wasm");
    let original = std::fs::read(&original).with_context(|| format!("cannot read {}", original.display()))?;
    for slug in SLUGS {
        std::fs::write(folder.join(format!("{slug}.wasm")), renamed(&original, slug)?)?;
    }
    Ok(())
}
