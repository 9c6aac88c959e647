//! How connections authenticate at the provider.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// A way to authenticate.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "camelCase")]
pub enum AuthMethod {
    /// OAuth 2.0, authorisation code grant (RFC 6749).
    Oauth2(OAuth2Method),
    /// A token that the user copies from the provider.
    Token(TokenMethod),
}

/// OAuth 2.0, authorisation code grant.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct OAuth2Method {
    /// The method's name in this manifest.
    pub id: String,
    /// What people call it.
    pub name: String,
    /// Where the user is sent.
    pub authorize_url: String,
    /// Where codes and refresh tokens are exchanged.
    pub token_url: String,
    /// Where tokens are revoked (RFC 7009).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revoke_url: Option<String>,
    /// What is asked for.
    pub scopes: Vec<String>,
    /// What stands between the scopes: a space (RFC 6749), unless the provider wants something else.
    #[serde(default = "space")]
    pub scope_separator: String,
    /// Whether the provider supports PKCE (RFC 7636).
    #[serde(default)]
    pub pkce: bool,
    /// Where the client's id and secret go at the token URL.
    #[serde(default)]
    pub client_authentication: ClientAuthentication,
    /// Setting name to RFC 6901 pointer into the answer of the token URL.
    #[serde(default)]
    pub settings_from_token: BTreeMap<String, String>,
    /// Where the access token goes.
    pub placement: Placement,
}

fn space() -> String {
    " ".to_owned()
}

/// Where the client's id and secret go at the token URL (RFC 6749, section 2.3.1).
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ClientAuthentication {
    /// Into the form.
    #[default]
    Body,
    /// Into an `Authorization: Basic` header.
    Basic,
}

/// A token that the user copies from the provider.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct TokenMethod {
    /// The method's name in this manifest.
    pub id: String,
    /// What people call it.
    pub name: String,
    /// What the form calls the token.
    pub label: String,
    /// Where the user finds it.
    #[serde(default)]
    pub help: String,
    /// Where the token goes.
    pub placement: Placement,
}

/// Where the credential goes in a request.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(try_from = "WrittenPlacement", into = "WrittenPlacement")]
pub enum Placement {
    /// Into a header, after a prefix such as `Bearer `.
    Header {
        /// The header.
        name: String,
        /// What stands before the credential; may be empty.
        prefix: String,
    },
    /// Into a query parameter.
    Query {
        /// The parameter.
        name: String,
    },
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenPlacement {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    header: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    prefix: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    query: Option<String>,
}

impl TryFrom<WrittenPlacement> for Placement {
    type Error = &'static str;

    fn try_from(written: WrittenPlacement) -> Result<Self, Self::Error> {
        match (written.header, written.prefix, written.query) {
            (Some(name), prefix, None) => Ok(Self::Header {
                name,
                prefix: prefix.unwrap_or_default(),
            }),
            (None, None, Some(name)) => Ok(Self::Query { name }),
            _ => Err("a placement is either `header` (with a `prefix`, if any) or `query`"),
        }
    }
}

impl From<Placement> for WrittenPlacement {
    fn from(placement: Placement) -> Self {
        match placement {
            Placement::Header { name, prefix } => Self {
                header: Some(name),
                prefix: Some(prefix),
                query: None,
            },
            Placement::Query { name } => Self {
                header: None,
                prefix: None,
                query: Some(name),
            },
        }
    }
}

impl AuthMethod {
    /// The method's name in the manifest.
    pub fn id(&self) -> &str {
        match self {
            Self::Oauth2(method) => &method.id,
            Self::Token(method) => &method.id,
        }
    }

    /// What people call it.
    pub fn name(&self) -> &str {
        match self {
            Self::Oauth2(method) => &method.name,
            Self::Token(method) => &method.name,
        }
    }

    /// `oauth2` or `token`.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Oauth2(_) => "oauth2",
            Self::Token(_) => "token",
        }
    }

    /// Where its credential goes in a request.
    pub const fn placement(&self) -> &Placement {
        match self {
            Self::Oauth2(method) => &method.placement,
            Self::Token(method) => &method.placement,
        }
    }

    /// Settings that come with its token: name and pointer.
    pub fn settings_from_token(&self) -> impl Iterator<Item = (&str, &str)> {
        let settings = match self {
            Self::Oauth2(method) => Some(&method.settings_from_token),
            Self::Token(_) => None,
        };
        settings
            .into_iter()
            .flatten()
            .map(|(name, pointer)| (name.as_str(), pointer.as_str()))
    }
}
