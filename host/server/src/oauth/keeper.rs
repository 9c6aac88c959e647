//! Uses every refresh token from time to time: at some providers one that is not used for weeks dies.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;

use super::refresh::Stale;
use crate::app::App;

/// How often to look.
const EVERY: Duration = Duration::from_secs(60);
/// How many connections are refreshed in one look, one after the other, so that no provider sees a crowd.
const AT_ONCE: u32 = 50;

/// Runs until it is aborted.
pub(crate) async fn keep(app: Arc<App>) {
    let mut looks = tokio::time::interval(EVERY);
    loop {
        looks.tick().await;
        match app
            .store
            .connections_due_for_refresh(Timestamp::now(), AT_ONCE)
            .await
        {
            Ok(due) => {
                for connection in due {
                    // A provider whose connector is gone for now keeps its place.
                    if let Some(connector) = app.registry.get(&connection.provider) {
                        let stale = Stale {
                            connection,
                            connector,
                        };
                        if let Err(error) = app.refresher.renew(stale).await {
                            tracing::warn!(?error, "an idle refresh token could not be used");
                        }
                    }
                }
            }
            Err(error) => tracing::warn!(%error, "idle connections could not be looked for"),
        }
    }
}
