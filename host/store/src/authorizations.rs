//! Authorisations: single OAuth round trips, from the end user's click to the connection.
//!
//! pending -> launched (a browser was sent to the provider, and is remembered) -> exchanging (the provider sent it back, and
//! the state is used up) -> succeeded or failed. Each step happens once, whatever runs at the same time.

mod launch;
mod take;

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::Timestamp;
use secrecy::{ExposeSecret as _, SecretString};
use sqlx::any::AnyRow;

use crate::error::StoreError;
use crate::ids::{AuthorizationId, ConnectSessionId, ConnectionId};
use crate::names::AuthorizationStatus;
use crate::store::Store;
use crate::{check, row, secret, time};
pub use take::TakenAuthorization;

/// How long the end user has at the provider.
const LIFETIME: Duration = Duration::from_mins(10);
/// How long an expired one is kept, so that late answers are told what happened.
const KEPT: Duration = Duration::from_hours(24);

/// One OAuth round trip.
#[derive(Clone, Debug)]
pub struct Authorization {
    /// Its id, which cannot be guessed.
    pub id: AuthorizationId,
    /// The connect session that it belongs to.
    pub session_id: ConnectSessionId,
    /// The connector's slug.
    pub provider: String,
    /// Id of the connector's auth method.
    pub auth_method: String,
    /// Settings that are not secret, for the connection.
    pub settings: BTreeMap<String, String>,
    /// Where the provider sends the browser back to; the exchange must repeat it.
    pub redirect_uri: String,
    /// How far it has come.
    pub status: AuthorizationStatus,
    /// Why it failed, for programs.
    pub error_code: Option<String>,
    /// Why it failed, for people.
    pub error_message: Option<String>,
    /// The connection that it made. It may have been deleted since.
    pub connection_id: Option<ConnectionId>,
    /// When it was begun.
    pub created_at: Timestamp,
    /// Until when the provider's answer is taken.
    pub expires_at: Timestamp,
    /// The PKCE verifier. Only in what [`Store::take_authorization`] gives, and there only if there is one.
    pub verifier: Option<SecretString>,
}

/// A round trip to begin.
#[derive(Clone, Debug)]
pub struct NewAuthorization {
    /// The connect session that it belongs to.
    pub session_id: ConnectSessionId,
    /// The connector's slug.
    pub provider: String,
    /// Id of the connector's auth method.
    pub auth_method: String,
    /// Settings that are not secret.
    pub settings: BTreeMap<String, String>,
    /// The OAuth `state`: random, never used before. Only its hash is kept.
    pub state: SecretString,
    /// The PKCE verifier, if the provider wants PKCE. It is kept encrypted.
    pub verifier: Option<SecretString>,
    /// Where the provider sends the browser back to.
    pub redirect_uri: String,
    /// Where the browser is sent. It contains the state, so it is kept encrypted.
    pub authorize_url: String,
}

/// How a round trip ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AuthorizationOutcome {
    /// With a connection.
    Succeeded(ConnectionId),
    /// Without one.
    Failed {
        /// Why, for programs.
        code: String,
        /// Why, for people. Never put a secret into it.
        message: String,
    },
}

impl Authorization {
    /// Whether the provider's answer is no longer taken. One that is still under way then will not end any more.
    #[must_use]
    pub fn is_expired(&self, now: Timestamp) -> bool {
        now >= self.expires_at
    }
}

macro_rules! select {
    ($columns:literal, $where:literal) => {
        concat!(
            "SELECT id, session_id, provider, auth_method, settings, redirect_uri, status, error_code, error_message, ",
            "connection_id, created_at, expires_at",
            $columns,
            " FROM authorizations ",
            $where
        )
    };
}
use select;

/// What the encryption of a verifier or of an authorise URL is bound to.
fn place<'a>(what: &'a str, id: &'a AuthorizationId, session_id: &'a ConnectSessionId) -> [&'a str; 3] {
    [what, id.as_str(), session_id.as_str()]
}
const VERIFIER: &str = "pkce verifier";
const AUTHORIZE_URL: &str = "authorize url";

impl Store {
    /// Begins a round trip, which ends within 10 minutes or not at all.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] if there is no such connect session; [`StoreError::Conflict`] if the state was used before;
    /// [`StoreError::Invalid`] for what is empty or cannot be kept.
    pub async fn begin_authorization(&self, new: NewAuthorization) -> Result<Authorization, StoreError> {
        check::text("connectSession", new.session_id.as_str())?;
        check::name("provider", &new.provider)?;
        check::name("authMethod", &new.auth_method)?;
        check::name("state", new.state.expose_secret())?;
        check::name("redirectUri", &new.redirect_uri)?;
        check::name("authorizeUrl", &new.authorize_url)?;
        let created_at = time::now();
        let authorization = Authorization {
            id: AuthorizationId::generate()?,
            session_id: new.session_id,
            provider: new.provider,
            auth_method: new.auth_method,
            settings: new.settings,
            redirect_uri: new.redirect_uri,
            status: AuthorizationStatus::Pending,
            error_code: None,
            error_message: None,
            connection_id: None,
            created_at,
            expires_at: time::later(created_at, LIFETIME),
            verifier: None,
        };
        let secrets = (new.state, new.verifier, new.authorize_url);
        self.insert_authorization(&authorization, secrets).await?;
        Ok(authorization)
    }

    async fn insert_authorization(
        &self,
        new: &Authorization,
        (state, verifier, authorize_url): (SecretString, Option<SecretString>, String),
    ) -> Result<(), StoreError> {
        let seal = |what, plain: &str| {
            self.sealer()
                .seal(plain, &place(what, &new.id, &new.session_id))
                .map(|sealed| sealed.0)
        };
        let verifier = verifier
            .map(|verifier| seal(VERIFIER, verifier.expose_secret()))
            .transpose()?;
        sqlx::query(
            "INSERT INTO authorizations (id, session_id, provider, auth_method, settings, redirect_uri, state_hash, \
             verifier, authorize_url, status, created_at, expires_at) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
        )
        .bind(new.id.as_str())
        .bind(new.session_id.as_str())
        .bind(&*new.provider)
        .bind(&*new.auth_method)
        .bind(serde_json::json!(new.settings).to_string())
        .bind(&*new.redirect_uri)
        .bind(secret::hash(&state))
        .bind(verifier)
        .bind(seal(AUTHORIZE_URL, &authorize_url)?)
        .bind(new.status.as_str())
        .bind(new.created_at.as_millisecond())
        .bind(new.expires_at.as_millisecond())
        .execute(self.writer())
        .await
        .map_err(|error| StoreError::of_write(error, "connect session"))?;
        Ok(())
    }

    /// A round trip of a connect session.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn authorization(
        &self,
        session_id: &ConnectSessionId,
        id: &AuthorizationId,
    ) -> Result<Option<Authorization>, StoreError> {
        let found = self.authorization_by_id(id).await?;
        Ok(found.filter(|authorization| authorization.session_id == *session_id))
    }

    /// A round trip of any session, for those who come with nothing but its id.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn authorization_by_id(
        &self,
        id: &AuthorizationId,
    ) -> Result<Option<Authorization>, StoreError> {
        if !check::can_exist(&[id.as_str()]) {
            return Ok(None);
        }
        let row = sqlx::query(select!("", "WHERE id = $1"))
            .bind(id.as_str())
            .fetch_optional(self.readers())
            .await?;
        row.as_ref().map(read).transpose()
    }

    /// Deletes the round trips of all tenants that expired 24 hours ago or earlier, and says how many those were.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn purge_expired_authorizations(&self, now: Timestamp) -> Result<u64, StoreError> {
        let purged = sqlx::query("DELETE FROM authorizations WHERE expires_at <= $1")
            .bind(time::earlier(now, KEPT))
            .execute(self.writer())
            .await?;
        Ok(purged.rows_affected())
    }
}

fn read(row: &AnyRow) -> Result<Authorization, StoreError> {
    let settings = serde_json::from_str(&row::text(row, "settings")?);
    Ok(Authorization {
        id: row::text(row, "id")?.into(),
        session_id: row::text(row, "session_id")?.into(),
        provider: row::text(row, "provider")?,
        auth_method: row::text(row, "auth_method")?,
        settings: settings
            .map_err(|_| StoreError::Corrupt("column \"settings\" is not a JSON object".to_owned()))?,
        redirect_uri: row::text(row, "redirect_uri")?,
        status: row::name(row, "status", AuthorizationStatus::parse)?,
        error_code: row::optional_text(row, "error_code")?,
        error_message: row::optional_text(row, "error_message")?,
        connection_id: row::optional_text(row, "connection_id")?.map(ConnectionId::from),
        created_at: row::time(row, "created_at")?,
        expires_at: row::time(row, "expires_at")?,
        verifier: None,
    })
}
