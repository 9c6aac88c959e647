//! Encrypts anew, under the primary master key, what stands under another, while others go on working.

mod columns;

use columns::{COLUMNS, SealedColumn};
use secrecy::ExposeSecret as _;
use sqlx::any::AnyRow;

use crate::error::StoreError;
use crate::row;
use crate::seal::Sealed;
use crate::store::Store;

/// What [`Store::rotate_master`] did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RotationReport {
    /// Id of the master key that everything is under now.
    pub primary: String,
    /// What was done in each encrypted column.
    pub columns: Vec<ColumnRotation>,
}

/// What was done in one column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ColumnRotation {
    /// The table.
    pub table: &'static str,
    /// The column.
    pub column: &'static str,
    /// How many values were encrypted anew.
    pub rotated: u64,
    /// How many are left as they are because they do not decrypt: damaged, or under a key that was not given.
    pub unreadable: u64,
}

impl RotationReport {
    /// Whether nothing is left under another key, so that the previous keys can be thrown away once no process encrypts under
    /// them any more.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.columns.iter().all(|column| column.unreadable == 0)
    }
}

/// What one pass over one column did.
#[derive(Default)]
struct Pass {
    rotated: u64,
    /// Somebody else wrote the row at the same time.
    overtaken: u64,
    unreadable: u64,
}

impl Store {
    /// Encrypts everything under the primary master key that stands under another. Values that others write meanwhile win.
    /// Being cut off does no harm, and calling it again goes on; it returns when a look at everything finds nothing to do.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn rotate_master(&self) -> Result<RotationReport, StoreError> {
        let mut columns: Vec<_> = COLUMNS.iter().map(SealedColumn::untouched).collect();
        loop {
            let mut settled = true;
            for (column, report) in COLUMNS.iter().zip(&mut columns) {
                let pass = self.rotate_column(column).await?;
                report.rotated += pass.rotated;
                report.unreadable = pass.unreadable;
                settled &= pass.rotated == 0 && pass.overtaken == 0;
            }
            if settled {
                return Ok(RotationReport {
                    primary: self.sealer().primary_id().to_owned(),
                    columns,
                });
            }
        }
    }

    async fn rotate_column(&self, column: &SealedColumn) -> Result<Pass, StoreError> {
        let mut pass = Pass::default();
        for key_id in self.key_ids(column).await? {
            if key_id != self.sealer().primary_id() {
                self.rotate_key(column, &key_id, &mut pass).await?;
            }
        }
        Ok(pass)
    }

    /// Batch by batch, in the order of the rows' keys, so that what cannot be decrypted is passed over.
    async fn rotate_key(
        &self,
        column: &SealedColumn,
        key_id: &str,
        pass: &mut Pass,
    ) -> Result<(), StoreError> {
        let mut after = vec![String::new(); column.row_key.len()];
        loop {
            let mut select = sqlx::query(column.batch).bind(key_id);
            for part in &after {
                select = select.bind(part.as_str());
            }
            let rows = select.fetch_all(self.readers()).await?;
            let Some(last) = rows.last() else {
                return Ok(());
            };
            after = column.row_key_of(last)?;
            for row in &rows {
                self.rotate_row(column, row, pass).await?;
            }
        }
    }

    /// Replaces the very text that was read, or nothing.
    async fn rotate_row(
        &self,
        column: &SealedColumn,
        row: &AnyRow,
        pass: &mut Pass,
    ) -> Result<(), StoreError> {
        let (row_key, old) = (column.row_key_of(row)?, Sealed(row::text(row, "sealed")?));
        let place = column.place(&row_key);
        let plain = match self.sealer().open(&old, &place) {
            Ok(plain) => plain,
            Err(error) => {
                tracing::warn!(table = column.table, column = column.column, %error, "a value stays as it is");
                pass.unreadable += 1;
                return Ok(());
            }
        };
        let new = self.sealer().seal(plain.expose_secret(), &place)?;
        let mut update = sqlx::query(column.replace).bind(new.0).bind(old.0);
        for part in &row_key {
            update = update.bind(part.as_str());
        }
        match update.execute(self.writer()).await?.rows_affected() {
            0 => pass.overtaken += 1,
            _ => pass.rotated += 1,
        }
        Ok(())
    }

    /// Ids of the master keys that values of a column stand under. Each is one look into an index.
    async fn key_ids(&self, column: &SealedColumn) -> Result<Vec<String>, StoreError> {
        let mut found: Vec<String> = Vec::new();
        loop {
            let after = found.last().map_or("", String::as_str);
            let next: Option<String> = sqlx::query_scalar(column.next_key_id)
                .bind(after)
                .fetch_one(self.readers())
                .await?;
            match next {
                Some(next) => found.push(next),
                None => return Ok(found),
            }
        }
    }

    /// Fails if something stands under a master key that is not in the ring, so that a wrong key is noticed at the start and
    /// not at the first request.
    pub(crate) async fn check_master_keys(&self) -> Result<(), StoreError> {
        let mut unknown = Vec::new();
        for column in &COLUMNS {
            let ids = self.key_ids(column).await?;
            // What is no key id is a damaged value, which is told when somebody needs it.
            unknown.extend(
                ids.into_iter()
                    .filter(|id| is_key_id(id) && !self.sealer().knows(id)),
            );
        }
        if unknown.is_empty() {
            return Ok(());
        }
        unknown.sort_unstable();
        unknown.dedup();
        Err(StoreError::MasterKey {
            sealed_under: unknown.join(", "),
            in_use: self.sealer().primary_id().to_owned(),
        })
    }
}

fn is_key_id(text: &str) -> bool {
    text.len() == 8 && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

#[cfg(test)]
mod tests {
    use super::is_key_id;
    use crate::master_key::MasterKey;

    #[test]
    fn only_what_names_a_master_key_is_its_id() {
        assert!(is_key_id(&MasterKey::generate().0.id()));
        for text in ["", "somehow", "0123456", "012345678", "0123456X", "ABCDEF01"] {
            assert!(!is_key_id(text), "{text}");
        }
    }
}
