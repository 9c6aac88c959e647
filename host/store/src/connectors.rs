//! Connectors: every version by its content, which one is live, and which hosts the operator granted. They belong to the
//! server; no tenant has a say in them.

mod activations;
mod keep;

use jiff::Timestamp;
use sqlx::Row as _;
use sqlx::any::AnyRow;

use crate::changes::Change;
use crate::database::inside;
use crate::error::StoreError;
use crate::store::Store;
use crate::{check, row};

/// One version of a connector, without its content.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConnectorVersion {
    /// The provider's slug.
    pub slug: String,
    /// SHA-256 of the file, in hexadecimal.
    pub sha256: String,
    /// The connector's own version, as its manifest has it.
    pub version: String,
    /// The contract version that it was built for.
    pub contract: String,
    /// Size of the file in bytes.
    pub size: u64,
    /// Name of the key that its signature was checked with.
    pub publisher: Option<String>,
    /// The publisher's signature, in base64.
    pub signature: Option<String>,
    /// When it came.
    pub installed_at: Timestamp,
}

/// A version to keep.
#[derive(Clone, Copy, Debug)]
pub struct NewConnectorVersion<'a> {
    /// The provider's slug.
    pub slug: &'a str,
    /// SHA-256 of the content, in hexadecimal.
    pub sha256: &'a str,
    /// The connector's own version.
    pub version: &'a str,
    /// The contract version that it was built for.
    pub contract: &'a str,
    /// The file.
    pub content: &'a [u8],
    /// Name of the key that its signature was checked with.
    pub publisher: Option<&'a str>,
    /// The publisher's signature, in base64.
    pub signature: Option<&'a str>,
}

/// Which version of a connector is active, and whether it is served.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConnectorState {
    /// The provider's slug.
    pub slug: String,
    /// SHA-256 of the active version.
    pub active: String,
    /// Whether it is served.
    pub enabled: bool,
    /// When one of both last changed.
    pub updated_at: Timestamp,
}

const VERSION_COLUMNS: &str = "slug, sha256, version, contract, size, publisher, signature, installed_at";

impl Store {
    /// All versions of all connectors, or of one, by slug and then oldest first.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn connector_versions(&self, slug: Option<&str>) -> Result<Vec<ConnectorVersion>, StoreError> {
        if !check::can_exist(&[slug.unwrap_or_default()]) {
            return Ok(Vec::new());
        }
        let text = format!(
            "SELECT {VERSION_COLUMNS} FROM connector_versions WHERE $1 = '' OR slug = $2 \
             ORDER BY slug, installed_at, sha256"
        );
        let rows = sqlx::query(sqlx::AssertSqlSafe(text))
            .bind(slug.unwrap_or_default())
            .bind(slug.unwrap_or_default())
            .fetch_all(self.readers())
            .await?;
        rows.iter().map(version).collect()
    }

    /// The content of a version.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] if there is no such version.
    pub async fn connector_content(&self, slug: &str, sha256: &str) -> Result<Vec<u8>, StoreError> {
        let row = sqlx::query("SELECT content FROM connector_versions WHERE slug = $1 AND sha256 = $2")
            .bind(slug)
            .bind(sha256)
            .fetch_optional(self.readers())
            .await?;
        let row = row.ok_or(StoreError::NotFound("connector version"))?;
        Ok(row.try_get("content")?)
    }

    /// Which versions are active, by slug. Connectors that never were are not among them.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn connector_states(&self) -> Result<Vec<ConnectorState>, StoreError> {
        let rows =
            sqlx::query("SELECT slug, active, enabled, updated_at FROM connector_states ORDER BY slug")
                .fetch_all(self.readers())
                .await?;
        rows.iter().map(state).collect()
    }

    /// The hosts that the operator granted to a connector.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn connector_grants(&self, slug: &str) -> Result<Vec<String>, StoreError> {
        let rows = sqlx::query("SELECT host FROM connector_grants WHERE slug = $1 ORDER BY host")
            .bind(slug)
            .fetch_all(self.readers())
            .await?;
        rows.iter().map(|row| row::text(row, "host")).collect()
    }

    /// Takes grants back, and says how many there were.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn revoke_connector_grant(&self, slug: &str, host: &str) -> Result<bool, StoreError> {
        if !check::can_exist(&[slug, host]) {
            return Ok(false);
        }
        let mut transaction = self.begin().await?;
        let revoked = sqlx::query("DELETE FROM connector_grants WHERE slug = $1 AND host = $2")
            .bind(slug)
            .bind(host)
            .execute(inside(&mut transaction))
            .await?;
        self.commit_if(revoked.rows_affected() > 0, transaction, changed(slug))
            .await
    }

    /// Lets a connector be served or not.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] if none of its versions was ever active.
    pub async fn enable_connector(&self, slug: &str, enabled: bool) -> Result<(), StoreError> {
        let mut transaction = self.begin().await?;
        let updated =
            sqlx::query("UPDATE connector_states SET enabled = $1, updated_at = $2 WHERE slug = $3")
                .bind(i64::from(enabled))
                .bind(crate::time::now().as_millisecond())
                .bind(slug)
                .execute(inside(&mut transaction))
                .await?;
        match updated.rows_affected() {
            0 => Err(StoreError::NotFound("connector")),
            _ => self.commit(transaction, changed(slug)).await,
        }
    }
}

/// What a write to a connector is announced as.
fn changed(slug: &str) -> Change {
    Change::Connector {
        slug: slug.to_owned(),
    }
}

fn version(row: &AnyRow) -> Result<ConnectorVersion, StoreError> {
    let size = row::number(row, "size")?;
    Ok(ConnectorVersion {
        slug: row::text(row, "slug")?,
        sha256: row::text(row, "sha256")?,
        version: row::text(row, "version")?,
        contract: row::text(row, "contract")?,
        size: u64::try_from(size)
            .map_err(|_| StoreError::Corrupt("column \"size\" is not a size".to_owned()))?,
        publisher: row::optional_text(row, "publisher")?,
        signature: row::optional_text(row, "signature")?,
        installed_at: row::time(row, "installed_at")?,
    })
}

fn state(row: &AnyRow) -> Result<ConnectorState, StoreError> {
    Ok(ConnectorState {
        slug: row::text(row, "slug")?,
        active: row::text(row, "active")?,
        enabled: row::number(row, "enabled")? != 0,
        updated_at: row::time(row, "updated_at")?,
    })
}
