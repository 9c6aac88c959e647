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
use tokio::time::Instant;

use super::window::{Count, WINDOW};

/// How long a request waits for Redis.
const PATIENCE: Duration = Duration::from_millis(100);
/// How long connecting may take, when nobody waits.
const CONNECT: Duration = Duration::from_secs(2);
/// The pause before the next try. It doubles with each connection that is soon lost again.
const PAUSE: Duration = Duration::from_secs(1);
/// The longest pause.
const LONGEST_PAUSE: Duration = Duration::from_secs(30);
/// Who has kept a connection for so long may lose it without being suspected of losing the next.
const STEADY: Duration = Duration::from_secs(60);
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
        let mut pause = PAUSE;
        for number in 0.. {
            metrics::gauge!("routemcp_redis_up").set(0.0);
            match self.connect().await {
                Ok(connection) => {
                    let connected_at = Instant::now();
                    let connected = Some(Numbered { number, connection });
                    *self.connection.write().unwrap_or_else(PoisonError::into_inner) = connected;
                    metrics::gauge!("routemcp_redis_up").set(1.0);
                    if self.loss_told.swap(false, Ordering::SeqCst) {
                        tracing::info!("Redis answers again: rate limits are shared");
                    }
                    self.lost.notified().await;
                    metrics::gauge!("routemcp_redis_up").set(0.0);
                    pause = next_pause(pause, connected_at.elapsed());
                }
                Err(loss) => self.tell(&loss),
            }
            tokio::time::sleep(pause).await;
        }
    }

    /// A connection that does what requests need, and as quickly as they need it: one that only answers may still refuse to
    /// write, and one that is slower would be lost with the first request.
    async fn connect(&self) -> Result<MultiplexedConnection, Loss> {
        let connection = within(CONNECT, self.open()).await?;
        within(PATIENCE, self.count(connection.clone(), "probe", u32::MAX)).await?;
        Ok(connection)
    }

    /// A connection to a Redis that knows the script already, so that counting is one round trip from the first time on.
    async fn open(&self) -> Result<MultiplexedConnection, Loss> {
        let config = AsyncConnectionConfig::new().set_connection_timeout(Some(CONNECT));
        let mut connection = self
            .client
            .get_multiplexed_async_connection_with_config(&config)
            .await?;
        self.window.load_async(&mut connection).await?;
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

/// How long to wait after a connection that lasted so long: a Redis that comes and goes is not to fill the log.
fn next_pause(pause: Duration, lasted: Duration) -> Duration {
    if lasted >= STEADY {
        return PAUSE;
    }
    pause.saturating_mul(2).min(LONGEST_PAUSE)
}

async fn within<T>(patience: Duration, step: impl Future<Output = Result<T, Loss>>) -> Result<T, Loss> {
    tokio::time::timeout(patience, step)
        .await
        .unwrap_or(Err(Loss::TooSlow))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicU32, Ordering};
    use std::time::Duration;

    use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
    use tokio::net::{TcpListener, TcpStream};

    use super::{LONGEST_PAUSE, PATIENCE, PAUSE, STEADY, Shared, next_pause};

    /// Speaks as much of Redis' protocol as is needed, and runs scripts in this time.
    struct SlowRedis {
        takes: Duration,
        hash: String,
        ran: AtomicU32,
    }

    impl SlowRedis {
        async fn serve(self: Arc<Self>, listener: TcpListener) {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(Arc::clone(&self).answer(stream));
            }
        }

        async fn answer(self: Arc<Self>, stream: TcpStream) {
            let mut stream = BufReader::new(stream);
            while let Some(command) = command(&mut stream).await {
                let answer = match command.as_str() {
                    "EVALSHA" => {
                        self.ran.fetch_add(1, Ordering::SeqCst);
                        tokio::time::sleep(self.takes).await;
                        "*4\r\n:1\r\n:1\r\n:100\r\n:100\r\n".to_owned()
                    }
                    "SCRIPT" => format!("${}\r\n{}\r\n", self.hash.len(), self.hash),
                    _ => "+OK\r\n".to_owned(),
                };
                if stream.write_all(answer.as_bytes()).await.is_err() {
                    return;
                }
            }
        }
    }

    /// The name of the next command: an array of texts, each with its length before it.
    async fn command(stream: &mut BufReader<TcpStream>) -> Option<String> {
        let mut name = None;
        for _ in 0..length(stream).await? {
            let mut text = vec![0; length(stream).await? + 2];
            stream.read_exact(&mut text).await.ok()?;
            name = name.or_else(|| Some(String::from_utf8_lossy(&text).trim().to_uppercase()));
        }
        name
    }

    async fn length(stream: &mut BufReader<TcpStream>) -> Option<usize> {
        let mut line = String::new();
        stream.read_line(&mut line).await.ok()?;
        line.get(1..)?.trim().parse().ok()
    }

    /// Whether windows at a Redis that takes so long are ever used in a while, and how often it was tried.
    async fn used(takes: Duration) -> (bool, u32) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("redis://{}", listener.local_addr().unwrap());
        let shared = Shared::at(&url.into()).unwrap();
        let redis = Arc::new(SlowRedis {
            takes,
            hash: shared.window.get_hash().to_owned(),
            ran: AtomicU32::new(0),
        });
        let serving = tokio::spawn(Arc::clone(&redis).serve(listener));
        let looking = async {
            for _ in 0..50 {
                if shared.current().is_some() {
                    return true;
                }
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
            false
        };
        let used = tokio::select! {
            used = looking => used,
            () = shared.keep() => unreachable!("it keeps for ever"),
        };
        serving.abort();
        (used, redis.ran.load(Ordering::SeqCst))
    }

    #[tokio::test]
    async fn a_redis_that_is_slower_than_requests_wait_is_not_used() {
        let (used_slow, tried) = used(PATIENCE * 3 / 2).await;
        assert!(!used_slow && tried >= 2, "tried {tried} times");
        assert!(used(Duration::ZERO).await.0, "it would be used if it were quick");
    }

    #[test]
    fn a_redis_that_comes_and_goes_is_tried_less_and_less_often() {
        let mut pause = PAUSE;
        for seconds in [2, 4, 8, 16, 30, 30] {
            pause = next_pause(pause, STEADY / 2);
            assert_eq!(pause.as_secs(), seconds);
        }
        assert_eq!(pause, LONGEST_PAUSE);
        assert_eq!(next_pause(pause, STEADY), PAUSE);
    }

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
