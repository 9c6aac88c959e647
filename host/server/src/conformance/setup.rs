//! The host that the suite drives: whole, in this process, on a temporary folder, with one connector.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use anyhow::Context as _;
use routemcp_store::{
    DEFAULT_CONNECTIONS, Environment, MasterKey, NewApiKey, OrganisationId, Plan, Scope, sqlite_url,
};
use routemcp_unified::manifest::{Manifest, Sandbox};
use secrecy::SecretString;
use tempfile::TempDir;
use url::Url;

use crate::app::App;
use crate::connectors::{Policy, folder};
use crate::flow::traffic::Allowances;
use crate::oauth::apps::OperatorApps;
use crate::start::{self, Settings};

/// A running host.
pub(super) struct Bench {
    pub(super) app: Arc<App>,
    pub(super) manifest: Arc<Manifest>,
    pub(super) sandbox: Sandbox,
    organisation: OrganisationId,
    environment: Environment,
    // Removed when the bench is dropped.
    _folder: TempDir,
}

impl Bench {
    /// Starts the host. Without `base_url` the connector's own sandbox plays the provider; with one, live traffic goes there.
    pub(super) async fn start(file: &Path, base_url: Option<&Url>) -> anyhow::Result<Self> {
        let folder = tempfile::tempdir().context("cannot make a temporary folder")?;
        let settings = Settings {
            database_url: sqlite_url(&folder.path().join("routemcp.db")),
            database_connections: DEFAULT_CONNECTIONS,
            shared_windows: None,
            master_keys: MasterKey::generate().0.into(),
            public_url: None,
            oauth_apps: OperatorApps::default(),
            cache_directory: folder.path().join("cache"),
            concurrent_calls: start::CONCURRENT_CALLS,
            provider_base_urls: BTreeMap::new(),
            provider_rates: Allowances::new(),
            allow_private_networks: base_url.is_some(),
            admin_token: None,
            connectors: Policy::default(),
            request_log_days: 0,
        };
        let mut app = start::assemble(settings).await?;
        let connector = folder::load_file(&app, file).await?;
        let manifest = Arc::clone(connector.manifest());
        // Only the loaded connector knows the slug that the base URL is for.
        if let (Some(url), Some(app)) = (base_url, Arc::get_mut(&mut app)) {
            let stand_in = BTreeMap::from([(manifest.slug.clone(), url.clone())]);
            app.provider_base_urls = Arc::new(stand_in);
        }
        let sandbox = sandbox(&manifest, connector.has_sandbox() || base_url.is_some())?;
        app.registry.activate(Arc::new(connector));
        let organisation = app.store.create_organisation("Conformance").await?.id;
        let environment = if base_url.is_some() {
            Environment::Live
        } else {
            Environment::Test
        };
        Ok(Self {
            app,
            manifest,
            sandbox,
            organisation,
            environment,
            _folder: folder,
        })
    }

    /// A new API key with every scope.
    pub(super) async fn key(&self) -> anyhow::Result<SecretString> {
        let new = NewApiKey {
            organisation_id: self.organisation.clone(),
            environment: self.environment,
            name: "conformance".to_owned(),
            scopes: vec![Scope::Read, Scope::Write, Scope::Connect, Scope::Manage],
            plan: Plan::Organization,
        };
        Ok(self.app.store.create_api_key(new).await?.1)
    }
}

/// What the suite connects with.
fn sandbox(manifest: &Manifest, can_be_played: bool) -> anyhow::Result<Sandbox> {
    let sandbox = manifest.sandbox.clone().filter(|_| can_be_played);
    sandbox.with_context(|| {
        format!(
            "the connector `{}` has no sandbox: the suite needs `sandbox` in the manifest (auth, token, settings, examples) \
             and a simulator of the provider to run against",
            manifest.slug
        )
    })
}
