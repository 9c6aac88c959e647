//! Which version is active, which one was before, and the way back.

use sqlx::{Any, Executor, Transaction};

use super::changed;
use crate::database::inside;
use crate::error::StoreError;
use crate::store::Store;
use crate::time::now;

/// Entries of the history that are kept for each connector.
const KEPT: i64 = 200;

impl Store {
    /// The version that a roll back returns to.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn connector_rollback_target(&self, slug: &str) -> Result<Option<String>, StoreError> {
        rollback_target(self.readers(), slug).await
    }

    /// Returns to the version that was active before, which must be `to`: whoever rolls back has looked at it.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] if it is another one by now.
    pub async fn roll_back_connector(&self, slug: &str, to: &str) -> Result<(), StoreError> {
        let mut transaction = self.begin().await?;
        if rollback_target(inside(&mut transaction), slug).await?.as_deref() != Some(to) {
            return Err(StoreError::Conflict(
                "another version was activated meanwhile".to_owned(),
            ));
        }
        sqlx::query(
            "UPDATE connector_activations SET undone_at = $1 WHERE slug = $2 AND undone_at IS NULL AND position > \
             (SELECT MAX(position) FROM connector_activations WHERE slug = $3 AND undone_at IS NULL AND sha256 = $4)",
        )
        .bind(now().as_millisecond())
        .bind(slug)
        .bind(slug)
        .bind(to)
        .execute(inside(&mut transaction))
        .await?;
        set_active(&mut transaction, slug, to).await?;
        self.commit(transaction, changed(slug)).await
    }
}

/// Makes a version the active one. The connector stays disabled if it is.
pub(super) async fn activate(
    transaction: &mut Transaction<'static, Any>,
    slug: &str,
    sha256: &str,
) -> Result<(), StoreError> {
    let active: Option<String> = sqlx::query_scalar("SELECT active FROM connector_states WHERE slug = $1")
        .bind(slug)
        .fetch_optional(inside(transaction))
        .await?;
    if active.as_deref() == Some(sha256) {
        return Ok(());
    }
    let last: Option<i64> =
        sqlx::query_scalar("SELECT MAX(position) FROM connector_activations WHERE slug = $1")
            .bind(slug)
            .fetch_one(inside(transaction))
            .await?;
    let position = last.unwrap_or_default().saturating_add(1);
    sqlx::query(
        "INSERT INTO connector_activations (slug, position, sha256, activated_at) VALUES ($1, $2, $3, $4)",
    )
    .bind(slug)
    .bind(position)
    .bind(sha256)
    .bind(now().as_millisecond())
    .execute(inside(transaction))
    .await
    .map_err(|error| StoreError::of_write(error, "connector version"))?;
    sqlx::query("DELETE FROM connector_activations WHERE slug = $1 AND position <= $2")
        .bind(slug)
        .bind(position.saturating_sub(KEPT))
        .execute(inside(transaction))
        .await?;
    set_active(transaction, slug, sha256).await
}

async fn set_active(
    transaction: &mut Transaction<'static, Any>,
    slug: &str,
    sha256: &str,
) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO connector_states (slug, active, enabled, updated_at) VALUES ($1, $2, 1, $3) \
         ON CONFLICT (slug) DO UPDATE SET active = excluded.active, updated_at = excluded.updated_at",
    )
    .bind(slug)
    .bind(sha256)
    .bind(now().as_millisecond())
    .execute(inside(transaction))
    .await
    .map_err(|error| StoreError::of_write(error, "connector version"))?;
    Ok(())
}

/// The newest entry that was not undone and is not about the active version. None if nothing was ever active.
pub(super) async fn rollback_target<'e>(
    executor: impl Executor<'e, Database = Any>,
    slug: &str,
) -> Result<Option<String>, StoreError> {
    Ok(sqlx::query_scalar(
        "SELECT sha256 FROM connector_activations WHERE slug = $1 AND undone_at IS NULL AND sha256 <> \
         (SELECT active FROM connector_states WHERE slug = $2) ORDER BY position DESC LIMIT 1",
    )
    .bind(slug.to_owned())
    .bind(slug.to_owned())
    .fetch_optional(executor)
    .await?)
}
