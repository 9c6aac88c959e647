//! Our own rate limit, per key.

use std::time::{SystemTime, UNIX_EPOCH};

use futures::future::join_all;

use crate::harness::{Answer, Server};

#[tokio::test]
async fn an_individual_key_has_100_requests_a_minute_and_other_keys_their_own() {
    let server = Server::start();
    server.create_organisation("Solo");
    let key = || server.create_key("Solo", "test", &["--plan", "individual", "--scopes", "connect"]);
    let client = server.client_with(&key());
    // At once, so that a lax count would show.
    let answers = join_all((0..130).map(|_| client.get("/connections"))).await;
    let (good, refused): (Vec<Answer>, Vec<Answer>) =
        answers.into_iter().partition(|answer| answer.status == 200);
    assert_eq!((good.len(), refused.len()), (100, 30));
    let mut remaining: Vec<u64> = good
        .iter()
        .map(|answer| answer.header("x-ratelimit-remaining").parse().unwrap())
        .collect();
    remaining.sort_unstable();
    assert_eq!(remaining, (0..100).collect::<Vec<u64>>());
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
    for answer in refused {
        let answer = answer.refused(429, "RATE_LIMITED");
        assert_eq!(answer.header("x-ratelimit-limit"), "100");
        assert_eq!(answer.header("x-ratelimit-remaining"), "0");
        let wait: u64 = answer.header("retry-after").parse().unwrap();
        let reset: u64 = answer.header("x-ratelimit-reset").parse().unwrap();
        assert!((1..=60).contains(&wait), "{wait}");
        assert!((now..=now + 61).contains(&reset), "{now} {reset}");
        assert!(answer.message().contains(&wait.to_string()), "{}", answer.text);
    }
    server.client_with(&key()).get("/connections").await.expect(200);
    server.client().get("/connections").await.expect(200);
}

#[tokio::test]
async fn plans_have_their_limits() {
    let server = Server::start();
    server.create_organisation("Plans");
    let plans = [
        ("individual", "100"),
        ("team", "500"),
        ("organization", "2000"),
        ("unlimited", "4294967295"),
    ];
    for (plan, limit) in plans {
        let key = server.create_key("Plans", "live", &["--plan", plan, "--scopes", "connect"]);
        let answer = server.client_with(&key).get("/connections").await.expect(200);
        assert_eq!(answer.header("x-ratelimit-limit"), limit, "{plan}");
    }
}
