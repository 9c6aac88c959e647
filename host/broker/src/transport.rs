//! Where checked requests go: the network, or a sandbox.

use std::fmt;
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use http::{HeaderMap, Method};
use url::Url;

use crate::{Response, SendError};

/// Carries one checked request to whoever answers it.
///
/// Called once per attempt, with time and size limits that are already cut down to what the call has left. Must
/// follow no redirect and must not log the query or the headers. A transport that hands requests to a guest must be
/// used with a credential that means nothing elsewhere.
#[async_trait]
pub trait Transport: Send + Sync {
    /// Sends `request` and reads the whole answer.
    async fn send(&self, request: Prepared) -> Result<Response, SendError>;
}

/// A request that passed every check and carries the credential. Only a [`Session`](crate::Session) makes one.
#[non_exhaustive]
pub struct Prepared {
    /// The method.
    pub method: Method,
    /// Scheme, host, port, path and query. The query may hold the credential.
    pub url: Url,
    /// Headers, with the credential marked sensitive.
    pub headers: HeaderMap,
    /// The body, empty for none.
    pub body: Bytes,
    /// Stop reading the answer's body beyond this many bytes.
    pub response_bytes: usize,
    /// Time to resolve, connect and shake hands.
    pub connect: Duration,
    /// Time to the answer's status line.
    pub first_byte: Duration,
    /// Time to the last byte of the answer.
    pub total: Duration,
    /// The operator named exactly this origin as an IP address or `localhost`, so private addresses are meant.
    pub private_origin: bool,
}

impl Prepared {
    /// The host as it stands in the URL, for messages.
    pub fn host(&self) -> &str {
        self.url.host_str().unwrap_or_default()
    }
}

impl fmt::Debug for Prepared {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Prepared")
            .field("method", &self.method)
            .field("host", &self.host())
            .field("path", &self.url.path())
            .field("headers", &self.headers.keys().collect::<Vec<_>>())
            .field("body_bytes", &self.body.len())
            .finish_non_exhaustive()
    }
}
