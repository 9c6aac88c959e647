//! The handler that a team would write by hand: Node, Fastify, undici, SQLite. See `tests/bench/fastify`.

use std::process::Command;

use anyhow::Context as _;
use serde_json::Value;

use super::Start;
use crate::contestant::Contestant;
use crate::folders;
use crate::names::{END_USER, MASTER_KEY, OVERRIDE, PROVIDER_TOKEN};
use crate::process::Process;

pub(super) async fn start(provider: &str) -> anyhow::Result<Start> {
    if Command::new("node").arg("--version").output().is_err() {
        return Ok(Start::Skipped("node is not installed".to_owned()));
    }
    let project = folders::bench()?.join("fastify");
    if !project.join("node_modules").exists() {
        let why = format!(
            "{} has no node_modules (`make bench` says why)",
            project.display()
        );
        return Ok(Start::Skipped(why));
    }
    let folder = folders::fresh("fastify")?;
    let mut command = Command::new("node");
    command
        .arg(project.join("server.mjs"))
        .env("NODE_ENV", "production")
        .env("PROVIDER_URL", provider)
        .env("PROVIDER_TOKEN", PROVIDER_TOKEN)
        .env("MASTER_KEY", MASTER_KEY)
        .env("DATABASE", folder.join("fastify.db"))
        .env("END_USER", END_USER)
        .env("OVERRIDE_FIELD", OVERRIDE.0)
        .env("OVERRIDE_PROPERTY", OVERRIDE.1);
    let mut process = Process::start(&folder, &command)?;
    let started = |output: &str| {
        let line = output.lines().find(|line| line.starts_with("{\"listening\""))?;
        serde_json::from_str::<Value>(line).ok()
    };
    let line = process.wait_for(started).await?;
    let text = |name: &str| line.get(name).and_then(Value::as_str).map(str::to_owned);
    let base = text("listening").context("the Fastify handler did not say where it listens")?;
    let key = text("key").context("the Fastify handler did not give its key")?;
    Ok(Start::Running(Contestant::unified(
        "fastify", base, &key, process,
    )))
}
