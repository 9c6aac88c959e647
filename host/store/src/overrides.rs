//! Mapping overrides of an organisation, and a version for each provider that tells whether they changed.

use jiff::Timestamp;
use serde_json::Value;
use sqlx::any::AnyRow;
use sqlx::{Any, Transaction};

use crate::changes::{Change, Topic};
use crate::database::inside;
use crate::error::StoreError;
use crate::store::Store;
use crate::{check, row, time};

/// How the database says "the whole organisation". No end user's external id is empty.
const WHOLE_ORGANISATION: &str = "";

/// One override.
#[derive(Clone, Debug, PartialEq)]
pub struct StoredOverride {
    /// External id of the end user that it is for; none if it is for the whole organisation.
    pub end_user: Option<String>,
    /// The unified field that it changes.
    pub unified_field: String,
    /// The change. Its form is the mapping's business.
    pub change: Value,
    /// When it was last set.
    pub updated_at: Timestamp,
}

impl Store {
    /// The organisation's overrides for a resource, then those of the end user if one is given, each in byte order of the
    /// unified field.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn overrides(
        &self,
        organisation_id: &str,
        provider: &str,
        resource: &str,
        end_user: Option<&str>,
    ) -> Result<Vec<StoredOverride>, StoreError> {
        if !check::can_exist(&[provider, resource, end_user.unwrap_or_default()]) {
            return Ok(Vec::new());
        }
        let rows = sqlx::query(
            "SELECT end_user, unified_field, change_json, updated_at FROM mapping_overrides \
             WHERE organisation_id = $1 AND provider = $2 AND resource = $3 AND end_user IN ('', $4)",
        )
        .bind(organisation_id)
        .bind(provider)
        .bind(resource)
        .bind(end_user.unwrap_or(WHOLE_ORGANISATION))
        .fetch_all(self.readers())
        .await?;
        let mut found = rows.iter().map(read).collect::<Result<Vec<_>, _>>()?;
        found.sort_by(|one, other| {
            (&one.end_user, &one.unified_field).cmp(&(&other.end_user, &other.unified_field))
        });
        Ok(found)
    }

    /// The overrides of all end users for a resource, to check a change of the organisation's against them.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn end_user_overrides(
        &self,
        organisation_id: &str,
        provider: &str,
        resource: &str,
    ) -> Result<Vec<StoredOverride>, StoreError> {
        if !check::can_exist(&[provider, resource]) {
            return Ok(Vec::new());
        }
        let rows = sqlx::query(
            "SELECT end_user, unified_field, change_json, updated_at FROM mapping_overrides \
             WHERE organisation_id = $1 AND provider = $2 AND resource = $3 AND end_user <> ''",
        )
        .bind(organisation_id)
        .bind(provider)
        .bind(resource)
        .fetch_all(self.readers())
        .await?;
        rows.iter().map(read).collect()
    }

    /// Sets overrides (unified field and change), all or none. Others stay as they are.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] if there is no such organisation; [`StoreError::Invalid`] for text that cannot be kept.
    pub async fn put_overrides(
        &self,
        organisation_id: &str,
        provider: &str,
        resource: &str,
        end_user: Option<&str>,
        changes: Vec<(String, Value)>,
    ) -> Result<(), StoreError> {
        if changes.is_empty() {
            return Ok(());
        }
        check::name("provider", provider)?;
        check::name("resource", resource)?;
        let end_user = stored_end_user(end_user)?;
        let now = time::now().as_millisecond();
        let mut transaction = self.begin().await?;
        raise_version(&mut transaction, organisation_id, provider).await?;
        for (unified_field, change) in changes {
            check::name("unifiedField", &unified_field)?;
            sqlx::query(
                "INSERT INTO mapping_overrides \
                 (organisation_id, provider, resource, end_user, unified_field, change_json, updated_at) \
                 VALUES ($1, $2, $3, $4, $5, $6, $7) \
                 ON CONFLICT (organisation_id, provider, resource, end_user, unified_field) \
                 DO UPDATE SET change_json = excluded.change_json, updated_at = excluded.updated_at",
            )
            .bind(organisation_id)
            .bind(provider)
            .bind(resource)
            .bind(end_user)
            .bind(unified_field)
            .bind(change.to_string())
            .bind(now)
            .execute(inside(&mut transaction))
            .await?;
        }
        self.commit(transaction, change(organisation_id, provider)).await
    }

    /// Takes an override back. Whether there was one.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn delete_override(
        &self,
        organisation_id: &str,
        provider: &str,
        resource: &str,
        end_user: Option<&str>,
        unified_field: &str,
    ) -> Result<bool, StoreError> {
        if !check::can_exist(&[provider, resource, unified_field]) {
            return Ok(false);
        }
        let mut transaction = self.begin().await?;
        let deleted = sqlx::query(
            "DELETE FROM mapping_overrides WHERE organisation_id = $1 AND provider = $2 AND resource = $3 \
             AND end_user = $4 AND unified_field = $5",
        )
        .bind(organisation_id)
        .bind(provider)
        .bind(resource)
        .bind(stored_end_user(end_user)?)
        .bind(unified_field)
        .execute(inside(&mut transaction))
        .await?;
        if deleted.rows_affected() == 0 {
            return Ok(false);
        }
        raise_version(&mut transaction, organisation_id, provider).await?;
        self.commit(transaction, change(organisation_id, provider))
            .await?;
        Ok(true)
    }

    /// A number that goes up whenever an override of this organisation and provider changes; 0 before the first. Read it
    /// before the overrides: then a cached result is at worst newer than its version says, and is replaced at the next
    /// call.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn overrides_version(&self, organisation_id: &str, provider: &str) -> Result<i64, StoreError> {
        let kept = &self.caches().overrides_versions;
        let name = (organisation_id.to_owned(), provider.to_owned());
        let stamp = self.feed().stamp(Topic::Overrides(organisation_id, provider));
        if let Some(version) = kept.get(&name, stamp) {
            return Ok(version);
        }
        let version: Option<i64> = sqlx::query_scalar(
            "SELECT version FROM mapping_versions WHERE organisation_id = $1 AND provider = $2",
        )
        .bind(organisation_id)
        .bind(provider)
        .fetch_optional(self.readers())
        .await?;
        let version = version.unwrap_or(0);
        kept.put(name, stamp, version);
        Ok(version)
    }
}

fn stored_end_user(end_user: Option<&str>) -> Result<&str, StoreError> {
    match end_user {
        Some(end_user) => check::name("endUserId", end_user).map(|()| end_user),
        None => Ok(WHOLE_ORGANISATION),
    }
}

fn change(organisation_id: &str, provider: &str) -> Change {
    Change::Overrides {
        organisation_id: organisation_id.into(),
        provider: provider.to_owned(),
    }
}

async fn raise_version(
    transaction: &mut Transaction<'static, Any>,
    organisation_id: &str,
    provider: &str,
) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO mapping_versions (organisation_id, provider, version) VALUES ($1, $2, 1) \
         ON CONFLICT (organisation_id, provider) DO UPDATE SET version = mapping_versions.version + 1",
    )
    .bind(organisation_id)
    .bind(provider)
    .execute(inside(transaction))
    .await
    .map_err(|error| StoreError::of_write(error, "organisation"))?;
    Ok(())
}

fn read(row: &AnyRow) -> Result<StoredOverride, StoreError> {
    let change = serde_json::from_str(&row::text(row, "change_json")?);
    Ok(StoredOverride {
        end_user: Some(row::text(row, "end_user")?).filter(|end_user| end_user != WHOLE_ORGANISATION),
        unified_field: row::text(row, "unified_field")?,
        change: change.map_err(|_| StoreError::Corrupt("column \"change_json\" is not JSON".to_owned()))?,
        updated_at: row::time(row, "updated_at")?,
    })
}
