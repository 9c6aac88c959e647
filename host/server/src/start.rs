//! Puts the server together, serves, and drains.

pub(crate) mod front;
pub(crate) mod logging;
pub(crate) mod pulse;
pub(crate) mod serve;
pub(crate) mod telemetry;
pub(crate) mod watch;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use anyhow::Context as _;
use routemcp_broker::{Network, NetworkOptions};
use routemcp_runtime::{EngineOptions, Registry, Runtime};
use routemcp_store::{MasterKeys, Store};
use routemcp_unified::cursor::CursorCodec;
use secrecy::SecretString;
use url::Url;

use crate::app::App;
use crate::connectors::{Connectors, Policy};
use crate::flow::mappings::Mappings;
use crate::flow::owners::Owners;
use crate::flow::sandboxes::Sandboxes;
use crate::flow::traffic::{Allowances, Traffic};
use crate::measures;
use crate::oauth::apps::{Apps, OperatorApps};
use crate::oauth::refresh::Refresher;
use crate::oauth::tokens::Tokens;
use crate::rate_limit::{RateLimit, Shared};
use crate::request_log::RequestLog;
use crate::work::Work;

/// Calls of connectors that run at a time, unless the operator says otherwise.
pub(crate) const CONCURRENT_CALLS: u32 = 1_000;

/// What the parts need to know.
pub(crate) struct Settings {
    /// `sqlite:` or `postgres:` URL.
    pub(crate) database_url: String,
    /// Connections to a database server at most, without the one that listens.
    pub(crate) database_connections: u32,
    pub(crate) master_keys: MasterKeys,
    /// Where compiled connectors are kept between starts.
    pub(crate) cache_directory: PathBuf,
    /// Calls of connectors that run at a time; as many again may wait.
    pub(crate) concurrent_calls: u32,
    /// Where a provider's live traffic goes instead of its own servers.
    pub(crate) provider_base_urls: BTreeMap<String, Url>,
    /// What providers allow each connection where that is not what manifests say.
    pub(crate) provider_rates: Allowances,
    pub(crate) allow_private_networks: bool,
    /// Where browsers reach this server.
    pub(crate) public_url: Option<Url>,
    /// The operator's OAuth apps.
    pub(crate) oauth_apps: OperatorApps,
    /// Opens the operator API; none keeps it shut.
    pub(crate) admin_token: Option<SecretString>,
    /// What the operator decided about connectors.
    pub(crate) connectors: Policy,
    /// Rate-limit windows that several servers share; none: this one's own.
    pub(crate) shared_windows: Option<Arc<Shared>>,
    /// For how many days finished requests are kept; 0 keeps none, and leaves those there are.
    pub(crate) request_log_days: u16,
}

/// The server with no connectors yet.
pub(crate) async fn assemble(settings: Settings) -> anyhow::Result<Arc<App>> {
    let keys = &settings.master_keys;
    let cursors = CursorCodec::new(&keys.primary.derive("cursor"));
    let earlier = keys.previous.iter().map(|key| key.derive("cursor"));
    let cursors = earlier.fold(cursors, |cursors, key| cursors.accepting(&key));
    let connections = settings.database_connections;
    let store = Store::open_with(&settings.database_url, settings.master_keys, connections)
        .await
        .context("cannot open the database")?;
    let runtime = Runtime::new(EngineOptions {
        cache_directory: Some(settings.cache_directory),
        concurrent_calls: settings.concurrent_calls as usize,
        queued_calls: settings.concurrent_calls as usize,
        ..EngineOptions::default()
    })?;
    let network = Network::new(NetworkOptions {
        allow_private: settings.allow_private_networks,
        ..NetworkOptions::default()
    })?;
    let metrics = measures::install().context("cannot set up metrics")?;
    let sandboxes = Arc::new(Sandboxes::new(store.clone()));
    let provider_base_urls = Arc::new(settings.provider_base_urls);
    let tokens = Tokens::new(
        Arc::clone(&network),
        Arc::clone(&sandboxes),
        Arc::clone(&provider_base_urls),
    );
    let tokens = Arc::new(tokens);
    let work = Work::default();
    let apps = Arc::new(Apps::new(store.clone(), settings.oauth_apps));
    Ok(Arc::new(App {
        sandboxes,
        refresher: Arc::new(Refresher::new(
            store.clone(),
            Arc::clone(&tokens),
            Arc::clone(&apps),
            work.clone(),
        )),
        tokens,
        apps,
        work,
        public_url: settings.public_url,
        bodies: Arc::default(),
        request_log: RequestLog::start(store.clone(), settings.request_log_days),
        store,
        runtime,
        registry: Registry::default(),
        connectors: Connectors::new(settings.connectors),
        network,
        traffic: Traffic::new(settings.provider_rates),
        cursors,
        mappings: Mappings::default(),
        owners: Owners::default(),
        rate_limit: RateLimit::new(settings.shared_windows),
        provider_base_urls,
        admin_token: settings.admin_token,
        metrics,
        ready: AtomicBool::new(false),
        // It was opened just now.
        store_answers: AtomicBool::new(true),
    }))
}
