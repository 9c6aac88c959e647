//! RouteMCP itself: `routemcp serve` as in production, with one connection and one override.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, bail};
use serde_json::{Value, json};

use super::Start;
use crate::client;
use crate::contestant::Contestant;
use crate::folders;
use crate::names::{END_USER, MASTER_KEY, OVERRIDE, PROVIDER_TOKEN};
use crate::process::Process;

/// One way to run the HubSpot connector.
#[derive(Clone, Copy)]
pub(crate) struct Variant {
    name: &'static str,
    /// Below `target`.
    binary: &'static str,
    /// Folder of the connector file, below `target/bench/connectors`.
    connector: &'static str,
}

/// Compiled into the server, which is the price of everything but WebAssembly.
pub(crate) const NATIVE: Variant = Variant {
    name: "ours-native",
    binary: "bench/routemcp-native",
    connector: "rust",
};
/// As it is shipped.
pub(crate) const WASM: Variant = Variant {
    name: "ours-wasm",
    binary: "release/routemcp",
    connector: "rust",
};
/// The same lists, written in JavaScript.
pub(crate) const JAVASCRIPT: Variant = Variant {
    name: "ours-javascript",
    binary: "release/routemcp",
    connector: "javascript",
};
/// The same lists, written in Python.
pub(crate) const PYTHON: Variant = Variant {
    name: "ours-python",
    binary: "release/routemcp",
    connector: "python",
};

pub(super) async fn start(variant: Variant, provider: &str) -> anyhow::Result<Start> {
    let bench = folders::bench()?;
    let target = bench.parent().context("no target folder")?;
    let (binary, connectors) = (
        target.join(variant.binary),
        bench.join("connectors").join(variant.connector),
    );
    for needed in [&binary, &connectors.join("hubspot.wasm")] {
        if !needed.exists() {
            let why = format!("{} was not built (`make bench` says why)", needed.display());
            return Ok(Start::Skipped(why));
        }
    }
    let base_urls = [("hubspot", provider)];
    let server = Server::start(variant.name, &binary, &connectors, &base_urls).await?;
    server.connect("hubspot").await?;
    server.override_mapping("hubspot").await?;
    let Server {
        base, key, process, ..
    } = server;
    Ok(Start::Running(Contestant::unified(
        variant.name,
        base,
        &key,
        process,
    )))
}

/// A running `routemcp serve` with one organisation and a live key.
pub(crate) struct Server {
    pub(crate) base: String,
    pub(crate) key: String,
    /// Of each request, as `name: value`.
    pub(crate) headers: Vec<String>,
    pub(crate) process: Process,
    pub(crate) folder: PathBuf,
    binary: PathBuf,
}

impl Server {
    /// Starts it on an empty database. `base_urls` says which provider is really where.
    pub(crate) async fn start(
        name: &str,
        binary: &Path,
        connectors: &Path,
        base_urls: &[(&str, &str)],
    ) -> anyhow::Result<Self> {
        let folder = folders::fresh(name)?;
        let key = create_organisation(&folder, binary, "Bench")?;
        let cache = folders::bench()?.join("cache");
        let (base, process) = serve(&folder, binary, connectors, &cache, base_urls).await?;
        Ok(Self {
            base,
            headers: vec![format!("authorization: Bearer {key}")],
            key,
            process,
            folder,
            binary: binary.to_owned(),
        })
    }

    /// Imports the measured connection.
    pub(crate) async fn connect(&self, provider: &str) -> anyhow::Result<()> {
        self.connect_with(&self.key, provider).await
    }

    /// Makes another organisation with a connection of its own; gives the headers of its requests.
    pub(crate) async fn another_organisation(
        &self,
        name: &str,
        provider: &str,
    ) -> anyhow::Result<Vec<String>> {
        let key = create_organisation(&self.folder, &self.binary, name)?;
        self.connect_with(&key, provider).await?;
        Ok(vec![format!("authorization: Bearer {key}")])
    }

    async fn connect_with(&self, key: &str, provider: &str) -> anyhow::Result<()> {
        let body = json!({ "provider": provider, "endUserId": END_USER, "token": PROVIDER_TOKEN });
        let request = client::plain()?.post(format!("{}/api/v1/connections", self.base));
        client::exchange(request.bearer_auth(key), Some(&body))
            .await
            .map(drop)
    }

    async fn override_mapping(&self, provider: &str) -> anyhow::Result<()> {
        let (unified, property) = OVERRIDE;
        let mapping =
            json!({ "unifiedField": unified, "providerField": property, "direction": "bidirectional" });
        let body = json!({ "provider": provider, "resource": "contact", "mappings": [mapping] });
        let request = client::plain()?.put(format!("{}/api/v1/field-mappings", self.base));
        client::exchange(request.bearer_auth(&self.key), Some(&body))
            .await
            .map(drop)
    }
}

fn database(folder: &Path) -> String {
    format!("sqlite:{}", folder.join("routemcp.db").display())
}

/// Starts a server on the database of a folder, and gives its URL.
pub(crate) async fn serve(
    folder: &Path,
    binary: &Path,
    connectors: &Path,
    cache: &Path,
    base_urls: &[(&str, &str)],
) -> anyhow::Result<(String, Process)> {
    let mut command = Command::new(binary);
    command
        .args([
            "serve",
            "--listen",
            "127.0.0.1:0",
            "--database-url",
            &database(folder),
        ])
        .arg("--connectors")
        .arg(connectors)
        .arg("--cache-dir")
        .arg(cache)
        .env("ROUTEMCP_MASTER_KEY", MASTER_KEY);
    for (slug, url) in base_urls {
        command.args(["--provider-base-url", &format!("{slug}={url}")]);
        // The fake provider has no limit that could be reached.
        command.args(["--provider-rate", &format!("{slug}=unlimited")]);
    }
    let mut process = Process::start(folder, &command)?;
    let address = |output: &str| {
        let line = output.lines().find(|line| line.contains("\"serving\""))?;
        let line: Value = serde_json::from_str(line).ok()?;
        line.get("address")?.as_str().map(str::to_owned)
    };
    let address = process.wait_for(address).await?;
    Ok((format!("http://{address}"), process))
}

/// Makes an organisation in the database of a folder; gives its live key.
fn create_organisation(folder: &Path, binary: &Path, name: &str) -> anyhow::Result<String> {
    let run = |words: &[&str]| {
        let mut command = Command::new(binary);
        command.args(words).args(["--database-url", &database(folder)]);
        command.env("ROUTEMCP_MASTER_KEY", MASTER_KEY);
        first_line(command)
    };
    run(&["org", "create", name])?;
    let create = [
        "keys",
        "create",
        "--org",
        name,
        "--environment",
        "live",
        "--plan",
        "unlimited",
    ];
    run(&[&create[..], &["--scopes", "read,write,connect,manage"]].concat())
}

fn first_line(mut command: Command) -> anyhow::Result<String> {
    let output = command
        .output()
        .with_context(|| format!("cannot run {:?}", command.get_program()))?;
    if !output.status.success() {
        bail!("{command:?} failed: {}", String::from_utf8_lossy(&output.stderr));
    }
    let text = String::from_utf8_lossy(&output.stdout);
    Ok(text.lines().next().unwrap_or_default().to_owned())
}
