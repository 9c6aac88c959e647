//! The real network: one HTTP client per connection, and no address that policy has not seen.

mod client;
mod exchange;
mod resolver;

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use moka::future::Cache;
use rustls::RootCertStore;
use thiserror::Error;

use crate::policy::address::{self, Openness};
use crate::{Prepared, Response, SendError, Transport};

/// How the network is used. Set once for the whole host.
#[derive(Debug, Clone)]
pub struct NetworkOptions {
    /// The development switch: opens loopback and private addresses, never link-local and metadata ones.
    pub allow_private: bool,
    /// How many connections' HTTP clients are kept. The least used one goes first.
    pub max_clients: u64,
    /// How long an unused HTTP client is kept.
    pub client_idle: Duration,
}

impl Default for NetworkOptions {
    /// Public addresses only, 4,096 clients, 5 minutes.
    fn default() -> Self {
        Self {
            allow_private: false,
            max_clients: 4_096,
            client_idle: Duration::from_secs(300),
        }
    }
}

/// Why an HTTP client could not be made.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("the HTTP client could not be set up: {detail}")]
pub struct NetworkError {
    detail: String,
}

/// All outbound HTTP of the host.
///
/// Every connection id has its own client, so that neither a pooled connection nor a TLS session ticket is ever used
/// for two credentials: a provider cannot link them, and a mixed-up answer cannot cross them.
pub struct Network {
    options: NetworkOptions,
    roots: Arc<RootCertStore>,
    clients: Cache<ClientKey, reqwest::Client>,
}

/// The resolver sees only names, so requests with another openness go through another client.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct ClientKey {
    connection_id: Arc<str>,
    openness: Openness,
    connect: Duration,
}

impl Network {
    /// Makes the network. Fails where TLS cannot be set up.
    pub fn new(options: NetworkOptions) -> Result<Arc<Self>, NetworkError> {
        let roots = Arc::new(RootCertStore {
            roots: webpki_roots::TLS_SERVER_ROOTS.to_vec(),
        });
        // A first client that is thrown away: what cannot work should fail at the start, not in a request.
        client::build(&roots, Openness::Public, Duration::from_secs(1))?;
        let clients = Cache::builder()
            .max_capacity(options.max_clients)
            .time_to_idle(options.client_idle)
            .build();
        Ok(Arc::new(Self {
            options,
            roots,
            clients,
        }))
    }

    /// The transport of one connection. Cheap: make it per call.
    pub fn for_connection(self: &Arc<Self>, connection_id: &str) -> Arc<dyn Transport> {
        Arc::new(ConnectionTransport {
            network: Arc::clone(self),
            connection_id: connection_id.into(),
        })
    }

    async fn client(&self, key: ClientKey) -> Result<reqwest::Client, NetworkError> {
        let (openness, connect) = (key.openness, key.connect);
        self.clients
            .try_get_with(key, async { client::build(&self.roots, openness, connect) })
            .await
            .map_err(|error: Arc<NetworkError>| (*error).clone())
    }
}

struct ConnectionTransport {
    network: Arc<Network>,
    connection_id: Arc<str>,
}

#[async_trait]
impl Transport for ConnectionTransport {
    async fn send(&self, request: Prepared) -> Result<Response, SendError> {
        let openness = if self.network.options.allow_private || request.private_origin {
            Openness::Private
        } else {
            Openness::Public
        };
        address::check_literal(&request.url, openness)?;
        let key = ClientKey {
            connection_id: Arc::clone(&self.connection_id),
            openness,
            connect: request.connect,
        };
        let client = self
            .network
            .client(key)
            .await
            .map_err(|error| SendError::Transport {
                kind: "unexpected",
                message: error.to_string(),
                retry_after: None,
            })?;
        exchange::run(&client, request).await
    }
}
