//! `routemcp serve`: production.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use anyhow::Context as _;
use clap::Args;
use secrecy::SecretString;
use tokio::net::TcpListener;

use super::arguments::{HostArguments, MasterKeyArguments};
use crate::oauth::apps::OperatorApps;
use crate::start::{self, Settings, connectors, logging, watch};

#[derive(Args)]
pub(crate) struct Arguments {
    /// Where state is kept: `sqlite:///var/lib/routemcp/routemcp.db`, or `postgres://user@host/database`
    #[arg(long, env = "ROUTEMCP_DATABASE_URL")]
    database_url: String,
    /// Address to listen on.
    #[arg(long, env = "ROUTEMCP_LISTEN", default_value = "0.0.0.0:5001")]
    listen: SocketAddr,
    /// Where compiled connectors are kept between starts.
    #[arg(long, env = "ROUTEMCP_CACHE_DIR", default_value = "/var/cache/routemcp")]
    cache_dir: PathBuf,
    /// Opens the operator API under /admin/v1, at least 16 characters; best from the environment.
    #[arg(long, env = "ROUTEMCP_ADMIN_TOKEN", hide_env_values = true, value_parser = admin_token)]
    admin_token: Option<SecretString>,
    #[command(flatten)]
    master_key: MasterKeyArguments,
    #[command(flatten)]
    host: HostArguments,
}

fn admin_token(text: &str) -> Result<SecretString, &'static str> {
    if text.len() < 16 {
        return Err("it must have at least 16 characters; make one with: openssl rand -hex 32");
    }
    Ok(text.into())
}

pub(crate) async fn run(arguments: Arguments) -> anyhow::Result<()> {
    logging::start(logging::Format::Json, "info");
    let settings = Settings {
        database_url: arguments.database_url,
        master_keys: arguments.master_key.read()?,
        public_url: arguments.host.public_url.clone(),
        oauth_apps: OperatorApps::read(std::env::vars())?,
        cache_directory: arguments.cache_dir,
        provider_base_urls: arguments.host.base_urls(),
        allow_private_networks: arguments.host.allow_private_networks,
        admin_token: arguments.admin_token,
    };
    let app = start::assemble(settings).await?;
    connectors::load_folder(&app, &arguments.host.connectors).await?;
    let listener = TcpListener::bind(arguments.listen).await;
    let listener = listener.with_context(|| format!("cannot listen on {}", arguments.listen))?;
    watch::start(Arc::clone(&app), arguments.host.connectors.clone())?;
    tracing::info!(address = %listener.local_addr()?, "serving");
    start::serve::serve(Arc::clone(&app), listener).await
}
