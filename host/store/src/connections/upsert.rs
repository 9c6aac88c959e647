//! Makes a connection, or makes it again with a new credential.

use std::collections::BTreeMap;

use jiff::Timestamp;
use secrecy::ExposeSecret as _;
use sqlx::{Any, Transaction};

use super::{Connection, NewConnection, columns, place, read, select};
use crate::database::inside;
use crate::error::StoreError;
use crate::ids::ConnectionId;
use crate::names::ConnectionStatus;
use crate::store::Store;
use crate::{check, time};

impl NewConnection {
    /// Its settings as they are stored, if all of it can be.
    pub(crate) fn checked_settings(&self) -> Result<String, StoreError> {
        check::name("endUserId", &self.end_user)?;
        check::name("provider", &self.provider)?;
        check::name("authMethod", &self.auth_method)?;
        settings_text(&self.settings)
    }
}

/// JSON writes U+0000 as an escape, so this can always be kept.
pub(super) fn settings_text(settings: &BTreeMap<String, String>) -> Result<String, StoreError> {
    serde_json::to_string(settings).map_err(|_| StoreError::Invalid {
        field: "settings",
        problem: "must be text",
    })
}

impl Store {
    /// Makes the connection of an end user to a provider. If there is one already, it keeps its id and gets the new
    /// credential, auth method and settings; either way it is active afterwards.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] if there is no such end user; [`StoreError::Invalid`] for text that cannot be kept;
    /// [`StoreError::Busy`] if somebody deleted it at the same time.
    pub async fn upsert_connection(&self, new: NewConnection) -> Result<Connection, StoreError> {
        let settings = new.checked_settings()?;
        let mut transaction = self.begin().await?;
        let connection = self.write_connection(&mut transaction, &new, &settings).await?;
        self.commit(transaction, connection.change()).await?;
        Ok(connection)
    }

    /// What [`Store::upsert_connection`] does, as part of a transaction. `settings` are what the check of `new` gave.
    pub(crate) async fn write_connection(
        &self,
        transaction: &mut Transaction<'static, Any>,
        new: &NewConnection,
        settings: &str,
    ) -> Result<Connection, StoreError> {
        // The credential is encrypted for the row's id, so the id must be known first.
        let id = match self.insert(transaction, new, settings).await? {
            Some(id) => id,
            None => self.replace(transaction, new, settings).await?,
        };
        let row = sqlx::query(select!("WHERE id = $1"))
            .bind(id.as_str())
            .fetch_one(inside(transaction))
            .await?;
        read(&row)
    }

    /// The id of the new row; none if there is one for this end user and provider.
    async fn insert(
        &self,
        transaction: &mut Transaction<'static, Any>,
        new: &NewConnection,
        settings: &str,
    ) -> Result<Option<ConnectionId>, StoreError> {
        let id = ConnectionId::generate();
        let credential = self
            .sealer()
            .seal(new.credential.expose_secret(), &place(&id, &new.organisation_id))?;
        let inserted = sqlx::query(
            "INSERT INTO connections (id, organisation_id, environment, end_user, provider, status, auth_method, \
             settings, credential, created_at, updated_at, refresh_due_at) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $10, $11) \
             ON CONFLICT (organisation_id, environment, end_user, provider) DO NOTHING",
        )
        .bind(id.as_str())
        .bind(new.organisation_id.as_str())
        .bind(new.environment.as_str())
        .bind(&*new.end_user)
        .bind(&*new.provider)
        .bind(ConnectionStatus::Active.as_str())
        .bind(&*new.auth_method)
        .bind(settings)
        .bind(credential.0)
        .bind(time::now().as_millisecond())
        .bind(new.refresh_due_at.map(Timestamp::as_millisecond))
        .execute(inside(transaction))
        .await
        .map_err(|error| StoreError::of_write(error, "end user"))?;
        Ok((inserted.rows_affected() > 0).then_some(id))
    }

    /// The id of the row that was there.
    async fn replace(
        &self,
        transaction: &mut Transaction<'static, Any>,
        new: &NewConnection,
        settings: &str,
    ) -> Result<ConnectionId, StoreError> {
        let id = id_of(transaction, new).await?.ok_or(StoreError::Busy)?;
        let credential = self
            .sealer()
            .seal(new.credential.expose_secret(), &place(&id, &new.organisation_id))?;
        let updated = sqlx::query(
            "UPDATE connections SET status = $1, last_error = NULL, auth_method = $2, settings = $3, credential = $4, \
             updated_at = CASE WHEN updated_at < $5 THEN $5 ELSE updated_at + 1 END, \
             credential_version = credential_version + 1, refresh_holder = NULL, refresh_until = NULL, \
             refresh_due_at = $6 WHERE id = $7",
        )
        .bind(ConnectionStatus::Active.as_str())
        .bind(&*new.auth_method)
        .bind(settings)
        .bind(credential.0)
        .bind(time::now().as_millisecond())
        .bind(new.refresh_due_at.map(Timestamp::as_millisecond))
        .bind(id.as_str())
        .execute(inside(transaction))
        .await?;
        if updated.rows_affected() == 0 {
            Err(StoreError::Busy)
        } else {
            Ok(id)
        }
    }
}

async fn id_of(
    transaction: &mut Transaction<'static, Any>,
    new: &NewConnection,
) -> Result<Option<ConnectionId>, StoreError> {
    let id: Option<String> = sqlx::query_scalar(
        "SELECT id FROM connections \
         WHERE organisation_id = $1 AND environment = $2 AND end_user = $3 AND provider = $4",
    )
    .bind(new.organisation_id.as_str())
    .bind(new.environment.as_str())
    .bind(&*new.end_user)
    .bind(&*new.provider)
    .fetch_optional(inside(transaction))
    .await?;
    Ok(id.map(ConnectionId::from))
}
