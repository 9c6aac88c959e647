//! The manifest: what a connector says about itself, checked before anything relies on it.

mod auth;
mod check;
mod error;
mod hosts;
mod json_schema;
mod oauth2;
mod resource;
mod settings;
mod template;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::schema::Resource;

pub use auth::{AuthMethod, Placement, TokenMethod};
pub use error::{ManifestError, Problem};
pub use json_schema::json_schema;
pub use oauth2::{ClientAuthentication, OAuth2Method, TokenUrlError};
pub use resource::ResourceManifest;

/// What a connector says about itself.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Manifest {
    /// Version of this format: 1.
    pub manifest_version: u32,
    /// The provider's name in URLs and records: `hubspot`.
    pub slug: String,
    /// The provider's name for people: `HubSpot`.
    pub name: String,
    /// The connector's own version.
    pub version: String,
    /// What sort of provider it is.
    pub category: Category,
    /// Where request targets begin; may contain `{settings}`.
    pub base_url: String,
    /// The origins that may be called: `scheme://host[:port]`, the host maybe `*.suffix`.
    pub allowed_hosts: Vec<String>,
    /// What a connection can be set up with besides its credential.
    #[serde(default)]
    pub settings: Vec<Setting>,
    /// The ways to authenticate; at least one.
    pub auth: Vec<AuthMethod>,
    /// What the provider allows per connection.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rate_limit: Option<RateLimit>,
    /// What the connector's own sandbox accepts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sandbox: Option<Sandbox>,
    /// What can be done with which resource. Resources that this host does not know are left out.
    #[serde(deserialize_with = "resource::known")]
    pub resources: BTreeMap<Resource, ResourceManifest>,
}

/// What sort of provider it is.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Category {
    /// Customer relationship management.
    Crm,
    /// Property management.
    Pms,
}

/// A value that a connection is set up with; never a secret.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Setting {
    /// The name that the connector asks for and that `{placeholders}` use.
    pub name: String,
    /// What forms call it.
    pub label: String,
    /// What it does.
    #[serde(default)]
    pub description: String,
    /// Its value while nobody has set it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default: Option<String>,
    /// The only values it can have; empty: any.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub choices: Vec<String>,
    /// Whether a connection cannot be made without it.
    #[serde(default)]
    pub required: bool,
}

/// What the provider allows per connection.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RateLimit {
    /// So many requests,
    pub requests: u32,
    /// in so many milliseconds.
    pub per_milliseconds: u64,
    /// So many under way at once; the host's default where the provider does not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub concurrent: Option<u32>,
}

/// What the connector's own sandbox accepts out of the box. Not a secret: nothing real answers to it.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Sandbox {
    /// Id of the auth method that the token belongs to.
    pub auth: String,
    /// The token.
    pub token: String,
    /// The connection's settings.
    #[serde(default)]
    pub settings: BTreeMap<String, String>,
    /// Resource to a unified body that the sandbox accepts for a new record.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub examples: BTreeMap<String, Value>,
}

impl Manifest {
    /// Reads and checks a manifest: first against the [JSON Schema](json_schema()), then for sense.
    pub fn parse(json: &str) -> Result<Self, ManifestError> {
        let value = crate::json::parse(json.as_bytes())
            .map_err(|error| ManifestError::single("", format!("is not JSON: {error}")))?;
        json_schema::check(&value)?;
        let mut manifest =
            Self::deserialize(&value).map_err(|error| ManifestError::single("", error.to_string()))?;
        for resource in manifest.resources.values_mut() {
            resource.provider.clone_from(&manifest.slug);
        }
        check::check(&manifest)?;
        Ok(manifest)
    }

    /// What can be done with a resource, if anything.
    pub fn resource(&self, resource: Resource) -> Option<&ResourceManifest> {
        self.resources.get(&resource)
    }

    /// The auth method of this id.
    pub fn auth_method(&self, id: &str) -> Option<&AuthMethod> {
        self.auth.iter().find(|method| method.id() == id)
    }

    /// The setting of this name.
    pub fn setting(&self, name: &str) -> Option<&Setting> {
        self.settings.iter().find(|setting| setting.name == name)
    }
}

#[cfg(test)]
mod tests;
