//! `routemcp dev`: everything embedded, test data for every provider, and a curl to paste.

mod environment;
mod folder;

use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use clap::Args;
use routemcp_runtime::LoadedConnector;
use routemcp_store::{ConnectionQuery, DEFAULT_CONNECTIONS, Environment, NewConnection, OrganisationId};
use tokio::net::TcpListener;

use super::arguments::{HostArguments, PreviousKeysArguments, database_url};
use super::say;
use crate::app::App;
use crate::connectors::Policy;
use crate::connectors::folder::{self as connectors, Trust};
use crate::flow::credential::Credential;
use crate::oauth::apps::OperatorApps;
use crate::start::serve::ServeArguments;
use crate::start::telemetry::TelemetryArguments;
use crate::start::{self, Settings, logging};

/// The end user that development connections belong to.
const END_USER: &str = "user-001";

#[derive(Args)]
pub(crate) struct Arguments {
    /// Port to listen on, at 127.0.0.1; 0 takes a free one.
    #[arg(long, env = "ROUTEMCP_PORT", default_value_t = 5001)]
    port: u16,
    /// Folder for the database, the master key and dev.env.
    #[arg(long, env = "ROUTEMCP_DATA_DIR", default_value = ".routemcp")]
    data_dir: PathBuf,
    /// Database instead of the one in the folder, for example `postgres://user@host/database`
    #[arg(long)]
    database_url: Option<String>,
    #[command(flatten)]
    master_keys: PreviousKeysArguments,
    #[command(flatten)]
    front: ServeArguments,
    #[command(flatten)]
    telemetry: TelemetryArguments,
    #[command(flatten)]
    host: HostArguments,
}

pub(crate) async fn run(arguments: Arguments) -> anyhow::Result<()> {
    let telemetry = arguments.telemetry.start()?;
    logging::start(logging::Format::Text, "info,connector=debug", telemetry.as_ref());
    let folder = &arguments.data_dir;
    folder::create(folder)?;
    let admin_token = environment::admin_token(folder)?;
    let listener = listen(arguments.port).await?;
    let url = format!("http://localhost:{}", listener.local_addr()?.port());
    let settings = Settings {
        database_url: arguments.database_url.unwrap_or_else(|| database_url(folder)),
        database_connections: DEFAULT_CONNECTIONS,
        shared_windows: None,
        master_keys: arguments.master_keys.with(folder::master_key(folder)?)?,
        public_url: Some(
            arguments
                .host
                .public_url
                .clone()
                .map_or_else(|| url.parse(), Ok)?,
        ),
        oauth_apps: OperatorApps::read(std::env::vars())?,
        cache_directory: folder::absolute(folder)?.join("cache"),
        concurrent_calls: start::CONCURRENT_CALLS,
        provider_base_urls: arguments.host.base_urls(),
        provider_rates: arguments.host.rates(),
        allow_private_networks: arguments.host.allow_private_networks,
        admin_token: Some(admin_token),
        request_log_days: arguments.host.request_log_days,
        connectors: Policy {
            publishers: arguments.host.publishers()?,
            // The developer's own files, compiled here: starting a process for each save would only take time.
            apart: None,
        },
    };
    let app = start::assemble(settings).await?;
    let files = &arguments.host.connectors;
    let seen = connectors::load(&app, files, Trust::Development).await?;
    let environment = environment::prepare(&app, folder, url).await?;
    allow_local_pages(&app, &environment.organisation).await?;
    connect_all(&app, &environment.organisation).await?;
    environment.write(folder)?;
    connectors::watch(Arc::clone(&app), files.clone(), Trust::Development, seen)?;
    greet(&app, &environment);
    // Nobody balances load among developers' servers, so there is nobody to wait for.
    start::serve::serve(app, listener, arguments.front, Duration::ZERO).await?;
    if let Some(telemetry) = telemetry {
        telemetry.finish().await;
    }
    Ok(())
}

async fn listen(port: u16) -> anyhow::Result<TcpListener> {
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    TcpListener::bind(address)
        .await
        .with_context(|| format!("cannot listen on {address}; give another --port"))
}

/// Pages of this machine may hold the widget, until somebody says otherwise.
async fn allow_local_pages(app: &App, organisation: &OrganisationId) -> anyhow::Result<()> {
    if app.store.allowed_origins(organisation).await?.is_empty() {
        let local = ["http://localhost:*", "http://127.0.0.1:*"].map(str::to_owned);
        app.store.set_allowed_origins(organisation, &local).await?;
    }
    Ok(())
}

/// Test connections to every sandbox; live ones to providers that were sent elsewhere with --provider-base-url, with the
/// sandbox's token, since what stands there is a stand-in too.
async fn connect_all(app: &App, organisation: &OrganisationId) -> anyhow::Result<()> {
    for environment in [Environment::Test, Environment::Live] {
        app.store
            .ensure_end_user(
                organisation,
                environment,
                END_USER,
                Some("Development user"),
                None,
            )
            .await?;
    }
    for connector in app.registry.all() {
        connect(app, organisation, Environment::Test, &connector).await?;
        if app.provider_base_urls.contains_key(&connector.manifest().slug) {
            connect(app, organisation, Environment::Live, &connector).await?;
        }
    }
    Ok(())
}

async fn connect(
    app: &App,
    organisation_id: &OrganisationId,
    environment: Environment,
    connector: &LoadedConnector,
) -> anyhow::Result<()> {
    let manifest = connector.manifest();
    let Some(sandbox) = &manifest.sandbox else {
        return Ok(());
    };
    let provider = Some(manifest.slug.as_str());
    let query = ConnectionQuery {
        organisation_id,
        environment,
        provider,
        end_user: Some(END_USER),
    };
    if !app.store.find_connections(query).await?.is_empty() {
        return Ok(());
    }
    let connection = NewConnection {
        organisation_id: organisation_id.clone(),
        environment,
        end_user: END_USER.to_owned(),
        provider: manifest.slug.clone(),
        auth_method: sandbox.auth.clone(),
        settings: sandbox.settings.clone(),
        credential: Credential::fixed(sandbox.token.as_str().into()).seal(),
        refresh_due_at: None,
    };
    app.store.upsert_connection(connection).await?;
    Ok(())
}

fn greet(app: &App, environment: &environment::DevEnvironment) {
    let live = app.registry.all();
    let slugs = || live.iter().map(|connector| connector.manifest().slug.as_str());
    let provider = slugs()
        .find(|slug| *slug == "hubspot")
        .or_else(|| slugs().next())
        .unwrap_or_default();
    say(format_args!(
        "\nRouteMCP listens on {url} with test data for end user `{END_USER}`. Try:\n\n  \
         curl \"{url}/api/v1/contact?provider={provider}\" -H \"Authorization: Bearer {key}\"\n\n\
         The API is described at {url}/docs; all keys are in {file}.\n",
        url = environment.url,
        key = environment.test_key(),
        file = environment.file.display(),
    ));
}
