//! The encrypted columns: how to walk through each by master key, and what its values are bound to.

use sqlx::any::AnyRow;

use super::ColumnRotation;
use crate::error::StoreError;
use crate::row;

/// An encrypted column. Its index is by master key id and then by the row's key (see migration 0002).
pub(super) struct SealedColumn {
    pub(super) table: &'static str,
    pub(super) column: &'static str,
    /// First part of the place that the encryption is bound to; the row's key is the rest.
    pub(super) label: &'static str,
    pub(super) row_key: &'static [&'static str],
    /// The next master key id after `$1`.
    pub(super) next_key_id: &'static str,
    /// Some rows under the master key `$1`, those after the row key that follows.
    pub(super) batch: &'static str,
    /// Puts `$1` in place of `$2` in the row of the key that follows.
    pub(super) replace: &'static str,
}

macro_rules! sealed {
    ($table:literal . $column:literal as $label:literal, [$one:literal, $two:literal]) => {
        sealed!(
            $table,
            $column,
            $label,
            [$one, $two],
            concat!($one, ", ", $two),
            "$2, $3",
            concat!($one, " = $3 AND ", $two, " = $4")
        )
    };
    ($table:literal . $column:literal as $label:literal, [$one:literal, $two:literal, $three:literal]) => {
        sealed!(
            $table,
            $column,
            $label,
            [$one, $two, $three],
            concat!($one, ", ", $two, ", ", $three),
            "$2, $3, $4",
            concat!($one, " = $3 AND ", $two, " = $4 AND ", $three, " = $5")
        )
    };
    ($table:literal, $column:literal, $label:literal, $row_key:expr, $list:expr, $after:literal, $is:expr) => {
        SealedColumn {
            table: $table,
            column: $column,
            label: $label,
            row_key: &$row_key,
            next_key_id: concat!(
                "SELECT MIN(substr(",
                $column,
                ", 4, 8)) FROM ",
                $table,
                " WHERE substr(",
                $column,
                ", 4, 8) > $1"
            ),
            batch: concat!(
                "SELECT ",
                $list,
                ", ",
                $column,
                " AS sealed FROM ",
                $table,
                " WHERE substr(",
                $column,
                ", 4, 8) = $1 AND (",
                $list,
                ") > (",
                $after,
                ") ORDER BY ",
                $list,
                " LIMIT 100"
            ),
            replace: concat!(
                "UPDATE ",
                $table,
                " SET ",
                $column,
                " = $1 WHERE ",
                $column,
                " = $2 AND ",
                $is
            ),
        }
    };
}

/// All of them. The labels are those of the modules that the tables belong to; a test rotates a value of each.
pub(super) const COLUMNS: [SealedColumn; 5] = [
    sealed!("connections"."credential" as "credential", ["id", "organisation_id"]),
    sealed!("idempotency_keys"."body" as "idempotent answer", ["organisation_id", "environment", "key_hash"]),
    sealed!("oauth_apps"."client_secret" as "oauth client secret", ["organisation_id", "provider"]),
    sealed!("authorizations"."verifier" as "pkce verifier", ["id", "session_id"]),
    sealed!("authorizations"."authorize_url" as "authorize url", ["id", "session_id"]),
];

impl SealedColumn {
    pub(super) fn untouched(&self) -> ColumnRotation {
        ColumnRotation {
            table: self.table,
            column: self.column,
            rotated: 0,
            unreadable: 0,
        }
    }

    pub(super) fn row_key_of(&self, row: &AnyRow) -> Result<Vec<String>, StoreError> {
        self.row_key.iter().map(|column| row::text(row, column)).collect()
    }

    pub(super) fn place<'a>(&'a self, row_key: &'a [String]) -> Vec<&'a str> {
        std::iter::once(self.label)
            .chain(row_key.iter().map(String::as_str))
            .collect()
    }
}
