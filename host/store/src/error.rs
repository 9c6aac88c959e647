//! What can go wrong in the store. No error carries a value from a row or a query, because errors are logged.

use sqlx::error::{DatabaseError, ErrorKind};
use sqlx::migrate::MigrateError;

/// Why the store could not do it.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// The database URL is malformed, or of a kind that this build cannot open.
    #[error("the database URL is not usable: {0}")]
    Url(String),
    /// The database cannot be reached or cannot work.
    #[error("the database is not available: {0}")]
    Unavailable(String),
    /// Others kept the database locked or at work for too long. Trying again can help.
    #[error("the database is busy; try again")]
    Busy,
    /// No connection to the database came free in time: all are in use, or it cannot be reached.
    #[error("no connection to the database came free in time")]
    NoConnection,
    /// There is no space left to write to. Reading still works.
    #[error("the database has no space left")]
    Full,
    /// What is there already stands against it.
    #[error("{0}")]
    Conflict(String),
    /// What the call is about, or what it refers to, does not exist.
    #[error("there is no such {0}")]
    NotFound(&'static str),
    /// A value that cannot be stored.
    #[error("`{field}` {problem}")]
    Invalid {
        /// Which value.
        field: &'static str,
        /// What would be right.
        problem: &'static str,
    },
    /// A stored value is damaged, or was encrypted under another master key (whose id is named).
    #[error("stored data cannot be used: {0}")]
    Corrupt(String),
    /// Values in the database are encrypted under a master key that was not given. Nothing was changed.
    #[error(
        "the database holds values that are encrypted under master key {sealed_under}, but the one in use is {in_use}; \
         give the right one in ROUTEMCP_MASTER_KEY, or, if it was changed, the former one in \
         ROUTEMCP_PREVIOUS_MASTER_KEYS"
    )]
    MasterKey {
        /// Ids of the keys that are missing, with commas between them.
        sealed_under: String,
        /// Id of the primary key.
        in_use: String,
    },
    /// The tables are not those of this version, and could not be made so.
    #[error("the tables could not be brought up to date: {0}")]
    Migration(String),
}

impl StoreError {
    /// For writes that refer to another row: says which one is missing.
    pub(crate) fn of_write(error: sqlx::Error, referred: &'static str) -> Self {
        let foreign_key = error
            .as_database_error()
            .is_some_and(|error| error.is_foreign_key_violation());
        if foreign_key {
            Self::NotFound(referred)
        } else {
            error.into()
        }
    }
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        use sqlx::Error;
        match error {
            Error::Database(error) => of_database(&*error),
            Error::PoolTimedOut => Self::NoConnection,
            Error::Configuration(_) => Self::Url("malformed, or this build has no driver for it".to_owned()),
            Error::Io(error) => Self::Unavailable(error.kind().to_string()),
            Error::Tls(_) => Self::Unavailable("TLS failed".to_owned()),
            Error::PoolClosed => Self::Unavailable("it was closed".to_owned()),
            Error::WorkerCrashed => Self::Unavailable("its worker ended".to_owned()),
            Error::ColumnDecode { index, .. } => Self::Corrupt(format!("column {index} has another type")),
            Error::ColumnNotFound(column) => Self::Corrupt(format!("column \"{column}\" is missing")),
            Error::Decode(_) => Self::Corrupt("a column has another type".to_owned()),
            Error::Migrate(error) => (*error).into(),
            // The rest can quote values.
            _ => Self::Unavailable("the driver failed".to_owned()),
        }
    }
}

/// The message is left out: PostgreSQL quotes values in it. The code says enough to look the cause up.
fn of_database(error: &dyn DatabaseError) -> StoreError {
    match error.kind() {
        ErrorKind::UniqueViolation => {
            return StoreError::Conflict("the same entry exists already".to_owned());
        }
        ErrorKind::ForeignKeyViolation => {
            return StoreError::Conflict("an entry it refers to is missing".to_owned());
        }
        _ => {}
    }
    let code = error.code().unwrap_or_default();
    match of_code(&code) {
        Cause::Busy => StoreError::Busy,
        Cause::Full => StoreError::Full,
        Cause::Damaged => StoreError::Corrupt(format!("the database file is damaged (code {code})")),
        Cause::Value => StoreError::Invalid {
            field: "value",
            problem: "cannot be kept by the database",
        },
        Cause::Other => StoreError::Unavailable(format!("code {code}")),
    }
}

#[derive(Debug, PartialEq)]
enum Cause {
    Busy,
    Full,
    Damaged,
    Value,
    Other,
}

/// PostgreSQL's codes have five characters (its manual, appendix A); SQLite's are numbers below 10,000 whose low byte is
/// the primary code (sqlite.org/rescode.html).
fn of_code(code: &str) -> Cause {
    if code.len() == 5 {
        return match code {
            "40001" | "40P01" | "55P03" | "57014" | "53300" => Cause::Busy,
            "53100" => Cause::Full,
            // Data that its type or an index does not take.
            "54000" => Cause::Value,
            _ if code.starts_with("22") => Cause::Value,
            _ => Cause::Other,
        };
    }
    match code.parse::<u32>().map(|code| code & 0xff) {
        Ok(5 | 6) => Cause::Busy,
        Ok(13) => Cause::Full,
        Ok(11 | 26) => Cause::Damaged,
        Ok(18) => Cause::Value,
        _ => Cause::Other,
    }
}

impl From<MigrateError> for StoreError {
    fn from(error: MigrateError) -> Self {
        let message = match error {
            MigrateError::Execute(error) => return error.into(),
            MigrateError::ExecuteMigration(error, version) => match Self::from(error) {
                Self::Busy => return Self::Busy,
                cause => format!("migration {version} failed: {cause}"),
            },
            MigrateError::VersionMissing(_) => {
                "they were written by a newer version of this program".to_owned()
            }
            MigrateError::VersionMismatch(version) => {
                format!("migration {version} is not the one that was applied")
            }
            MigrateError::Dirty(version) => format!("migration {version} was cut off; restore a backup"),
            _ => "the migrations cannot be read".to_owned(),
        };
        Self::Migration(message)
    }
}

#[cfg(test)]
mod tests {
    use super::{Cause, StoreError, of_code};

    #[test]
    fn codes_of_both_databases_are_told_apart() {
        for (code, cause) in [
            ("5", Cause::Busy),
            ("517", Cause::Busy),
            ("262", Cause::Busy),
            ("13", Cause::Full),
            ("53100", Cause::Full),
            ("26", Cause::Damaged),
            ("267", Cause::Damaged),
            ("18", Cause::Value),
            ("1299", Cause::Other),
            ("14", Cause::Other),
            ("8458", Cause::Other),
            ("40P01", Cause::Busy),
            ("57014", Cause::Busy),
            ("22021", Cause::Value),
            ("23502", Cause::Other),
            ("54000", Cause::Value),
            ("57P01", Cause::Other),
            ("", Cause::Other),
        ] {
            assert_eq!(of_code(code), cause, "{code}");
        }
    }

    #[test]
    fn errors_of_the_driver_lose_what_they_quote() {
        let secret = "sk_live_secret";
        for error in [
            sqlx::Error::Protocol(secret.to_owned()),
            sqlx::Error::Encode(secret.into()),
            sqlx::Error::Decode(secret.into()),
            sqlx::Error::Configuration(secret.into()),
            sqlx::Error::Io(std::io::Error::other(secret)),
            sqlx::Error::ColumnDecode {
                index: "1".to_owned(),
                source: secret.into(),
            },
        ] {
            let error = StoreError::from(error);
            assert!(!format!("{error} {error:?}").contains(secret), "{error:?}");
        }
    }
}
