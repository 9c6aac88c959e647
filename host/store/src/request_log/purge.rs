//! Forgets old requests, a few at a time.

use jiff::Timestamp;

use super::first_id_at;
use crate::database::Backend;
use crate::error::StoreError;
use crate::store::Store;

/// Skips the rows that another server is deleting just now, where the database can lock rows.
const fn statement(backend: Backend) -> &'static str {
    match backend {
        Backend::Sqlite => {
            "DELETE FROM request_log WHERE id IN \
             (SELECT id FROM request_log WHERE id < $1 ORDER BY id LIMIT $2)"
        }
        Backend::Server => {
            "DELETE FROM request_log WHERE id IN \
             (SELECT id FROM request_log WHERE id < $1 ORDER BY id LIMIT $2 FOR UPDATE SKIP LOCKED)"
        }
    }
}

impl Store {
    /// Deletes up to `portion` of the requests that came before a time, the oldest first, and says how many that were. Small
    /// portions keep the database free for others; servers that share it do not wait for each other.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn purge_requests(&self, before: Timestamp, portion: u32) -> Result<u64, StoreError> {
        let purged = sqlx::query(statement(self.backend()))
            .bind(first_id_at(before))
            .bind(i64::from(portion))
            .execute(self.writer())
            .await?;
        Ok(purged.rows_affected())
    }
}
