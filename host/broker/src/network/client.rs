//! Makes the HTTP client of one connection.

use std::sync::Arc;
use std::time::Duration;

use reqwest::redirect::Policy;
use rustls::client::Resumption;
use rustls::{ClientConfig, RootCertStore};

use super::NetworkError;
use super::resolver::FilteringResolver;
use crate::policy::address::Openness;

const USER_AGENT: &str = concat!("routemcp/", env!("CARGO_PKG_VERSION"));
/// Shorter than what providers' load balancers keep, so that a request rarely meets a connection they just closed.
const POOL_IDLE: Duration = Duration::from_secs(30);
const POOL_PER_HOST: usize = 16;
/// TLS sessions that one client remembers; a connection talks to a handful of hosts.
const TLS_SESSIONS: usize = 16;

/// A client with a connection pool and TLS sessions of its own.
pub(super) fn build(
    roots: &Arc<RootCertStore>,
    openness: Openness,
    connect: Duration,
) -> Result<reqwest::Client, NetworkError> {
    reqwest::Client::builder()
        .user_agent(USER_AGENT)
        .redirect(Policy::none())
        .referer(false)
        .no_proxy()
        .dns_resolver(FilteringResolver::new(openness))
        .connect_timeout(connect)
        .pool_idle_timeout(POOL_IDLE)
        .pool_max_idle_per_host(POOL_PER_HOST)
        .tls_backend_preconfigured(tls(roots)?)
        .build()
        .map_err(|error| NetworkError {
            detail: error.without_url().to_string(),
        })
}

fn tls(roots: &Arc<RootCertStore>) -> Result<ClientConfig, NetworkError> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| NetworkError {
            detail: error.to_string(),
        })?
        .with_root_certificates(Arc::clone(roots))
        .with_no_client_auth();
    config.resumption = Resumption::in_memory_sessions(TLS_SESSIONS);
    // A ready-made configuration is used as it is, so HTTP/2 has to be offered here.
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(config)
}
