//! Effective mappings: a connector's defaults with an organisation's overrides, compiled once per version of both.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use moka::sync::Cache;
use routemcp_runtime::{Digest, LoadedConnector};
use routemcp_store::{Store, StoredOverride};
use routemcp_unified::manifest::ResourceManifest;
use routemcp_unified::mapping::{EffectiveMapping, MappingOverride};
use routemcp_unified::schema::{Operation, Resource};

use super::connected::Connected;
use crate::http::error::{ApiError, Code};

/// Everything that a compiled mapping depends on.
#[derive(Clone, PartialEq, Eq, Hash)]
struct Key {
    connector: Digest,
    resource: Resource,
    organisation: String,
    end_user: Option<String>,
    overrides_version: i64,
}

/// The compiled mappings.
pub(crate) struct Mappings {
    compiled: Cache<Key, Arc<EffectiveMapping>>,
}

impl Default for Mappings {
    fn default() -> Self {
        // An entry is never stale, because its key holds the versions; it only ages out.
        Self {
            compiled: Cache::builder()
                .max_capacity(10_000)
                .time_to_idle(Duration::from_secs(3_600))
                .build(),
        }
    }
}

/// Whose mapping: overrides are laid over a connector's defaults for an organisation, and for one of its end users.
#[derive(Clone, Copy)]
pub(crate) struct Whose<'a> {
    pub(crate) connector: &'a LoadedConnector,
    pub(crate) organisation: &'a str,
    pub(crate) end_user: Option<&'a str>,
}

/// Overrides as they are stored, lowest precedence first.
pub(crate) struct Layers {
    pub(crate) organisation: Vec<MappingOverride>,
    pub(crate) end_user: Vec<MappingOverride>,
}

impl Mappings {
    /// The mapping in force for a connection.
    pub(crate) async fn of(
        &self,
        store: &Store,
        connected: &Connected,
        resource: Resource,
    ) -> Result<Arc<EffectiveMapping>, ApiError> {
        let connection = &connected.connection;
        let whose = Whose {
            connector: &connected.connector,
            organisation: connection.organisation_id.as_str(),
            end_user: Some(&connection.end_user),
        };
        self.in_force(store, whose, resource).await
    }

    /// The mapping in force for an organisation or an end user.
    pub(crate) async fn in_force(
        &self,
        store: &Store,
        whose: Whose<'_>,
        resource: Resource,
    ) -> Result<Arc<EffectiveMapping>, ApiError> {
        // The version is read before the overrides: a change in between makes an entry under the old version, which
        // nobody asks for again.
        let version = store
            .overrides_version(whose.organisation, &whose.connector.manifest().slug)
            .await?;
        let key = Key {
            connector: whose.connector.digest(),
            resource,
            organisation: whose.organisation.to_owned(),
            end_user: whose.end_user.map(str::to_owned),
            overrides_version: version,
        };
        if let Some(mapping) = self.compiled.get(&key) {
            return Ok(mapping);
        }
        let layers = layers(store, whose, resource).await?;
        let mapping = Arc::new(compile(whose.connector, resource, &layers)?);
        self.compiled.insert(key, Arc::clone(&mapping));
        Ok(mapping)
    }
}

/// Compiles a mapping. Overrides that do not fit together, or no longer fit a newer connector, are the organisation's to
/// mend, so they are told as its errors.
pub(crate) fn compile(
    connector: &LoadedConnector,
    resource: Resource,
    layers: &Layers,
) -> Result<EffectiveMapping, ApiError> {
    let manifest = declared(connector, resource)?;
    let layers: [&[MappingOverride]; 2] = [&layers.organisation, &layers.end_user];
    EffectiveMapping::compile(resource, manifest, &layers).map_err(|error| ApiError::validation(error.errors))
}

/// The stored overrides.
pub(crate) async fn layers(store: &Store, whose: Whose<'_>, resource: Resource) -> Result<Layers, ApiError> {
    let provider = &whose.connector.manifest().slug;
    let stored = store
        .overrides(whose.organisation, provider, resource.name(), whose.end_user)
        .await?;
    let (own, general): (Vec<_>, Vec<_>) = stored.into_iter().partition(|row| row.end_user.is_some());
    Ok(Layers {
        organisation: parse(general)?,
        end_user: parse(own)?,
    })
}

/// The layers of all end users of an organisation; an empty one among them stands for those who have none.
pub(crate) async fn end_user_layers(
    store: &Store,
    whose: Whose<'_>,
    resource: Resource,
) -> Result<Vec<Vec<MappingOverride>>, ApiError> {
    let provider = &whose.connector.manifest().slug;
    let mut by_end_user = BTreeMap::from([(None, Vec::new())]);
    for row in store
        .end_user_overrides(whose.organisation, provider, resource.name())
        .await?
    {
        by_end_user
            .entry(row.end_user.clone())
            .or_insert_with(Vec::new)
            .push(row);
    }
    by_end_user.into_values().map(parse).collect()
}

fn parse(rows: Vec<StoredOverride>) -> Result<Vec<MappingOverride>, ApiError> {
    let parsed = rows.into_iter().map(|row| serde_json::from_value(row.change));
    parsed.collect::<Result<_, _>>().map_err(ApiError::internal)
}

/// The resource as the connector declares it.
pub(crate) fn declared(
    connector: &LoadedConnector,
    resource: Resource,
) -> Result<&ResourceManifest, ApiError> {
    let manifest = connector.manifest();
    manifest.resources.get(&resource).ok_or_else(|| {
        let message = format!("{} has no resource `{}`.", manifest.name, resource.name());
        ApiError::new(Code::OperationNotSupported, message).with_provider(&manifest.slug)
    })
}

/// The resource as the connector declares it, if it can do the operation; 501 with the reason otherwise.
pub(crate) fn supporting(
    connected: &Connected,
    resource: Resource,
    operation: Operation,
) -> Result<&ResourceManifest, ApiError> {
    let declared = declared(&connected.connector, resource)?;
    if declared.supports(operation) {
        return Ok(declared);
    }
    let manifest = connected.connector.manifest();
    let reason = declared
        .unsupported_reason(operation)
        .map(|why| format!(": {why}"))
        .unwrap_or_default();
    let message = format!(
        "{} cannot {} a {}{reason}",
        manifest.name,
        operation.name(),
        resource.name()
    );
    Err(ApiError::new(Code::OperationNotSupported, message).with_provider(&manifest.slug))
}
