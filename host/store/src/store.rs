//! The store: a database, and the keys that protect what is in it.

use std::sync::Arc;

use sqlx::any::AnyConnectOptions;
use sqlx::{Any, AnyPool, Transaction};

use crate::database::{Backend, Database, PoolStatus};
use crate::error::StoreError;
use crate::master_key::MasterKeys;
use crate::seal::Sealer;

/// What the host remembers. Clones share their connections.
#[derive(Clone)]
pub struct Store {
    inner: Arc<Inner>,
}

struct Inner {
    database: Database,
    sealer: Sealer,
}

impl Store {
    /// Opens a database, after making it if it is an SQLite file that does not exist, and brings its tables up to date.
    ///
    /// `url` is `sqlite:PATH` or `sqlite://PATH` (see [`crate::sqlite_url`]), or, where the build has the driver, a
    /// `postgres:` URL.
    ///
    /// # Errors
    /// [`StoreError::Url`], [`StoreError::Unavailable`], [`StoreError::Busy`], [`StoreError::Migration`],
    /// [`StoreError::Corrupt`] if the file is not a database, and [`StoreError::MasterKey`] if something in it stands under
    /// a master key that is not in the ring.
    pub async fn open(url: &str, master_keys: impl Into<MasterKeys>) -> Result<Self, StoreError> {
        let sealer = Sealer::new(&master_keys.into());
        let database = Database::open(url).await?;
        tracing::debug!(master_key = sealer.primary_id(), "opened the store");
        let store = Self {
            inner: Arc::new(Inner { database, sealer }),
        };
        store.check_master_keys().await?;
        Ok(store)
    }

    /// Whether the database answers.
    ///
    /// # Errors
    /// Any, if it does not.
    pub async fn ping(&self) -> Result<(), StoreError> {
        sqlx::query("SELECT id FROM organisations LIMIT 1")
            .fetch_optional(self.readers())
            .await?;
        Ok(())
    }

    /// How many database connections there are, pool by pool.
    #[must_use]
    pub fn pools(&self) -> Vec<PoolStatus> {
        self.inner.database.pools()
    }

    /// Waits for running calls and disconnects. Later calls fail.
    pub async fn close(&self) {
        self.inner.database.close().await;
    }

    pub(crate) fn connect_options(&self) -> AnyConnectOptions {
        self.inner.database.options.clone()
    }

    pub(crate) fn readers(&self) -> &AnyPool {
        &self.inner.database.readers
    }

    pub(crate) fn writer(&self) -> &AnyPool {
        &self.inner.database.writer
    }

    /// Starts a transaction that will write.
    pub(crate) async fn begin(&self) -> Result<Transaction<'static, Any>, StoreError> {
        self.inner.database.begin().await
    }

    pub(crate) fn backend(&self) -> Backend {
        self.inner.database.backend
    }

    pub(crate) fn sealer(&self) -> &Sealer {
        &self.inner.sealer
    }
}
