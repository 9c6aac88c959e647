//! `routemcp connector`: for people who write connectors.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use clap::{Args, Subcommand};
use routemcp_runtime::{CONTRACT_VERSION, EngineOptions, LoadedConnector, Runtime};
use wit_component::ComponentEncoder;

use super::say;

#[derive(Subcommand)]
pub(crate) enum Command {
    /// Turn a core WebAssembly module into a component.
    Build(Build),
    /// Load a component as the host would, and print what it is and what it asks for.
    Check(Check),
}

#[derive(Args)]
pub(crate) struct Build {
    /// The core module, for example target/wasm32-unknown-unknown/release/my_connector.wasm
    module: PathBuf,
    /// Where to write the component.
    #[arg(long, short)]
    output: PathBuf,
}

#[derive(Args)]
pub(crate) struct Check {
    /// The component.
    file: PathBuf,
}

pub(crate) async fn run(command: Command) -> anyhow::Result<()> {
    match command {
        Command::Build(arguments) => build(&arguments.module, &arguments.output),
        Command::Check(arguments) => check(&arguments.file).await,
    }
}

fn build(module: &Path, output: &Path) -> anyhow::Result<()> {
    let core = std::fs::read(module).with_context(|| format!("cannot read {}", module.display()))?;
    let mut encoder = ComponentEncoder::default();
    let component = encoder
        .validate(true)
        .module(&core)
        .and_then(|encoder| encoder.encode());
    let component = component.with_context(|| {
        format!(
            "{} cannot become a component; is it built with a RouteMCP SDK?",
            module.display()
        )
    })?;
    write_whole(output, &component)?;
    say(format_args!("{}  {} bytes", output.display(), component.len()));
    Ok(())
}

/// Writes beside the target and renames, so that a watching server never reads half a file. An unchanged file is left
/// alone, so that it is not swapped for itself.
fn write_whole(output: &Path, bytes: &[u8]) -> anyhow::Result<()> {
    let cannot = || format!("cannot write {}", output.display());
    if std::fs::read(output).is_ok_and(|before| before == bytes) {
        return Ok(());
    }
    let beside = output.with_extension("wasm.new");
    std::fs::write(&beside, bytes).with_context(cannot)?;
    std::fs::rename(&beside, output).with_context(cannot)
}

async fn check(file: &Path) -> anyhow::Result<()> {
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
