//! What a connection's credential looks like inside the encrypted text of the store.

use jiff::Timestamp;
use routemcp_store::StoreError;
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};

/// A credential, before encryption and after decryption.
#[derive(Clone, Debug)]
pub(crate) struct Credential {
    /// An access token, private token or API key: what a request to the provider carries.
    pub(crate) token: SecretString,
    /// How to get another one; none for a token that stays what it is.
    pub(crate) renewal: Option<Renewal>,
}

/// What OAuth 2.0 gave beside the access token.
#[derive(Clone, Debug)]
pub(crate) struct Renewal {
    /// None where the provider gave none, so that the access token cannot be renewed.
    pub(crate) refresh_token: Option<SecretString>,
    /// When the access token ends; none where the provider does not say.
    pub(crate) expires_at: Option<Timestamp>,
    /// When the access token was given out.
    pub(crate) obtained_at: Timestamp,
    /// Of the OAuth app that the tokens belong to.
    pub(crate) client_id: String,
}

impl Credential {
    /// A credential that is one token for good.
    pub(crate) fn fixed(token: SecretString) -> Self {
        Self { token, renewal: None }
    }

    /// The text to encrypt.
    pub(crate) fn seal(&self) -> SecretString {
        let written = Written {
            token: self.token.expose_secret().into(),
            renewal: self.renewal.as_ref().map(|renewal| WrittenRenewal {
                refresh_token: renewal
                    .refresh_token
                    .as_ref()
                    .map(|token| token.expose_secret().into()),
                expires_at: renewal.expires_at.map(Timestamp::as_millisecond),
                obtained_at: renewal.obtained_at.as_millisecond(),
                client_id: (&*renewal.client_id).into(),
            }),
        };
        serde_json::to_string(&written).unwrap_or_default().into()
    }

    /// Reads the decrypted text.
    pub(crate) fn open(text: &SecretString) -> Result<Self, StoreError> {
        let written: Written<'_> = serde_json::from_str(text.expose_secret()).map_err(|_| unreadable())?;
        Ok(Self {
            token: written.token.into_owned().into(),
            renewal: written.renewal.map(Renewal::read).transpose()?,
        })
    }
}

impl Renewal {
    fn read(written: WrittenRenewal<'_>) -> Result<Self, StoreError> {
        let time = |milliseconds| Timestamp::from_millisecond(milliseconds).map_err(|_| unreadable());
        Ok(Self {
            refresh_token: written.refresh_token.map(|token| token.into_owned().into()),
            expires_at: written.expires_at.map(time).transpose()?,
            obtained_at: time(written.obtained_at)?,
            client_id: written.client_id.into_owned(),
        })
    }
}

fn unreadable() -> StoreError {
    StoreError::Corrupt("a credential is not in the form this version writes".to_owned())
}

type Text<'a> = std::borrow::Cow<'a, str>;

/// The JSON form. A credential that is one token is `{"token": …}`, as version 0.1 wrote it.
#[derive(Deserialize, Serialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Written<'a> {
    token: Text<'a>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    renewal: Option<WrittenRenewal<'a>>,
}

/// Times in milliseconds since the Unix epoch.
#[derive(Deserialize, Serialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct WrittenRenewal<'a> {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    refresh_token: Option<Text<'a>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    expires_at: Option<i64>,
    obtained_at: i64,
    client_id: Text<'a>,
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret;

    use super::{Credential, Renewal};

    #[test]
    fn a_token_survives_the_store() {
        let sealed = Credential::fixed("pat-\"1".into()).seal();
        assert_eq!(sealed.expose_secret(), r#"{"token":"pat-\"1"}"#);
        let opened = Credential::open(&sealed).unwrap();
        assert_eq!(opened.token.expose_secret(), "pat-\"1");
        assert!(opened.renewal.is_none());
        assert!(Credential::open(&"nonsense".into()).is_err());
    }

    #[test]
    fn what_oauth_gave_survives_the_store_and_is_not_shown() {
        let time = "2026-11-24T10:00:00Z".parse().unwrap();
        let credential = Credential {
            token: "access-1".into(),
            renewal: Some(Renewal {
                refresh_token: Some("refresh-1".into()),
                expires_at: Some(time),
                obtained_at: time,
                client_id: "client-1".to_owned(),
            }),
        };
        let opened = Credential::open(&credential.seal()).unwrap();
        let renewal = opened.renewal.as_ref().unwrap();
        assert_eq!(
            renewal.refresh_token.as_ref().unwrap().expose_secret(),
            "refresh-1"
        );
        assert_eq!(
            (renewal.expires_at, renewal.client_id.as_str()),
            (Some(time), "client-1")
        );
        let shown = format!("{opened:?}");
        assert!(
            !shown.contains("access-1") && !shown.contains("refresh-1"),
            "{shown}"
        );
    }
}
