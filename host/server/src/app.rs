//! What every request can reach.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use metrics_exporter_prometheus::PrometheusHandle;
use routemcp_broker::Network;
use routemcp_runtime::{Registry, Runtime};
use routemcp_store::Store;
use routemcp_unified::cursor::CursorCodec;
use secrecy::SecretString;
use url::Url;

use crate::connectors::Connectors;
use crate::flow::mappings::Mappings;
use crate::flow::owners::Owners;
use crate::flow::sandboxes::Sandboxes;
use crate::flow::traffic::Traffic;
use crate::http::body::Bodies;
use crate::oauth::apps::Apps;
use crate::oauth::refresh::Refresher;
use crate::oauth::tokens::Tokens;
use crate::rate_limit::RateLimit;
use crate::request_log::RequestLog;
use crate::work::Work;

/// The server's parts. Caches in here hold nothing that the store does not have.
pub(crate) struct App {
    /// What is remembered.
    pub(crate) store: Store,
    /// Compiles connectors and runs them.
    pub(crate) runtime: Runtime,
    /// Which connectors are live.
    pub(crate) registry: Registry,
    /// Their life cycle.
    pub(crate) connectors: Connectors,
    /// The way out for live connections.
    pub(crate) network: Arc<Network>,
    /// How fast and whether live connections may be used.
    pub(crate) traffic: Traffic,
    /// The way out for test connections.
    pub(crate) sandboxes: Arc<Sandboxes>,
    /// Under which client ids providers know us.
    pub(crate) apps: Arc<Apps>,
    /// The way to token URLs.
    pub(crate) tokens: Arc<Tokens>,
    /// Keeps access tokens fresh.
    pub(crate) refresher: Arc<Refresher>,
    /// What must run to its end, also when the server stops.
    pub(crate) work: Work,
    /// Where browsers reach this server; none when the operator did not say.
    pub(crate) public_url: Option<Url>,
    /// Seals list cursors.
    pub(crate) cursors: CursorCodec,
    /// Effective mappings, compiled.
    pub(crate) mappings: Mappings,
    /// Owners of connections, by id.
    pub(crate) owners: Owners,
    /// Our own rate limit.
    pub(crate) rate_limit: RateLimit,
    /// Where a provider's live traffic goes instead of its own servers, by slug.
    pub(crate) provider_base_urls: Arc<BTreeMap<String, Url>>,
    /// Opens the operator API; none keeps it shut.
    pub(crate) admin_token: Option<SecretString>,
    /// The memory that request bodies may take.
    pub(crate) bodies: Arc<Bodies>,
    /// Keeps finished requests.
    pub(crate) request_log: RequestLog,
    /// Renders `/metrics`.
    pub(crate) metrics: PrometheusHandle,
    /// False while starting and draining.
    pub(crate) ready: AtomicBool,
    /// Whether the database answered when it was last looked at.
    pub(crate) store_answers: AtomicBool,
}
