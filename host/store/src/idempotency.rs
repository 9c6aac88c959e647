//! Idempotency keys: which writes are under way, and what the finished ones were answered.
//!
//! A key belongs to one organisation and environment, and is kept as a hash. Answers hold a provider's records, so they
//! are encrypted like credentials. Both are forgotten after [`LIFETIME`].

use jiff::{SignedDuration, Timestamp};
use secrecy::ExposeSecret as _;
use sha2::{Digest as _, Sha256};
use sqlx::any::AnyRow;

use crate::error::StoreError;
use crate::names::Environment;
use crate::seal::Sealed;
use crate::store::Store;
use crate::{check, row};

/// How long a key is remembered.
const LIFETIME: SignedDuration = SignedDuration::from_hours(24);
/// A key can vanish between the two looks at it, and be taken by another again. Not more often than this by chance.
const ATTEMPTS: usize = 5;

/// What to do with a request that carries an idempotency key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum IdempotencyStart {
    /// It is the first: do it, then call [`Store::finish_idempotent`] or [`Store::forget_idempotent`].
    New,
    /// The same request was begun and has not ended, or was cut off.
    InProgress,
    /// The key was used for another request.
    Mismatch,
    /// The same request was answered with this.
    Done {
        /// HTTP status.
        status: u16,
        /// The body.
        body: String,
    },
}

/// The row of a key, and what its answer's encryption is bound to.
struct Slot<'a> {
    organisation_id: &'a str,
    environment: Environment,
    key_hash: String,
}

impl<'a> Slot<'a> {
    fn new(organisation_id: &'a str, environment: Environment, key: &str) -> Self {
        Self {
            organisation_id,
            environment,
            key_hash: hex::encode(Sha256::digest(key)),
        }
    }

    fn place(&self) -> [&str; 4] {
        [
            "idempotent answer",
            self.organisation_id,
            self.environment.as_str(),
            &self.key_hash,
        ]
    }
}

impl Store {
    /// Takes a key for a request, or says who has it. Of any number of simultaneous calls exactly one gets
    /// [`IdempotencyStart::New`]. `fingerprint` is what makes two requests the same, such as a hash of method, path and body.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] if there is no such organisation; [`StoreError::Corrupt`] if the answer does not decrypt.
    pub async fn begin_idempotent(
        &self,
        organisation_id: &str,
        environment: Environment,
        key: &str,
        fingerprint: &str,
        now: Timestamp,
    ) -> Result<IdempotencyStart, StoreError> {
        check::text("fingerprint", fingerprint)?;
        let slot = Slot::new(organisation_id, environment, key);
        for _ in 0..ATTEMPTS {
            if self.take(&slot, fingerprint, now).await? {
                return Ok(IdempotencyStart::New);
            }
            if let Some(row) = self.look(&slot).await? {
                return self.judge(&slot, fingerprint, &row);
            }
        }
        Err(StoreError::Busy)
    }

    /// One statement, so that nobody can come in between: inserts the row, or takes over one that has expired.
    async fn take(&self, slot: &Slot<'_>, fingerprint: &str, now: Timestamp) -> Result<bool, StoreError> {
        let taken = sqlx::query(
            "INSERT INTO idempotency_keys (organisation_id, environment, key_hash, fingerprint, expires_at) \
             VALUES ($1, $2, $3, $4, $5) ON CONFLICT (organisation_id, environment, key_hash) DO UPDATE SET \
             fingerprint = excluded.fingerprint, expires_at = excluded.expires_at, status = NULL, body = NULL \
             WHERE idempotency_keys.expires_at <= $6",
        )
        .bind(slot.organisation_id)
        .bind(slot.environment.as_str())
        .bind(&*slot.key_hash)
        .bind(fingerprint)
        .bind(now.as_millisecond().saturating_add(lifetime()))
        .bind(now.as_millisecond())
        .execute(self.writer())
        .await
        .map_err(|error| StoreError::of_write(error, "organisation"))?;
        Ok(taken.rows_affected() > 0)
    }

    async fn look(&self, slot: &Slot<'_>) -> Result<Option<AnyRow>, StoreError> {
        let row = sqlx::query(
            "SELECT fingerprint, status, body FROM idempotency_keys \
             WHERE organisation_id = $1 AND environment = $2 AND key_hash = $3",
        )
        .bind(slot.organisation_id)
        .bind(slot.environment.as_str())
        .bind(&*slot.key_hash)
        .fetch_optional(self.readers())
        .await?;
        Ok(row)
    }

    fn judge(
        &self,
        slot: &Slot<'_>,
        fingerprint: &str,
        row: &AnyRow,
    ) -> Result<IdempotencyStart, StoreError> {
        if row::text(row, "fingerprint")? != fingerprint {
            return Ok(IdempotencyStart::Mismatch);
        }
        match (
            row::optional_number(row, "status")?,
            row::optional_text(row, "body")?,
        ) {
            (Some(status), Some(body)) => {
                let status = u16::try_from(status)
                    .map_err(|_| StoreError::Corrupt("column \"status\" is not an HTTP status".to_owned()))?;
                let body = self
                    .sealer()
                    .open(&Sealed(body), &slot.place())?
                    .expose_secret()
                    .to_owned();
                Ok(IdempotencyStart::Done { status, body })
            }
            _ => Ok(IdempotencyStart::InProgress),
        }
    }

    /// Keeps the answer for repeats of the request.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] if no request with this key is under way.
    pub async fn finish_idempotent(
        &self,
        organisation_id: &str,
        environment: Environment,
        key: &str,
        status: u16,
        body: &str,
    ) -> Result<(), StoreError> {
        let slot = Slot::new(organisation_id, environment, key);
        let body = self.sealer().seal(body, &slot.place())?;
        let finished = sqlx::query(
            "UPDATE idempotency_keys SET status = $1, body = $2 \
             WHERE organisation_id = $3 AND environment = $4 AND key_hash = $5 AND status IS NULL",
        )
        .bind(i64::from(status))
        .bind(body.0)
        .bind(slot.organisation_id)
        .bind(slot.environment.as_str())
        .bind(&*slot.key_hash)
        .execute(self.writer())
        .await?;
        if finished.rows_affected() == 0 {
            Err(StoreError::NotFound("request under way"))
        } else {
            Ok(())
        }
    }

    /// Frees the key of a request that is under way and changed nothing. A finished one stays.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn forget_idempotent(
        &self,
        organisation_id: &str,
        environment: Environment,
        key: &str,
    ) -> Result<(), StoreError> {
        let slot = Slot::new(organisation_id, environment, key);
        sqlx::query(
            "DELETE FROM idempotency_keys \
             WHERE organisation_id = $1 AND environment = $2 AND key_hash = $3 AND status IS NULL",
        )
        .bind(slot.organisation_id)
        .bind(slot.environment.as_str())
        .bind(&*slot.key_hash)
        .execute(self.writer())
        .await?;
        Ok(())
    }

    /// Deletes what has expired, of all tenants, and says how much that was. Expired keys are free before this too; call it
    /// now and then to keep the table small.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn purge_expired_idempotency(&self, now: Timestamp) -> Result<u64, StoreError> {
        let purged = sqlx::query("DELETE FROM idempotency_keys WHERE expires_at <= $1")
            .bind(now.as_millisecond())
            .execute(self.writer())
            .await?;
        Ok(purged.rows_affected())
    }
}

fn lifetime() -> i64 {
    LIFETIME.as_secs().saturating_mul(1_000)
}
