//! How connections authenticate at the provider.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::oauth2::{OAuth2Method, usable};

/// A way to authenticate.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "camelCase")]
#[expect(clippy::large_enum_variant, reason = "a manifest has a handful of them")]
pub enum AuthMethod {
    /// OAuth 2.0, authorisation code grant (RFC 6749).
    Oauth2(OAuth2Method),
    /// A token that the user copies from the provider.
    Token(TokenMethod),
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

    /// The method if it is OAuth 2.0.
    pub const fn oauth2(&self) -> Option<&OAuth2Method> {
        match self {
            Self::Oauth2(method) => Some(method),
            Self::Token(_) => None,
        }
    }

    /// Settings that come with its token: name and pointer.
    pub fn settings_from_token(&self) -> impl Iterator<Item = (&str, &str)> {
        let settings = self.oauth2().map(|method| &method.settings_from_token);
        settings
            .into_iter()
            .flatten()
            .map(|(name, pointer)| (name.as_str(), pointer.as_str()))
    }

    /// The settings in an answer of the token URL: texts as they are, numbers and booleans as text. What is missing,
    /// empty or of no use as a setting (longer than 512 characters, or with control characters) is left out. The values
    /// are the provider's word: hold them against the manifest before they are used.
    pub fn settings_in_token_answer(&self, answer: &Value) -> BTreeMap<String, String> {
        let value = |pointer: &str| match answer.pointer(pointer)? {
            Value::String(text) => Some(text.clone()),
            number @ (Value::Number(_) | Value::Bool(_)) => Some(number.to_string()),
            _ => None,
        };
        self.settings_from_token()
            .filter_map(|(name, pointer)| Some((name.to_owned(), value(pointer)?)))
            .filter(|(_, value)| usable(value))
            .collect()
    }

    /// Whether the provider gives the setting when a connection is made: with the token, or with the redirect.
    pub fn provides(&self, setting: &str) -> bool {
        self.oauth2().is_some_and(|method| {
            method.settings_from_token.contains_key(setting)
                || method.settings_from_callback.contains_key(setting)
        })
    }
}
