//! `routemcp connector list|activate|rollback|disable|enable|delete|revoke`, on a running server.

use clap::Args;
use reqwest::Method;
use serde_json::{Value, json};

use super::install::tell_changes;
use super::remote::{Sent, Server};
use crate::commands::say;

#[derive(Args)]
pub(crate) struct List {
    #[command(flatten)]
    server: Server,
}

#[derive(Args)]
pub(crate) struct Activate {
    /// The connector's slug.
    slug: String,
    /// The version's digest, or its beginning.
    sha256: String,
    /// Grant a host that the version asks for. Repeatable.
    #[arg(long, value_name = "HOST")]
    grant: Vec<String>,
    #[command(flatten)]
    server: Server,
}

#[derive(Args)]
pub(crate) struct Named {
    /// The connector's slug.
    slug: String,
    #[command(flatten)]
    server: Server,
}

#[derive(Args)]
pub(crate) struct Version {
    /// The connector's slug.
    slug: String,
    /// The version's digest, or its beginning.
    sha256: String,
    #[command(flatten)]
    server: Server,
}

#[derive(Args)]
pub(crate) struct Revoke {
    /// The connector's slug.
    slug: String,
    /// The host, for example `https://api.example.com`
    host: String,
    #[command(flatten)]
    server: Server,
}

pub(super) async fn list(arguments: List) -> anyhow::Result<()> {
    let all = arguments
        .server
        .call(Method::GET, &["connectors"], &[], Sent::Nothing)
        .await?;
    for connector in all.as_array().into_iter().flatten() {
        say(lines(connector));
    }
    Ok(())
}

/// A connector with its versions and grants below it.
fn lines(connector: &Value) -> String {
    let text = |value: &Value| value.as_str().unwrap_or("-").to_owned();
    let mut lines = vec![format!(
        "{}  {}",
        text(&connector["slug"]),
        text(&connector["status"])
    )];
    for version in connector["versions"].as_array().into_iter().flatten() {
        let mark = if version["active"] == true { '*' } else { ' ' };
        let digest: String = text(&version["sha256"]).chars().take(12).collect();
        let publisher = version["publisher"]
            .as_str()
            .map(|name| format!("  signed by {name}"));
        lines.push(format!(
            "  {mark} {digest}  {}  contract {}  {} bytes  installed {}{}",
            text(&version["version"]),
            text(&version["contract"]),
            version["bytes"],
            text(&version["installedAt"]),
            publisher.unwrap_or_default()
        ));
    }
    for host in connector["grants"].as_array().into_iter().flatten() {
        lines.push(format!("    granted {}", text(host)));
    }
    lines.join("\n")
}

pub(super) async fn activate(arguments: Activate) -> anyhow::Result<()> {
    let body = json!({ "sha256": arguments.sha256, "grants": arguments.grant });
    let path = ["connectors", &arguments.slug, "activate"];
    let switched = arguments
        .server
        .call(Method::POST, &path, &[], Sent::Json(body))
        .await?;
    tell(&switched);
    Ok(())
}

/// Calls one of the verbs that need no more than a name.
pub(super) async fn named(arguments: Named, verb: &str) -> anyhow::Result<()> {
    let path = ["connectors", &arguments.slug, verb];
    let switched = arguments
        .server
        .call(Method::POST, &path, &[], Sent::Nothing)
        .await?;
    tell(&switched);
    Ok(())
}

pub(super) async fn delete(arguments: Version) -> anyhow::Result<()> {
    let path = ["connectors", &arguments.slug, "versions", &arguments.sha256];
    let deleted = arguments
        .server
        .call(Method::DELETE, &path, &[], Sent::Nothing)
        .await?;
    let digest = deleted.get("sha256").and_then(Value::as_str).unwrap_or_default();
    say(format_args!("deleted {} sha256:{digest}", arguments.slug));
    Ok(())
}

pub(super) async fn revoke(arguments: Revoke) -> anyhow::Result<()> {
    let path = ["connectors", &arguments.slug, "grants"];
    let query = [("host", arguments.host.as_str())];
    arguments
        .server
        .call(Method::DELETE, &path, &query, Sent::Nothing)
        .await?;
    say(format_args!(
        "{} may no longer reach {}",
        arguments.slug, arguments.host
    ));
    Ok(())
}

fn tell(switched: &Value) {
    let text = |name: &str| switched[name].as_str().unwrap_or_default();
    match switched["version"].as_str() {
        Some(version) => {
            let live = if switched["disabled"] == true {
                "active, but the connector is disabled"
            } else {
                "live"
            };
            say(format_args!(
                "{} {version} is {live}  sha256:{}",
                text("slug"),
                text("sha256")
            ));
        }
        None => say(format_args!("{} is {}", text("slug"), text("status"))),
    }
    tell_changes(&switched["changes"]);
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::lines;

    #[test]
    fn a_connector_is_shown_with_its_versions_and_grants() {
        let connector = json!({
            "slug": "acme", "status": "active", "grants": ["https://api.acme.example"],
            "versions": [
                { "sha256": "0123456789abcdef", "version": "1.0.0", "contract": "0.1.0", "bytes": 10,
                  "installedAt": "2026-01-01T00:00:00.000Z", "publisher": "Acme Ltd", "active": true }
            ]
        });
        assert_eq!(
            lines(&connector),
            "acme  active\n  * 0123456789ab  1.0.0  contract 0.1.0  10 bytes  installed 2026-01-01T00:00:00.000Z  signed by \
             Acme Ltd\n    granted https://api.acme.example"
        );
    }
}
