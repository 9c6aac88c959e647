//! The secret of a connection and where it goes.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use http::{HeaderMap, HeaderName, HeaderValue};
use secrecy::{ExposeSecret, SecretString};
use thiserror::Error;
use url::Url;

use crate::policy::{headers, target};
use crate::secret::{SecretSource, StaticSecret};
use crate::{Response, SendError};

/// A secret and its place in a request. `Debug` does not show the secret.
#[derive(Clone)]
pub struct Credential {
    /// Where it goes.
    pub placement: Placement,
    /// Gives the access token, API key, or encoded pair for Basic authentication.
    pub source: Arc<dyn SecretSource>,
}

/// Where a provider wants the credential.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Placement {
    /// A header: `prefix` directly followed by the secret.
    Header {
        /// Such as `authorization` or `x-api-token`.
        name: HeaderName,
        /// Such as `Bearer ` (with the space), or nothing.
        prefix: String,
    },
    /// A query parameter.
    Query {
        /// Such as `api_token`.
        name: String,
    },
}

/// A place that no credential can have.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum PlacementError {
    /// Not a header name.
    #[error("credential header \"{0}\" is not a header name: use letters, digits and hyphens")]
    HeaderName(String),
    /// A header that frames the message or names the host.
    #[error("credential header \"{0}\" cannot carry a credential: the HTTP client sets it")]
    HeaderReserved(String),
    /// A prefix that cannot stand in a header.
    #[error("credential prefix \"{0}\" must be printable ASCII")]
    Prefix(String),
    /// An empty parameter name.
    #[error("credential query parameter must have a name")]
    QueryName,
}

impl Placement {
    /// A header of this name whose value is `prefix` and the secret.
    pub fn from_header(name: &str, prefix: &str) -> Result<Self, PlacementError> {
        let shown = || crate::error::shown(name);
        let parsed: HeaderName = name.parse().map_err(|_| PlacementError::HeaderName(shown()))?;
        if headers::is_framing(&parsed) {
            return Err(PlacementError::HeaderReserved(shown()));
        }
        if !prefix.bytes().all(|byte| (b' '..=b'~').contains(&byte)) {
            return Err(PlacementError::Prefix(crate::error::shown(prefix)));
        }
        Ok(Self::Header {
            name: parsed,
            prefix: prefix.to_owned(),
        })
    }

    /// A query parameter of this name.
    pub fn from_query(name: &str) -> Result<Self, PlacementError> {
        if name.is_empty() {
            return Err(PlacementError::QueryName);
        }
        Ok(Self::Query {
            name: name.to_owned(),
        })
    }
}

impl Credential {
    /// A credential whose secret stays what it is.
    pub fn fixed(placement: Placement, secret: SecretString) -> Self {
        Self {
            placement,
            source: Arc::new(StaticSecret(secret)),
        }
    }
}

impl Placement {
    /// Puts a secret where it belongs. Call it only for a request that passed every check.
    pub(crate) fn inject(
        &self,
        secret: &SecretString,
        url: &mut Url,
        headers: &mut HeaderMap,
    ) -> Result<(), SendError> {
        let secret = secret.expose_secret();
        match self {
            Self::Header { name, prefix } => {
                let mut value = HeaderValue::from_str(&format!("{prefix}{secret}"))
                    .map_err(|_| SendError::BadCredential)?;
                value.set_sensitive(true);
                headers.insert(name, value);
            }
            Self::Query { name } => target::append_query(url, [(name.as_str(), secret)]),
        }
        Ok(())
    }
}

impl fmt::Debug for Credential {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Credential")
            .field("placement", &self.placement)
            .finish_non_exhaustive()
    }
}

/// Takes a secret out of an answer: a provider that echoes what it was sent must not hand the guest or the caller a
/// credential. Secrets too short to be told from ordinary text are left alone.
pub(crate) fn redact(secret: &SecretString, response: &mut Response) {
    let secret = secret.expose_secret();
    if secret.len() < SHORTEST {
        return;
    }
    redact_form(secret, response);
    let encoded = percent_encoding::utf8_percent_encode(secret, percent_encoding::NON_ALPHANUMERIC);
    if let Cow::Owned(encoded) = encoded.into() {
        redact_form(&encoded, response);
    }
}

fn redact_form(secret: &str, response: &mut Response) {
    // Preparing the search takes longer than searching a header.
    let secret = memchr::memmem::Finder::new(secret);
    if let Some(body) = without(&response.body, &secret) {
        response.body = body.into();
    }
    for value in response.headers.values_mut() {
        let clean = without(value.as_bytes(), &secret).map(|bytes| HeaderValue::from_bytes(&bytes));
        if let Some(Ok(clean)) = clean {
            *value = clean;
        }
    }
}

/// The shortest secret that is looked for in answers, in bytes.
const SHORTEST: usize = 8;
const REDACTED: &[u8] = b"[credential]";

/// The text with every occurrence of the secret replaced; none if there is none.
fn without(text: &[u8], secret: &memchr::memmem::Finder<'_>) -> Option<Vec<u8>> {
    let mut clean = Vec::new();
    let mut rest = text;
    while let Some((before, from)) = secret.find(rest).and_then(|at| rest.split_at_checked(at)) {
        clean.extend_from_slice(before);
        clean.extend_from_slice(REDACTED);
        rest = from.get(secret.needle().len()..).unwrap_or_default();
    }
    if clean.is_empty() {
        return None;
    }
    clean.extend_from_slice(rest);
    Some(clean)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_credential_is_marked_sensitive() {
        let bearer = Credential::fixed(
            Placement::from_header("Authorization", "Bearer ").unwrap(),
            "s3cret".into(),
        );
        let (mut url, mut headers) = (Url::parse("https://a.example/").unwrap(), HeaderMap::new());
        let placement = &bearer.placement;
        placement
            .inject(&"s3cret".into(), &mut url, &mut headers)
            .unwrap();
        assert_eq!(headers["authorization"], "Bearer s3cret");
        assert!(headers["authorization"].is_sensitive());
        assert!(!format!("{headers:?} {bearer:?}").contains("s3cret"));
    }

    #[test]
    fn a_query_credential_is_encoded_and_comes_last() {
        let placement = Placement::from_query("api_token").unwrap();
        let (mut url, mut headers) = (Url::parse("https://a.example/?x=1").unwrap(), HeaderMap::new());
        placement.inject(&"a&b=c".into(), &mut url, &mut headers).unwrap();
        assert_eq!(url.as_str(), "https://a.example/?x=1&api_token=a%26b%3Dc");
    }

    #[test]
    fn a_secret_with_a_line_break_is_an_error_that_does_not_show_it() {
        let placement = Placement::from_header("x-key", "").unwrap();
        let (mut url, mut headers) = (Url::parse("https://a.example/").unwrap(), HeaderMap::new());
        let secret = "s3cret\r\nhost: evil".into();
        let error = placement.inject(&secret, &mut url, &mut headers).unwrap_err();
        assert_eq!(error.kind(), "unauthorized");
        assert!(!error.message().contains("s3cret"));
    }

    #[test]
    fn a_credential_cannot_frame_a_message() {
        for name in [
            "Host",
            "content-length",
            "Transfer-Encoding",
            "connection",
            "a b",
            "",
        ] {
            assert!(Placement::from_header(name, "").is_err(), "{name:?}");
        }
        assert!(Placement::from_header("x-key", "a\nb").is_err());
        assert!(Placement::from_query("").is_err());
    }

    #[test]
    fn an_echoed_secret_is_taken_out_of_an_answer() {
        let mut response = Response {
            status: 200,
            headers: HeaderMap::from_iter([(
                HeaderName::from_static("location"),
                HeaderValue::from_static("/x?token=pat%2D0123%2F456"),
            )]),
            body: "{\"a\":\"Bearer pat-0123/456\",\"b\":\"pat-0123/456\"}".into(),
        };
        redact(&"pat-0123/456".into(), &mut response);
        assert_eq!(
            response.body,
            "{\"a\":\"Bearer [credential]\",\"b\":\"[credential]\"}"
        );
        assert_eq!(response.headers["location"], "/x?token=[credential]");
    }
}
