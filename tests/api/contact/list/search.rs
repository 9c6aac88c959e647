//! `updatedSince`, `filter[field]` and `sort`

use crate::harness::{assert_walks_exactly_once, shared, walk};

#[tokio::test]
async fn a_search_walks_exactly_once_too() {
    let path = "/contact?updatedSince=2000-01-01T00:00:00Z&fields=id";
    assert_walks_exactly_once(&shared().client(), path, 250, &[7, 100]).await;
}

#[tokio::test]
async fn updated_since_gives_what_changed_then_or_later() {
    let client = shared().client();
    let all = walk(&client, "/contact?fields=id,updatedAt", 100).await;
    let mut times: Vec<&str> = all
        .iter()
        .filter_map(|record| record["updatedAt"].as_str())
        .collect();
    times.sort_unstable();
    let since = times[200];
    let changed = walk(
        &client,
        &format!("/contact?fields=id,updatedAt&updatedSince={since}"),
        25,
    )
    .await;
    assert!(
        changed
            .iter()
            .all(|record| record["updatedAt"].as_str().unwrap() >= since)
    );
    assert_eq!(changed.len(), times.iter().filter(|time| **time >= since).count());
    // The same moment, written with an offset: the plus must be escaped in a URL.
    let later = client
        .get("/contact?updatedSince=2125-01-01T00:00:00%2B02:00")
        .await
        .expect(200);
    assert!(later.records().is_empty() && later.cursor().is_none());
    client
        .get("/contact?updatedSince=yesterday")
        .await
        .invalid(&["updatedSince"]);
}

#[tokio::test]
async fn declared_filters_work() {
    let client = shared().client();
    let one = client
        .get("/contact?filter[email]=zoe.oneill.1%40example.com")
        .await
        .expect(200);
    assert_eq!(one.records().len(), 1);
    assert_eq!(one.records()[0]["firstName"], "Zoë");
    let owner = one.records()[0]["ownerId"].as_str().unwrap();
    let path = format!("/contact?filter[ownerId]={owner}&fields=id,ownerId");
    let theirs = walk(&client, &path, 100).await;
    assert!(theirs.len() > 1 && theirs.iter().all(|record| record["ownerId"] == owner));
}

#[tokio::test]
async fn declared_sorts_work_both_ways() {
    let client = shared().client();
    for (sort, field) in [("createdAt", "createdAt"), ("updatedAt", "updatedAt")] {
        let path = |sign: &str| format!("/contact?sort={sign}{sort}&fields=id,{field}");
        let ascending = walk(&client, &path(""), 100).await;
        let mut descending = walk(&client, &path("-"), 100).await;
        let times: Vec<&str> = ascending
            .iter()
            .filter_map(|record| record[field].as_str())
            .collect();
        assert_eq!(times.len(), 250);
        assert!(times.is_sorted(), "{sort}");
        descending.reverse();
        let reversed: Vec<&str> = descending
            .iter()
            .filter_map(|record| record[field].as_str())
            .collect();
        assert_eq!(times, reversed, "-{sort}");
    }
}

#[tokio::test]
async fn undeclared_filters_and_sorts_are_refused_with_what_is_supported() {
    let client = shared().client();
    let filter = client
        .get("/contact?filter[company]=Kite")
        .await
        .invalid(&["filter[company]"]);
    assert!(
        filter.errors()["filter[company]"].ends_with("supported: email, ownerId"),
        "{}",
        filter.text
    );
    let sort = client.get("/contact?sort=lastName").await.invalid(&["sort"]);
    assert!(
        sort.errors()["sort"].ends_with("supported: createdAt, updatedAt"),
        "{}",
        sort.text
    );
    let unknown = client.get("/contact?sort=shoeSize&filter[shoeSize]=44").await;
    let unknown = unknown.invalid(&["filter[shoeSize]", "sort"]);
    assert!(unknown.errors()["sort"].contains("firstName"), "{}", unknown.text);
}
