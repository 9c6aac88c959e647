//! OAuth 2.0 as a manifest describes it, and the URLs that tokens come from.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::auth::Placement;
use super::hosts::{self, Origin};
use super::template::{self, Fault};

/// More is no setting, and what browsers and providers send is not to be stored at any length.
pub(super) const MAX_SETTING: usize = 512;

/// OAuth 2.0, authorisation code grant.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct OAuth2Method {
    /// The method's name in this manifest.
    pub id: String,
    /// What people call it.
    pub name: String,
    /// Where the user is sent. Parameters that the provider needs beside those of RFC 6749 stand in its query.
    pub authorize_url: String,
    /// Where codes and refresh tokens are exchanged; may contain `{settings}`: use [`token_url_with`](Self::token_url_with).
    pub token_url: String,
    /// Where tokens are revoked (RFC 7009); may contain `{settings}`: use [`revoke_url_with`](Self::revoke_url_with).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revoke_url: Option<String>,
    /// The origins that `token_url` and `revoke_url` may lead to, in the grammar of `allowedHosts`; empty unless they
    /// hold placeholders.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub token_hosts: Vec<String>,
    /// Form fields that the token URL wants beside those of RFC 6749, for codes and refresh tokens alike.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub token_parameters: BTreeMap<String, String>,
    /// What is asked for. Empty: the scopes are set at the provider, and no `scope` is sent.
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
    /// Setting name to query parameter of the redirect that brings the code. Whoever has the browser can write there.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub settings_from_callback: BTreeMap<String, String>,
    /// What the token URL's `error` says beside `invalid_grant` for a code or refresh token that is no longer good.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub invalid_grant_errors: Vec<String>,
    /// What the redirect's `error` says beside `access_denied` (RFC 6749, section 4.1.2.1) when the user did not agree.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub denied_errors: Vec<String>,
    /// Days after which a refresh token dies that nobody used; none if it does not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refresh_idle_days: Option<u32>,
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

/// Why there is no URL to exchange or revoke a token at.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum TokenUrlError {
    /// A placeholder has no value.
    #[error("`{url}` needs the setting `{setting}`, which is not set")]
    Missing {
        /// As the manifest has it.
        url: String,
        /// The setting.
        setting: String,
    },
    /// A value would change the URL's shape.
    #[error("the setting `{setting}` cannot stand in `{url}`: {expected}")]
    Unfit {
        /// As the manifest has it.
        url: String,
        /// The setting.
        setting: String,
        /// What would be right.
        expected: &'static str,
    },
    /// The settings lead to an origin that the manifest does not list.
    #[error("`{url}` would lead to `{origin}`, which is none of the token hosts: {}", .hosts.join(", "))]
    Elsewhere {
        /// As the manifest has it.
        url: String,
        /// Where it would lead.
        origin: String,
        /// Where it may lead.
        hosts: Vec<String>,
    },
}

impl OAuth2Method {
    /// The token URL with its placeholders filled in. `settings` are those in force, defaults included
    /// ([`Manifest::settings_with`](super::Manifest::settings_with)).
    ///
    /// # Errors
    /// When a setting is missing or unfit, or leads to an origin that is not among [`token_hosts`](Self::token_hosts()).
    pub fn token_url_with(&self, settings: &BTreeMap<String, String>) -> Result<String, TokenUrlError> {
        self.filled(&self.token_url, settings)
    }

    /// The revocation URL with its placeholders filled in; none if tokens cannot be revoked.
    ///
    /// # Errors
    /// As [`token_url_with`](Self::token_url_with).
    pub fn revoke_url_with(
        &self,
        settings: &BTreeMap<String, String>,
    ) -> Result<Option<String>, TokenUrlError> {
        self.revoke_url
            .as_deref()
            .map(|url| self.filled(url, settings))
            .transpose()
    }

    /// The origins that client secrets and refresh tokens may be sent to, in the grammar of `allowedHosts`: those listed,
    /// and those of URLs without placeholders.
    pub fn token_hosts(&self) -> Vec<String> {
        let constant = [Some(&self.token_url), self.revoke_url.as_ref()]
            .into_iter()
            .flatten()
            .filter(|url| !url.contains('{'))
            .filter_map(|url| Some(Origin::of(url)?.to_string()));
        let mut found = self.token_hosts.clone();
        for origin in constant {
            if !found.contains(&origin) {
                found.push(origin);
            }
        }
        found
    }

    /// The settings in the query of the redirect that brought the code. What is missing, empty or of no use as a setting
    /// (longer than 512 characters, or with control characters) is left out. The values are hostile: hold them against
    /// the manifest ([`check_settings`](super::Manifest::check_settings)) before they are used.
    pub fn settings_in_callback(&self, query: &BTreeMap<String, String>) -> BTreeMap<String, String> {
        self.settings_from_callback
            .iter()
            .filter_map(|(name, parameter)| Some((name.clone(), query.get(parameter)?.clone())))
            .filter(|(_, value)| usable(value))
            .collect()
    }

    /// Whether an `error` of the token URL says that the code or refresh token is no longer good, so that asking again
    /// is of no use.
    pub fn is_invalid_grant(&self, error: &str) -> bool {
        error == "invalid_grant" || self.invalid_grant_errors.iter().any(|known| known == error)
    }

    /// Whether an `error` of the redirect says that the user did not agree.
    pub fn is_denied(&self, error: &str) -> bool {
        error == "access_denied" || self.denied_errors.iter().any(|known| known == error)
    }

    fn filled(&self, url: &str, settings: &BTreeMap<String, String>) -> Result<String, TokenUrlError> {
        if !url.contains('{') {
            return Ok(url.to_owned());
        }
        let filled = template::fill(url, settings).map_err(|fault| match fault {
            Fault::Missing(setting) => TokenUrlError::Missing {
                url: url.to_owned(),
                setting,
            },
            Fault::Unfit(setting, expected) => TokenUrlError::Unfit {
                url: url.to_owned(),
                setting,
                expected,
            },
        })?;
        let origin = Origin::of(&filled);
        if origin
            .as_ref()
            .is_some_and(|origin| hosts::allow(&self.token_hosts, origin))
        {
            return Ok(filled);
        }
        Err(TokenUrlError::Elsewhere {
            url: url.to_owned(),
            origin: origin.map_or(filled, |origin| origin.to_string()),
            hosts: self.token_hosts.clone(),
        })
    }
}

/// Whether a text from outside can be a setting.
pub(super) fn usable(value: &str) -> bool {
    !value.is_empty() && value.len() <= MAX_SETTING && !value.chars().any(char::is_control)
}
