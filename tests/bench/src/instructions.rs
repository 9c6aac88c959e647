//! `instructions`: how many instructions a request takes in the server, counted by callgrind. Counts do not depend on what
//! else the machine does, so that two of them can be compared where times cannot. The kernel's are not among them.

use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, bail};
use clap::Args;
use reqwest::Client;

use crate::client;
use crate::folders;
use crate::server::{Launch, Server};

#[derive(Args)]
pub(crate) struct Arguments {
    /// Requests that are counted, one after the other.
    #[arg(long, default_value_t = 50)]
    requests: u32,
    /// Records of a page.
    #[arg(long, default_value_t = 25)]
    limit: u32,
    /// Keep the profile as `target/bench/callgrind.out`, for `callgrind_annotate` and kcachegrind.
    #[arg(long)]
    keep: bool,
}

/// Requests before that, which fill caches.
const WARM_UP: u32 = 20;
/// How the server is started: the code of connectors is made while it runs, and it has several stacks.
const VALGRIND: [&str; 6] = [
    "valgrind",
    "--tool=callgrind",
    "--callgrind-out-file=callgrind.out",
    "--combine-dumps=no",
    "--max-stackframe=8000000",
    "--smc-check=all-non-file",
];
/// Valgrind cannot reserve memory for the usual thousand calls.
const SERVER: [&str; 2] = ["--concurrent-calls", "8"];

pub(crate) async fn run(arguments: Arguments) -> anyhow::Result<()> {
    if Command::new("valgrind").arg("--version").output().is_err() {
        bail!("valgrind is not installed; on Debian: apt-get install valgrind");
    }
    let provider = crate::run::provider("provider", 0).await?;
    let base_urls = [("hubspot", provider.url.as_str())];
    let launch = Launch::shipped("callgrind", &base_urls)?;
    // The first start compiles the connector, in a process of its own that valgrind would not find.
    let Server {
        key, folder, process, ..
    } = connected(&launch).await?;
    drop(process);
    let launch = Launch {
        under: &VALGRIND,
        arguments: &SERVER,
        ..launch
    };
    let (base, process) = launch.serve(&folder).await?;
    let client = client::plain()?;
    let url = format!("{base}/api/v1/contact?provider=hubspot&limit={}", arguments.limit);
    ask(&client, &url, &key, WARM_UP).await?;
    let pid = process.pid()?.to_string();
    control(&["--zero", &pid])?;
    ask(&client, &url, &key, arguments.requests).await?;
    control(&["--dump", &pid])?;
    let (counted, profile) = newest_count(&folder)?;
    crate::say(format_args!(
        "{:.0} instructions per request in user mode, over {} requests for pages of {} (callgrind)",
        counted as f64 / f64::from(arguments.requests),
        arguments.requests,
        arguments.limit
    ));
    if arguments.keep {
        let kept = folders::bench()?.join("callgrind.out");
        std::fs::copy(profile, &kept)?;
        crate::say(format_args!("written: {}", kept.display()));
    }
    Ok(())
}

async fn connected(launch: &Launch<'_>) -> anyhow::Result<Server> {
    let server = launch.start().await?;
    server.connect("hubspot").await?;
    Ok(server)
}

async fn ask(client: &Client, url: &str, key: &str, times: u32) -> anyhow::Result<()> {
    for _ in 0..times {
        client::exchange(client.get(url).bearer_auth(key), None).await?;
    }
    Ok(())
}

fn control(arguments: &[&str]) -> anyhow::Result<()> {
    let output = Command::new("callgrind_control").args(arguments).output();
    let output = output.context("callgrind_control cannot be run")?;
    if !output.status.success() {
        bail!(
            "callgrind_control failed: {}",
            String::from_utf8_lossy(&output.stderr)
        );
    }
    Ok(())
}

/// The count in the dump with the highest number: `callgrind.out.1` and so on.
fn newest_count(folder: &Path) -> anyhow::Result<(u64, std::path::PathBuf)> {
    let number = |name: &str| name.strip_prefix("callgrind.out.")?.parse::<u32>().ok();
    let dumps = std::fs::read_dir(folder)?.filter_map(|entry| {
        let entry = entry.ok()?;
        Some((number(entry.file_name().to_str()?)?, entry.path()))
    });
    let (_, newest) = dumps.max().context("callgrind wrote no counts")?;
    let text = std::fs::read(&newest)?;
    let text = String::from_utf8_lossy(&text);
    let total = text.lines().find_map(|line| {
        line.strip_prefix("summary: ")
            .or_else(|| line.strip_prefix("totals: "))
    });
    let total = total.and_then(|number| number.trim().parse().ok());
    Ok((total.context("callgrind's counts have no sum")?, newest))
}
