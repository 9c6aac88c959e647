//! Organisations: the tenants.

use jiff::Timestamp;
use sqlx::any::AnyRow;

use crate::error::StoreError;
use crate::ids::OrganisationId;
use crate::store::Store;
use crate::{check, row, time};

/// A tenant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Organisation {
    /// Its id.
    pub id: OrganisationId,
    /// Its name, unique in the store.
    pub name: String,
    /// When it was created.
    pub created_at: Timestamp,
}

impl Store {
    /// Creates an organisation.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] if the name is taken; [`StoreError::Invalid`] if it is empty or looks like an id.
    pub async fn create_organisation(&self, name: &str) -> Result<Organisation, StoreError> {
        check::name("name", name)?;
        if name.starts_with("org_") {
            return Err(StoreError::Invalid {
                field: "name",
                problem: "must not begin with `org_`, as ids do",
            });
        }
        let new = Organisation {
            id: OrganisationId::generate(),
            name: name.to_owned(),
            created_at: time::now(),
        };
        let inserted = sqlx::query(
            "INSERT INTO organisations (id, name, created_at) VALUES ($1, $2, $3) ON CONFLICT (name) DO NOTHING",
        )
        .bind(new.id.as_str())
        .bind(name)
        .bind(new.created_at.as_millisecond())
        .execute(self.writer())
        .await?;
        match inserted.rows_affected() {
            0 => Err(StoreError::Conflict(
                "there is an organisation of this name already".to_owned(),
            )),
            _ => Ok(new),
        }
    }

    /// All organisations, oldest first.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn list_organisations(&self) -> Result<Vec<Organisation>, StoreError> {
        let rows = sqlx::query("SELECT id, name, created_at FROM organisations ORDER BY created_at, id")
            .fetch_all(self.readers())
            .await?;
        rows.iter().map(read).collect()
    }

    /// An organisation by its name or id.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn find_organisation(&self, name_or_id: &str) -> Result<Option<Organisation>, StoreError> {
        if !check::can_exist(&[name_or_id]) {
            return Ok(None);
        }
        let row = sqlx::query("SELECT id, name, created_at FROM organisations WHERE id = $1 OR name = $1")
            .bind(name_or_id)
            .fetch_optional(self.readers())
            .await?;
        row.as_ref().map(read).transpose()
    }
}

fn read(row: &AnyRow) -> Result<Organisation, StoreError> {
    Ok(Organisation {
        id: row::text(row, "id")?.into(),
        name: row::text(row, "name")?,
        created_at: row::time(row, "created_at")?,
    })
}
