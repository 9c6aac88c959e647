//! From a file to a version that is kept, and live if it was asked to be.

use routemcp_broker::HostPattern;
use routemcp_runtime::LoadedConnector;
use routemcp_store::NewConnectorVersion;

use super::capabilities::{Capabilities, Changes};
use super::error::ConnectorError;
use super::grants::{self, Grants};
use super::switch;
use crate::app::App;

/// A file with what came with it.
pub(crate) struct Candidate {
    pub(crate) content: Vec<u8>,
    /// The publisher's signature, in base64.
    pub(crate) signature: Option<String>,
}

/// What came of an install.
#[derive(Debug)]
pub(crate) struct Installed {
    pub(crate) slug: String,
    pub(crate) name: String,
    pub(crate) version: String,
    pub(crate) sha256: String,
    pub(crate) changes: Changes,
    /// Whether it is the active version now.
    pub(crate) active: bool,
    /// Whether the operator has switched the provider off.
    pub(crate) disabled: bool,
    /// Hosts that were granted with it.
    pub(crate) granted: Vec<String>,
}

/// Installs a file: verifies, compiles, links and probes it, holds it against the grants, keeps it, and makes it live if
/// `activate` is set.
pub(crate) async fn install(
    app: &App,
    candidate: Candidate,
    grants: &Grants,
    activate: bool,
) -> Result<Installed, ConnectorError> {
    let Candidate { content, signature } = candidate;
    app.runtime.check_file(&content)?;
    let policy = &app.connectors.policy;
    let publisher = match &policy.publishers {
        Some(publishers) => Some(publishers.verify(&content, signature.as_deref())?),
        None => None,
    };
    // This takes minutes at worst, and no switch has to wait for it.
    if let Some(apart) = &policy.apart {
        apart.compile(content.clone()).await?;
    }
    let mut connector = app.runtime.load(content.clone()).await?;
    let _alone = app.connectors.changing.lock().await;
    if policy.apart.is_some() && !connector.inspection().cached {
        tracing::warn!("the file was compiled once more in this process: the cache did not keep it");
    }
    let slug = connector.manifest().slug.clone();
    let new_grants = admit(app, &mut connector, grants, activate).await?;
    let changes = changes(app, &connector)?;
    let (sha256, granted) = (connector.digest().to_string(), texts(&new_grants));
    let new = NewConnectorVersion {
        slug: &slug,
        sha256: &sha256,
        version: &connector.manifest().version,
        contract: &connector.inspection().contract,
        content: &content,
        publisher,
        // One that nobody has checked is not kept: it would look as if somebody had.
        signature: signature.as_deref().filter(|_| publisher.is_some()),
    };
    app.store.keep_connector(new, &granted, activate).await?;
    let installed = Installed {
        name: connector.manifest().name.clone(),
        version: connector.manifest().version.clone(),
        changes,
        active: activate,
        disabled: app.connectors.is_disabled(&slug),
        slug,
        sha256,
        granted,
    };
    if activate {
        switch::make_live(app, connector);
    }
    Ok(installed)
}

/// Holds what a connector asks for against what is granted, and gives it what is in both. Gives back what is to be granted
/// with it. Only what becomes active must have everything that it asks for.
async fn admit(
    app: &App,
    connector: &mut LoadedConnector,
    grants: &Grants,
    must_be_complete: bool,
) -> Result<Vec<HostPattern>, ConnectorError> {
    let slug = connector.manifest().slug.clone();
    let asked = grants::asked(connector.manifest())?;
    let mut granted = grants::parse(&app.store.connector_grants(&slug).await?)?;
    let is_first = granted.is_empty() && app.store.connector_versions(Some(&slug)).await?.is_empty();
    let new = grants.for_missing(&grants::missing(&asked, &granted), is_first);
    granted.extend(new.iter().cloned());
    let missing = grants::missing(&asked, &granted);
    if must_be_complete && !missing.is_empty() {
        return Err(ConnectorError::GrantRequired { slug, missing });
    }
    connector.grant_hosts(|host| grants::is_granted(host, &granted));
    Ok(new)
}

/// How a version differs from the live one.
pub(super) fn changes(app: &App, connector: &LoadedConnector) -> Result<Changes, ConnectorError> {
    let live = app.registry.get(&connector.manifest().slug);
    let live = match &live {
        Some(live) => Some(Capabilities::of(live)?),
        None => None,
    };
    Ok(Capabilities::of(connector)?.changes_since(live.as_ref()))
}

fn texts(hosts: &[HostPattern]) -> Vec<String> {
    hosts.iter().map(HostPattern::to_string).collect()
}
