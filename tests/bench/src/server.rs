//! RouteMCP as it is measured: `routemcp serve` as in production, on an empty SQLite database.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, bail};
use serde_json::{Value, json};

use crate::client;
use crate::folders;
use crate::names::{END_USER, MASTER_KEY, OVERRIDE, PROVIDER_TOKEN};
use crate::process::Process;

/// How a server is started.
pub(crate) struct Launch<'a> {
    /// Of its folder.
    pub(crate) name: &'a str,
    pub(crate) binary: PathBuf,
    pub(crate) connectors: PathBuf,
    /// Where compiled connectors are kept.
    pub(crate) cache: PathBuf,
    /// Which provider is really where.
    pub(crate) base_urls: &'a [(&'a str, &'a str)],
    /// A tool that runs it, with its arguments; empty for none.
    pub(crate) under: &'a [&'a str],
    /// Further arguments of `serve`.
    pub(crate) arguments: &'a [&'a str],
}

impl<'a> Launch<'a> {
    /// The server and the connector as they are shipped.
    pub(crate) fn shipped(name: &'a str, base_urls: &'a [(&'a str, &'a str)]) -> anyhow::Result<Self> {
        let bench = folders::bench()?;
        Ok(Self {
            name,
            binary: folders::binaries()?.join("routemcp"),
            connectors: bench.join("connectors/rust"),
            cache: bench.join("cache"),
            base_urls,
            under: &[],
            arguments: &[],
        })
    }

    /// Starts it on an empty database, with one organisation and a live key.
    pub(crate) async fn start(&self) -> anyhow::Result<Server> {
        let folder = folders::fresh(self.name)?;
        let key = create_organisation(&folder, &self.binary, "Bench")?;
        let (base, process) = self.serve(&folder).await?;
        Ok(Server {
            base,
            headers: vec![format!("authorization: Bearer {key}")],
            key,
            process,
            folder,
            binary: self.binary.clone(),
        })
    }

    /// Starts it on the database of a folder, and gives its URL.
    pub(crate) async fn serve(&self, folder: &Path) -> anyhow::Result<(String, Process)> {
        let mut process = Process::start(folder, &self.command(folder))?;
        let address = |output: &str| {
            let line = output.lines().find(|line| line.contains("\"serving\""))?;
            let line: Value = serde_json::from_str(line).ok()?;
            line.get("address")?.as_str().map(str::to_owned)
        };
        let address = process.wait_for(address).await?;
        Ok((format!("http://{address}"), process))
    }

    fn command(&self, folder: &Path) -> Command {
        let mut command = match self.under.split_first() {
            Some((tool, arguments)) => {
                let mut command = Command::new(tool);
                command.args(arguments).arg(&self.binary);
                command
            }
            None => Command::new(&self.binary),
        };
        command
            .args(["serve", "--listen", "127.0.0.1:0"])
            .args(["--database-url", &database(folder)])
            .arg("--connectors")
            .arg(&self.connectors)
            .arg("--cache-dir")
            .arg(&self.cache)
            .args(self.arguments)
            .env("ROUTEMCP_MASTER_KEY", MASTER_KEY);
        for (slug, url) in self.base_urls {
            command.args(["--provider-base-url", &format!("{slug}={url}")]);
            // The fake provider has no limit that could be reached.
            command.args(["--provider-rate", &format!("{slug}=unlimited")]);
        }
        command
    }
}

/// A running server.
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
        let made = client::exchange(request.bearer_auth(key), Some(&body)).await;
        made.map(drop)
    }

    /// Makes the organisation's one override.
    pub(crate) async fn override_mapping(&self, provider: &str) -> anyhow::Result<()> {
        let (unified, property) = OVERRIDE;
        let mapping =
            json!({ "unifiedField": unified, "providerField": property, "direction": "bidirectional" });
        let body = json!({ "provider": provider, "resource": "contact", "mappings": [mapping] });
        let request = client::plain()?.put(format!("{}/api/v1/field-mappings", self.base));
        let made = client::exchange(request.bearer_auth(&self.key), Some(&body)).await;
        made.map(drop)
    }
}

fn database(folder: &Path) -> String {
    format!("sqlite:{}", folder.join("routemcp.db").display())
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
    let create = ["keys", "create", "--org", name, "--environment", "live"];
    let rights = ["--plan", "unlimited", "--scopes", "read,write,connect,manage"];
    run(&[&create[..], &rights].concat())
}

fn first_line(mut command: Command) -> anyhow::Result<String> {
    let output = command.output();
    let output = output.with_context(|| format!("cannot run {:?}", command.get_program()))?;
    if !output.status.success() {
        bail!("{command:?} failed: {}", String::from_utf8_lossy(&output.stderr));
    }
    let text = String::from_utf8_lossy(&output.stdout);
    Ok(text.lines().next().unwrap_or_default().to_owned())
}
