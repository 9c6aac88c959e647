//! State of sandboxes: small key-value collections, one set for each organisation and provider.

use sqlx::{Any, Transaction};

use crate::database::{answered, inside};
use crate::error::StoreError;
use crate::store::Store;
use crate::{check, row};

/// One change to a sandbox's state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SandboxChange {
    /// Sets an entry.
    Put {
        /// Collection of the entry.
        collection: String,
        /// Key within the collection.
        key: String,
        /// The new value.
        value: String,
    },
    /// Removes an entry, if there is one.
    Delete {
        /// Collection of the entry.
        collection: String,
        /// Key within the collection.
        key: String,
    },
}

impl Store {
    /// The value of an entry.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn sandbox_get(
        &self,
        organisation_id: &str,
        provider: &str,
        collection: &str,
        key: &str,
    ) -> Result<Option<String>, StoreError> {
        if !check::can_exist(&[collection]) {
            return Ok(None);
        }
        let value = sqlx::query_scalar(
            "SELECT entry_value FROM sandbox_entries \
             WHERE organisation_id = $1 AND provider = $2 AND collection = $3 AND entry_key = $4",
        )
        .bind(organisation_id)
        .bind(provider)
        .bind(collection)
        .bind(encode(key))
        .fetch_optional(self.readers())
        .await?;
        Ok(value)
    }

    /// Up to `limit` entries (key and value) in byte order of their keys, those after `after`.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn sandbox_scan(
        &self,
        organisation_id: &str,
        provider: &str,
        collection: &str,
        after: Option<&str>,
        limit: u32,
    ) -> Result<Vec<(String, String)>, StoreError> {
        if !check::can_exist(&[collection]) {
            return Ok(Vec::new());
        }
        let rows = sqlx::query(
            "SELECT entry_key, entry_value FROM sandbox_entries \
             WHERE organisation_id = $1 AND provider = $2 AND collection = $3 AND entry_key > $4 \
             ORDER BY entry_key LIMIT $5",
        )
        .bind(organisation_id)
        .bind(provider)
        .bind(collection)
        // Nothing encoded is empty, so everything comes after that.
        .bind(after.map(encode).unwrap_or_default())
        .bind(i64::from(limit))
        .fetch_all(self.readers())
        .await?;
        let entry = |row| {
            Ok((
                decode(&row::text(row, "entry_key")?)?,
                row::text(row, "entry_value")?,
            ))
        };
        rows.iter().map(entry).collect()
    }

    /// Makes all changes in their order, or none.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] if there is no such organisation; [`StoreError::Invalid`] for text that cannot be kept.
    pub async fn sandbox_apply(
        &self,
        organisation_id: &str,
        provider: &str,
        changes: Vec<SandboxChange>,
    ) -> Result<(), StoreError> {
        if changes.is_empty() {
            return Ok(());
        }
        check::name("provider", provider)?;
        let mut transaction = self.begin().await?;
        for change in changes {
            apply(&mut transaction, organisation_id, provider, change).await?;
        }
        Ok(answered(transaction.commit()).await?)
    }
}

async fn apply(
    transaction: &mut Transaction<'static, Any>,
    organisation_id: &str,
    provider: &str,
    change: SandboxChange,
) -> Result<(), StoreError> {
    let query = match change {
        SandboxChange::Put {
            collection,
            key,
            value,
        } => {
            check::text("collection", &collection)?;
            check::text("value", &value)?;
            let put = sqlx::query(
                "INSERT INTO sandbox_entries (organisation_id, provider, collection, entry_key, entry_value) \
                 VALUES ($1, $2, $3, $4, $5) ON CONFLICT (organisation_id, provider, collection, entry_key) \
                 DO UPDATE SET entry_value = excluded.entry_value",
            );
            put.bind(organisation_id)
                .bind(provider)
                .bind(collection)
                .bind(encode(&key))
                .bind(value)
        }
        SandboxChange::Delete { collection, key } => {
            check::text("collection", &collection)?;
            let delete = sqlx::query(
                "DELETE FROM sandbox_entries \
                 WHERE organisation_id = $1 AND provider = $2 AND collection = $3 AND entry_key = $4",
            );
            delete
                .bind(organisation_id)
                .bind(provider)
                .bind(collection)
                .bind(encode(&key))
        }
    };
    query
        .execute(inside(transaction))
        .await
        .map_err(|error| StoreError::of_write(error, "organisation"))?;
    Ok(())
}

/// PostgreSQL sorts text by its locale. Hexadecimal digits sort in byte order in every locale, and the letter before them
/// keeps the empty key from being empty.
fn encode(key: &str) -> String {
    format!("x{}", hex::encode(key))
}

fn decode(encoded: &str) -> Result<String, StoreError> {
    let bytes = encoded
        .strip_prefix('x')
        .and_then(|digits| hex::decode(digits).ok());
    let key = bytes.and_then(|bytes| String::from_utf8(bytes).ok());
    key.ok_or_else(|| StoreError::Corrupt("column \"entry_key\" is not an encoded key".to_owned()))
}

#[cfg(test)]
mod tests {
    use super::{decode, encode};

    #[test]
    fn encoded_keys_read_back_and_sort_like_their_bytes() {
        let mut keys = ["", "\0", "a", "B", "ab", "é", "~", "10", "9", "Ω", "🦀", "a\0"];
        keys.sort_unstable();
        let encoded: Vec<String> = keys.iter().map(|key| encode(key)).collect();
        assert!(
            encoded.is_sorted() && encoded.iter().all(|key| key.as_str() > ""),
            "{encoded:?}"
        );
        assert!(
            keys.iter()
                .zip(&encoded)
                .all(|(key, encoded)| decode(encoded).unwrap() == *key)
        );
        assert!(decode("61").is_err() && decode("xff").is_err() && decode("x6").is_err());
    }
}
