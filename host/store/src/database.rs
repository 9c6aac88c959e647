//! The database behind the store: SQLite in a file, or a server.

mod location;
mod sqlite;

use std::time::Duration;

use sqlx::any::{AnyConnectOptions, AnyPoolOptions};
use sqlx::migrate::Migrator;
use sqlx::{Any, AnyConnection, AnyPool, Connection as _, Transaction};

use crate::error::StoreError;
pub use location::sqlite_url;

static MIGRATOR: Migrator = sqlx::migrate!("./migrations");

/// How long a call waits for a connection before it is [`StoreError::NoConnection`], or SQLite for a lock before it is
/// [`StoreError::Busy`].
const PATIENCE: Duration = Duration::from_secs(5);
/// Connections to a database server, which schedules them itself.
const SERVER_CONNECTIONS: u32 = 10;

/// Pools for reading and for writing.
///
/// SQLite lets one connection write at a time. With one writing connection, writers of this process queue in the pool,
/// in order and without polling, instead of meeting in SQLite's busy handler; its time-out is then for other processes,
/// such as the command line. Readers have connections of their own, and WAL lets them read while a write is under way.
/// On a server both are the same pool.
pub(crate) struct Database {
    pub(crate) readers: AnyPool,
    pub(crate) writer: AnyPool,
    pub(crate) backend: Backend,
    /// For connections beside the pools.
    pub(crate) options: AnyConnectOptions,
}

/// The connections of one pool.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PoolStatus {
    /// `readers` and `writer` of an SQLite file, or `server`.
    pub name: &'static str,
    /// How many are in use.
    pub in_use: usize,
    /// How many are open and idle.
    pub idle: usize,
    /// How many there may be.
    pub max: usize,
}

impl PoolStatus {
    fn of(name: &'static str, pool: &AnyPool) -> Self {
        let wide = |count: u32| usize::try_from(count).unwrap_or(usize::MAX);
        let (open, idle) = (wide(pool.size()), pool.num_idle());
        Self {
            name,
            in_use: open.saturating_sub(idle),
            idle,
            max: wide(pool.options().get_max_connections()),
        }
    }
}

/// What kind of database it is, for the few texts that cannot be the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Backend {
    Sqlite,
    Server,
}

impl Database {
    /// Connects, makes the file if there is none, and brings the tables up to date.
    pub(crate) async fn open(url: &str) -> Result<Self, StoreError> {
        sqlx::any::install_default_drivers();
        match url.split_once(':') {
            Some(("sqlite", location)) => sqlite::open(location).await,
            Some(("postgres" | "postgresql", _)) => Self::open_server(url).await,
            _ => Err(StoreError::Url("must begin with sqlite: or postgres:".to_owned())),
        }
    }

    async fn open_server(url: &str) -> Result<Self, StoreError> {
        let options: AnyConnectOptions = url.parse()?;
        let mut connection = AnyConnection::connect_with(&options).await?;
        // Migrators of several replicas wait for each other at an advisory lock.
        migrate(&mut connection).await?;
        connection.close().await?;
        let pool = AnyPoolOptions::new()
            .max_connections(SERVER_CONNECTIONS)
            .acquire_timeout(PATIENCE);
        let pool = pool.connect_with(options.clone()).await?;
        Ok(Self {
            options,
            readers: pool.clone(),
            writer: pool,
            backend: Backend::Server,
        })
    }

    /// Starts a transaction that will write.
    pub(crate) async fn begin(&self) -> Result<Transaction<'static, Any>, StoreError> {
        let begin = match self.backend {
            Backend::Sqlite => sqlite::BEGIN,
            Backend::Server => "BEGIN",
        };
        Ok(self.writer.begin_with(begin).await?)
    }

    /// How many connections there are.
    pub(crate) fn pools(&self) -> Vec<PoolStatus> {
        match self.backend {
            Backend::Sqlite => vec![
                PoolStatus::of("readers", &self.readers),
                PoolStatus::of("writer", &self.writer),
            ],
            Backend::Server => vec![PoolStatus::of("server", &self.readers)],
        }
    }

    /// Waits for running calls and disconnects. The writer goes last: whoever leaves last folds the WAL into the file, and
    /// readers may not write.
    pub(crate) async fn close(&self) {
        self.readers.close().await;
        self.writer.close().await;
    }
}

/// `Migrator::run` would do, but its future is not `Send` in the eyes of the compiler; `run_direct` is sqlx's own way round.
async fn migrate(connection: &mut AnyConnection) -> Result<(), StoreError> {
    Ok(MIGRATOR.run_direct(None, connection, false).await?)
}
