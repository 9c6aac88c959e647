//! What a connector can do with one resource.

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;

use crate::mapping::Mapping;
use crate::schema::{Operation, Resource};

/// What a connector can do with one resource, and where the provider's records keep what.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ResourceManifest {
    /// Slug of the manifest that this is part of, for messages. Set by [`Manifest::parse`](super::Manifest::parse).
    #[serde(skip)]
    pub provider: String,
    /// What can be done.
    pub operations: Vec<Operation>,
    /// Why an operation that is missing cannot be done.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub unsupported: BTreeMap<Operation, String>,
    /// RFC 6901 pointer from the record's root to its id.
    pub id_pointer: String,
    /// RFC 6901 pointer from the record's root to the object with the provider's fields; empty: the record itself.
    pub fields_pointer: String,
    /// Unified fields that the provider demands when a record is created, and that can never be cleared.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub required: Vec<String>,
    /// Unified fields that the provider never leaves empty, such as an owner: a replace that leaves them out keeps them,
    /// and null is refused.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub always_set: Vec<String>,
    /// The default mappings.
    pub mappings: Vec<Mapping>,
    /// Unified fields that lists can be filtered by.
    #[serde(default)]
    pub filters: Vec<String>,
    /// Unified fields that lists can be sorted by.
    #[serde(default)]
    pub sorts: Vec<String>,
    /// Whether lists can be narrowed to records that changed since a moment.
    #[serde(default)]
    pub updated_since: bool,
}

impl ResourceManifest {
    /// Whether the connector can do this.
    pub fn supports(&self, operation: Operation) -> bool {
        self.operations.contains(&operation)
    }

    /// Why the connector cannot do this, where it says so.
    pub fn unsupported_reason(&self, operation: Operation) -> Option<&str> {
        self.unsupported.get(&operation).map(String::as_str)
    }
}

/// Leaves out resources that this host does not know: a connector may be newer than its host.
pub(super) fn known<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<BTreeMap<Resource, ResourceManifest>, D::Error> {
    let all = BTreeMap::<String, Value>::deserialize(deserializer)?;
    let known = all.into_iter().filter_map(|(name, value)| {
        let resource = Resource::ALL
            .into_iter()
            .find(|resource| resource.name() == name)?;
        let manifest = ResourceManifest::deserialize(value);
        Some(
            manifest
                .map(|manifest| (resource, manifest))
                .map_err(serde::de::Error::custom),
        )
    });
    known.collect()
}
