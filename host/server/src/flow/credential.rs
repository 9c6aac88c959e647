//! What a connection's credential looks like inside the encrypted text of the store.

use routemcp_store::StoreError;
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};

/// A credential, before encryption and after decryption.
#[derive(Deserialize, Serialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Credential {
    /// An access token, private token or API key: what a request to the provider carries.
    token: String,
}

impl Credential {
    /// A credential that is one static token.
    pub(crate) fn token(token: &SecretString) -> Self {
        Self {
            token: token.expose_secret().to_owned(),
        }
    }

    /// The text to encrypt.
    pub(crate) fn seal(&self) -> SecretString {
        serde_json::to_string(self).unwrap_or_default().into()
    }

    /// Reads the decrypted text.
    pub(crate) fn open(text: &SecretString) -> Result<SecretString, StoreError> {
        let credential: Self = serde_json::from_str(text.expose_secret()).map_err(|_| {
            StoreError::Corrupt("a credential is not in the form this version writes".to_owned())
        })?;
        Ok(credential.token.into())
    }
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret;

    use super::Credential;

    #[test]
    fn a_token_survives_the_store() {
        let sealed = Credential::token(&"pat-\"1".into()).seal();
        assert_eq!(Credential::open(&sealed).unwrap().expose_secret(), "pat-\"1");
        assert!(Credential::open(&"nonsense".into()).is_err());
    }
}
