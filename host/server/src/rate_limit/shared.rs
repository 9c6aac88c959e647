//! Windows in a Redis, one for all servers that use it.
//!
//! Redis is a convenience and never in the way: a request waits for it for a moment at most, and while it does not answer
//! every server counts for itself. Somebody else than the requests tries whether it is back.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{PoisonError, RwLock};
use std::time::Duration;

use redis::aio::MultiplexedConnection;
use redis::{AsyncConnectionConfig, Client, RedisError, Script};
use secrecy::{ExposeSecret, SecretString};
use tokio::sync::Notify;

use super::window::{Count, WINDOW};

/// How long a request waits for Redis.
const PATIENCE: Duration = Duration::from_millis(100);
/// How long connecting and a first answer may take, when nobody waits.
const CONNECT: Duration = Duration::from_secs(2);
/// The pause before the next try.
const PAUSE: Duration = Duration::from_secs(1);
/// Begins the names of our keys.
const PREFIX: &str = "routemcp:rate:";

/// A text that is no address of a Redis. It is not quoted, because it may hold a password.
#[derive(Debug, thiserror::Error)]
#[error("it must be like redis://host:6379, or rediss://user:password@host:6379 for TLS")]
pub(crate) struct InvalidRedisUrl;

/// Windows that servers share.
pub(crate) struct Shared {
    client: Client,
    window: Script,
    /// None while Redis is away.
    connection: RwLock<Option<Numbered>>,
    lost: Notify,
    loss_told: AtomicBool,
}

/// A connection, and which one of this process it is.
#[derive(Clone)]
struct Numbered {
    number: u64,
    connection: MultiplexedConnection,
}

/// Why Redis is of no use at the moment.
#[derive(Debug, thiserror::Error)]
enum Loss {
    #[error("no answer in time")]
    TooSlow,
    /// The category alone: the rest may quote the address.
    #[error("{}{}", .0.category(), .0.code().map(|code| format!(" ({code})")).unwrap_or_default())]
    Failed(#[from] RedisError),
}

impl Shared {
    /// Windows at this address. Nothing is connected before [`Shared::keep`] runs.
    pub(crate) fn at(url: &SecretString) -> Result<Self, InvalidRedisUrl> {
        // For TLS. Another part of the process may have chosen before; any choice will do.
        let _ = rustls::crypto::ring::default_provider().install_default();
        Ok(Self {
            client: Client::open(url.expose_secret()).map_err(|_| InvalidRedisUrl)?,
            window: Script::new(include_str!("shared/window.lua")),
            connection: RwLock::default(),
            lost: Notify::new(),
            loss_told: AtomicBool::new(false),
        })
    }

    /// Counts a request; none when Redis does not answer.
    pub(super) async fn admit(&self, key: &str, limit: u32) -> Option<Count> {
        let current = self.current()?;
        match within(PATIENCE, self.count(current.connection, key, limit)).await {
            Ok(count) => Some(count),
            Err(loss) => {
                self.lose(current.number, &loss);
                None
            }
        }
    }

    /// Keeps a connection to Redis, for as long as the future is polled.
    pub(crate) async fn keep(&self) {
        for number in 0.. {
            metrics::gauge!("routemcp_redis_up").set(0.0);
            match within(CONNECT, self.connect()).await {
                Ok(connection) => {
                    let connected = Some(Numbered { number, connection });
                    *self.connection.write().unwrap_or_else(PoisonError::into_inner) = connected;
                    metrics::gauge!("routemcp_redis_up").set(1.0);
                    if self.loss_told.swap(false, Ordering::SeqCst) {
                        tracing::info!("Redis answers again: rate limits are shared");
                    }
                    self.lost.notified().await;
                    metrics::gauge!("routemcp_redis_up").set(0.0);
                }
                Err(loss) => self.tell(&loss),
            }
            tokio::time::sleep(PAUSE).await;
        }
    }

    /// A connection that does what requests need: one that only answers may still refuse to write.
    async fn connect(&self) -> Result<MultiplexedConnection, Loss> {
        let config = AsyncConnectionConfig::new().set_connection_timeout(Some(CONNECT));
        let connection = self
            .client
            .get_multiplexed_async_connection_with_config(&config)
            .await?;
        self.count(connection.clone(), "probe", u32::MAX).await?;
        Ok(connection)
    }

    async fn count(
        &self,
        mut connection: MultiplexedConnection,
        key: &str,
        limit: u32,
    ) -> Result<Count, Loss> {
        let mut call = self.window.key(format!("{PREFIX}{key}"));
        let answer = call.arg(limit).arg(WINDOW).invoke_async(&mut connection);
        let (admitted, counted, oldest, now): (u8, u32, u64, u64) = answer.await?;
        Ok(Count {
            admitted: admitted != 0,
            counted,
            oldest,
            now,
        })
    }

    fn current(&self) -> Option<Numbered> {
        let current = self.connection.read().unwrap_or_else(PoisonError::into_inner);
        current.clone()
    }

    /// Gives a connection up. Of many requests that fail on it, one tells.
    fn lose(&self, number: u64, loss: &Loss) {
        let mut current = self.connection.write().unwrap_or_else(PoisonError::into_inner);
        if current.take_if(|current| current.number == number).is_some() {
            self.tell(loss);
            self.lost.notify_one();
        }
    }

    fn tell(&self, loss: &Loss) {
        if !self.loss_told.swap(true, Ordering::SeqCst) {
            tracing::warn!(reason = %loss, "Redis does not answer: each server counts rate limits for itself meanwhile");
        }
    }
}

async fn within<T>(patience: Duration, step: impl Future<Output = Result<T, Loss>>) -> Result<T, Loss> {
    tokio::time::timeout(patience, step)
        .await
        .unwrap_or(Err(Loss::TooSlow))
}

#[cfg(test)]
mod tests {
    use super::Shared;

    #[test]
    fn an_address_that_cannot_be_used_is_not_quoted() {
        for good in [
            "redis://127.0.0.1:6379",
            "redis://:secret@redis.example/2",
            "rediss://user:secret@redis.example:6380",
        ] {
            assert!(Shared::at(&good.into()).is_ok(), "{good}");
        }
        for bad in [
            "",
            "127.0.0.1:6379",
            "http://:secret@redis.example",
            "redis://:secret@host:port",
        ] {
            let error = Shared::at(&bad.into()).err().map(|error| error.to_string());
            assert!(
                error.is_some_and(|error| !error.contains("secret@host") && !error.contains("example\"")),
                "{bad}"
            );
        }
    }
}
