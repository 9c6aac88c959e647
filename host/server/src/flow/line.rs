//! The line from a tenant to a provider: where requests may go, with which secret, by which way.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use routemcp_broker::{
    AttemptObserver, Credential, Governor, Grant, Limits, Placement, SecretSource, Session, Transport,
};
use routemcp_runtime::{CallContext, LoadedConnector};
use routemcp_store::{Environment, StoreError};
use routemcp_unified::manifest::{AuthMethod, Manifest, Placement as ManifestPlacement};

use super::measure::ProviderTraffic;
use super::sandboxes::StoreTrouble;
use crate::app::App;
use crate::http::error::{ApiError, Code};

/// How much sooner the broker gives up than the runtime does, so that a connector can still say what happened.
const BROKER_MARGIN: Duration = Duration::from_secs(1);

/// What a call needs to reach the provider.
pub(crate) struct Line {
    grant: Arc<Grant>,
    credential: Credential,
    transport: Arc<dyn Transport>,
    trouble: StoreTrouble,
    /// None for a sandbox, which enforces its provider's limits itself.
    governor: Option<Arc<Governor>>,
    tenant: Arc<str>,
    settings: Arc<BTreeMap<String, String>>,
    wall_clock: Duration,
    observer: Arc<dyn AttemptObserver>,
}

/// Between whom a line runs.
pub(crate) struct Ends<'a> {
    pub(crate) organisation: &'a str,
    pub(crate) environment: Environment,
    /// Id of the connector's auth method.
    pub(crate) auth_method: &'a str,
    /// The connection's own settings.
    pub(crate) settings: &'a BTreeMap<String, String>,
    /// Names the HTTP client: nothing is shared between two names.
    pub(crate) client: &'a str,
}

impl Line {
    /// A line that nobody has used yet.
    pub(crate) fn between(
        app: &App,
        connector: &Arc<LoadedConnector>,
        ends: &Ends<'_>,
        source: Arc<dyn SecretSource>,
    ) -> Result<Self, ApiError> {
        let manifest = connector.manifest();
        let settings = manifest.settings_with(ends.settings);
        let (transport, governor, trouble) = match ends.environment {
            Environment::Live => (
                app.network.for_connection(ends.client),
                Some(app.traffic.of(ends.client, manifest)),
                StoreTrouble::default(),
            ),
            Environment::Test => {
                let (sandbox, trouble) = app.sandboxes.of(connector, ends.organisation);
                (sandbox, None, trouble)
            }
        };
        Ok(Self {
            grant: Arc::new(grant(app, ends.environment, connector, &settings)?),
            credential: Credential {
                placement: placement(ends.auth_method, manifest)?,
                source,
            },
            transport,
            trouble,
            governor,
            tenant: ends.organisation.into(),
            settings: Arc::new(settings),
            wall_clock: app.runtime.limits().wall_clock,
            observer: Arc::new(ProviderTraffic {
                provider: manifest.slug.clone(),
                environment: ends.environment,
            }),
        })
    }

    /// Why the store could not keep a sandbox's state, once that happens.
    pub(crate) fn trouble(&self) -> Option<&StoreError> {
        self.trouble.get()
    }

    /// A context for one call, with its own budget of requests, bytes and time.
    pub(crate) fn context(&self) -> CallContext {
        let deadline = Instant::now() + self.wall_clock.saturating_sub(BROKER_MARGIN);
        let session = Session::new(
            Arc::clone(&self.grant),
            Some(self.credential.clone()),
            Arc::clone(&self.transport),
            Limits::default(),
            deadline,
        )
        .observed_by(Arc::clone(&self.observer));
        let session = match &self.governor {
            Some(governor) => session.governed_by(Arc::clone(governor)),
            None => session,
        };
        CallContext {
            session: Arc::new(session),
            tenant: Arc::clone(&self.tenant),
            settings: Arc::clone(&self.settings),
        }
    }
}

fn grant(
    app: &App,
    environment: Environment,
    connector: &LoadedConnector,
    settings: &BTreeMap<String, String>,
) -> Result<Grant, ApiError> {
    let manifest = connector.manifest();
    let base_url = manifest.base_url_with(settings).map_err(ApiError::internal)?;
    let grant = connector.grant(&base_url).map_err(|_| not_granted(manifest))?;
    // A sandbox plays the provider's own address; only live traffic can be sent elsewhere.
    match app.provider_base_urls.get(&manifest.slug) {
        Some(url) if environment == Environment::Live => Ok(grant.with_override(url)),
        _ => Ok(grant),
    }
}

/// The operator took back what the connector cannot do without.
fn not_granted(manifest: &Manifest) -> ApiError {
    let message = format!(
        "The operator of this server does not let `{}` reach its provider.",
        manifest.slug
    );
    ApiError::new(Code::ProviderDisabled, message).with_provider(&manifest.slug)
}

fn placement(auth_method: &str, manifest: &Manifest) -> Result<Placement, ApiError> {
    let method = manifest.auth_method(auth_method);
    let unknown = || {
        ApiError::internal(format!(
            "connector `{}` has no auth method `{auth_method}`",
            manifest.slug
        ))
    };
    match method.map(AuthMethod::placement).ok_or_else(unknown)? {
        ManifestPlacement::Header { name, prefix } => {
            Placement::from_header(name, prefix).map_err(ApiError::internal)
        }
        ManifestPlacement::Query { name } => Placement::from_query(name).map_err(ApiError::internal),
    }
}
