//! The request log: finished API requests, newest first, forgotten after some days.

mod batch;
mod purge;

use std::time::Duration;

use jiff::Timestamp;
use sqlx::any::AnyRow;

use crate::error::StoreError;
use crate::ids::{ApiKeyId, OrganisationId};
use crate::names::Environment;
use crate::store::Store;
use crate::{check, row};

/// A finished API request. It has no body, no query string and no secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestLogEntry {
    /// `req_` and a UUID of version 7 in hexadecimal, made when the request came.
    pub id: String,
    /// When it came.
    pub started_at: Timestamp,
    /// Who asked.
    pub organisation_id: OrganisationId,
    /// In which environment.
    pub environment: Environment,
    /// With which key.
    pub api_key_id: ApiKeyId,
    /// The HTTP method.
    pub method: String,
    /// The route's pattern.
    pub route: String,
    /// The path, without the query.
    pub path: String,
    /// Slugs of the providers that were asked.
    pub providers: Vec<String>,
    /// Digests of the connector versions that served it.
    pub connectors: Vec<String>,
    /// The answer's HTTP status.
    pub status: u16,
    /// The error's code.
    pub code: Option<String>,
    /// How long it took in all.
    pub total: Duration,
    /// How much of it was waiting for providers.
    pub provider: Duration,
    /// How much of it was spent in connectors.
    pub connector: Duration,
}

/// Which requests to list. What is not given does not narrow the list down.
#[derive(Clone, Copy, Debug, Default)]
pub struct RequestLogQuery<'a> {
    /// Id of the organisation.
    pub organisation_id: Option<&'a str>,
    /// Slug of a provider that was asked.
    pub provider: Option<&'a str>,
    /// The answer's HTTP status.
    pub status: Option<u16>,
    /// The error's code.
    pub code: Option<&'a str>,
    /// The HTTP method.
    pub method: Option<&'a str>,
    /// Those that came at this time or later.
    pub since: Option<Timestamp>,
    /// Those that came before this time.
    pub until: Option<Timestamp>,
    /// The one of this id.
    pub id: Option<&'a str>,
    /// Those older than the one of this id.
    pub before: Option<&'a str>,
}

/// What all ids begin with.
const PREFIX: &str = "req_";
/// Comes after every id: `g` follows the hexadecimal digits.
const AFTER_ALL: &str = "req_g";

/// Four texts, because one that leaves the organisation or the id open would not use its index.
macro_rules! select {
    ($organisation:literal, $id:literal) => {
        concat!(
            "SELECT id, started_at, organisation_id, environment, api_key_id, method, route, path, providers, connectors, \
             status, code, total_micros, provider_micros, connector_micros FROM request_log WHERE ",
            $organisation,
            " AND id < $2 AND id >= $3 AND ",
            $id,
            " AND ($5 IS NULL OR providers LIKE $5 ESCAPE '!') AND ($6 IS NULL OR status = $6) \
             AND ($7 IS NULL OR code = $7) AND ($8 IS NULL OR method = $8) ORDER BY id DESC LIMIT $9"
        )
    };
}

const fn sql(one_organisation: bool, one_request: bool) -> &'static str {
    match (one_organisation, one_request) {
        (true, true) => select!("organisation_id = $1", "id = $4"),
        (true, false) => select!("organisation_id = $1", "$4 IS NULL"),
        (false, true) => select!("$1 IS NULL", "id = $4"),
        (false, false) => select!("$1 IS NULL", "$4 IS NULL"),
    }
}

impl Store {
    /// Up to `limit` requests, newest first, and whether there are more.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn list_requests(
        &self,
        query: RequestLogQuery<'_>,
        limit: u32,
    ) -> Result<(Vec<RequestLogEntry>, bool), StoreError> {
        let texts = [
            query.organisation_id,
            query.provider,
            query.code,
            query.method,
            query.id,
            query.before,
        ];
        if !check::can_exist(&texts.map(Option::unwrap_or_default)) {
            return Ok((Vec::new(), false));
        }
        let rows = sqlx::query(sql(query.organisation_id.is_some(), query.id.is_some()))
            .bind(query.organisation_id)
            .bind(upper_bound(&query))
            .bind(query.since.map_or_else(|| PREFIX.to_owned(), first_id_at))
            .bind(query.id)
            .bind(query.provider.map(containing))
            .bind(query.status.map(i64::from))
            .bind(query.code)
            .bind(query.method)
            .bind(i64::from(limit).saturating_add(1))
            .fetch_all(self.readers())
            .await?;
        row::page(&rows, limit, read)
    }
}

/// Every listed id is below this one.
fn upper_bound(query: &RequestLogQuery<'_>) -> String {
    let until = query.until.map_or_else(|| AFTER_ALL.to_owned(), first_id_at);
    match query.before {
        Some(before) if before < until.as_str() => before.to_owned(),
        _ => until,
    }
}

/// No request that came at this time or later has a smaller id: a UUID of version 7 begins with the milliseconds since the
/// epoch, in 48 bits.
fn first_id_at(time: Timestamp) -> String {
    let milliseconds = time.as_millisecond().clamp(0, (1 << 48) - 1);
    format!("{PREFIX}{milliseconds:012x}")
}

/// A list of words as it is kept.
fn enclosed(words: &[String]) -> String {
    if words.is_empty() {
        return String::new();
    }
    format!(",{},", words.join(","))
}

fn words(enclosed: &str) -> Vec<String> {
    let words = enclosed.split(',').filter(|word| !word.is_empty());
    words.map(str::to_owned).collect()
}

/// The pattern of lists that contain a word.
fn containing(word: &str) -> String {
    let mut pattern = "%,".to_owned();
    for letter in word.chars() {
        if matches!(letter, '%' | '_' | '!') {
            pattern.push('!');
        }
        pattern.push(letter);
    }
    pattern.push_str(",%");
    pattern
}

fn read(row: &AnyRow) -> Result<RequestLogEntry, StoreError> {
    Ok(RequestLogEntry {
        id: row::text(row, "id")?,
        started_at: row::time(row, "started_at")?,
        organisation_id: row::text(row, "organisation_id")?.as_str().into(),
        environment: row::name(row, "environment", Environment::parse)?,
        api_key_id: row::text(row, "api_key_id")?.as_str().into(),
        method: row::text(row, "method")?,
        route: row::text(row, "route")?,
        path: row::text(row, "path")?,
        providers: words(&row::text(row, "providers")?),
        connectors: words(&row::text(row, "connectors")?),
        status: u16::try_from(row::number(row, "status")?)
            .map_err(|_| StoreError::Corrupt("column \"status\" is not an HTTP status".to_owned()))?,
        code: row::optional_text(row, "code")?,
        total: duration(row, "total_micros")?,
        provider: duration(row, "provider_micros")?,
        connector: duration(row, "connector_micros")?,
    })
}

fn duration(row: &AnyRow, column: &'static str) -> Result<Duration, StoreError> {
    u64::try_from(row::number(row, column)?)
        .map(Duration::from_micros)
        .map_err(|_| StoreError::Corrupt(format!("column \"{column}\" is not a duration")))
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use sqlx::{AssertSqlSafe, Row as _};

    use super::{RequestLogQuery, containing, enclosed, first_id_at, sql, upper_bound, words};
    use crate::{MasterKey, Store, sqlite_url};

    #[tokio::test]
    async fn one_request_is_looked_up_and_not_searched_for() {
        let folder = tempfile::tempdir().unwrap();
        let url = sqlite_url(&folder.path().join("routemcp.db"));
        let store = Store::open(&url, MasterKey::generate().0).await.unwrap();
        for one_organisation in [true, false] {
            let text = format!("EXPLAIN QUERY PLAN {}", sql(one_organisation, true));
            let plan = sqlx::query(AssertSqlSafe(text))
                .fetch_one(store.readers())
                .await
                .unwrap();
            let plan: String = plan.get("detail");
            assert!(plan.contains("SEARCH") && plan.contains("id=?)"), "{plan}");
            assert!(!plan.contains("id>?") && !plan.contains("id<?"), "{plan}");
        }
    }

    #[test]
    fn lists_of_words_read_back_and_patterns_find_whole_words_only() {
        for list in [vec![], vec!["a"], vec!["a", "zoho-crm"]] {
            let list: Vec<String> = list.into_iter().map(str::to_owned).collect();
            assert_eq!(words(&enclosed(&list)), list);
        }
        assert_eq!(containing("zoho-crm"), "%,zoho-crm,%");
        assert_eq!(containing("a_b%c!"), "%,a!_b!%c!!,%");
    }

    #[test]
    fn ids_of_a_time_begin_with_its_milliseconds() {
        let time = |milliseconds| Timestamp::from_millisecond(milliseconds).unwrap();
        assert_eq!(first_id_at(time(0)), "req_000000000000");
        assert_eq!(first_id_at(time(1_790_000_000_000)), "req_01a0c4506c00");
        assert_eq!(first_id_at(time(-5)), "req_000000000000");
        assert_eq!(first_id_at(Timestamp::MAX).len(), "req_000000000000".len());
    }

    #[test]
    fn the_nearer_of_two_bounds_holds() {
        let until = Some(Timestamp::from_millisecond(0x10).unwrap());
        for (until, before, expected) in [
            (None, None, "req_g"),
            (until, None, "req_000000000010"),
            (until, Some("req_000000000001"), "req_000000000001"),
            (until, Some("req_fff000000001"), "req_000000000010"),
        ] {
            let query = RequestLogQuery {
                until,
                before,
                ..RequestLogQuery::default()
            };
            assert_eq!(upper_bound(&query), expected);
        }
    }
}
