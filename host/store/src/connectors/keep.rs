//! Keeping versions, and forgetting the oldest.

use std::collections::BTreeSet;

use sqlx::{Any, Transaction};

use super::activations::{activate, rollback_target};
use super::{NewConnectorVersion, changed};
use crate::database::inside;
use crate::error::StoreError;
use crate::store::Store;
use crate::{check, row};

/// So many versions of a connector are kept besides the active one and the one that a roll back would return to.
pub(super) const KEPT: usize = 10;

impl Store {
    /// Keeps a version with what the operator granted for it, and makes it the active one if asked to: all or nothing. A
    /// version that is known already keeps its place; a signature given now is kept with it.
    ///
    /// # Errors
    /// [`StoreError::Invalid`] for text that cannot be kept.
    pub async fn keep_connector(
        &self,
        new: NewConnectorVersion<'_>,
        grants: &[String],
        make_active: bool,
    ) -> Result<(), StoreError> {
        check::name("slug", new.slug)?;
        check::name("sha256", new.sha256)?;
        check::text("version", new.version)?;
        check::text("contract", new.contract)?;
        let mut transaction = self.begin().await?;
        insert(&mut transaction, new).await?;
        grant(&mut transaction, new.slug, grants).await?;
        if make_active {
            activate(&mut transaction, new.slug, new.sha256).await?;
        }
        forget_oldest(&mut transaction, new.slug, new.sha256).await?;
        self.commit(transaction, changed(new.slug)).await
    }

    /// Makes a version that is kept the active one, after granting what it needs: both or neither.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] if there is no such version.
    pub async fn activate_connector(
        &self,
        slug: &str,
        sha256: &str,
        grants: &[String],
    ) -> Result<(), StoreError> {
        let mut transaction = self.begin().await?;
        grant(&mut transaction, slug, grants).await?;
        activate(&mut transaction, slug, sha256).await?;
        self.commit(transaction, changed(slug)).await
    }

    /// Deletes a version.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] if there is no such version; [`StoreError::Conflict`] if it is the active one.
    pub async fn delete_connector_version(&self, slug: &str, sha256: &str) -> Result<(), StoreError> {
        let mut transaction = self.begin().await?;
        let active: Option<String> =
            sqlx::query_scalar("SELECT active FROM connector_states WHERE slug = $1")
                .bind(slug)
                .fetch_optional(inside(&mut transaction))
                .await?;
        if active.as_deref() == Some(sha256) {
            let message = "this version is active; activate another one first";
            return Err(StoreError::Conflict(message.to_owned()));
        }
        if delete(&mut transaction, slug, sha256).await? == 0 {
            return Err(StoreError::NotFound("connector version"));
        }
        self.commit(transaction, changed(slug)).await
    }
}

async fn insert(
    transaction: &mut Transaction<'static, Any>,
    new: NewConnectorVersion<'_>,
) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO connector_versions \
         (slug, sha256, version, contract, size, content, publisher, signature, installed_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (slug, sha256) DO UPDATE SET \
         publisher = COALESCE(excluded.publisher, connector_versions.publisher), \
         signature = COALESCE(excluded.signature, connector_versions.signature)",
    )
    .bind(new.slug)
    .bind(new.sha256)
    .bind(new.version)
    .bind(new.contract)
    .bind(i64::try_from(new.content.len()).unwrap_or(i64::MAX))
    .bind(new.content)
    .bind(new.publisher)
    .bind(new.signature)
    .bind(crate::time::now().as_millisecond())
    .execute(inside(transaction))
    .await?;
    Ok(())
}

async fn grant(
    transaction: &mut Transaction<'static, Any>,
    slug: &str,
    hosts: &[String],
) -> Result<(), StoreError> {
    for host in hosts {
        check::name("grant", host)?;
        sqlx::query(
            "INSERT INTO connector_grants (slug, host, granted_at) VALUES ($1, $2, $3) \
             ON CONFLICT (slug, host) DO NOTHING",
        )
        .bind(slug)
        .bind(host.as_str())
        .bind(crate::time::now().as_millisecond())
        .execute(inside(transaction))
        .await?;
    }
    Ok(())
}

async fn delete(
    transaction: &mut Transaction<'static, Any>,
    slug: &str,
    sha256: &str,
) -> Result<u64, StoreError> {
    let deleted = sqlx::query("DELETE FROM connector_versions WHERE slug = $1 AND sha256 = $2")
        .bind(slug)
        .bind(sha256)
        .execute(inside(transaction))
        .await?;
    Ok(deleted.rows_affected())
}

/// A developer who saves a file every minute must not fill the database.
async fn forget_oldest(
    transaction: &mut Transaction<'static, Any>,
    slug: &str,
    newest: &str,
) -> Result<(), StoreError> {
    let rows = sqlx::query(
        "SELECT sha256 FROM connector_versions WHERE slug = $1 ORDER BY installed_at DESC, sha256 DESC",
    )
    .bind(slug)
    .fetch_all(inside(transaction))
    .await?;
    let newest_first: Vec<String> = rows
        .iter()
        .map(|row| row::text(row, "sha256"))
        .collect::<Result<_, _>>()?;
    let active: Option<String> = sqlx::query_scalar("SELECT active FROM connector_states WHERE slug = $1")
        .bind(slug)
        .fetch_optional(inside(transaction))
        .await?;
    let before = rollback_target(inside(transaction), slug).await?;
    let in_use = [Some(newest.to_owned()), active, before];
    for sha256 in too_old(&newest_first, &in_use.into_iter().flatten().collect()) {
        delete(transaction, slug, sha256).await?;
    }
    Ok(())
}

fn too_old<'a>(newest_first: &'a [String], in_use: &BTreeSet<String>) -> Vec<&'a str> {
    let idle = newest_first.iter().filter(|sha256| !in_use.contains(*sha256));
    idle.skip(KEPT).map(String::as_str).collect()
}

#[cfg(test)]
mod tests {
    use super::{KEPT, too_old};

    #[test]
    fn the_oldest_go_but_never_one_in_use() {
        let versions: Vec<String> = (0..KEPT + 3).map(|number| format!("v{number}")).collect();
        let last = versions[KEPT + 2].clone();
        let in_use = [versions[0].clone(), last].into();
        assert_eq!(too_old(&versions, &in_use), [format!("v{}", KEPT + 1)]);
        assert!(too_old(&versions[..KEPT], &[].into()).is_empty());
    }
}
