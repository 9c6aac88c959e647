//! `routemcp connector check`: what a connector is and what it asks for.

use std::path::PathBuf;

use anyhow::{Context as _, bail};
use clap::Args;
use routemcp_runtime::{CONTRACT_VERSION, EngineOptions, LoadedConnector, Runtime};

use crate::commands::say;

#[derive(Args)]
pub(crate) struct Arguments {
    /// The component.
    file: PathBuf,
}

pub(super) async fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let file = &arguments.file;
    let bytes = std::fs::read(file).with_context(|| format!("cannot read {}", file.display()))?;
    let options = EngineOptions {
        concurrent_calls: 4,
        ..EngineOptions::default()
    };
    let connector = Runtime::new(options)?
        .load(bytes)
        .await
        .context("the connector cannot be loaded")?;
    print(&connector);
    if connector.manifest().resources.is_empty() {
        bail!("its manifest declares no resource that this host knows");
    }
    Ok(())
}

fn print(connector: &LoadedConnector) {
    let (manifest, facts) = (connector.manifest(), connector.inspection());
    say(format_args!(
        "connector     {} {} ({})",
        manifest.slug, manifest.version, manifest.name
    ));
    say(format_args!("digest        sha256:{}", connector.digest()));
    say(format_args!("size          {} bytes", facts.bytes));
    say(format_args!("contract      fits {CONTRACT_VERSION}"));
    say(format_args!(
        "sandbox       {}",
        if connector.has_sandbox() { "yes" } else { "no" }
    ));
    say(format_args!("compile       {:.1?}", facts.compile));
    say(format_args!(
        "describe      {:.1?}, instantiation included",
        facts.describe
    ));
    say(format_args!(
        "memory        {} KiB after describe",
        facts.memory_bytes >> 10
    ));
    say(format_args!(
        "hosts asked   {}",
        manifest.allowed_hosts.join(", ")
    ));
    for (resource, declared) in &manifest.resources {
        let operations: Vec<&str> = declared
            .operations
            .iter()
            .map(|operation| operation.name())
            .collect();
        say(format_args!(
            "resource      {}: {}",
            resource.name(),
            operations.join(", ")
        ));
    }
    for import in &facts.imports {
        say(format_args!("import        {import}"));
    }
}
