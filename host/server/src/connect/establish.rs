//! Makes the connection that a session was about.

use std::collections::BTreeMap;

use routemcp_store::{ConnectSession, Connection, NewConnection};
use serde_json::{Value, json};

use super::offer::used_up;
use crate::app::App;
use crate::flow::credential::Credential;
use crate::http::error::ApiError;
use crate::oauth::party::Party;
use crate::oauth::refresh::next_use;

/// Keeps a credential that the provider gave or has accepted. Once for each provider of a session.
pub(crate) async fn establish(
    app: &App,
    session: &ConnectSession,
    party: &Party,
    settings: BTreeMap<String, String>,
    credential: &Credential,
) -> Result<Connection, ApiError> {
    let provider = party.manifest().slug.clone();
    let new = NewConnection {
        organisation_id: session.organisation_id.clone(),
        environment: session.environment,
        end_user: session.end_user.clone(),
        provider: provider.clone(),
        auth_method: party.auth_method.clone(),
        settings,
        credential: credential.seal(),
        refresh_due_at: next_use(party, credential),
    };
    let made = app.store.upsert_connection_in_session(&session.id, new).await?;
    made.ok_or_else(|| used_up(&provider))
}

/// A connection as the widget hands it to the product's page.
pub(crate) fn show(connection: &Connection) -> Value {
    json!({
        "id": connection.id.as_str(),
        "provider": connection.provider,
        "endUserId": connection.end_user,
        "status": connection.status.as_str(),
    })
}
