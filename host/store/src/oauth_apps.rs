//! OAuth apps: what an organisation has registered at a provider, so that its end users can authorise it.

use std::fmt;

use jiff::Timestamp;
use secrecy::{ExposeSecret as _, SecretString};
use sqlx::any::AnyRow;

use crate::error::StoreError;
use crate::ids::OrganisationId;
use crate::seal::Sealed;
use crate::store::Store;
use crate::{check, row, time};

/// An OAuth app with its secret.
#[derive(Clone)]
pub struct OAuthApp {
    /// The connector's slug.
    pub provider: String,
    /// The id that the provider gave it, which is no secret.
    pub client_id: String,
    /// The secret that the provider gave it.
    pub client_secret: SecretString,
    /// When it was last set.
    pub updated_at: Timestamp,
}

impl fmt::Debug for OAuthApp {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("OAuthApp")
            .field("provider", &self.provider)
            .field("client_id", &self.client_id)
            .finish_non_exhaustive()
    }
}

/// An OAuth app as lists show it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OAuthAppSummary {
    /// The connector's slug.
    pub provider: String,
    /// The id that the provider gave it.
    pub client_id: String,
    /// When it was last set.
    pub updated_at: Timestamp,
}

/// What a client secret's encryption is bound to.
fn place<'a>(organisation_id: &'a OrganisationId, provider: &'a str) -> [&'a str; 3] {
    ["oauth client secret", organisation_id.as_str(), provider]
}

impl Store {
    /// Sets the organisation's OAuth app at a provider, in place of the one that may be there.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] if there is no such organisation; [`StoreError::Invalid`] for what is empty or cannot be kept.
    pub async fn put_oauth_app(
        &self,
        organisation_id: &OrganisationId,
        provider: &str,
        client_id: &str,
        client_secret: &SecretString,
    ) -> Result<OAuthAppSummary, StoreError> {
        check::name("provider", provider)?;
        check::name("clientId", client_id)?;
        check::name("clientSecret", client_secret.expose_secret())?;
        let sealed = self
            .sealer()
            .seal(client_secret.expose_secret(), &place(organisation_id, provider))?;
        let updated_at = time::now();
        sqlx::query(
            "INSERT INTO oauth_apps (organisation_id, provider, client_id, client_secret, updated_at) \
             VALUES ($1, $2, $3, $4, $5) ON CONFLICT (organisation_id, provider) DO UPDATE SET \
             client_id = excluded.client_id, client_secret = excluded.client_secret, \
             updated_at = excluded.updated_at",
        )
        .bind(organisation_id.as_str())
        .bind(provider)
        .bind(client_id)
        .bind(sealed.0)
        .bind(updated_at.as_millisecond())
        .execute(self.writer())
        .await
        .map_err(|error| StoreError::of_write(error, "organisation"))?;
        Ok(OAuthAppSummary {
            provider: provider.to_owned(),
            client_id: client_id.to_owned(),
            updated_at,
        })
    }

    /// The organisation's OAuth app at a provider, with its secret.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] if the secret does not decrypt.
    pub async fn oauth_app(
        &self,
        organisation_id: &OrganisationId,
        provider: &str,
    ) -> Result<Option<OAuthApp>, StoreError> {
        if !check::can_exist(&[provider]) {
            return Ok(None);
        }
        let row = sqlx::query(
            "SELECT provider, client_id, client_secret, updated_at FROM oauth_apps \
             WHERE organisation_id = $1 AND provider = $2",
        )
        .bind(organisation_id.as_str())
        .bind(provider)
        .fetch_optional(self.readers())
        .await?;
        let Some(row) = row else { return Ok(None) };
        let sealed = Sealed(row::text(&row, "client_secret")?);
        let OAuthAppSummary {
            provider,
            client_id,
            updated_at,
        } = read(&row)?;
        let client_secret = self.sealer().open(&sealed, &place(organisation_id, &provider))?;
        Ok(Some(OAuthApp {
            provider,
            client_id,
            client_secret,
            updated_at,
        }))
    }

    /// The organisation's OAuth apps without their secrets, in byte order of the provider.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn oauth_apps(
        &self,
        organisation_id: &OrganisationId,
    ) -> Result<Vec<OAuthAppSummary>, StoreError> {
        let rows =
            sqlx::query("SELECT provider, client_id, updated_at FROM oauth_apps WHERE organisation_id = $1")
                .bind(organisation_id.as_str())
                .fetch_all(self.readers())
                .await?;
        let mut apps = rows.iter().map(read).collect::<Result<Vec<_>, _>>()?;
        apps.sort_by(|one, other| one.provider.cmp(&other.provider));
        Ok(apps)
    }

    /// Deletes the organisation's OAuth app at a provider. Whether there was one.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn delete_oauth_app(
        &self,
        organisation_id: &OrganisationId,
        provider: &str,
    ) -> Result<bool, StoreError> {
        if !check::can_exist(&[provider]) {
            return Ok(false);
        }
        let deleted = sqlx::query("DELETE FROM oauth_apps WHERE organisation_id = $1 AND provider = $2")
            .bind(organisation_id.as_str())
            .bind(provider)
            .execute(self.writer())
            .await?;
        Ok(deleted.rows_affected() > 0)
    }
}

fn read(row: &AnyRow) -> Result<OAuthAppSummary, StoreError> {
    Ok(OAuthAppSummary {
        provider: row::text(row, "provider")?,
        client_id: row::text(row, "client_id")?,
        updated_at: row::time(row, "updated_at")?,
    })
}
