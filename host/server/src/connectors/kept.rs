//! Versions that the store keeps: found by the beginning of their digest, and loaded.

use routemcp_broker::HostPattern;
use routemcp_runtime::{Digest, LoadedConnector};
use routemcp_store::ConnectorVersion;

use super::error::ConnectorError;
use super::grants;
use crate::app::App;

/// The one version of a connector whose digest begins like this.
pub(crate) async fn find(app: &App, slug: &str, sha256: &str) -> Result<ConnectorVersion, ConnectorError> {
    let all = app.store.connector_versions(Some(slug)).await?;
    if all.is_empty() {
        return Err(ConnectorError::UnknownConnector(slug.to_owned()));
    }
    pick(all, sha256).map_err(ConnectorError::UnknownVersion)
}

fn pick(all: Vec<ConnectorVersion>, sha256: &str) -> Result<ConnectorVersion, String> {
    let beginning = sha256
        .strip_prefix("sha256:")
        .unwrap_or(sha256)
        .to_ascii_lowercase();
    let known: Vec<String> = all.iter().map(short).collect();
    if beginning.is_empty() {
        return Err(format!(
            "name a version by its digest; there are: {}",
            known.join(", ")
        ));
    }
    let mut fitting = all
        .into_iter()
        .filter(|version| version.sha256.starts_with(&beginning));
    match (fitting.next(), fitting.next()) {
        (Some(version), None) => Ok(version),
        (None, _) => Err(format!(
            "no version begins with `{beginning}`; there are: {}",
            known.join(", ")
        )),
        (Some(_), Some(_)) => Err(format!(
            "more than one version begins with `{beginning}`; there are: {}",
            known.join(", ")
        )),
    }
}

/// A digest as people write it, with the connector's own version.
fn short(version: &ConnectorVersion) -> String {
    let digest: String = version.sha256.chars().take(12).collect();
    format!("{digest} ({})", version.version)
}

/// Loads a version, with those of its hosts that `granted` covers.
///
/// It is compiled in this process, because it was compiled under limits when it came.
pub(super) async fn load(
    app: &App,
    version: &ConnectorVersion,
    granted: &[HostPattern],
) -> Result<LoadedConnector, ConnectorError> {
    let content = app
        .store
        .connector_content(&version.slug, &version.sha256)
        .await?;
    if Digest::of(&content).to_string() != version.sha256 {
        return Err(ConnectorError::Damaged {
            slug: version.slug.clone(),
            sha256: version.sha256.clone(),
        });
    }
    // Again, because keys are taken back and signatures become a rule after a version came.
    if let Some(publishers) = &app.connectors.policy.publishers {
        publishers.verify(&content, version.signature.as_deref())?;
    }
    let mut connector = app.runtime.load(content).await?;
    connector.grant_hosts(|host| grants::is_granted(host, granted));
    Ok(connector)
}

#[cfg(test)]
mod tests {
    use routemcp_store::ConnectorVersion;

    use super::pick;

    fn version(sha256: &str) -> ConnectorVersion {
        ConnectorVersion {
            slug: "acme".to_owned(),
            sha256: sha256.to_owned(),
            version: "1.0.0".to_owned(),
            contract: "0.1.0".to_owned(),
            size: 1,
            publisher: None,
            signature: None,
            installed_at: jiff::Timestamp::UNIX_EPOCH,
        }
    }

    #[test]
    fn a_version_is_named_by_as_much_of_its_digest_as_tells_it_apart() {
        let all = || vec![version("abc1"), version("abd2"), version("ef00")];
        for (text, expected) in [
            ("ef00", Ok("ef00")),
            ("e", Ok("ef00")),
            ("sha256:ABC", Ok("abc1")),
            ("ab", Err("more than one")),
            ("9", Err("no version")),
            ("", Err("name a version")),
        ] {
            match (pick(all(), text), expected) {
                (Ok(version), Ok(expected)) => assert_eq!(version.sha256, expected, "{text}"),
                (Err(error), Err(expected)) => assert!(error.starts_with(expected), "{error}"),
                (picked, _) => panic!("{text}: {picked:?}"),
            }
        }
    }
}
