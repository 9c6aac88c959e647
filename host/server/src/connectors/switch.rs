//! Which version is live: activate, roll back, disable, and following what the store says.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use routemcp_broker::HostPattern;
use routemcp_runtime::LoadedConnector;
use routemcp_store::{Change, ChangeStream, ConnectorState, ConnectorVersion};

use super::capabilities::Changes;
use super::error::ConnectorError;
use super::{grants, install, kept};
use crate::app::App;

/// How often a server looks whether another one on the same database has switched a connector, though nobody said so.
const LOOK: Duration = Duration::from_secs(5);
/// How often it looks while it would not hear of it.
const LOOK_WHILE_DEAF: Duration = Duration::from_millis(500);

/// What came of a switch.
#[derive(Debug)]
pub(crate) struct Switched {
    pub(crate) version: ConnectorVersion,
    pub(crate) changes: Changes,
    pub(crate) disabled: bool,
}

/// Makes a loaded version live, unless its provider is switched off. Requests under way finish on the version that they began
/// with; the old one is dropped with the last of them.
pub(crate) fn make_live(app: &App, connector: LoadedConnector) {
    #[cfg(feature = "native-connectors")]
    let connector = super::native::or_native(connector);
    let manifest = Arc::clone(connector.manifest());
    let (digest, facts) = (connector.digest().short(), connector.inspection().clone());
    if app.connectors.is_disabled(&manifest.slug) {
        tracing::info!(
            connector = manifest.slug,
            version = manifest.version,
            digest,
            "connector is active, but disabled"
        );
        return;
    }
    app.registry.activate(Arc::new(connector));
    tracing::info!(
        connector = manifest.slug,
        version = manifest.version,
        digest,
        compile = ?facts.compile,
        cached = facts.cached,
        "connector is live"
    );
}

/// Makes a kept version the active one. `sha256` may be the beginning of its digest.
pub(crate) async fn activate(
    app: &App,
    slug: &str,
    sha256: &str,
    new_grants: &[HostPattern],
) -> Result<Switched, ConnectorError> {
    let _alone = app.connectors.changing.lock().await;
    let version = kept::find(app, slug, sha256).await?;
    let connector = load_complete(app, &version, new_grants).await?;
    let changes = install::changes(app, &connector)?;
    let granted: Vec<String> = new_grants.iter().map(HostPattern::to_string).collect();
    app.store
        .activate_connector(slug, &version.sha256, &granted)
        .await?;
    make_live(app, connector);
    Ok(switched(app, version, changes))
}

/// Returns to the version that was active before.
pub(crate) async fn roll_back(app: &App, slug: &str) -> Result<Switched, ConnectorError> {
    let _alone = app.connectors.changing.lock().await;
    let Some(before) = app.store.connector_rollback_target(slug).await? else {
        let known = !app.store.connector_versions(Some(slug)).await?.is_empty();
        let slug = slug.to_owned();
        return Err(if known {
            ConnectorError::NothingBefore(slug)
        } else {
            ConnectorError::UnknownConnector(slug)
        });
    };
    let version = kept::find(app, slug, &before).await?;
    let connector = load_complete(app, &version, &[]).await?;
    let changes = install::changes(app, &connector)?;
    app.store.roll_back_connector(slug, &before).await?;
    make_live(app, connector);
    Ok(switched(app, version, changes))
}

/// Switches a provider on or off. Calls under way finish.
pub(crate) async fn enable(app: &App, slug: &str, enabled: bool) -> Result<(), ConnectorError> {
    let _alone = app.connectors.changing.lock().await;
    state_of(app, slug).await?;
    app.store.enable_connector(slug, enabled).await?;
    let state = state_of(app, slug).await?;
    follow_one(app, &state).await?;
    tracing::info!(connector = slug, enabled, "connector was switched");
    Ok(())
}

/// Takes a grant back. The live version loses the host at once; whether it then still works is another matter.
pub(crate) async fn revoke(app: &App, slug: &str, host: &HostPattern) -> Result<bool, ConnectorError> {
    let _alone = app.connectors.changing.lock().await;
    let state = state_of(app, slug).await?;
    let revoked = app.store.revoke_connector_grant(slug, &host.to_string()).await?;
    if revoked {
        follow_one(app, &state).await?;
    }
    Ok(revoked)
}

/// Deletes a version that is not active.
pub(crate) async fn delete(app: &App, slug: &str, sha256: &str) -> Result<ConnectorVersion, ConnectorError> {
    let _alone = app.connectors.changing.lock().await;
    let version = kept::find(app, slug, sha256).await?;
    app.store.delete_connector_version(slug, &version.sha256).await?;
    Ok(version)
}

/// Brings what is live in line with the store. Gives back which connectors could not be, and why: one that does not load
/// does not stop the others. What may not be served any more goes before each load, as it stands in the store by then.
pub(crate) async fn follow_store(app: &App) -> Result<BTreeMap<String, ConnectorError>, ConnectorError> {
    let mut failed = BTreeMap::new();
    loop {
        // Given up in between, so that an operator's own change waits for one load at most.
        let _alone = app.connectors.changing.lock().await;
        let mut next = None;
        for state in app.store.connector_states().await? {
            if failed.contains_key(&state.slug) {
                continue;
            }
            match restrict(app, &state).await {
                Ok(true) => {}
                Ok(false) => next = next.or(Some(state)),
                Err(error) => drop(failed.insert(state.slug, error)),
            }
        }
        let Some(state) = next else {
            return Ok(failed);
        };
        match load_active(app, &state).await {
            Ok(connector) => make_live(app, connector),
            Err(error) => drop(failed.insert(state.slug, error)),
        }
    }
}

/// Keeps following until the process ends: replicas share a database. A failure is told once.
pub(crate) async fn keep_following(app: Arc<App>) {
    let mut changes = app.store.changes();
    let mut told = BTreeMap::new();
    loop {
        match follow_store(&app).await {
            Ok(failed) => {
                let failed = failed
                    .iter()
                    .map(|(slug, error)| (slug.clone(), error.to_string()));
                let failed: BTreeMap<String, String> = failed.collect();
                for (slug, error) in failed
                    .iter()
                    .filter(|(slug, error)| told.get(*slug) != Some(*error))
                {
                    tracing::error!(connector = slug, "its active version is not live: {error}");
                }
                told = failed;
            }
            Err(error) => tracing::warn!(%error, "cannot see which connectors are active"),
        }
        let look = if app.store.hears_changes() {
            LOOK
        } else {
            LOOK_WHILE_DEAF
        };
        // Whether it was a change or the time makes no difference.
        let _ = tokio::time::timeout(look, connectors_changed(&mut changes)).await;
    }
}

async fn connectors_changed(changes: &mut ChangeStream) {
    while !matches!(
        changes.next().await,
        Change::Connector { .. } | Change::Everything
    ) {}
}

async fn follow_one(app: &App, state: &ConnectorState) -> Result<(), ConnectorError> {
    if !restrict(app, state).await? {
        make_live(app, load_active(app, state).await?);
    }
    Ok(())
}

/// Brings what is live in line with the store as far as nothing has to be loaded for it: takes a connector out, or gives the
/// live version the hosts that are granted now. Whether that was all.
async fn restrict(app: &App, state: &ConnectorState) -> Result<bool, ConnectorError> {
    app.connectors.set_disabled(&state.slug, !state.enabled);
    if !state.enabled {
        if app.registry.deactivate(&state.slug).is_some() {
            tracing::info!(connector = state.slug, "connector is disabled");
        }
        return Ok(true);
    }
    let Some(live) = app.registry.get(&state.slug) else {
        return Ok(false);
    };
    let granted = grants::parse(&app.store.connector_grants(&state.slug).await?)?;
    if let Some(regranted) = regranted(&live, &granted) {
        app.registry.activate(Arc::new(regranted));
        tracing::info!(connector = state.slug, "the live version has other grants now");
    }
    Ok(live.digest().to_string() == state.active)
}

/// A live version with the hosts that are granted now; none if it has exactly those.
fn regranted(live: &LoadedConnector, granted: &[HostPattern]) -> Option<LoadedConnector> {
    let mut regranted = live.clone();
    regranted.grant_hosts(|host| grants::is_granted(host, granted));
    let same =
        regranted.allowed_hosts() == live.allowed_hosts() && regranted.token_hosts() == live.token_hosts();
    (!same).then_some(regranted)
}

async fn load_active(app: &App, state: &ConnectorState) -> Result<LoadedConnector, ConnectorError> {
    let version = kept::find(app, &state.slug, &state.active).await?;
    let granted = grants::parse(&app.store.connector_grants(&state.slug).await?)?;
    kept::load(app, &version, &granted).await
}

/// Loads a version that is to become active, so it must have everything that it asks for.
async fn load_complete(
    app: &App,
    version: &ConnectorVersion,
    new_grants: &[HostPattern],
) -> Result<LoadedConnector, ConnectorError> {
    let mut granted = grants::parse(&app.store.connector_grants(&version.slug).await?)?;
    granted.extend(new_grants.iter().cloned());
    let connector = kept::load(app, version, &granted).await?;
    let missing = grants::missing(&grants::asked(connector.manifest())?, &granted);
    if missing.is_empty() {
        return Ok(connector);
    }
    Err(ConnectorError::GrantRequired {
        slug: version.slug.clone(),
        missing,
    })
}

async fn state_of(app: &App, slug: &str) -> Result<ConnectorState, ConnectorError> {
    let states = app.store.connector_states().await?;
    let unknown = || ConnectorError::UnknownConnector(slug.to_owned());
    states
        .into_iter()
        .find(|state| state.slug == slug)
        .ok_or_else(unknown)
}

fn switched(app: &App, version: ConnectorVersion, changes: Changes) -> Switched {
    Switched {
        disabled: app.connectors.is_disabled(&version.slug),
        version,
        changes,
    }
}
