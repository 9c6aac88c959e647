//! Effective mappings: a connector's defaults with an organisation's overrides, compiled once per version of both.

use std::sync::Arc;
use std::time::Duration;

use moka::sync::Cache;
use routemcp_runtime::Digest;
use routemcp_store::{Connection, Store, StoredOverride};
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
    end_user: String,
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

impl Mappings {
    /// The mapping in force for a connection.
    pub(crate) async fn of(
        &self,
        store: &Store,
        connected: &Connected,
        resource: Resource,
    ) -> Result<Arc<EffectiveMapping>, ApiError> {
        let connection = &connected.connection;
        let organisation = connection.organisation_id.as_str();
        let version = store
            .overrides_version(organisation, &connection.provider)
            .await
            .map_err(ApiError::internal)?;
        let key = Key {
            connector: connected.connector.digest(),
            resource,
            organisation: organisation.to_owned(),
            end_user: connection.end_user.clone(),
            overrides_version: version,
        };
        if let Some(mapping) = self.compiled.get(&key) {
            return Ok(mapping);
        }
        let overrides = overrides(store, connection, resource).await?;
        let manifest = declared(connected, resource)?;
        let layers: [&[MappingOverride]; 2] = [&overrides.0, &overrides.1];
        let mapping = EffectiveMapping::compile(resource, manifest, &layers).map_err(ApiError::internal)?;
        let mapping = Arc::new(mapping);
        self.compiled.insert(key, Arc::clone(&mapping));
        Ok(mapping)
    }
}

/// The organisation's overrides, and over them those of the connection's end user.
async fn overrides(
    store: &Store,
    connection: &Connection,
    resource: Resource,
) -> Result<(Vec<MappingOverride>, Vec<MappingOverride>), ApiError> {
    let (organisation, end_user) = (
        connection.organisation_id.as_str(),
        Some(connection.end_user.as_str()),
    );
    let stored = store
        .overrides(organisation, &connection.provider, resource.name(), end_user)
        .await;
    let (own, general): (Vec<_>, Vec<_>) = stored
        .map_err(ApiError::internal)?
        .into_iter()
        .partition(|row| row.end_user.is_some());
    let parse = |rows: Vec<StoredOverride>| {
        let parsed = rows.into_iter().map(|row| serde_json::from_value(row.change));
        parsed
            .collect::<Result<Vec<MappingOverride>, _>>()
            .map_err(ApiError::internal)
    };
    Ok((parse(general)?, parse(own)?))
}

fn declared(connected: &Connected, resource: Resource) -> Result<&ResourceManifest, ApiError> {
    let manifest = connected.connector.manifest();
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
    let declared = declared(connected, resource)?;
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
