//! A provider's 429 holds the whole connection off.

use std::time::{Duration, Instant};

use futures::future::join_all;

use super::{create, provider, server_to};
use crate::harness::Fault;

#[tokio::test]
async fn a_429_is_waited_for_by_all_calls_of_the_connection() {
    let provider = provider(&[Fault::Status(429, Some(2)), Fault::None]).await;
    let server = server_to(&provider);
    let client = server.live_client();
    let started = Instant::now();
    let first = tokio::spawn({
        let client = client.clone();
        async move { create(&client).await }
    });
    tokio::time::sleep(Duration::from_millis(500)).await;
    assert_eq!(provider.asked(None), 1);
    let others = join_all((0..5).map(|_| client.get("/contact/101")));
    let early = async {
        tokio::time::sleep(Duration::from_secs(1)).await;
        provider.asked(None)
    };
    let (others, early) = tokio::join!(others, early);
    assert_eq!(early, 1, "nobody asks while the provider wants to be left alone");
    for answer in others {
        answer.expect(200);
    }
    first.await.unwrap().expect(201);
    assert!(started.elapsed() >= Duration::from_secs(2));
    assert_eq!(provider.asked(Some("POST")), 2, "a 429 was not carried out");
}

#[tokio::test]
async fn a_wait_that_is_too_long_is_the_callers_and_spares_the_provider() {
    let provider = provider(&[Fault::Status(429, Some(120)), Fault::None]).await;
    let server = server_to(&provider);
    let client = server.live_client();
    client.connect("hubspot", "user-001", Some("first")).await;
    client
        .get("/contact/101")
        .await
        .refused(429, "PROVIDER_RATE_LIMITED");
    for answer in [client.get("/contact/101").await, create(&client).await] {
        let answer = answer.refused(429, "PROVIDER_RATE_LIMITED");
        let wait: u64 = answer.header("retry-after").parse().unwrap();
        assert!((100..=120).contains(&wait), "{wait}");
        assert!(answer.body.get("outcome").is_none());
    }
    assert_eq!(provider.asked(None), 1);
    // Whoever connects again starts afresh.
    client.connect("hubspot", "user-001", Some("second")).await;
    client.get("/contact/101").await.expect(200);
}
