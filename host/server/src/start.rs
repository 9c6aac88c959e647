//! Puts the server together, serves, and drains.

pub(crate) mod logging;
pub(crate) mod serve;
pub(crate) mod watch;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use anyhow::Context as _;
use metrics_exporter_prometheus::PrometheusBuilder;
use routemcp_broker::{Network, NetworkOptions};
use routemcp_runtime::{EngineOptions, Registry, Runtime};
use routemcp_store::{MasterKey, Store};
use routemcp_unified::cursor::CursorCodec;
use secrecy::SecretString;
use url::Url;

use crate::app::App;
use crate::connectors::{Connectors, Policy};
use crate::flow::mappings::Mappings;
use crate::flow::owners::Owners;
use crate::flow::sandboxes::Sandboxes;
use crate::rate_limit::RateLimit;

/// What the parts need to know.
pub(crate) struct Settings {
    /// `sqlite:` or `postgres:` URL.
    pub(crate) database_url: String,
    pub(crate) master_key: MasterKey,
    /// Where compiled connectors are kept between starts.
    pub(crate) cache_directory: PathBuf,
    /// Where a provider's live traffic goes instead of its own servers.
    pub(crate) provider_base_urls: BTreeMap<String, Url>,
    pub(crate) allow_private_networks: bool,
    /// Opens the operator API; none keeps it shut.
    pub(crate) admin_token: Option<SecretString>,
    /// What the operator decided about connectors.
    pub(crate) connectors: Policy,
}

/// The server with no connectors yet.
pub(crate) async fn assemble(settings: Settings) -> anyhow::Result<Arc<App>> {
    let cursors = CursorCodec::new(&settings.master_key.derive("cursor"));
    let store = Store::open(&settings.database_url, settings.master_key)
        .await
        .context("cannot open the database")?;
    let runtime = Runtime::new(EngineOptions {
        cache_directory: Some(settings.cache_directory),
        ..EngineOptions::default()
    })?;
    let network = Network::new(NetworkOptions {
        allow_private: settings.allow_private_networks,
        ..NetworkOptions::default()
    })?;
    let metrics = PrometheusBuilder::new()
        .install_recorder()
        .context("cannot set up metrics")?;
    Ok(Arc::new(App {
        sandboxes: Sandboxes::new(store.clone()),
        store,
        runtime,
        registry: Registry::default(),
        connectors: Connectors::new(settings.connectors),
        network,
        cursors,
        mappings: Mappings::default(),
        owners: Owners::default(),
        rate_limit: RateLimit::default(),
        provider_base_urls: settings.provider_base_urls,
        admin_token: settings.admin_token,
        metrics,
        ready: AtomicBool::new(false),
    }))
}
