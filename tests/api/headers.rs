//! Headers of every answer.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{SystemTime, UNIX_EPOCH};

use http::Method;
use serde_json::json;

use crate::harness::{Answer, Server, shared};

fn rate_limit(answer: &Answer) -> [u64; 3] {
    ["limit", "remaining", "reset"].map(|name| answer.header(&format!("x-ratelimit-{name}")).parse().unwrap())
}

/// `total;dur=1.5, …` as names and milliseconds.
fn server_timing(answer: &Answer) -> BTreeMap<String, f64> {
    let parts = answer.header("server-timing").split(", ");
    let parts = parts.map(|part| {
        let (name, duration) = part.split_once(";dur=").unwrap();
        (name.to_owned(), duration.parse().unwrap())
    });
    parts.collect()
}

#[tokio::test]
async fn every_request_has_an_id_of_its_own() {
    let client = shared().client();
    let mut seen = BTreeSet::new();
    for path in [
        "/contact?limit=1",
        "/contact?limit=1",
        "/contact?limit=0",
        "/contact/1",
        "//healthz",
        "//nothing",
    ] {
        let answer = client.get(path).await;
        let id = answer.header("x-request-id");
        assert!(
            id.starts_with("req_") && seen.insert(id.to_owned()),
            "{path}: {id}"
        );
    }
    // A caller cannot choose the id that our log shows.
    let call = client
        .call(Method::GET, "/contact?limit=1")
        .header("x-request-id", "req_mine");
    assert_ne!(call.send().await.header("x-request-id"), "req_mine");
}

#[tokio::test]
async fn the_rate_limit_is_told_and_counted_down() {
    let server = Server::start();
    let client = server.client();
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
    let [limit, remaining, reset] = rate_limit(&client.get("/contact?limit=1").await);
    assert_eq!((limit, remaining), (2_000, 1_999));
    assert!((now + 58..=now + 62).contains(&reset), "{now} {reset}");
    // Errors count and tell too.
    for (path, left) in [
        ("/contact?limit=0", 1_998),
        ("/contact/1", 1_997),
        ("/ticket", 1_996),
    ] {
        assert_eq!(rate_limit(&client.get(path).await)[1], left, "{path}");
    }
    let refused = client.post("/contact", &json!([])).await;
    assert_eq!(rate_limit(&refused)[1], 1_995);
}

#[tokio::test]
async fn server_timing_says_who_took_what() {
    let client = shared().client();
    for path in [
        "/contact?limit=100",
        "/deal?limit=1",
        "/contact/1",
        "/contact?limit=0",
        "/connections",
    ] {
        let answer = client.get(path).await;
        let timing = server_timing(&answer);
        let names: Vec<&str> = timing.keys().map(String::as_str).collect();
        assert_eq!(names, ["connector", "host", "provider", "total"], "{path}");
        let parts = timing["connector"] + timing["host"] + timing["provider"];
        assert!((parts - timing["total"]).abs() < 0.1, "{path}: {timing:?}");
    }
    let asked = server_timing(&client.get("/contact?limit=1").await);
    assert!(
        asked["provider"] > 0.0 && asked["connector"] > 0.0 && asked["host"] > 0.0,
        "{asked:?}"
    );
    let refused = server_timing(&client.get("/contact?limit=0").await);
    assert!(
        refused["provider"] == 0.0 && refused["connector"] == 0.0,
        "{refused:?}"
    );
}
