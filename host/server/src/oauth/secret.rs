//! The broker asks here for a connection's secret at the moment of sending.

use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use jiff::Timestamp;
use routemcp_broker::{SecretSource, SendError};
use secrecy::{ExposeSecret, SecretString};
use tracing::Instrument as _;

use super::refresh::{RefreshError, Refresher, Stale};
use super::standing::{Standing, may_help, standing};
use crate::flow::credential::Credential;

/// The secret of one connection, for one request of the API.
pub(crate) struct ConnectionSecret {
    refresher: Arc<Refresher>,
    stale: Stale,
    credential: Mutex<Credential>,
}

impl ConnectionSecret {
    pub(crate) fn new(refresher: Arc<Refresher>, stale: Stale, credential: Credential) -> Self {
        Self {
            refresher,
            stale,
            credential: Mutex::new(credential),
        }
    }

    fn credential(&self) -> Credential {
        self.credential
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    async fn renew(&self) -> Result<SecretString, SendError> {
        let renewed = self
            .refresher
            .renew(self.stale.clone())
            .await
            .map_err(send_error)?;
        let token = renewed.token.clone();
        *self.credential.lock().unwrap_or_else(PoisonError::into_inner) = renewed;
        Ok(token)
    }

    /// Renews beside the request, which goes out with the token that still works.
    fn renew_meanwhile(&self) {
        if self.refresher.is_renewing(&self.stale.connection) {
            return;
        }
        let (refresher, stale) = (Arc::clone(&self.refresher), self.stale.clone());
        let renewing = async move {
            if let Err(error) = refresher.renew(stale).await {
                tracing::warn!(?error, "an access token could not be renewed early");
            }
        };
        tokio::spawn(renewing.in_current_span());
    }
}

#[async_trait]
impl SecretSource for ConnectionSecret {
    async fn current(&self) -> Result<SecretString, SendError> {
        let credential = self.credential();
        match standing(&credential, Timestamp::now()) {
            Standing::Good => Ok(credential.token),
            Standing::Due => {
                self.renew_meanwhile();
                Ok(credential.token)
            }
            Standing::Expired => self.renew().await,
        }
    }

    async fn renewed(&self, refused: &SecretString) -> Result<Option<SecretString>, SendError> {
        let credential = self.credential();
        if credential.token.expose_secret() != refused.expose_secret() {
            return Ok(Some(credential.token));
        }
        if may_help(&credential, Timestamp::now()) {
            self.renew().await.map(Some)
        } else {
            Ok(None)
        }
    }
}

fn send_error(error: RefreshError) -> SendError {
    match error {
        RefreshError::Ended(reason) => SendError::CredentialEnded { reason },
        RefreshError::Unavailable { reason, retry_after } => {
            SendError::CredentialUnavailable { reason, retry_after }
        }
    }
}
