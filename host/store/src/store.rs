//! The store: a database, and the keys that protect what is in it.

use std::sync::Arc;

use sqlx::any::AnyConnectOptions;
use sqlx::{Any, Transaction};

use crate::cache::Caches;
use crate::changes::{Change, ChangeStream, Feed, postgres, sqlite};
use crate::database::{Backend, Database, PoolStatus, Pooled, answered};
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
    feed: Feed,
    caches: Caches,
}

/// Connections to a database server that a store has at most, if nobody says otherwise. The server schedules them itself.
pub const DEFAULT_CONNECTIONS: u32 = 10;

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
        Self::open_with(url, master_keys, DEFAULT_CONNECTIONS).await
    }

    /// As [`Store::open`], with at most so many connections to a database server. [`Store::watch`] takes one more.
    ///
    /// # Errors
    /// Those of [`Store::open`].
    pub async fn open_with(
        url: &str,
        master_keys: impl Into<MasterKeys>,
        server_connections: u32,
    ) -> Result<Self, StoreError> {
        let sealer = Sealer::new(&master_keys.into());
        let database = Database::open(url, server_connections).await?;
        tracing::debug!(master_key = sealer.primary_id(), "opened the store");
        let store = Self {
            inner: Arc::new(Inner {
                database,
                sealer,
                feed: Feed::default(),
                caches: Caches::default(),
            }),
        };
        store.check_master_keys().await?;
        Ok(store)
    }

    /// Follows what other processes change in the database, for as long as the future is polled. What every request asks for
    /// is kept in memory meanwhile; a store that nobody lets watch asks the database each time.
    pub async fn watch(&self) -> std::convert::Infallible {
        let Inner { database, feed, .. } = &*self.inner;
        match &database.server {
            Some(server) => postgres::watch(server, feed).await,
            None => sqlite::watch(database, feed).await,
        }
    }

    /// What this process and, while the store is watched, others change from now on.
    #[must_use]
    pub fn changes(&self) -> ChangeStream {
        self.feed().follow()
    }

    /// Whether changes of other processes are heard at the moment.
    #[must_use]
    pub fn hears_changes(&self) -> bool {
        self.feed().is_heard()
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

    pub(crate) fn readers(&self) -> Pooled<'_> {
        self.inner.database.readers()
    }

    pub(crate) fn writer(&self) -> Pooled<'_> {
        self.inner.database.writer()
    }

    /// Starts a transaction that will write.
    pub(crate) async fn begin(&self) -> Result<Transaction<'static, Any>, StoreError> {
        self.inner.database.begin().await
    }

    /// Commits what changes something that others follow, and announces it: here before this returns, to other processes with
    /// the commit itself.
    ///
    /// It runs to its end though its caller is gone, so that nothing is committed and not announced. It is announced after a
    /// failure as well: a commit whose answer was lost may have taken place.
    pub(crate) async fn commit(
        &self,
        mut transaction: Transaction<'static, Any>,
        change: Change,
    ) -> Result<(), StoreError> {
        if self.backend() == Backend::Server {
            postgres::notify(&mut transaction, &change).await?;
        }
        let store = self.clone();
        let committing = tokio::spawn(async move {
            let committed = answered(transaction.commit()).await;
            store.feed().announce(change);
            committed
        });
        let stopped = |_| StoreError::Unavailable("the process is stopping".to_owned());
        Ok(committing.await.map_err(stopped)??)
    }

    /// Commits as [`Store::commit`] does, if there is anything to commit. Gives back whether there was.
    pub(crate) async fn commit_if(
        &self,
        changed: bool,
        transaction: Transaction<'static, Any>,
        change: Change,
    ) -> Result<bool, StoreError> {
        if changed {
            self.commit(transaction, change).await?;
        }
        Ok(changed)
    }

    pub(crate) fn feed(&self) -> &Feed {
        &self.inner.feed
    }

    pub(crate) fn caches(&self) -> &Caches {
        &self.inner.caches
    }

    pub(crate) fn backend(&self) -> Backend {
        self.inner.database.backend
    }

    pub(crate) fn sealer(&self) -> &Sealer {
        &self.inner.sealer
    }
}
