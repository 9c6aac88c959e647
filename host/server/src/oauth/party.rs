//! Between whom OAuth runs: one provider and one connection that is there or about to be made.

use std::collections::BTreeMap;
use std::sync::Arc;

use routemcp_runtime::LoadedConnector;
use routemcp_store::{ConnectSession, Connection, Environment, OrganisationId};
use routemcp_unified::manifest::{AuthMethod, Manifest, OAuth2Method};

/// A provider by one of its OAuth methods, and the tenant that connects.
#[derive(Clone)]
pub(crate) struct Party {
    pub(crate) connector: Arc<LoadedConnector>,
    pub(crate) auth_method: String,
    pub(crate) organisation: OrganisationId,
    pub(crate) environment: Environment,
    /// Defaults included.
    pub(crate) settings: BTreeMap<String, String>,
}

/// The connector does not have the OAuth method that was asked for.
#[derive(Debug, thiserror::Error)]
#[error("{connector} has no OAuth method `{method}`")]
pub(crate) struct NoSuchMethod {
    connector: String,
    method: String,
}

impl Party {
    /// The two sides of a connection that a session is about to make. `own` are its settings as far as they are known.
    pub(crate) fn to_be(
        session: &ConnectSession,
        connector: Arc<LoadedConnector>,
        auth_method: String,
        own: &BTreeMap<String, String>,
    ) -> Self {
        Self {
            auth_method,
            organisation: session.organisation_id.clone(),
            environment: session.environment,
            settings: connector.manifest().settings_with(own),
            connector,
        }
    }

    /// The two sides of a connection.
    pub(crate) fn of(connection: &Connection, connector: &Arc<LoadedConnector>) -> Self {
        Self {
            connector: Arc::clone(connector),
            auth_method: connection.auth_method.clone(),
            organisation: connection.organisation_id.clone(),
            environment: connection.environment,
            settings: connector.manifest().settings_with(&connection.settings),
        }
    }

    pub(crate) fn manifest(&self) -> &Manifest {
        self.connector.manifest()
    }

    /// The manifest's OAuth method, as it stands among the other methods and by itself.
    pub(crate) fn method(&self) -> Result<(&AuthMethod, &OAuth2Method), NoSuchMethod> {
        let found = self.manifest().auth_method(&self.auth_method);
        found
            .and_then(|method| Some((method, method.oauth2()?)))
            .ok_or_else(|| NoSuchMethod {
                connector: self.manifest().slug.clone(),
                method: self.auth_method.clone(),
            })
    }
}
