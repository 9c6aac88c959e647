//! Follows cursors from the first page to the last.

use std::collections::BTreeSet;

use serde_json::Value;

use super::Client;

/// All records of a list, page by page. `path` must have a query already.
pub(crate) async fn walk(client: &Client, path: &str, limit: usize) -> Vec<Value> {
    assert!(path.contains('?'), "{path}");
    let mut records = Vec::new();
    let mut cursor: Option<String> = None;
    loop {
        let following = cursor
            .map(|cursor| format!("&cursor={cursor}"))
            .unwrap_or_default();
        let page = client
            .get(&format!("{path}&limit={limit}{following}"))
            .await
            .expect(200);
        assert!(page.records().len() <= limit, "{}", page.text);
        let pagination = &page.data()["pagination"];
        assert_eq!(pagination["limit"], limit, "{}", page.text);
        assert_eq!(
            pagination["hasMore"],
            pagination["cursor"].is_string(),
            "{}",
            page.text
        );
        assert!(page.data()["errors"].is_null(), "{}", page.text);
        records.extend_from_slice(page.records());
        assert!(records.len() <= 2_000, "the walk does not end");
        match page.cursor() {
            Some(next) => cursor = Some(next.to_owned()),
            None => return records,
        }
    }
}

/// Walks with each of the limits: always the same records, in number as expected, none twice.
pub(crate) async fn assert_walks_exactly_once(
    client: &Client,
    path: &str,
    expected: usize,
    limits: &[usize],
) {
    let mut seen: Option<BTreeSet<String>> = None;
    for limit in limits {
        let records = walk(client, path, *limit).await;
        let ids: BTreeSet<String> = records
            .iter()
            .filter_map(|record| record["id"].as_str().map(str::to_owned))
            .collect();
        assert_eq!(
            (records.len(), ids.len()),
            (expected, expected),
            "{path} with limit {limit}: records, different ids"
        );
        assert_eq!(
            seen.get_or_insert_with(|| ids.clone()),
            &ids,
            "{path} with limit {limit}"
        );
    }
}
