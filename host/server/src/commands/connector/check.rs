//! `routemcp connector check`: what a connector is and what it asks for.

use std::path::PathBuf;

use anyhow::{Context as _, bail};
use clap::Args;
use reqwest::Method;
use routemcp_broker::HostPattern;
use routemcp_runtime::{CONTRACT_VERSION, EngineOptions, LoadedConnector, Runtime};
use secrecy::SecretString;
use serde_json::Value;
use url::Url;

use super::remote::{Sent, Server};
use crate::commands::say;
use crate::connectors::grants;

/// Instantiations that are timed.
const TIMED: usize = 20;

#[derive(Args)]
pub(crate) struct Arguments {
    /// The component.
    file: PathBuf,
    /// Also say which of its hosts are granted on this server.
    #[arg(long, requires = "admin_token")]
    server: Option<Url>,
    /// That server's admin token, best from the environment.
    #[arg(long, env = "ROUTEMCP_ADMIN_TOKEN", hide_env_values = true, value_parser = secret)]
    admin_token: Option<SecretString>,
}

fn secret(text: &str) -> Result<SecretString, std::convert::Infallible> {
    Ok(text.into())
}

pub(super) async fn run(arguments: Arguments) -> anyhow::Result<()> {
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
    let instantiate = connector.time_instantiation(TIMED).await;
    let instantiate = instantiate.context("the connector cannot be instantiated")?;
    print_facts(&connector);
    say(format_args!("instantiate   {instantiate:.1?}, median of {TIMED}"));
    let granted = match (arguments.server, arguments.admin_token) {
        (Some(server), Some(token)) => {
            Some(granted(&Server::new(server, token), &connector.manifest().slug).await?)
        }
        _ => None,
    };
    print_hosts(&connector, granted.as_deref())?;
    print_resources(&connector);
    if connector.manifest().resources.is_empty() {
        bail!("its manifest declares no resource that this host knows");
    }
    Ok(())
}

fn print_facts(connector: &LoadedConnector) {
    let (manifest, facts) = (connector.manifest(), connector.inspection());
    say(format_args!(
        "connector     {} {} ({})",
        manifest.slug, manifest.version, manifest.name
    ));
    say(format_args!("digest        sha256:{}", connector.digest()));
    say(format_args!("size          {} bytes", facts.bytes));
    say(format_args!(
        "contract      {}; this host offers {CONTRACT_VERSION}",
        facts.contract
    ));
    say(format_args!(
        "sandbox       {}",
        if connector.has_sandbox() { "yes" } else { "no" }
    ));
    say(format_args!("compile       {:.1?}", facts.compile));
    say(format_args!(
        "describe      {:.1?}, the first instantiation included",
        facts.describe
    ));
    say(format_args!(
        "memory        {} KiB after describe",
        facts.memory_bytes >> 10
    ));
}

/// The grants of a connector on a server; none if the server does not know it.
async fn granted(server: &Server, slug: &str) -> anyhow::Result<Vec<HostPattern>> {
    let all = server
        .call(Method::GET, &["connectors"], &[], Sent::Nothing)
        .await?;
    let known = all.as_array().into_iter().flatten();
    let mut hosts = Vec::new();
    for connector in known.filter(|connector| connector["slug"] == slug) {
        let grants = connector["grants"].as_array().into_iter().flatten();
        hosts.extend(grants.filter_map(Value::as_str).map(HostPattern::parse));
    }
    Ok(hosts.into_iter().collect::<Result<_, _>>()?)
}

fn print_hosts(connector: &LoadedConnector, granted: Option<&[HostPattern]>) -> anyhow::Result<()> {
    for asked in grants::asked(connector.manifest())? {
        let answer = match granted {
            None => "",
            Some(granted) if granted.iter().any(|grant| grant.covers(&asked.pattern)) => "  granted",
            Some(_) => "  not granted",
        };
        let purposes = asked.purposes.join(", ");
        say(format_args!(
            "host asked    {}  for {purposes}{answer}",
            asked.pattern
        ));
    }
    Ok(())
}

fn print_resources(connector: &LoadedConnector) {
    for (resource, declared) in &connector.manifest().resources {
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
    for import in &connector.inspection().imports {
        say(format_args!("import        {import}"));
    }
}
