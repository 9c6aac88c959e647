//! Whether the database answers, seen over a connection of its own: the pools may only be busy.

use std::time::Duration;

use sqlx::any::AnyConnectOptions;
use sqlx::{AnyConnection, Connection as _};

use crate::error::StoreError;
use crate::store::Store;

/// Looks at the database, again and again.
pub struct Pulse {
    options: AnyConnectOptions,
    connection: Option<AnyConnection>,
}

impl Store {
    /// A look at this store's database.
    #[must_use]
    pub fn pulse(&self) -> Pulse {
        Pulse {
            options: self.connect_options(),
            connection: None,
        }
    }
}

impl Pulse {
    /// Whether the database answers within a time. After a failure the next look connects anew.
    ///
    /// # Errors
    /// Why it does not.
    pub async fn beat(&mut self, within: Duration) -> Result<(), StoreError> {
        // Dropped unless it works, also when the time is over in the middle.
        let connection = self.connection.take();
        let late = || StoreError::Unavailable(format!("it gave no answer within {} s", within.as_secs()));
        let answered = tokio::time::timeout(within, ask(&self.options, connection)).await;
        self.connection = Some(answered.map_err(|_| late())??);
        Ok(())
    }
}

async fn ask(
    options: &AnyConnectOptions,
    connection: Option<AnyConnection>,
) -> Result<AnyConnection, StoreError> {
    let mut connection = match connection {
        Some(connection) => connection,
        None => AnyConnection::connect_with(options).await?,
    };
    sqlx::query("SELECT id FROM organisations LIMIT 1")
        .fetch_optional(&mut connection)
        .await?;
    Ok(connection)
}
