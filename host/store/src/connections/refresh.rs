//! Fresh credentials for connections whose old ones run out, when several processes could fetch them.
//!
//! A lease keeps others from refreshing at the same time, since many providers take a refresh token only once. It ends by
//! itself, so that a process that dies holds nobody up. What protects the credential is not the lease but its version: each
//! write names the one that it follows, so a newer credential is never replaced by an older one, and a good one that arrives
//! after its lease has ended is still kept.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::Timestamp;
use secrecy::{ExposeSecret as _, SecretString};
use sqlx::AssertSqlSafe;
use sqlx::any::AnyRow;

use super::upsert::settings_text;
use super::{Connection, columns, place, read, select};
use crate::database::inside;
use crate::error::StoreError;
use crate::ids::ConnectionId;
use crate::names::ConnectionStatus;
use crate::store::Store;
use crate::{check, row, time};

/// A lease can end between the attempt to take it and the look at who has it, and be taken again.
const ATTEMPTS: usize = 5;

/// Whether the caller may refresh a credential.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RefreshLease {
    /// Yes, until the time that was asked for.
    Taken,
    /// Somebody else is at it: read the connection again later.
    Busy {
        /// When the lease ends, if its holder does not end it before.
        until: Timestamp,
    },
    /// There is a newer credential already: read the connection again.
    Superseded,
    /// The connection does not exist any more.
    Gone,
}

impl Store {
    /// Takes the right to refresh the credential of this version. Of any number of simultaneous calls exactly one gets it.
    /// `holder` names who it is for [`Store::release_refresh`]; no two attempts may use the same name.
    ///
    /// # Errors
    /// [`StoreError::Busy`] if leases come and go faster than they can be looked at.
    pub async fn lease_refresh(
        &self,
        id: &ConnectionId,
        credential_version: i64,
        holder: &str,
        for_: Duration,
    ) -> Result<RefreshLease, StoreError> {
        check::name("holder", holder)?;
        if !check::can_exist(&[id.as_str()]) {
            return Ok(RefreshLease::Gone);
        }
        for _ in 0..ATTEMPTS {
            let now = time::now();
            let until = time::later(now, for_);
            if self
                .take_lease(id, credential_version, holder, (now, until))
                .await?
            {
                return Ok(RefreshLease::Taken);
            }
            if let Some(reason) = self.why_not(id, credential_version, now).await? {
                return Ok(reason);
            }
        }
        Err(StoreError::Busy)
    }

    /// One statement, so that nobody can come in between.
    async fn take_lease(
        &self,
        id: &ConnectionId,
        credential_version: i64,
        holder: &str,
        (now, until): (Timestamp, Timestamp),
    ) -> Result<bool, StoreError> {
        let taken = sqlx::query(
            "UPDATE connections SET refresh_holder = $1, refresh_until = $2 \
             WHERE id = $3 AND credential_version = $4 AND (refresh_until IS NULL OR refresh_until <= $5)",
        )
        .bind(holder)
        .bind(until.as_millisecond())
        .bind(id.as_str())
        .bind(credential_version)
        .bind(now.as_millisecond())
        .execute(self.writer())
        .await?;
        Ok(taken.rows_affected() > 0)
    }

    /// None if the lease has become free meanwhile.
    async fn why_not(
        &self,
        id: &ConnectionId,
        credential_version: i64,
        now: Timestamp,
    ) -> Result<Option<RefreshLease>, StoreError> {
        let row = sqlx::query("SELECT credential_version, refresh_until FROM connections WHERE id = $1")
            .bind(id.as_str())
            .fetch_optional(self.readers())
            .await?;
        let Some(row) = row else {
            return Ok(Some(RefreshLease::Gone));
        };
        if row::number(&row, "credential_version")? != credential_version {
            return Ok(Some(RefreshLease::Superseded));
        }
        let until = row::optional_time(&row, "refresh_until")?;
        Ok(until
            .filter(|until| *until > now)
            .map(|until| RefreshLease::Busy { until }))
    }

    /// Stores the credential that replaces the one of `connection`, with new settings if there are any, and ends the lease. The
    /// connection is active afterwards, unless it was switched off. None, and nothing changed, if the credential was replaced
    /// or the connection deleted meanwhile. It does not matter whether the lease still holds.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn store_refreshed(
        &self,
        connection: &Connection,
        credential: &SecretString,
        settings: Option<&BTreeMap<String, String>>,
        refresh_due_at: Option<Timestamp>,
    ) -> Result<Option<Connection>, StoreError> {
        let place = place(&connection.id, &connection.organisation_id);
        let sealed = self.sealer().seal(credential.expose_secret(), &place)?;
        let settings = settings.map(settings_text).transpose()?;
        let mut transaction = self.begin().await?;
        // All rows are fetched, because SQLite finishes a statement with RETURNING only when it is stepped to its end.
        let rows = sqlx::query(concat!(
            "UPDATE connections SET credential = $1, settings = COALESCE($2, settings), refresh_due_at = $3, \
             credential_version = credential_version + 1, refresh_holder = NULL, refresh_until = NULL, \
             last_error = NULL, status = CASE WHEN status = $4 THEN status ELSE $5 END \
             WHERE id = $6 AND credential_version = $7 RETURNING ",
            columns!()
        ))
        .bind(sealed.0)
        .bind(settings)
        .bind(refresh_due_at.map(Timestamp::as_millisecond))
        .bind(ConnectionStatus::Disabled.as_str())
        .bind(ConnectionStatus::Active.as_str())
        .bind(connection.id.as_str())
        .bind(connection.credential_version)
        .fetch_all(inside(&mut transaction))
        .await?;
        let refreshed = rows.first().map(read).transpose()?;
        if let Some(refreshed) = &refreshed {
            self.commit(transaction, refreshed.change()).await?;
        }
        Ok(refreshed)
    }

    /// Records that the provider refused to refresh the credential of `connection`: the end user must authorise again, unless
    /// the connection is switched off. Ends the lease. Whether that credential was still the one in use; if not, nothing
    /// changed.
    ///
    /// # Errors
    /// [`StoreError::Invalid`] for a message that cannot be kept.
    pub async fn refuse_refresh(&self, connection: &Connection, message: &str) -> Result<bool, StoreError> {
        check::text("lastError", message)?;
        let mut transaction = self.begin().await?;
        let refused = sqlx::query(
            "UPDATE connections SET last_error = $1, refresh_holder = NULL, refresh_until = NULL, \
             status = CASE WHEN status = $2 THEN status ELSE $3 END WHERE id = $4 AND credential_version = $5",
        )
        .bind(message)
        .bind(ConnectionStatus::Disabled.as_str())
        .bind(ConnectionStatus::NeedsReauth.as_str())
        .bind(connection.id.as_str())
        .bind(connection.credential_version)
        .execute(inside(&mut transaction))
        .await?;
        self.commit_if(refused.rows_affected() > 0, transaction, connection.change())
            .await
    }

    /// Ends a lease early, if this holder still has it.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn release_refresh(&self, id: &ConnectionId, holder: &str) -> Result<(), StoreError> {
        if !check::can_exist(&[id.as_str(), holder]) {
            return Ok(());
        }
        sqlx::query(
            "UPDATE connections SET refresh_holder = NULL, refresh_until = NULL \
             WHERE id = $1 AND refresh_holder = $2",
        )
        .bind(id.as_str())
        .bind(holder)
        .execute(self.writer())
        .await?;
        Ok(())
    }

    /// Puts off the next use of a refresh token, unless the connection has another one by now.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn postpone_refresh(
        &self,
        connection: &Connection,
        until: Timestamp,
    ) -> Result<(), StoreError> {
        sqlx::query("UPDATE connections SET refresh_due_at = $1 WHERE id = $2 AND credential_version = $3")
            .bind(until.as_millisecond())
            .bind(connection.id.as_str())
            .bind(connection.credential_version)
            .execute(self.writer())
            .await?;
        Ok(())
    }

    /// Up to `limit` active connections of all tenants to these providers whose credential is due to be refreshed, longest
    /// due first. Those that somebody is refreshing are left out, so whoever fails and keeps the lease is not asked again
    /// before it ends. A damaged row is logged and left out, so that it does not stop the others.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn connections_due_for_refresh(
        &self,
        providers: &[String],
        now: Timestamp,
        limit: u32,
    ) -> Result<Vec<Connection>, StoreError> {
        if providers.is_empty() {
            return Ok(Vec::new());
        }
        // Only its number of placeholders varies.
        let mut select = sqlx::query(AssertSqlSafe(due_from(providers.len())))
            .bind(now.as_millisecond())
            .bind(ConnectionStatus::Active.as_str())
            .bind(i64::from(limit));
        for provider in providers {
            select = select.bind(provider.as_str());
        }
        let rows = select.fetch_all(self.readers()).await?;
        Ok(rows.iter().filter_map(readable).collect())
    }
}

/// What is due at so many providers.
fn due_from(providers: usize) -> String {
    let first = 4;
    let places: Vec<String> = (first..first + providers)
        .map(|place| format!("${place}"))
        .collect();
    format!(
        "{} AND provider IN ({}) ORDER BY refresh_due_at, id LIMIT $3",
        select!(
            "WHERE refresh_due_at <= $1 AND status = $2 AND (refresh_until IS NULL OR refresh_until <= $1)"
        ),
        places.join(", ")
    )
}

fn readable(row: &AnyRow) -> Option<Connection> {
    read(row)
        .inspect_err(|error| {
            let id = row::text(row, "id").unwrap_or_default();
            tracing::error!(connection = id, %error, "a connection that is due for a refresh cannot be read");
        })
        .ok()
}
