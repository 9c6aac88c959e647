//! `routemcp serve`: production.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use clap::Args;
use routemcp_store::DEFAULT_CONNECTIONS;
use secrecy::SecretString;
use tokio::net::TcpListener;

use super::arguments::{HostArguments, MasterKeyArguments, secret};
use crate::connectors::Policy;
use crate::connectors::apart::{Apart, CompileLimits};
use crate::connectors::folder::{self, Trust};
use crate::connectors::switch;
use crate::oauth::apps::OperatorApps;
use crate::rate_limit::Shared;
use crate::start::serve::ServeArguments;
use crate::start::telemetry::TelemetryArguments;
use crate::start::{self, Settings, logging};

#[derive(Args)]
pub(crate) struct Arguments {
    /// Where state is kept: `sqlite:///var/lib/routemcp/routemcp.db`, or `postgres://user@host/database`
    #[arg(long, env = "ROUTEMCP_DATABASE_URL")]
    database_url: String,
    /// Connections to a database server at most, beside one that listens for changes of other servers.
    #[arg(long, env = "ROUTEMCP_DATABASE_CONNECTIONS", default_value_t = DEFAULT_CONNECTIONS, value_parser = clap::value_parser!(u32).range(1..=1_000))]
    database_connections: u32,
    /// A Redis in which several servers count requests together, so that rate limits hold for all of them:
    /// `redis://host:6379`, or `rediss://` for TLS. While it is away, each counts for itself.
    #[arg(long, env = "ROUTEMCP_REDIS_URL", hide_env_values = true, value_parser = secret)]
    redis_url: Option<SecretString>,
    /// Address to listen on.
    #[arg(long, env = "ROUTEMCP_LISTEN", default_value = "0.0.0.0:5001")]
    listen: SocketAddr,
    /// Where compiled connectors are kept between starts.
    #[arg(long, env = "ROUTEMCP_CACHE_DIR", default_value = "/var/cache/routemcp")]
    cache_dir: PathBuf,
    /// Calls of connectors that run at a time; as many again may wait, and the rest are told to come back. Address space for
    /// all of them is taken at the start, though memory is not.
    #[arg(long, env = "ROUTEMCP_CONCURRENT_CALLS", default_value_t = start::CONCURRENT_CALLS, value_parser = clap::value_parser!(u32).range(2..=100_000))]
    concurrent_calls: u32,
    /// Opens the operator API under /admin/v1, at least 16 characters; best from the environment.
    #[arg(long, env = "ROUTEMCP_ADMIN_TOKEN", hide_env_values = true, value_parser = admin_token)]
    admin_token: Option<SecretString>,
    /// Memory that compiling one connector may take, in MiB.
    #[arg(long, env = "ROUTEMCP_COMPILE_MEMORY", default_value_t = 2_048, value_parser = clap::value_parser!(u64).range(64..=65_536))]
    compile_memory: u64,
    /// Time that compiling one connector may take, in seconds, of the processor and of the clock.
    #[arg(long, env = "ROUTEMCP_COMPILE_SECONDS", default_value_t = 120, value_parser = clap::value_parser!(u64).range(1..=3_600))]
    compile_seconds: u64,
    /// How many seconds to go on serving after SIGTERM while /readyz already says 503, so that load balancers notice before
    /// new connections are refused. Longer than the interval of their probes.
    #[arg(long, env = "ROUTEMCP_DRAIN_DELAY_SECONDS", default_value_t = 5, value_parser = clap::value_parser!(u64).range(0..=600))]
    drain_delay: u64,
    #[command(flatten)]
    front: ServeArguments,
    #[command(flatten)]
    telemetry: TelemetryArguments,
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

fn shared_windows(url: Option<&SecretString>) -> anyhow::Result<Option<Arc<Shared>>> {
    let windows = url.map(Shared::at).transpose();
    Ok(windows.context("ROUTEMCP_REDIS_URL is not usable")?.map(Arc::new))
}

pub(crate) async fn run(arguments: Arguments) -> anyhow::Result<()> {
    let telemetry = arguments.telemetry.start()?;
    logging::start(logging::Format::Json, "info", telemetry.as_ref());
    let shared_windows = shared_windows(arguments.redis_url.as_ref())?;
    let settings = Settings {
        database_url: arguments.database_url,
        database_connections: arguments.database_connections,
        shared_windows: shared_windows.clone(),
        master_keys: arguments.master_key.read()?,
        public_url: arguments.host.public_url.clone(),
        oauth_apps: OperatorApps::read(std::env::vars())?,
        cache_directory: arguments.cache_dir.clone(),
        concurrent_calls: arguments.concurrent_calls,
        provider_base_urls: arguments.host.base_urls(),
        provider_rates: arguments.host.rates(),
        allow_private_networks: arguments.host.allow_private_networks,
        admin_token: arguments.admin_token,
        request_log_days: arguments.host.request_log_days,
        connectors: Policy {
            publishers: arguments.host.publishers()?,
            apart: Some(Apart::new(
                arguments.cache_dir,
                CompileLimits {
                    memory_bytes: arguments.compile_memory << 20,
                    time: Duration::from_secs(arguments.compile_seconds),
                },
            )),
        },
    };
    let app = start::assemble(settings).await?;
    let files = &arguments.host.connectors;
    let seen = folder::load(&app, files, Trust::Operator).await?;
    let listener = TcpListener::bind(arguments.listen).await;
    let listener = listener.with_context(|| format!("cannot listen on {}", arguments.listen))?;
    folder::watch(Arc::clone(&app), files.clone(), Trust::Operator, seen)?;
    tokio::spawn(switch::keep_following(Arc::clone(&app)));
    if let Some(windows) = shared_windows {
        tokio::spawn(async move { windows.keep().await });
    }
    tracing::info!(address = %listener.local_addr()?, "serving");
    let drain_delay = Duration::from_secs(arguments.drain_delay);
    start::serve::serve(Arc::clone(&app), listener, arguments.front, drain_delay).await?;
    if let Some(telemetry) = telemetry {
        telemetry.finish().await;
    }
    Ok(())
}
