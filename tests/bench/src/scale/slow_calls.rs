//! A thousand calls that all wait for a slow provider: what a waiting call takes.

use serde_json::json;

use super::Findings;
use crate::load::{self, Asked};
use crate::server::Launch;
use crate::usage;

const CALLS: usize = 1_000;
/// How long the provider thinks, in milliseconds.
const DELAY_MS: u64 = 2_000;
/// Nobody gets more than half of the places, so it takes several organisations to fill them.
const ORGANISATIONS: usize = 4;

pub(super) async fn measure() -> anyhow::Result<Findings> {
    let provider = crate::run::provider("slow-provider", DELAY_MS).await?;
    let base_urls = [("hubspot", provider.url.as_str())];
    let server = Launch::shipped("slow-calls", &base_urls)?.start().await?;
    server.connect("hubspot").await?;
    let mut headers = vec![server.headers.clone()];
    for number in 1..ORGANISATIONS {
        headers.push(
            server
                .another_organisation(&format!("Bench {number}"), "hubspot")
                .await?,
        );
    }
    let pid = server.process.pid()?;
    let before = usage::resident_memory(pid)?;
    let urls = [format!("{}/api/v1/contact?provider=hubspot", server.base)];
    let each = CALLS / ORGANISATIONS;
    let asked = |headers| Asked {
        urls: &urls,
        headers,
        connections: each,
        rate: None,
        seconds: 10.0,
        warm_up: 5.0,
        pid: None,
    };
    let asked: Vec<Asked<'_>> = headers.iter().map(|headers| asked(headers)).collect();
    let all = futures::future::try_join_all(asked.iter().map(load::apart)).await?;
    let answered: u64 = all.iter().map(|measured| measured.requests).sum();
    let failed: u64 = all.iter().flat_map(|measured| measured.failures.values()).sum();
    let p99 = all.iter().map(|measured| measured.p99).fold(0.0, f64::max);
    let peak = usage::peak_memory(pid)?;
    let lines = vec![
        format!(
            "{CALLS} calls at a time to a provider that thinks for {DELAY_MS} ms ({ORGANISATIONS} organisations)"
        ),
        format!(
            "  answered {answered} in 10 s, failed {failed}, slowest p99 {:.0} ms",
            p99 / 1_000.0
        ),
        format!("  memory: {} MiB before, peak {} MiB", before >> 20, peak >> 20),
    ];
    let json = json!({
        "calls": CALLS, "delayMilliseconds": DELAY_MS, "answered": answered, "failed": failed,
        "p99Microseconds": p99, "residentBefore": before, "peak": peak,
    });
    Ok(Findings { lines, json })
}
