//! What a connect session has connected: each provider once.

use sqlx::{Any, Transaction};

use super::{ConnectSession, read, select};
use crate::connections::{Connection, NewConnection};
use crate::database::inside;
use crate::error::StoreError;
use crate::ids::ConnectSessionId;
use crate::store::Store;
use crate::{check, row, time};

impl Store {
    /// Makes a connection as [`Store::upsert_connection`] does, and remembers that the session has used its provider; both or
    /// neither. None, and nothing changed, if the session had used it already. Of any number of simultaneous calls for one
    /// session and provider exactly one makes the connection.
    ///
    /// It does not look at the session's expiry: an OAuth round trip that began in time may end later.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] if there is no such session; [`StoreError::Invalid`] if the session is for another end user or
    /// does not allow the provider; and those of [`Store::upsert_connection`].
    pub async fn upsert_connection_in_session(
        &self,
        session_id: &ConnectSessionId,
        new: NewConnection,
    ) -> Result<Option<Connection>, StoreError> {
        let settings = new.checked_settings()?;
        let mut transaction = self.begin().await?;
        let session = session_of(&mut transaction, session_id).await?;
        fits(&session, &new)?;
        if !record_use(&mut transaction, &session.id, &new.provider).await? {
            return Ok(None);
        }
        let connection = self.write_connection(&mut transaction, &new, &settings).await?;
        self.commit(transaction, connection.change()).await?;
        Ok(Some(connection))
    }

    /// The providers that a session has connected, in byte order.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn session_uses(&self, session_id: &ConnectSessionId) -> Result<Vec<String>, StoreError> {
        if !check::can_exist(&[session_id.as_str()]) {
            return Ok(Vec::new());
        }
        let rows = sqlx::query("SELECT provider FROM connect_session_uses WHERE session_id = $1")
            .bind(session_id.as_str())
            .fetch_all(self.readers())
            .await?;
        let providers = rows.iter().map(|row| row::text(row, "provider"));
        let mut providers = providers.collect::<Result<Vec<_>, _>>()?;
        providers.sort_unstable();
        Ok(providers)
    }
}

async fn session_of(
    transaction: &mut Transaction<'static, Any>,
    id: &ConnectSessionId,
) -> Result<ConnectSession, StoreError> {
    check::text("connectSession", id.as_str())?;
    let row = sqlx::query(select!("", "WHERE id = $1"))
        .bind(id.as_str())
        .fetch_optional(inside(transaction))
        .await?;
    row.as_ref()
        .ok_or(StoreError::NotFound("connect session"))
        .and_then(read)
}

/// A session is for one end user and for certain providers, whatever its holder asks.
fn fits(session: &ConnectSession, new: &NewConnection) -> Result<(), StoreError> {
    let of_session = (&session.organisation_id, session.environment, &session.end_user);
    if of_session != (&new.organisation_id, new.environment, &new.end_user) {
        return Err(StoreError::Invalid {
            field: "endUserId",
            problem: "must be the end user that the connect session is for",
        });
    }
    if !session.allows(&new.provider) {
        return Err(StoreError::Invalid {
            field: "provider",
            problem: "must be one that the connect session allows",
        });
    }
    Ok(())
}

/// Whether this is the first use.
async fn record_use(
    transaction: &mut Transaction<'static, Any>,
    id: &ConnectSessionId,
    provider: &str,
) -> Result<bool, StoreError> {
    let recorded = sqlx::query(
        "INSERT INTO connect_session_uses (session_id, provider, used_at) VALUES ($1, $2, $3) \
         ON CONFLICT (session_id, provider) DO NOTHING",
    )
    .bind(id.as_str())
    .bind(provider)
    .bind(time::now().as_millisecond())
    .execute(inside(transaction))
    .await
    .map_err(|error| StoreError::of_write(error, "connect session"))?;
    Ok(recorded.rows_affected() > 0)
}
