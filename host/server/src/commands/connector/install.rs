//! `routemcp connector install`: a component goes to a running server.

use std::path::PathBuf;

use anyhow::Context as _;
use clap::Args;
use reqwest::Method;
use serde_json::Value;

use super::remote::{Sent, Server};
use crate::commands::say;
use crate::connectors::publishers::signature_file;

#[derive(Args)]
pub(crate) struct Arguments {
    /// The component.
    file: PathBuf,
    /// Grant a host that the connector asks for, for example `https://api.example.com`. Repeatable.
    #[arg(long, value_name = "HOST")]
    grant: Vec<String>,
    /// Grant every host that the connector asks for.
    #[arg(long, conflicts_with = "grant")]
    grant_all: bool,
    /// Keep the version without making it the active one.
    #[arg(long)]
    no_activate: bool,
    /// The publisher's signature; FILE.sig is sent if it is there.
    #[arg(long, value_name = "FILE")]
    signature: Option<PathBuf>,
    #[command(flatten)]
    server: Server,
}

pub(super) async fn run(arguments: Arguments) -> anyhow::Result<()> {
    let file = &arguments.file;
    let content = std::fs::read(file).with_context(|| format!("cannot read {}", file.display()))?;
    let mut query: Vec<(&str, &str)> = arguments
        .grant
        .iter()
        .map(|host| ("grant", host.as_str()))
        .collect();
    if arguments.grant_all {
        query.push(("grant", "*"));
    }
    if arguments.no_activate {
        query.push(("activate", "false"));
    }
    let sent = Sent::Component {
        content,
        signature: signature(&arguments)?,
    };
    let installed = arguments
        .server
        .call(Method::PUT, &["connectors"], &query, sent)
        .await?;
    tell(&installed);
    Ok(())
}

fn signature(arguments: &Arguments) -> anyhow::Result<Option<String>> {
    let beside = signature_file(&arguments.file);
    let file = match &arguments.signature {
        Some(file) => file,
        None if beside.exists() => &beside,
        None => return Ok(None),
    };
    let text = std::fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))?;
    Ok(Some(text.trim().to_owned()))
}

fn tell(installed: &Value) {
    let text = |name: &str| installed[name].as_str().unwrap_or_default();
    let what = match (installed["active"].as_bool(), installed["disabled"].as_bool()) {
        (Some(true), Some(true)) => "active, but the connector is disabled",
        (Some(true), _) => "live",
        _ => "kept",
    };
    say(format_args!(
        "{} {} is {what}  sha256:{}",
        text("slug"),
        text("version"),
        text("sha256")
    ));
    for host in installed["granted"].as_array().into_iter().flatten() {
        say(format_args!("granted {}", host.as_str().unwrap_or_default()));
    }
    tell_changes(&installed["changes"]);
}

/// What came and what went since the version that was live.
pub(super) fn tell_changes(changes: &Value) {
    if changes["from"].is_null() {
        return;
    }
    for (name, what) in [
        ("hosts", "hosts"),
        ("authMethods", "auth methods"),
        ("operations", "operations"),
        ("requiredSettings", "required settings"),
    ] {
        for (kind, sign) in [("added", '+'), ("removed", '-')] {
            for item in changes
                .get(name)
                .and_then(|difference| difference.get(kind)?.as_array())
                .into_iter()
                .flatten()
            {
                say(format_args!("{what} {sign}{}", item.as_str().unwrap_or_default()));
            }
        }
    }
}
