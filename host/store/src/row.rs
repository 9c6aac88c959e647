//! Reads columns of a row as the types they stand for.

use jiff::Timestamp;
use sqlx::Row as _;
use sqlx::any::AnyRow;

use crate::error::StoreError;
use crate::names::UnknownName;

pub(crate) fn text(row: &AnyRow, column: &'static str) -> Result<String, StoreError> {
    Ok(row.try_get(column)?)
}

pub(crate) fn optional_text(row: &AnyRow, column: &'static str) -> Result<Option<String>, StoreError> {
    Ok(row.try_get(column)?)
}

pub(crate) fn number(row: &AnyRow, column: &'static str) -> Result<i64, StoreError> {
    Ok(row.try_get(column)?)
}

pub(crate) fn optional_number(row: &AnyRow, column: &'static str) -> Result<Option<i64>, StoreError> {
    Ok(row.try_get(column)?)
}

pub(crate) fn time(row: &AnyRow, column: &'static str) -> Result<Timestamp, StoreError> {
    of_milliseconds(number(row, column)?, column)
}

pub(crate) fn optional_time(row: &AnyRow, column: &'static str) -> Result<Option<Timestamp>, StoreError> {
    optional_number(row, column)?
        .map(|milliseconds| of_milliseconds(milliseconds, column))
        .transpose()
}

fn of_milliseconds(milliseconds: i64, column: &'static str) -> Result<Timestamp, StoreError> {
    Timestamp::from_millisecond(milliseconds)
        .map_err(|_| StoreError::Corrupt(format!("column \"{column}\" is not a time")))
}

/// Up to `limit` rows, and whether there are more: `rows` is the answer to a query for one more than that.
pub(crate) fn page<T>(
    rows: &[AnyRow],
    limit: u32,
    read: impl Fn(&AnyRow) -> Result<T, StoreError>,
) -> Result<(Vec<T>, bool), StoreError> {
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let found = rows.iter().take(limit).map(read).collect::<Result<_, _>>()?;
    Ok((found, rows.len() > limit))
}

/// A column that holds one word of a closed set.
pub(crate) fn name<T>(
    row: &AnyRow,
    column: &'static str,
    parse: impl Fn(&str) -> Result<T, UnknownName>,
) -> Result<T, StoreError> {
    word(&text(row, column)?, column, parse)
}

/// A column that holds words of a closed set, with commas between them.
pub(crate) fn names<T>(
    row: &AnyRow,
    column: &'static str,
    parse: impl Fn(&str) -> Result<T, UnknownName>,
) -> Result<Vec<T>, StoreError> {
    let words = text(row, column)?;
    words
        .split(',')
        .filter(|text| !text.is_empty())
        .map(|text| word(text, column, &parse))
        .collect()
}

fn word<T>(
    text: &str,
    column: &'static str,
    parse: impl Fn(&str) -> Result<T, UnknownName>,
) -> Result<T, StoreError> {
    parse(text).map_err(|error| StoreError::Corrupt(format!("column \"{column}\": {error}")))
}
