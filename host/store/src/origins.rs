//! Allowed origins: the web pages of an organisation that may open the connect widget.

use crate::error::StoreError;
use crate::ids::OrganisationId;
use crate::store::Store;
use crate::{check, row, time};

impl Store {
    /// The organisation's allowed origins as they were set; empty if none ever were.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn allowed_origins(&self, organisation_id: &OrganisationId) -> Result<Vec<String>, StoreError> {
        let found = sqlx::query("SELECT origins FROM allowed_origins WHERE organisation_id = $1")
            .bind(organisation_id.as_str())
            .fetch_optional(self.readers())
            .await?;
        let Some(found) = found else {
            return Ok(Vec::new());
        };
        serde_json::from_str(&row::text(&found, "origins")?)
            .map_err(|_| StoreError::Corrupt("column \"origins\" is not a JSON list".to_owned()))
    }

    /// Replaces the organisation's allowed origins. The texts are kept as they are: their form is the caller's business.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] if there is no such organisation; [`StoreError::Invalid`] for an empty origin.
    pub async fn set_allowed_origins(
        &self,
        organisation_id: &OrganisationId,
        origins: &[String],
    ) -> Result<(), StoreError> {
        for origin in origins {
            check::name("origins", origin)?;
        }
        sqlx::query(
            "INSERT INTO allowed_origins (organisation_id, origins, updated_at) VALUES ($1, $2, $3) \
             ON CONFLICT (organisation_id) DO UPDATE SET \
             origins = excluded.origins, updated_at = excluded.updated_at",
        )
        .bind(organisation_id.as_str())
        .bind(serde_json::json!(origins).to_string())
        .bind(time::now().as_millisecond())
        .execute(self.writer())
        .await
        .map_err(|error| StoreError::of_write(error, "organisation"))?;
        Ok(())
    }
}
