//! Latency over load, up to what the server can do and past it, and whether it recovers.

use serde_json::{Value, json};

use super::Findings;
use crate::chart::{self, Line};
use crate::folders;
use crate::load::{self, Asked, Measured};
use crate::server::{Launch, Server};

/// Offered load, in parts of what callers who wait for their answers get.
const STEPS: [f64; 9] = [0.1, 0.3, 0.5, 0.7, 0.8, 0.9, 1.0, 1.5, 2.0];
/// What is offered afterwards, to see whether the server recovers.
const AFTER: f64 = 0.5;

struct Step {
    part: f64,
    offered: f64,
    measured: Measured,
}

pub(super) async fn measure(seconds: f64) -> anyhow::Result<Findings> {
    let provider = crate::run::provider("provider", 0).await?;
    let base_urls = [("hubspot", provider.url.as_str())];
    let server = Launch::shipped("overload", &base_urls)?.start().await?;
    server.connect("hubspot").await?;
    let closed = offer(&server, None, seconds).await?;
    let capacity = closed.requests as f64 / closed.seconds;
    let mut steps = Vec::new();
    for part in STEPS.into_iter().chain([AFTER]) {
        let offered = capacity * part;
        let measured = offer(&server, Some(offered), seconds).await?;
        steps.push(Step {
            part,
            offered,
            measured,
        });
    }
    let file = folders::bench()?.join("latency.svg");
    std::fs::write(&file, chart(&steps))?;
    let mut lines = vec![format!(
        "Latency over offered load; 64 callers who wait get {capacity:.0} requests/s (chart: {})",
        file.display()
    )];
    lines.extend(steps.iter().map(line));
    let json: Vec<Value> = steps
        .iter()
        .map(|step| json!({ "offered": step.offered, "part": step.part, "measured": step.measured }))
        .collect();
    Ok(Findings {
        lines,
        json: json!({ "capacity": capacity, "steps": json }),
    })
}

async fn offer(server: &Server, rate: Option<f64>, seconds: f64) -> anyhow::Result<Measured> {
    let urls = [format!("{}/api/v1/contact?provider=hubspot", server.base)];
    let asked = Asked {
        urls: &urls,
        headers: &server.headers,
        connections: 64,
        rate,
        seconds,
        warm_up: 1.5,
        pid: Some(server.process.pid()?),
    };
    load::apart(&asked).await
}

fn line(step: &Step) -> String {
    let Step {
        part,
        offered,
        measured,
    } = step;
    let failed: u64 = measured.failures.values().sum();
    let all = (measured.requests + failed + measured.not_begun).max(1) as f64;
    let shed = *measured.failures.get(&503).unwrap_or(&0);
    let percent = |count: u64| count as f64 / all * 100.0;
    let (others, shed, not_begun) = (percent(failed - shed), percent(shed), percent(measured.not_begun));
    format!(
        "  {:>4.0}% = {offered:>6.0}/s: answered {:>6.0}/s, p50 {:>8.0} us, p99 {:>8.0} us, 503 {shed:.1}%, other failures {others:.1}%, not begun {not_begun:.1}%",
        part * 100.0,
        measured.requests as f64 / measured.seconds,
        measured.p50,
        measured.p99,
    )
}

/// Without the last step, which repeats an earlier load.
fn chart(steps: &[Step]) -> String {
    let rising = steps.split_last().map(|(_, rising)| rising).unwrap_or_default();
    let line = |name: &str, of: fn(&Measured) -> f64| Line {
        name: name.to_owned(),
        points: rising
            .iter()
            .map(|step| (step.offered, of(&step.measured) / 1_000.0))
            .collect(),
    };
    let lines = [
        line("p50", |measured| measured.p50),
        line("p99", |measured| measured.p99),
    ];
    chart::lines("Latency in milliseconds over requests per second offered", &lines)
}
