//! Connections: an end user's account at a provider, with its encrypted credential.

mod list;
mod refresh;
mod upsert;

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;
use secrecy::SecretString;
use sqlx::any::AnyRow;

use crate::changes::{Change, Topic};
use crate::database::inside;
use crate::error::StoreError;
use crate::ids::{ConnectionId, OrganisationId};
use crate::names::{ConnectionStatus, Environment};
use crate::seal::Sealed;
use crate::store::Store;
use crate::{check, row};
pub use refresh::RefreshLease;

/// A connection. Its credential is only to be had from [`Store::credential`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Connection {
    /// Its id, which stays the same when the end user connects again.
    pub id: ConnectionId,
    /// Whose connection it is.
    pub organisation_id: OrganisationId,
    /// In which world.
    pub environment: Environment,
    /// The organisation's own id of the end user.
    pub end_user: String,
    /// The connector's slug.
    pub provider: String,
    /// Whether it can be used.
    pub status: ConnectionStatus,
    /// What went wrong last, for people.
    pub last_error: Option<String>,
    /// Id of the connector's auth method that the credential is for.
    pub auth_method: String,
    /// Settings that are not secret, such as the account's domain.
    pub settings: BTreeMap<String, String>,
    /// When it was first made.
    pub created_at: Timestamp,
    /// When it was last made; made again, it is always another time. Neither another status nor fresh credentials of the
    /// same authorisation count, so with the id it names what is shared by all calls of one account.
    pub updated_at: Timestamp,
    /// Goes up by one with every credential that is stored.
    pub credential_version: i64,
    credential: Sealed,
}

/// A connection to make, or to make again.
#[derive(Clone, Debug)]
pub struct NewConnection {
    /// Whose connection it is.
    pub organisation_id: OrganisationId,
    /// In which world.
    pub environment: Environment,
    /// The organisation's own id of an end user that exists.
    pub end_user: String,
    /// The connector's slug.
    pub provider: String,
    /// Id of the connector's auth method.
    pub auth_method: String,
    /// Settings that are not secret.
    pub settings: BTreeMap<String, String>,
    /// The credential, in any form. The store encrypts it and does not look inside.
    pub credential: SecretString,
    /// When the credential should be refreshed; none if it need not be.
    pub refresh_due_at: Option<Timestamp>,
}

/// Which connections to find.
#[derive(Clone, Copy, Debug)]
pub struct ConnectionQuery<'a> {
    /// Whose.
    pub organisation_id: &'a OrganisationId,
    /// In which world.
    pub environment: Environment,
    /// Only those to this provider.
    pub provider: Option<&'a str>,
    /// Only those of the end user with this external id.
    pub end_user: Option<&'a str>,
}

macro_rules! columns {
    () => {
        "id, organisation_id, environment, end_user, provider, status, last_error, auth_method, settings, credential, \
         credential_version, created_at, updated_at"
    };
}
macro_rules! select {
    ($where:literal) => {
        concat!("SELECT ", columns!(), " FROM connections ", $where)
    };
}
use {columns, select};

/// What a credential's encryption is bound to.
fn place<'a>(id: &'a ConnectionId, organisation_id: &'a OrganisationId) -> [&'a str; 3] {
    ["credential", id.as_str(), organisation_id.as_str()]
}

impl Connection {
    /// The memory that it takes, in bytes and roughly.
    pub(crate) fn memory(&self) -> usize {
        let settings = self
            .settings
            .iter()
            .map(|(name, value)| name.len() + value.len() + 64);
        let texts = [
            &self.end_user,
            &self.provider,
            &self.auth_method,
            &self.credential.0,
        ];
        let texts = texts.iter().map(|text| text.len() + 16).sum::<usize>();
        size_of::<Self>() + texts + settings.sum::<usize>() + self.last_error.as_ref().map_or(0, String::len)
    }

    /// What a write to it is announced as.
    pub(crate) fn change(&self) -> Change {
        Change::Connections {
            organisation_id: self.organisation_id.clone(),
        }
    }
}

impl ConnectionQuery<'_> {
    /// Names what is asked for. No part of it holds U+0000.
    fn name(&self) -> String {
        let part = |part: Option<&str>| part.map_or_else(String::new, |part| format!("={part}"));
        format!(
            "{}\0{}\0{}\0{}",
            self.organisation_id,
            self.environment.as_str(),
            part(self.provider),
            part(self.end_user)
        )
    }
}

impl Store {
    /// The connections that fit, in byte order of end user and then provider.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn find_connections(&self, query: ConnectionQuery<'_>) -> Result<Vec<Connection>, StoreError> {
        if !check::can_exist(&[
            query.provider.unwrap_or_default(),
            query.end_user.unwrap_or_default(),
        ]) {
            return Ok(Vec::new());
        }
        let (name, kept) = (query.name(), &self.caches().connections);
        let stamp = self
            .feed()
            .stamp(Topic::Connections(query.organisation_id.as_str()));
        if let Some(found) = kept.get(&name, stamp) {
            return Ok(found.to_vec());
        }
        let found = self.select_connections(query).await?;
        if !found.is_empty() {
            kept.put(name, stamp, Arc::from(found.as_slice()));
        }
        Ok(found)
    }

    async fn select_connections(&self, query: ConnectionQuery<'_>) -> Result<Vec<Connection>, StoreError> {
        // Two texts, so that a query about one end user runs on the index and not over all of a tenant's connections.
        let sql = match query.end_user {
            Some(_) => select!(
                "WHERE organisation_id = $1 AND environment = $2 AND ($3 IS NULL OR provider = $3) AND end_user = $4"
            ),
            None => {
                select!("WHERE organisation_id = $1 AND environment = $2 AND ($3 IS NULL OR provider = $3)")
            }
        };
        let mut select = sqlx::query(sql)
            .bind(query.organisation_id.as_str())
            .bind(query.environment.as_str())
            .bind(query.provider);
        if let Some(end_user) = query.end_user {
            select = select.bind(end_user);
        }
        let rows = select.fetch_all(self.readers()).await?;
        let mut found = rows.iter().map(read).collect::<Result<Vec<_>, _>>()?;
        // Here and not in SQL, whose order depends on the database's collation.
        found.sort_by(|one, other| (&one.end_user, &one.provider).cmp(&(&other.end_user, &other.provider)));
        Ok(found)
    }

    /// One connection of a tenant.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn find_connection(
        &self,
        organisation_id: &OrganisationId,
        environment: Environment,
        id: &ConnectionId,
    ) -> Result<Option<Connection>, StoreError> {
        if !check::can_exist(&[id.as_str()]) {
            return Ok(None);
        }
        let row = sqlx::query(select!(
            "WHERE organisation_id = $1 AND environment = $2 AND id = $3"
        ))
        .bind(organisation_id.as_str())
        .bind(environment.as_str())
        .bind(id.as_str())
        .fetch_optional(self.readers())
        .await?;
        row.as_ref().map(read).transpose()
    }

    /// The credential of a connection as it was found: it came with the row, so this asks the database nothing.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] if it is damaged, was encrypted for another connection, or under another master key.
    pub async fn credential(&self, connection: &Connection) -> Result<SecretString, StoreError> {
        self.sealer().open(
            &connection.credential,
            &place(&connection.id, &connection.organisation_id),
        )
    }

    /// A connection of any tenant as it is now, for those who have been given it before.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn connection_by_id(&self, id: &ConnectionId) -> Result<Option<Connection>, StoreError> {
        if !check::can_exist(&[id.as_str()]) {
            return Ok(None);
        }
        let row = sqlx::query(select!("WHERE id = $1"))
            .bind(id.as_str())
            .fetch_optional(self.readers())
            .await?;
        row.as_ref().map(read).transpose()
    }

    /// Sets the status that a credential turned out to have, with what went wrong or none to clear it. False, and nothing
    /// changed, if the connection is gone, has that status already, was switched off, or has another credential by now: then
    /// what is known is about an old one.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn set_connection_status(
        &self,
        connection: &Connection,
        status: ConnectionStatus,
        last_error: Option<&str>,
    ) -> Result<bool, StoreError> {
        check::optional("lastError", last_error)?;
        let mut transaction = self.begin().await?;
        let updated = sqlx::query(
            "UPDATE connections SET status = $1, last_error = $2 \
             WHERE id = $3 AND credential_version = $4 AND status NOT IN ($1, $5)",
        )
        .bind(status.as_str())
        .bind(last_error)
        .bind(connection.id.as_str())
        .bind(connection.credential_version)
        .bind(ConnectionStatus::Disabled.as_str())
        .execute(inside(&mut transaction))
        .await?;
        self.commit_if(updated.rows_affected() > 0, transaction, connection.change())
            .await
    }

    /// Deletes a connection and its credential, and gives back what it was at that moment; none if there was none.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn delete_connection(
        &self,
        organisation_id: &OrganisationId,
        environment: Environment,
        id: &ConnectionId,
    ) -> Result<Option<Connection>, StoreError> {
        if !check::can_exist(&[id.as_str()]) {
            return Ok(None);
        }
        // All rows are fetched, because SQLite finishes a statement with RETURNING only when it is stepped to its end.
        let mut transaction = self.begin().await?;
        let deleted = sqlx::query(concat!(
            "DELETE FROM connections WHERE organisation_id = $1 AND environment = $2 AND id = $3 RETURNING ",
            columns!()
        ))
        .bind(organisation_id.as_str())
        .bind(environment.as_str())
        .bind(id.as_str())
        .fetch_all(inside(&mut transaction))
        .await?;
        let deleted = deleted.first().map(read).transpose()?;
        if let Some(connection) = &deleted {
            self.commit(transaction, connection.change()).await?;
        }
        Ok(deleted)
    }
}

fn read(row: &AnyRow) -> Result<Connection, StoreError> {
    let settings = serde_json::from_str(&row::text(row, "settings")?);
    Ok(Connection {
        id: row::text(row, "id")?.into(),
        organisation_id: row::text(row, "organisation_id")?.into(),
        environment: row::name(row, "environment", Environment::parse)?,
        end_user: row::text(row, "end_user")?,
        provider: row::text(row, "provider")?,
        status: row::name(row, "status", ConnectionStatus::parse)?,
        last_error: row::optional_text(row, "last_error")?,
        auth_method: row::text(row, "auth_method")?,
        settings: settings
            .map_err(|_| StoreError::Corrupt("column \"settings\" is not a JSON object".to_owned()))?,
        created_at: row::time(row, "created_at")?,
        updated_at: row::time(row, "updated_at")?,
        credential_version: row::number(row, "credential_version")?,
        credential: Sealed(row::text(row, "credential")?),
    })
}
