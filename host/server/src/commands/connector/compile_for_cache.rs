//! `routemcp connector compile-for-cache`: the process in which a server compiles a file from outside.

use std::io::Read as _;
use std::path::PathBuf;
use std::time::Duration;

use anyhow::Context as _;
use clap::Args;
use routemcp_runtime::{EngineOptions, Runtime};

use crate::commands::print_error;
use crate::connectors::apart::{CompileLimits, REFUSED, limit_this_process};

#[derive(Args)]
pub(crate) struct Arguments {
    /// The server's cache of compiled code.
    #[arg(long)]
    cache_dir: PathBuf,
    /// Memory that this process may take.
    #[arg(long)]
    memory_bytes: u64,
    /// Processor time that this process may take.
    #[arg(long)]
    seconds: u64,
}

pub(super) async fn run(arguments: &Arguments) -> anyhow::Result<()> {
    limit_this_process(CompileLimits {
        memory_bytes: arguments.memory_bytes,
        time: Duration::from_secs(arguments.seconds),
    })
    .context("the limits cannot be set")?;
    // The cache's key covers how code is compiled, which is the same here, and not the number of calls.
    let runtime = Runtime::new(EngineOptions {
        concurrent_calls: 1,
        cache_directory: Some(arguments.cache_dir.clone()),
        ..EngineOptions::default()
    })?;
    let mut file = Vec::new();
    let limit = runtime.max_file_bytes() as u64 + 1;
    std::io::stdin()
        .take(limit)
        .read_to_end(&mut file)
        .context("the file cannot be read")?;
    if let Err(error) = runtime.compile_into_cache(file).await {
        print_error(&error.into());
        std::process::exit(REFUSED.into());
    }
    Ok(())
}
