//! Lists over several connections.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use serde_json::{Value, json};

use crate::harness::{Client, Provider, Received, Reply, Server, walk};

const RECORDS: usize = 11;

/// Pages of eleven contacts whose ids begin with the digit at the end of the token.
fn paged(request: &Received) -> Reply {
    let parameter = |name: &str| {
        let pairs = request.query.split('&').filter_map(|pair| pair.split_once('='));
        pairs
            .filter(|(key, _)| *key == name)
            .find_map(|(_, value)| value.parse::<usize>().ok())
    };
    let who = request.header("authorization").chars().last().unwrap();
    let (first, limit) = (parameter("after").unwrap_or(0), parameter("limit").unwrap());
    let end = RECORDS.min(first + limit);
    let results: Vec<Value> = (first..end)
        .map(|number| json!({ "id": format!("{who}{number:03}"), "properties": {} }))
        .collect();
    let mut page = json!({ "results": results });
    if end < RECORDS {
        page["paging"] = json!({ "next": { "after": end.to_string() } });
    }
    Reply::json(200, &page)
}

/// A server whose live key has connections of so many end users.
async fn connected(provider: &Provider, users: usize) -> (Server, Client) {
    let server = Server::setup().provider("hubspot", &provider.url()).start();
    let client = server.live_client();
    for user in 1..=users {
        client
            .connect(
                "hubspot",
                &format!("user-00{user}"),
                Some(&format!("token-{user}")),
            )
            .await;
    }
    (server, client)
}

#[tokio::test]
async fn walking_gives_every_record_of_every_connection_once() {
    let provider = Provider::start(paged).await;
    let (_server, client) = connected(&provider, 4).await;
    for limit in [1, 2, 3, 5, 7, 25, 100] {
        let mut seen: BTreeMap<String, usize> = BTreeMap::new();
        for record in walk(&client, "/contact?fields=id", limit).await {
            *seen.entry(record["id"].as_str().unwrap().to_owned()).or_default() += 1;
        }
        assert_eq!(seen.len(), 4 * RECORDS, "limit {limit}");
        assert!(seen.values().all(|count| *count == 1), "limit {limit}: {seen:?}");
    }
}

#[tokio::test]
async fn an_end_user_narrows_the_list() {
    let provider = Provider::start(paged).await;
    let (_server, client) = connected(&provider, 2).await;
    let records = walk(&client, "/contact?endUserId=user-002", 5).await;
    assert_eq!(records.len(), RECORDS);
    assert!(
        records
            .iter()
            .all(|record| record["id"].as_str().unwrap().starts_with('2'))
    );
}

#[tokio::test]
async fn calls_about_one_record_need_the_end_user() {
    let provider = Provider::start(|_| Reply::json(200, &json!({ "id": "1", "properties": {} }))).await;
    let (_server, client) = connected(&provider, 2).await;
    client.get("/contact/1").await.refused(400, "END_USER_REQUIRED");
    client
        .post("/contact", &json!({ "firstName": "x" }))
        .await
        .refused(400, "END_USER_REQUIRED");
    client
        .delete("/contact/1?provider=hubspot")
        .await
        .refused(400, "END_USER_REQUIRED");
    assert!(provider.received().is_empty());
    client.get("/contact/1?endUserId=user-002").await.expect(200);
    let call = client
        .call(http::Method::GET, "/contact/1")
        .header("x-end-user-id", "user-001");
    call.send().await.expect(200);
    let tokens: Vec<String> = provider
        .received()
        .iter()
        .map(|request| request.header("authorization").to_owned())
        .collect();
    assert_eq!(tokens, ["Bearer token-2", "Bearer token-1"]);
}

#[tokio::test]
async fn a_connection_that_fails_does_not_fail_the_page_and_keeps_its_place() {
    let broken = Arc::new(AtomicBool::new(true));
    let state = Arc::clone(&broken);
    let provider = Provider::start(move |request| {
        if state.load(Ordering::Relaxed) && request.header("authorization").ends_with('2') {
            return Reply::json(429, &json!({ "message": "slow down" })).header("retry-after", "3600");
        }
        paged(request)
    })
    .await;
    let (_server, client) = connected(&provider, 2).await;
    let first = client.get("/contact?limit=100").await.expect(200);
    assert_eq!(first.records().len(), RECORDS);
    assert!(first.ids().iter().all(|id| id.starts_with('1')), "{}", first.text);
    let errors = first.data()["errors"].as_array().unwrap();
    assert_eq!(errors.len(), 1, "{}", first.text);
    let error = &errors[0];
    assert_eq!(
        (&error["provider"], &error["endUserId"]),
        (&json!("hubspot"), &json!("user-002"))
    );
    assert_eq!(
        (&error["code"], &error["retryAfter"]),
        (&json!("PROVIDER_RATE_LIMITED"), &json!(3600))
    );
    assert!(error["message"].is_string(), "{}", first.text);
    assert_eq!(first.data()["pagination"]["hasMore"], true);
    let next = format!("/contact?limit=100&cursor={}", first.cursor().unwrap());
    // Only the one that fails is left, so its error is the answer, and the cursor stays good.
    let refused = client.get(&next).await.refused(429, "PROVIDER_RATE_LIMITED");
    assert!(["3599", "3600"].contains(&refused.header("retry-after")));
    broken.store(false, Ordering::Relaxed);
    // An hour is long to wait: the end user connects again, which starts afresh.
    client.connect("hubspot", "user-002", Some("token-2")).await;
    let second = client.get(&next).await.expect(200);
    assert_eq!(second.records().len(), RECORDS);
    assert!(
        second.ids().iter().all(|id| id.starts_with('2')),
        "{}",
        second.text
    );
    assert!(second.cursor().is_none());
}

#[tokio::test]
async fn a_slow_connection_holds_a_page_up_for_ten_seconds_at_most() {
    let provider = Provider::start(|request| {
        let slow = request.header("authorization").ends_with('2');
        paged(request).after(Duration::from_secs(if slow { 40 } else { 0 }))
    })
    .await;
    let (_server, client) = connected(&provider, 2).await;
    let started = std::time::Instant::now();
    let page = client.get("/contact?limit=100").await.expect(200);
    assert!(
        started.elapsed() < Duration::from_secs(15),
        "{:?}",
        started.elapsed()
    );
    assert_eq!(page.records().len(), RECORDS);
    assert_eq!(page.data()["errors"][0]["code"], "PROVIDER_TIMEOUT");
}

#[tokio::test]
async fn a_removed_connection_ends_walks_over_it() {
    let provider = Provider::start(paged).await;
    let (_server, client) = connected(&provider, 2).await;
    let page = client.get("/contact?limit=4").await.expect(200);
    let connections = client.get("/connections?endUserId=user-002").await.expect(200);
    let path = format!(
        "/connections/{}",
        connections.records()[0]["id"].as_str().unwrap()
    );
    client.delete(&path).await.expect(200);
    let next = format!("/contact?limit=4&cursor={}", page.cursor().unwrap());
    client.get(&next).await.refused(400, "INVALID_CURSOR");
    assert_eq!(walk(&client, "/contact?fields=id", 4).await.len(), RECORDS);
}
