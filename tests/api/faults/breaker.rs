//! A provider that fails again and again is left alone, and tried again later.

use std::time::Duration;

use http::Method;
use serde_json::json;

use super::{contact, create, provider, server_to};
use crate::harness::{Client, Fault, Server};

/// The value of a metric of HubSpot's; 0 if it is not there.
async fn metric(server: &Server, name: &str) -> f64 {
    let text = server.client().call(Method::GET, "//metrics").send().await.text;
    let line = text
        .lines()
        .find(|line| line.starts_with(name) && line.contains("hubspot"));
    line.map_or(0.0, |line| line.rsplit(' ').next().unwrap().parse().unwrap())
}

/// Creates until the provider is not asked any more.
async fn fail(client: &Client) {
    for _ in 0..8 {
        let failed = create(client).await.refused(502, "PROVIDER_ERROR");
        assert_eq!(failed.body["outcome"], "unknown");
    }
}

#[tokio::test]
async fn a_breaker_opens_for_its_connection_and_closes_on_the_first_success() {
    let provider = provider(&[Fault::Status(500, None)]).await;
    let server = server_to(&provider);
    let client = server.live_client();
    client.connect("hubspot", "user-001", Some("first")).await;
    fail(&client).await;
    let asked = provider.asked(None);
    assert_eq!(asked, 8);
    assert!((metric(&server, "routemcp_breakers_open").await - 1.0).abs() < 0.1);

    let body = json!({ "firstName": "x" });
    for _ in 0..2 {
        let call = client
            .call(Method::POST, "/contact")
            .header("idempotency-key", "k");
        let answer = call.json(&body).send().await.refused(502, "PROVIDER_ERROR");
        assert!(answer.message().contains("left alone"), "{}", answer.text);
        let wait: u64 = answer.header("retry-after").parse().unwrap();
        assert!((1..=5).contains(&wait), "{wait}");
        assert!(answer.body.get("outcome").is_none(), "nothing was sent");
    }
    assert_eq!(provider.asked(None), asked, "the provider is left alone");

    // Another connection has a breaker of its own.
    client.connect("hubspot", "user-002", Some("second")).await;
    client
        .get("/contact/101?endUserId=user-002")
        .await
        .refused(502, "PROVIDER_ERROR");
    assert!(provider.asked(None) > asked);

    provider.behave(&[Fault::None]);
    tokio::time::sleep(Duration::from_secs(5)).await;
    let path = "/contact/101?endUserId=user-001";
    assert_eq!(client.get(path).await.expect(200).id(), contact()["id"]);
    client.get(path).await.expect(200);
    assert!(metric(&server, "routemcp_breakers_open").await.abs() < 0.1);
    let log = server.log();
    for change in ["circuit open", "circuit half open", "circuit closed"] {
        assert_eq!(
            log.matches(&format!("{change}:")).count(),
            1,
            "{change} is logged once: {log}"
        );
    }
}

#[tokio::test]
async fn refusals_of_the_provider_do_not_open_it() {
    let provider = provider(&[Fault::Status(400, None)]).await;
    let server = server_to(&provider);
    let client = server.live_client();
    for _ in 0..12 {
        create(&client).await.refused(422, "PROVIDER_REJECTED");
    }
    provider.behave(&[Fault::None]);
    create(&client).await.expect(201);
    assert_eq!(provider.asked(Some("POST")), 13);
}
