//! Sessions and requests, with one thing changed per test.

use std::sync::Arc;
use std::time::{Duration, Instant};

use routemcp_broker::{Body, Credential, Grant, Limits, Network, NetworkOptions, Request, Session};
use url::Url;

/// A network that may reach the local servers.
pub(crate) fn open_network() -> Arc<Network> {
    Network::new(NetworkOptions {
        allow_private: true,
        ..NetworkOptions::default()
    })
    .unwrap()
}

/// A network as in production.
pub(crate) fn public_network() -> Arc<Network> {
    Network::new(NetworkOptions::default()).unwrap()
}

/// Limits short enough for a test of what runs into them.
pub(crate) fn short_limits() -> Limits {
    Limits {
        response_bytes: 1_000,
        first_byte: Duration::from_millis(200),
        total: Duration::from_millis(400),
        ..Limits::default()
    }
}

pub(crate) fn session_with(
    network: &Arc<Network>,
    grant: Grant,
    credential: Option<Credential>,
    limits: Limits,
) -> Session {
    let deadline = Instant::now() + Duration::from_secs(10);
    Session::new(
        Arc::new(grant),
        credential,
        network.for_connection("connection-1"),
        limits,
        deadline,
    )
}

/// A session on an open network with `base_url` granted.
pub(crate) fn session(base_url: &str) -> Session {
    session_with(
        &open_network(),
        Grant::new(base_url, &[]).unwrap(),
        None,
        short_limits(),
    )
}

/// A grant of a public host whose traffic goes to `to`.
pub(crate) fn overridden(to: &str) -> Grant {
    Grant::new("https://api.example.com/v2", &[])
        .unwrap()
        .with_override(&Url::parse(to).unwrap())
}

pub(crate) fn get(target: &str) -> Request {
    request("GET", target, Body::None)
}

pub(crate) fn post(target: &str) -> Request {
    request("POST", target, Body::Json("{\"a\":1}".into()))
}

fn request(method: &str, target: &str, body: Body) -> Request {
    Request {
        method: method.into(),
        target: target.into(),
        query: Vec::new(),
        headers: Vec::new(),
        body,
        repeatable: false,
    }
}
