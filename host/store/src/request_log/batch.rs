//! Writes requests, many in one transaction.

use std::fmt::Write as _;
use std::time::Duration;

use sqlx::AssertSqlSafe;

use super::{RequestLogEntry, enclosed};
use crate::check;
use crate::database::{Backend, answered, inside};
use crate::error::StoreError;
use crate::store::Store;

/// The most rows in one statement.
const ROWS: usize = 16;
const COLUMNS: usize = 15;

impl Store {
    /// Keeps finished requests: all of them, or none if it fails. One that is there already stays as it is, so that a batch
    /// can be written again when it is not known what became of it.
    ///
    /// # Errors
    /// [`StoreError::Invalid`] for text that cannot be kept; otherwise if the database fails.
    pub async fn log_requests(&self, entries: &[RequestLogEntry]) -> Result<(), StoreError> {
        for entry in entries {
            for text in [&entry.id, &entry.method, &entry.route, &entry.path] {
                check::text("entry", text)?;
            }
        }
        let mut transaction = self.begin().await?;
        let mut rest = entries;
        while !rest.is_empty() {
            let (rows, more) = rest.split_at(statement_size(rest.len()));
            // The text is made of numbers alone.
            let mut insert = sqlx::query(AssertSqlSafe(statement(rows.len(), self.backend())));
            for entry in rows {
                insert = insert
                    .bind(&*entry.id)
                    .bind(entry.started_at.as_millisecond())
                    .bind(entry.organisation_id.as_str())
                    .bind(entry.environment.as_str())
                    .bind(entry.api_key_id.as_str())
                    .bind(&*entry.method)
                    .bind(&*entry.route)
                    .bind(&*entry.path)
                    .bind(enclosed(&entry.providers))
                    .bind(enclosed(&entry.connectors))
                    .bind(i64::from(entry.status))
                    .bind(entry.code.as_deref())
                    .bind(micros(entry.total))
                    .bind(micros(entry.provider))
                    .bind(micros(entry.connector));
            }
            insert.execute(inside(&mut transaction)).await?;
            rest = more;
        }
        Ok(answered(transaction.commit()).await?)
    }
}

/// Powers of two, so that a handful of prepared statements serves batches of every size.
fn statement_size(rows: usize) -> usize {
    match rows.checked_ilog2() {
        Some(power) => (1 << power).min(ROWS),
        None => 0,
    }
}

/// SQLite looks the name of a parameter up by walking along all of them, and each has a name that has a number. PostgreSQL
/// knows them by nothing else.
fn statement(rows: usize, backend: Backend) -> String {
    let mut text = "INSERT INTO request_log (id, started_at, organisation_id, environment, api_key_id, method, route, path, \
        providers, connectors, status, code, total_micros, provider_micros, connector_micros) VALUES "
        .to_owned();
    for row in 0..rows {
        text.push_str(if row == 0 { "(" } else { ", (" });
        for column in 1..=COLUMNS {
            let comma = if column == 1 { "" } else { ", " };
            // Writing to a text cannot fail.
            let _ = match backend {
                Backend::Sqlite => write!(text, "{comma}?"),
                Backend::Server => write!(text, "{comma}${}", row * COLUMNS + column),
            };
        }
        text.push(')');
    }
    text + " ON CONFLICT (id) DO NOTHING"
}

fn micros(duration: Duration) -> i64 {
    i64::try_from(duration.as_micros()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::{COLUMNS, ROWS, statement, statement_size};
    use crate::database::Backend;

    #[test]
    fn batches_of_every_size_are_made_of_few_statements() {
        for (rows, size) in [(0, 0), (1, 1), (3, 2), (15, 8), (16, 16), (17, 16), (1_000, ROWS)] {
            assert_eq!(statement_size(rows), size, "{rows}");
        }
        let two = statement(2, Backend::Sqlite);
        assert_eq!(two.matches('?').count(), 2 * COLUMNS, "{two}");
        let two = statement(2, Backend::Server);
        assert!(two.contains("($1, $2,") && two.contains("$15), ($16,"), "{two}");
        assert!(two.contains("$30)") && !two.contains("$31"), "{two}");
    }
}
