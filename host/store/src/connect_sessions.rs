//! Connect sessions: what lets the browser of one end user connect providers for a while.

mod token;
mod uses;

use std::time::Duration;

use jiff::Timestamp;
use secrecy::SecretString;
use sqlx::any::AnyRow;

use crate::error::StoreError;
use crate::ids::{ConnectSessionId, OrganisationId};
use crate::names::Environment;
use crate::store::Store;
use crate::{check, row, secret, time};
use token::Token;

/// How long an expired session is kept, so that its token is answered with "expired" and not with "unknown".
const KEPT: Duration = Duration::from_hours(24);

/// A connect session, without its token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConnectSession {
    /// Its id, which is no secret: it stands in URLs, and the token cannot be made from it.
    pub id: ConnectSessionId,
    /// Whose end user it is for.
    pub organisation_id: OrganisationId,
    /// In which world.
    pub environment: Environment,
    /// The organisation's own id of the end user.
    pub end_user: String,
    /// Slugs of the providers that it may connect; none if it may connect any.
    pub providers: Option<Vec<String>>,
    /// When its token stops working.
    pub expires_at: Timestamp,
    /// When it was created.
    pub created_at: Timestamp,
}

/// A session to create.
#[derive(Clone, Debug)]
pub struct NewConnectSession {
    /// Whose end user it is for.
    pub organisation_id: OrganisationId,
    /// In which world.
    pub environment: Environment,
    /// The organisation's own id of an end user that exists.
    pub end_user: String,
    /// Slugs of the providers that it may connect; none if it may connect any, and an empty list if none at all.
    pub providers: Option<Vec<String>>,
    /// How long its token works. Parts of a millisecond are cut off.
    pub lifetime: Duration,
}

impl ConnectSession {
    /// Whether the token no longer works.
    #[must_use]
    pub fn is_expired(&self, now: Timestamp) -> bool {
        now >= self.expires_at
    }

    /// Whether it may connect this provider.
    #[must_use]
    pub fn allows(&self, provider: &str) -> bool {
        self.providers
            .as_ref()
            .is_none_or(|allowed| allowed.iter().any(|slug| slug == provider))
    }
}

macro_rules! select {
    ($columns:literal, $where:literal) => {
        concat!(
            "SELECT id, organisation_id, environment, end_user, providers, created_at, expires_at",
            $columns,
            " FROM connect_sessions ",
            $where
        )
    };
}
use select;

impl Store {
    /// Creates a session. The second value is its token, which cannot be had again.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] if there is no such end user; [`StoreError::Invalid`] for text that cannot be kept.
    pub async fn create_connect_session(
        &self,
        new: NewConnectSession,
    ) -> Result<(ConnectSession, SecretString), StoreError> {
        check::name("endUserId", &new.end_user)?;
        for provider in new.providers.iter().flatten() {
            check::name("providers", provider)?;
        }
        let created_at = time::now();
        let session = ConnectSession {
            id: ConnectSessionId::generate(),
            organisation_id: new.organisation_id,
            environment: new.environment,
            end_user: new.end_user,
            providers: new.providers,
            expires_at: time::later(created_at, new.lifetime),
            created_at,
        };
        let secret = secret::generate()?;
        self.insert_connect_session(&session, &secret::hash(&secret))
            .await?;
        let token = token::text(&session.id, &secret);
        Ok((session, token))
    }

    async fn insert_connect_session(
        &self,
        session: &ConnectSession,
        secret_hash: &str,
    ) -> Result<(), StoreError> {
        let providers = session.providers.as_ref();
        sqlx::query(
            "INSERT INTO connect_sessions \
             (id, organisation_id, environment, end_user, providers, secret_hash, created_at, expires_at) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        )
        .bind(session.id.as_str())
        .bind(session.organisation_id.as_str())
        .bind(session.environment.as_str())
        .bind(&*session.end_user)
        .bind(providers.map(|list| serde_json::json!(list).to_string()))
        .bind(secret_hash)
        .bind(session.created_at.as_millisecond())
        .bind(session.expires_at.as_millisecond())
        .execute(self.writer())
        .await
        .map_err(|error| StoreError::of_write(error, "end user"))?;
        Ok(())
    }

    /// The session of the token that a browser presents, also if it has expired: see [`ConnectSession::is_expired`]. None if
    /// the token is malformed, unknown or long expired.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn connect_session_by_token(
        &self,
        presented: &SecretString,
    ) -> Result<Option<ConnectSession>, StoreError> {
        let Some(Token { session_id, secret }) = token::parse(presented) else {
            return Ok(None);
        };
        let row = sqlx::query(select!(", secret_hash", "WHERE id = $1"))
            .bind(session_id)
            .fetch_optional(self.readers())
            .await?;
        match row {
            Some(row) if secret::matches(&secret, &row::text(&row, "secret_hash")?) => read(&row).map(Some),
            _ => Ok(None),
        }
    }

    /// The session of an id, also if it has expired. Who knows the id has shown nothing yet: this is no authentication.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn connect_session(&self, id: &ConnectSessionId) -> Result<Option<ConnectSession>, StoreError> {
        if !check::can_exist(&[id.as_str()]) {
            return Ok(None);
        }
        let row = sqlx::query(select!("", "WHERE id = $1"))
            .bind(id.as_str())
            .fetch_optional(self.readers())
            .await?;
        row.as_ref().map(read).transpose()
    }

    /// Deletes the sessions of all tenants that expired 24 hours ago or earlier, with what belongs to them, and says how many
    /// those were.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn purge_expired_connect_sessions(&self, now: Timestamp) -> Result<u64, StoreError> {
        let purged = sqlx::query("DELETE FROM connect_sessions WHERE expires_at <= $1")
            .bind(time::earlier(now, KEPT))
            .execute(self.writer())
            .await?;
        Ok(purged.rows_affected())
    }
}

fn read(row: &AnyRow) -> Result<ConnectSession, StoreError> {
    let providers = row::optional_text(row, "providers")?.map(|text| serde_json::from_str(&text));
    Ok(ConnectSession {
        id: row::text(row, "id")?.into(),
        organisation_id: row::text(row, "organisation_id")?.into(),
        environment: row::name(row, "environment", Environment::parse)?,
        end_user: row::text(row, "end_user")?,
        providers: providers
            .transpose()
            .map_err(|_| StoreError::Corrupt("column \"providers\" is not a JSON list".to_owned()))?,
        expires_at: row::time(row, "expires_at")?,
        created_at: row::time(row, "created_at")?,
    })
}
