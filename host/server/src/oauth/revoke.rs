//! Ends a connection's credential at the provider, as far as the provider lets us.

use routemcp_store::Connection;

use super::party::Party;
use crate::app::App;
use crate::flow::credential::Credential;

/// Whether the provider ended it; none where it has no way to. A provider that is away does not keep anybody from
/// deleting a connection.
pub(crate) async fn revoke(app: &App, connection: &Connection) -> Option<bool> {
    let connector = app.registry.get(&connection.provider)?;
    let party = Party::of(connection, &connector);
    let (_, method) = party.method().ok()?;
    method.revoke_url.as_ref()?;
    match try_to(app, connection, &party).await {
        Ok(revoked) => Some(revoked),
        Err(reason) => {
            let id = connection.id.as_str();
            tracing::warn!(connection = id, reason, "the provider did not end a credential");
            Some(false)
        }
    }
}

async fn try_to(app: &App, connection: &Connection, party: &Party) -> Result<bool, String> {
    let stored = app
        .store
        .credential(connection)
        .await
        .map_err(|error| error.to_string())?;
    let credential = Credential::open(&stored).map_err(|error| error.to_string())?;
    let Some(renewal) = credential.renewal else {
        return Ok(false);
    };
    let oauth_app = app
        .apps
        .for_renewing(
            &party.organisation,
            party.environment,
            &connection.provider,
            &renewal.client_id,
        )
        .await
        .map_err(|error| error.to_string())?
        .ok_or("the OAuth app that it was made with is not set up any more")?;
    let token = renewal.refresh_token.unwrap_or(credential.token);
    let revoked = app.tokens.revoke(party, &oauth_app, &token).await;
    revoked.map_err(|error| error.to_string())
}
