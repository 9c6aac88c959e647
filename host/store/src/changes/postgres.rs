//! Hears on PostgreSQL what other processes announce: one connection that listens, and is asked for a sign of life so often
//! that being cut off without notice is noticed.

use std::convert::Infallible;
use std::time::{Duration, Instant};

use sqlx::postgres::{PgConnectOptions, PgListener, PgPoolOptions};
use sqlx::{Any, Transaction};

use super::{Change, Feed};
use crate::database::inside;
use crate::error::StoreError;

/// The channel. Notifications stay within one database, and databases are not shared with strangers.
const CHANNEL: &str = "routemcp_changes";
/// How often the connection is asked for a sign of life.
const BEAT: Duration = Duration::from_millis(250);
/// How long it may take to give one, to connect, and to begin to listen.
const PATIENCE: Duration = Duration::from_secs(2);
/// The pause before the next connection.
const PAUSE: Duration = Duration::from_millis(250);

/// Announces a change with the transaction that makes it.
pub(crate) async fn notify(
    transaction: &mut Transaction<'static, Any>,
    change: &Change,
) -> Result<(), StoreError> {
    sqlx::query("SELECT pg_notify($1, $2)")
        .bind(CHANNEL)
        .bind(change.payload())
        .execute(inside(transaction))
        .await?;
    Ok(())
}

/// Listens for good, with another connection whenever one is lost.
pub(crate) async fn watch(options: &PgConnectOptions, feed: &Feed) -> Infallible {
    let mut lost = false;
    loop {
        let Err(error) = listen(options, feed, &mut lost).await;
        feed.lost();
        // Once for each loss, not for each try.
        if !std::mem::replace(&mut lost, true) {
            let error = StoreError::from(error);
            tracing::warn!(%error, "changes of other servers are not heard; every request asks the database meanwhile");
        }
        tokio::time::sleep(PAUSE).await;
    }
}

/// Listens until the connection is lost.
async fn listen(options: &PgConnectOptions, feed: &Feed, lost: &mut bool) -> Result<Infallible, sqlx::Error> {
    let mut listener = within(connect(options)).await?;
    let mut alive_at = Instant::now();
    // What was announced before the connection listened is known to nobody.
    feed.announce(Change::Everything);
    if std::mem::take(lost) {
        tracing::info!("changes of other servers are heard again");
    }
    let mut beat = tokio::time::interval(BEAT);
    beat.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        feed.heard(alive_at);
        // Both can be cut off without loss: a tick by definition, and a message because it is taken whole or not at all.
        tokio::select! {
            heard = listener.try_recv() => match heard? {
                Some(notification) => feed.announce(Change::read(notification.payload())),
                None => return Err(std::io::Error::from(std::io::ErrorKind::ConnectionReset).into()),
            },
            _ = beat.tick() => {
                let asked = Instant::now();
                within(sign_of_life(&mut listener)).await?;
                while let Some(notification) = listener.next_buffered() {
                    feed.announce(Change::read(notification.payload()));
                }
                alive_at = asked;
            }
        }
    }
}

async fn connect(options: &PgConnectOptions) -> Result<PgListener, sqlx::Error> {
    let options = options.clone().application_name("routemcp changes");
    let pool = PgPoolOptions::new()
        .max_connections(1)
        .idle_timeout(None)
        .max_lifetime(None);
    let mut listener = PgListener::connect_with(&pool.connect_with(options).await?).await?;
    listener.eager_reconnect(false);
    listener.listen(CHANNEL).await?;
    Ok(listener)
}

async fn sign_of_life(listener: &mut PgListener) -> Result<(), sqlx::Error> {
    sqlx::query("SELECT 1").execute(listener).await?;
    Ok(())
}

async fn within<T>(step: impl Future<Output = Result<T, sqlx::Error>>) -> Result<T, sqlx::Error> {
    tokio::time::timeout(PATIENCE, step)
        .await
        .unwrap_or_else(|_| Err(std::io::Error::from(std::io::ErrorKind::TimedOut).into()))
}
