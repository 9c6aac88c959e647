//! Connectors as the operator API shows them.

use std::collections::{BTreeMap, BTreeSet};

use routemcp_runtime::LoadedConnector;
use routemcp_store::{ConnectorState, ConnectorVersion};
use serde_json::{Value, json};

use crate::app::App;
use crate::connectors::install::Installed;
use crate::http::envelope::time_text;
use crate::http::error::ApiError;

/// All connectors that are live or of which a version is kept, by slug.
pub(super) async fn all(app: &App) -> Result<Vec<Value>, ApiError> {
    let mut versions: BTreeMap<String, Vec<ConnectorVersion>> = BTreeMap::new();
    for version in app.store.connector_versions(None).await? {
        versions.entry(version.slug.clone()).or_default().push(version);
    }
    let states = app.store.connector_states().await?;
    let live = app.registry.all();
    let live_slugs = live.iter().map(|connector| connector.manifest().slug.clone());
    let slugs: BTreeSet<String> = live_slugs.chain(versions.keys().cloned()).collect();
    let mut shown = Vec::new();
    for slug in slugs {
        let grants = app.store.connector_grants(&slug).await?;
        let state = states.iter().find(|state| state.slug == slug);
        let live = live.iter().find(|connector| connector.manifest().slug == slug);
        let versions = versions.remove(&slug).unwrap_or_default();
        shown.push(connector(
            &slug,
            live.map(|live| &**live),
            state,
            &versions,
            &grants,
        ));
    }
    Ok(shown)
}

fn connector(
    slug: &str,
    live: Option<&LoadedConnector>,
    state: Option<&ConnectorState>,
    versions: &[ConnectorVersion],
    grants: &[String],
) -> Value {
    let active = state.map(|state| state.active.as_str());
    let versions: Vec<Value> = versions
        .iter()
        .map(|kept| version(kept, active == Some(kept.sha256.as_str())))
        .collect();
    let mut shown = json!({
        "slug": slug,
        "status": status(live, state),
        "grants": grants,
        "versions": versions,
    });
    if let (Some(live), Some(members)) = (live, shown.as_object_mut()) {
        let manifest = live.manifest();
        members.insert("name".to_owned(), json!(manifest.name));
        members.insert("version".to_owned(), json!(manifest.version));
        members.insert("digest".to_owned(), json!(format!("sha256:{}", live.digest())));
        members.insert("contract".to_owned(), json!(live.inspection().contract));
        members.insert("allowedHosts".to_owned(), json!(live.allowed_hosts()));
        members.insert("sandbox".to_owned(), json!(live.has_sandbox()));
        members.insert("bytes".to_owned(), json!(live.inspection().bytes));
    }
    shown
}

/// `active`; `disabled` by the operator; `failed` if the active version does not load; `inactive` if none ever was active.
fn status(live: Option<&LoadedConnector>, state: Option<&ConnectorState>) -> &'static str {
    match (live, state) {
        (Some(_), _) => "active",
        (None, Some(state)) if !state.enabled => "disabled",
        (None, Some(_)) => "failed",
        (None, None) => "inactive",
    }
}

fn version(version: &ConnectorVersion, active: bool) -> Value {
    json!({
        "sha256": version.sha256,
        "version": version.version,
        "contract": version.contract,
        "bytes": version.size,
        "publisher": version.publisher,
        "installedAt": time_text(version.installed_at),
        "active": active,
    })
}

/// What an install answers.
pub(super) fn installed(installed: &Installed) -> Value {
    json!({
        "slug": installed.slug,
        "name": installed.name,
        "version": installed.version,
        "sha256": installed.sha256,
        "active": installed.active,
        "disabled": installed.disabled,
        "granted": installed.granted,
        "changes": installed.changes,
    })
}
