//! Plays a connector's sandbox, as the provider that the broker talks to.

use std::sync::Arc;

use async_trait::async_trait;
use routemcp_broker::{Prepared, Response, SendError, Transport};
use tokio::sync::Mutex;

use super::{SandboxScope, SandboxState, SandboxTurn};
use crate::error::CallError;
use crate::loader::LoadedConnector;

/// A request as the provider would see it.
#[derive(Clone, Debug)]
pub struct SandboxRequest {
    /// HTTP method.
    pub method: String,
    /// Path without query, as sent.
    pub path: String,
    /// Query pairs, decoded.
    pub query: Vec<(String, String)>,
    /// Header names in lower case, and values.
    pub headers: Vec<(String, String)>,
    /// The body as sent.
    pub body: Vec<u8>,
}

/// The simulator's answer.
#[derive(Clone, Debug)]
pub struct SandboxReply {
    /// HTTP status.
    pub status: u16,
    /// Headers.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
}

/// One connector's sandbox in one scope. Requests are played one after the other, each as one transaction.
pub struct SandboxPlayer {
    connector: Arc<LoadedConnector>,
    scope: SandboxScope,
    state: Arc<dyn SandboxState>,
    order: Arc<Mutex<()>>,
}

impl SandboxPlayer {
    /// A player. `order` must be the same for all players of one scope.
    #[must_use]
    pub fn new(
        connector: Arc<LoadedConnector>,
        scope: SandboxScope,
        state: Arc<dyn SandboxState>,
        order: Arc<Mutex<()>>,
    ) -> Self {
        Self {
            connector,
            scope,
            state,
            order,
        }
    }

    /// Plays one request.
    ///
    /// # Errors
    /// What [`LoadedConnector`] calls give, and [`CallError::Host`] when the state cannot be read or written.
    pub async fn play(&self, request: SandboxRequest) -> Result<SandboxReply, CallError> {
        let _in_order = self.order.lock().await;
        let turn = SandboxTurn::new(self.scope.clone(), Arc::clone(&self.state));
        let (reply, turn) = self.connector.linked.play(turn, request).await?;
        turn.commit()
            .await
            .map_err(|error| CallError::Host(error.to_string()))?;
        Ok(reply)
    }
}

impl SandboxPlayer {
    /// What a caller is told; the details of a crash are for the log.
    fn explain(&self, error: &CallError) -> String {
        let (connector, digest) = (&self.scope.provider, self.connector.digest().short());
        tracing::warn!(connector, digest, %error, "the sandbox failed");
        match error {
            CallError::Trap(_) => "it crashed".to_owned(),
            other => other.to_string(),
        }
    }
}

#[async_trait]
impl Transport for SandboxPlayer {
    async fn send(&self, request: Prepared) -> Result<Response, SendError> {
        let reply = self.play(into_sandbox_request(request)).await;
        reply
            .map_err(|error| self.explain(&error))
            .and_then(into_response)
            .map_err(failed)
    }
}

fn failed(why: String) -> SendError {
    SendError::Transport {
        kind: "unavailable",
        message: format!("the sandbox failed: {why}"),
        retry_after: None,
    }
}

fn into_sandbox_request(request: Prepared) -> SandboxRequest {
    let text = |value: &http::HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
    SandboxRequest {
        method: request.method.as_str().to_owned(),
        path: request.url.path().to_owned(),
        query: request
            .url
            .query_pairs()
            .map(|(name, value)| (name.into_owned(), value.into_owned()))
            .collect(),
        headers: request
            .headers
            .iter()
            .map(|(name, value)| (name.as_str().to_owned(), text(value)))
            .collect(),
        body: request.body.to_vec(),
    }
}

fn into_response(reply: SandboxReply) -> Result<Response, String> {
    let mut headers = http::HeaderMap::new();
    for (name, value) in &reply.headers {
        let name =
            http::HeaderName::try_from(name).map_err(|_| "it sent a malformed header name".to_owned())?;
        let value =
            http::HeaderValue::try_from(value).map_err(|_| format!("its header `{name}` is malformed"))?;
        headers.append(name, value);
    }
    Ok(Response {
        status: reply.status,
        headers,
        body: reply.body.into(),
    })
}
