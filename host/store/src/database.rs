//! The database behind the store: SQLite in a file, or a server.

mod limited;
mod location;
mod sqlite;

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use sqlx::any::{AnyConnectOptions, AnyPoolOptions};
use sqlx::migrate::Migrator;
use sqlx::postgres::PgConnectOptions;
use sqlx::{Any, AnyConnection, AnyPool, ConnectOptions as _, Connection as _, Transaction};

use crate::error::StoreError;
use limited::Limited;
pub(crate) use limited::{Pooled, answered, inside};
pub use location::sqlite_url;

/// Migrations that this version does not know are left alone: they are those of a newer version, which adds and takes
/// nothing away, and during an upgrade both serve (see ARCHITECTURE.md, "Upgrading").
static MIGRATOR: LazyLock<Migrator> = LazyLock::new(|| {
    let mut migrator = sqlx::migrate!("./migrations");
    migrator.set_ignore_missing(true);
    migrator
});

/// How long a call waits for a connection before it is [`StoreError::NoConnection`], or SQLite for a lock before it is
/// [`StoreError::Busy`].
const PATIENCE: Duration = Duration::from_secs(5);

/// Gives a connection to a server a limit for each statement, twice what is waited for a connection, unless the operator has
/// set another one in the URL or on the server. As a statement rather than among the options of the connection, which poolers
/// in between do not all take.
const LIMIT_QUERIES: &str = "SELECT set_config('statement_timeout', '10s', false) \
                             WHERE current_setting('statement_timeout') = '0'";

/// Pools for reading and for writing.
///
/// SQLite lets one connection write at a time. With one writing connection, writers of this process queue in the pool,
/// in order and without polling, instead of meeting in SQLite's busy handler; its time-out is then for other processes,
/// such as the command line. Readers have connections of their own, and WAL lets them read while a write is under way.
/// On a server both are the same pool.
pub(crate) struct Database {
    readers: AnyPool,
    writer: AnyPool,
    pub(crate) backend: Backend,
    /// How to reach the server; none for SQLite.
    pub(crate) server: Option<PgConnectOptions>,
    /// How many writing connections there have been.
    writers: Arc<AtomicU64>,
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

/// A number that is another one when another process has written: SQLite's `data_version`, and which connection was asked
/// for it, because the numbers of two connections have nothing to do with each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct WriterVersion(u64, i64);

/// What kind of database it is, for the few texts that cannot be the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Backend {
    Sqlite,
    Server,
}

impl Database {
    /// Connects, makes the file if there is none, and brings the tables up to date.
    pub(crate) async fn open(url: &str, server_connections: u32) -> Result<Self, StoreError> {
        sqlx::any::install_default_drivers();
        match url.split_once(':') {
            Some(("sqlite", location)) => sqlite::open(location).await,
            Some(("postgres" | "postgresql", _)) => Self::open_server(url, server_connections).await,
            _ => Err(StoreError::Url("must begin with sqlite: or postgres:".to_owned())),
        }
    }

    async fn open_server(url: &str, connections: u32) -> Result<Self, StoreError> {
        // Asking whether a statement is to be logged upsets the filters of layers: the next span is then not collected
        // (https://github.com/tokio-rs/tracing/pull/3572).
        let options: AnyConnectOptions = url.parse()?;
        let options = options.disable_statement_logging();
        let mut connection = AnyConnection::connect_with(&options).await?;
        // Migrators of several replicas wait for each other at an advisory lock.
        migrate(&mut connection).await?;
        connection.close().await?;
        let pool = AnyPoolOptions::new()
            .max_connections(connections)
            .acquire_timeout(PATIENCE)
            // Not the one that migrates, which may take long, nor the one that listens, which is asked for signs of life.
            .after_connect(|connection, _| Box::pin(limit_queries(connection)))
            .after_release(|connection, _| Box::pin(is_alive(connection)));
        let pool = pool.connect_with(options.clone()).await?;
        Ok(Self {
            options,
            readers: pool.clone(),
            writer: pool,
            backend: Backend::Server,
            server: Some(url.parse::<PgConnectOptions>()?.disable_statement_logging()),
            writers: Arc::default(),
        })
    }

    /// For a statement that reads.
    pub(crate) fn readers(&self) -> Pooled<'_> {
        Limited(&self.readers)
    }

    /// For a statement that writes by itself.
    pub(crate) fn writer(&self) -> Pooled<'_> {
        Limited(&self.writer)
    }

    /// Starts a transaction that will write.
    pub(crate) async fn begin(&self) -> Result<Transaction<'static, Any>, StoreError> {
        let begin = match self.backend {
            Backend::Sqlite => sqlite::BEGIN,
            Backend::Server => "BEGIN",
        };
        Ok(answered(self.writer.begin_with(begin)).await?)
    }

    /// What tells whether another process has written since. For SQLite.
    pub(crate) async fn writer_version(&self) -> Result<WriterVersion, StoreError> {
        let mut writer = self.writer.acquire().await?;
        // There is one writing connection at a time, so it is the newest.
        let connection = self.writers.load(Ordering::SeqCst);
        let version = sqlx::query_scalar("PRAGMA data_version")
            .fetch_one(&mut *writer)
            .await?;
        Ok(WriterVersion(connection, version))
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

async fn limit_queries(connection: &mut AnyConnection) -> Result<(), sqlx::Error> {
    sqlx::query(LIMIT_QUERIES).execute(connection).await?;
    Ok(())
}

/// Whether a connection that is given back can be used again. The pool looks itself, but without a limit: one that got lost
/// in the network would keep its place until the kernel gives it up.
async fn is_alive(connection: &mut AnyConnection) -> Result<bool, sqlx::Error> {
    match tokio::time::timeout(PATIENCE, connection.ping()).await {
        Ok(alive) => alive.map(|()| true),
        Err(_) => Err(sqlx::Error::Io(std::io::ErrorKind::TimedOut.into())),
    }
}

/// `Migrator::run` would do, but its future is not `Send` in the eyes of the compiler; `run_direct` is sqlx's own way round.
async fn migrate(connection: &mut AnyConnection) -> Result<(), StoreError> {
    Ok(MIGRATOR.run_direct(None, connection, false).await?)
}
