//! Opens an SQLite file.

use std::fs::OpenOptions;
use std::io::ErrorKind;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use sqlx::any::{AnyConnectOptions, AnyPoolOptions};
use sqlx::{AnyConnection, Connection as _, Executor as _, Row as _};

use super::{Backend, Database, PATIENCE, location};
use crate::error::StoreError;

/// Each reader is a thread. More would wait for processors rather than for each other.
const READERS: u32 = 4;

/// For connections that write. `synchronous = NORMAL` in WAL mode does not sync at each commit: a crash of the process loses
/// nothing and nothing can damage the file, only a power cut can take the last moments back. The records themselves are
/// with the providers, and a sync per write would cost more than all else that a request does.
const WRITER: &str = "PRAGMA busy_timeout = 5000; PRAGMA foreign_keys = ON; PRAGMA synchronous = NORMAL";
/// Readers are kept from writing, so that a statement sent to the wrong pool fails at once.
const READER: &str = "PRAGMA busy_timeout = 5000; PRAGMA query_only = ON";

pub(super) const BEGIN: &str = "BEGIN IMMEDIATE";

pub(super) async fn open(location: &str) -> Result<Database, StoreError> {
    let path = location::path(location)?;
    create(&path)?;
    // Absolute and without `..`, because the driver reads it through a URL.
    let path = path.canonicalize().map_err(|error| unavailable(error.kind()))?;
    let options: AnyConnectOptions = location::sqlite_url(&path).parse()?;
    prepare(&options).await?;
    let writers = Arc::new(AtomicU64::new(0));
    let writer = pool(1, WRITER, Arc::clone(&writers))
        .connect_with(options.clone())
        .await?;
    let readers = pool(READERS, READER, Arc::default())
        .connect_with(options)
        .await?;
    Ok(Database {
        readers,
        writer,
        backend: Backend::Sqlite,
        server: None,
        writers,
    })
}

/// Makes the file for its owner only; SQLite gives its `-wal` and `-shm` files the same permissions.
fn create(path: &Path) -> Result<(), StoreError> {
    match OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)
    {
        Err(error) if error.kind() != ErrorKind::AlreadyExists => Err(unavailable(error.kind())),
        _ => Ok(()),
    }
}

fn unavailable(kind: ErrorKind) -> StoreError {
    StoreError::Unavailable(format!("cannot open or create its file: {kind}"))
}

/// A file does not go away, so connections are neither tested nor replaced. `made` counts them, for those that break.
fn pool(connections: u32, pragmas: &'static str, made: Arc<AtomicU64>) -> AnyPoolOptions {
    AnyPoolOptions::new()
        .max_connections(connections)
        .acquire_timeout(PATIENCE)
        .test_before_acquire(false)
        .idle_timeout(None)
        .max_lifetime(None)
        .after_connect(move |connection, _| {
            made.fetch_add(1, Ordering::SeqCst);
            Box::pin(async move {
                connection.execute(pragmas).await?;
                Ok(())
            })
        })
}

/// On a connection of its own, because a pool hides why it cannot connect behind a time-out.
async fn prepare(options: &AnyConnectOptions) -> Result<(), StoreError> {
    let mut connection = AnyConnection::connect_with(options).await?;
    connection.execute(WRITER).await?;
    switch_to_wal(&mut connection).await?;
    // In one transaction, so that several processes that open a new file do this one after the other.
    let mut transaction = connection.begin_with(BEGIN).await?;
    super::migrate(&mut transaction).await?;
    transaction.commit().await?;
    Ok(connection.close().await?)
}

/// The switch needs the file for itself, and SQLite does not wait for that: another process may be opening it just now.
async fn switch_to_wal(connection: &mut AnyConnection) -> Result<(), StoreError> {
    let start = Instant::now();
    loop {
        let mode = sqlx::query("PRAGMA journal_mode = WAL")
            .fetch_one(&mut *connection)
            .await;
        match mode.map_err(StoreError::from) {
            Ok(row) if row.try_get::<String, _>(0)? == "wal" => return Ok(()),
            Ok(_) => {
                return Err(StoreError::Unavailable(
                    "its file system does not support SQLite's WAL".to_owned(),
                ));
            }
            Err(StoreError::Busy) if start.elapsed() < PATIENCE => {
                tokio::time::sleep(PATIENCE / 500).await;
            }
            Err(error) => return Err(error),
        }
    }
}
