//! Connections page by page.

use super::{Connection, ConnectionQuery, columns, read};
use crate::database::Backend;
use crate::error::StoreError;
use crate::store::Store;
use crate::{check, row};

/// Both databases must sort by bytes, and each has its own name for that order. SQLite's default is that order, and saying
/// so would not help; PostgreSQL's default is the locale's. Two texts for each, as in [`Store::find_connections`].
macro_rules! page {
    ($end_user:literal, $collate:literal) => {
        concat!(
            "SELECT ",
            columns!(),
            " FROM connections WHERE organisation_id = $1 AND environment = $2 AND ($3 IS NULL OR provider = $3) ",
            $end_user,
            " AND (end_user",
            $collate,
            ", provider",
            $collate,
            ") > ($5, $6) ORDER BY end_user",
            $collate,
            ", provider",
            $collate,
            " LIMIT $7"
        )
    };
}

const fn sql(backend: Backend, one_end_user: bool) -> &'static str {
    match (backend, one_end_user) {
        (Backend::Sqlite, true) => page!("AND end_user = $4", ""),
        (Backend::Sqlite, false) => page!("AND $4 IS NULL", ""),
        (Backend::Server, true) => page!("AND end_user = $4", " COLLATE \"C\""),
        (Backend::Server, false) => page!("AND $4 IS NULL", " COLLATE \"C\""),
    }
}

impl Store {
    /// Up to `limit` of the connections that fit, in byte order of end user and then provider, those after the given end user
    /// and provider; and whether there are more.
    ///
    /// # Errors
    /// [`StoreError::Invalid`] for a place that no connection can have.
    pub async fn list_connections(
        &self,
        query: ConnectionQuery<'_>,
        after: Option<&(String, String)>,
        limit: u32,
    ) -> Result<(Vec<Connection>, bool), StoreError> {
        // Neither is ever empty, so everything comes after that.
        let (end_user, provider) = after.map_or(("", ""), |(end_user, provider)| (end_user, provider));
        check::text("after", end_user)?;
        check::text("after", provider)?;
        let filters = [
            query.provider.unwrap_or_default(),
            query.end_user.unwrap_or_default(),
        ];
        if !check::can_exist(&filters) {
            return Ok((Vec::new(), false));
        }
        let rows = sqlx::query(sql(self.backend(), query.end_user.is_some()))
            .bind(query.organisation_id.as_str())
            .bind(query.environment.as_str())
            .bind(query.provider)
            .bind(query.end_user)
            .bind(end_user)
            .bind(provider)
            .bind(i64::from(limit).saturating_add(1))
            .fetch_all(self.readers())
            .await?;
        row::page(&rows, limit, read)
    }
}
