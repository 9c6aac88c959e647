//! End users: the people and companies whose provider accounts an organisation connects.

use jiff::Timestamp;
use sqlx::any::AnyRow;

use crate::error::StoreError;
use crate::ids::{EndUserId, OrganisationId};
use crate::names::Environment;
use crate::store::Store;
use crate::{check, row, time};

/// An end user of an organisation, in one environment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EndUser {
    /// Our id.
    pub id: EndUserId,
    /// Whose end user it is.
    pub organisation_id: OrganisationId,
    /// In which world.
    pub environment: Environment,
    /// The organisation's own id for it: what the API calls `endUserId`.
    pub external_id: String,
    /// A name to show.
    pub display_name: Option<String>,
    /// An address to show.
    pub email: Option<String>,
    /// When it was first seen.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
}

impl Store {
    /// Finds an end user or creates it. A name or email that is given replaces the old one; one left out leaves it.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] if there is no such organisation; [`StoreError::Invalid`] for an empty external id.
    pub async fn ensure_end_user(
        &self,
        organisation_id: &OrganisationId,
        environment: Environment,
        external_id: &str,
        display_name: Option<&str>,
        email: Option<&str>,
    ) -> Result<EndUser, StoreError> {
        check::name("endUserId", external_id)?;
        check::optional("endUserDisplayName", display_name)?;
        check::optional("endUserEmail", email)?;
        // All rows are fetched, because SQLite finishes a statement with RETURNING only when it is stepped to its end.
        let rows = sqlx::query(
            "INSERT INTO end_users \
             (id, organisation_id, environment, external_id, display_name, email, created_at, updated_at) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $7) \
             ON CONFLICT (organisation_id, environment, external_id) DO UPDATE SET \
             display_name = COALESCE(excluded.display_name, end_users.display_name), \
             email = COALESCE(excluded.email, end_users.email), updated_at = excluded.updated_at \
             RETURNING id, organisation_id, environment, external_id, display_name, email, created_at, updated_at",
        )
        .bind(EndUserId::generate().as_str())
        .bind(organisation_id.as_str())
        .bind(environment.as_str())
        .bind(external_id)
        .bind(display_name)
        .bind(email)
        .bind(time::now().as_millisecond())
        .fetch_all(self.writer())
        .await
        .map_err(|error| StoreError::of_write(error, "organisation"))?;
        rows.first()
            .ok_or(StoreError::NotFound("end user"))
            .and_then(read)
    }

    /// An end user by its external id.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn find_end_user(
        &self,
        organisation_id: &OrganisationId,
        environment: Environment,
        external_id: &str,
    ) -> Result<Option<EndUser>, StoreError> {
        if !check::can_exist(&[external_id]) {
            return Ok(None);
        }
        let row = sqlx::query(
            "SELECT id, organisation_id, environment, external_id, display_name, email, created_at, updated_at \
             FROM end_users WHERE organisation_id = $1 AND environment = $2 AND external_id = $3",
        )
        .bind(organisation_id.as_str())
        .bind(environment.as_str())
        .bind(external_id)
        .fetch_optional(self.readers())
        .await?;
        row.as_ref().map(read).transpose()
    }
}

fn read(row: &AnyRow) -> Result<EndUser, StoreError> {
    Ok(EndUser {
        id: row::text(row, "id")?.into(),
        organisation_id: row::text(row, "organisation_id")?.into(),
        environment: row::name(row, "environment", Environment::parse)?,
        external_id: row::text(row, "external_id")?,
        display_name: row::optional_text(row, "display_name")?,
        email: row::optional_text(row, "email")?,
        created_at: row::time(row, "created_at")?,
        updated_at: row::time(row, "updated_at")?,
    })
}
