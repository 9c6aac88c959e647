//! Connectors that are compiled into this server. Only `make bench` builds one that has any.

use routemcp_connector_hubspot::HubSpot;
use routemcp_runtime::{LoadedConnector, NativeConnector};

/// Lets the server's own code answer the calls of a connector that it has.
pub(super) fn or_native(mut connector: LoadedConnector) -> LoadedConnector {
    if connector.manifest().slug == "hubspot" {
        tracing::warn!("hubspot runs natively, outside the sandbox: this server is for measurements only");
        connector.call_natively(NativeConnector::of::<HubSpot>());
    }
    connector
}
