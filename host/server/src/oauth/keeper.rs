//! Uses every refresh token from time to time: at some providers one that is not used for weeks dies.

use std::sync::Arc;
use std::time::Duration;

use futures::StreamExt as _;
use jiff::{SignedDuration, Timestamp};
use routemcp_store::{Connection, StoreError};

use super::refresh::Stale;
use crate::app::App;

/// How often to look.
const EVERY: Duration = Duration::from_secs(60);
/// How many connections are refreshed in one look.
const AT_ONCE: u32 = 200;
/// How many of them side by side, so that one provider that hangs does not hold up the others, and none sees a crowd.
const SIDE_BY_SIDE: usize = 8;
/// When to try again what failed. Until then it makes room for others.
const LATER: SignedDuration = SignedDuration::from_hours(1);

/// Runs until it is aborted.
pub(crate) async fn keep(app: Arc<App>) {
    let mut looks = tokio::time::interval(EVERY);
    loop {
        looks.tick().await;
        match due(&app).await {
            Ok(due) => {
                let renewals = due.into_iter().map(|connection| renew(&app, connection));
                futures::stream::iter(renewals)
                    .buffer_unordered(SIDE_BY_SIDE)
                    .collect::<()>()
                    .await;
            }
            Err(error) => tracing::warn!(%error, "idle connections could not be looked for"),
        }
    }
}

/// What this server can renew. The others' rows are shared with servers that may serve their connectors, so nothing is said
/// of them here.
async fn due(app: &App) -> Result<Vec<Connection>, StoreError> {
    let live = app.registry.all();
    let live: Vec<String> = live
        .iter()
        .map(|connector| connector.manifest().slug.clone())
        .collect();
    app.store
        .connections_due_for_refresh(&live, Timestamp::now(), AT_ONCE)
        .await
}

async fn renew(app: &App, connection: Connection) {
    // It may have been switched off since.
    let Some(connector) = app.registry.get(&connection.provider) else {
        return;
    };
    let stale = Stale {
        connection: connection.clone(),
        connector,
    };
    let Err(reason) = app.refresher.renew(stale).await else {
        return;
    };
    let id = connection.id.as_str();
    tracing::warn!(
        connection = id,
        ?reason,
        "an idle refresh token could not be used"
    );
    let postponed = match Timestamp::now().checked_add(LATER) {
        Ok(until) => app.store.postpone_refresh(&connection, until).await,
        Err(_) => Ok(()),
    };
    if let Err(error) = postponed {
        tracing::warn!(%error, connection = id, "its next try could not be put off");
    }
}
