//! Where the secret of a connection comes from: it may have to be renewed while a call is under way.

use async_trait::async_trait;
use secrecy::SecretString;

use crate::SendError;

/// Gives the secret to send, at the moment of sending.
#[async_trait]
pub trait SecretSource: Send + Sync {
    /// The secret to send now.
    ///
    /// # Errors
    /// [`SendError::CredentialEnded`] when there is none and will be none, [`SendError::CredentialUnavailable`] when there
    /// is none right now.
    async fn current(&self) -> Result<SecretString, SendError>;

    /// Another secret, after the provider answered 401 to `refused`. None when there is no other: the 401 stands.
    ///
    /// # Errors
    /// As for [`current`](Self::current).
    async fn renewed(&self, refused: &SecretString) -> Result<Option<SecretString>, SendError>;
}

/// A secret that stays what it is, such as an API key.
pub struct StaticSecret(pub SecretString);

#[async_trait]
impl SecretSource for StaticSecret {
    async fn current(&self) -> Result<SecretString, SendError> {
        Ok(self.0.clone())
    }

    async fn renewed(&self, _refused: &SecretString) -> Result<Option<SecretString>, SendError> {
        Ok(None)
    }
}
