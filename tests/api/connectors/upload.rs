//! Installing by upload.

use std::time::Duration;

use http::Method;

use super::{A, B, HOST, mark, put, server, twin_of, twins_provider};
use crate::harness::{Server, shared, twin, twin_that_asks_for_more};

#[tokio::test]
async fn a_connector_is_installed_once_its_hosts_are_granted() {
    let provider = twins_provider(Duration::ZERO).await;
    let (_server, operator, caller) = server(&provider).await;
    let refused = put(&operator, "", twin(A)).await.refused(409, "GRANT_REQUIRED");
    assert_eq!(refused.errors()[HOST], "API requests");
    assert!(
        refused.message().contains("asks for one more host"),
        "{}",
        refused.text
    );
    operator
        .get("//admin/v1/connectors/twin")
        .await
        .refused(404, "NOT_FOUND");

    let query = format!("?grant={HOST}");
    let installed = put(&operator, &query, twin(A)).await.expect(200);
    assert_eq!(installed.data()["active"], true);
    assert_eq!(installed.data()["granted"][0], HOST);
    caller.connect("twin", "user-1", Some("secret")).await;
    assert_eq!(mark(&caller).await, A);
    assert_eq!(provider.received()[0].header("authorization"), "Bearer secret");

    // Granted once is granted; only what is new is asked about.
    let swapped = put(&operator, "", twin(B)).await.expect(200);
    assert_eq!(swapped.data()["changes"]["from"], "1.0.0");
    assert_eq!(mark(&caller).await, B);
}

#[tokio::test]
async fn a_version_that_asks_for_one_more_host_is_refused_until_that_is_granted() {
    let provider = twins_provider(Duration::ZERO).await;
    let (_server, operator, caller) = server(&provider).await;
    put(&operator, "?grant=twin.example", twin(A)).await.expect(200);
    caller.connect("twin", "user-1", Some("secret")).await;
    for query in ["", "?grant=other.example", "?grant=http://more.example"] {
        let refused = put(&operator, query, twin_that_asks_for_more(B)).await;
        let refused = refused.refused(409, "GRANT_REQUIRED");
        assert_eq!(refused.errors().len(), 1, "{}", refused.text);
        assert!(
            refused.message().contains("https://more.example (API requests)"),
            "{}",
            refused.text
        );
        assert_eq!(mark(&caller).await, A);
        let twin = twin_of(&operator).await;
        assert_eq!(twin["versions"].as_array().unwrap().len(), 1, "{twin}");
        assert_eq!(
            twin["grants"].as_array().unwrap().len(),
            1,
            "a refused install grants nothing: {twin}"
        );
    }
    let query = "?grant=https://*.example";
    put(&operator, query, twin_that_asks_for_more(B))
        .await
        .invalid(&["grant"]);
    let installed = put(&operator, "?grant=more.example", twin_that_asks_for_more(B))
        .await
        .expect(200);
    let added = &installed.data()["changes"]["hosts"]["added"];
    assert_eq!(added.as_array().unwrap(), &["https://more.example"]);
    assert_eq!(mark(&caller).await, B);
}

#[tokio::test]
async fn a_grant_that_is_taken_back_shuts_the_host_at_once() {
    let provider = twins_provider(Duration::ZERO).await;
    let (_server, operator, caller) = server(&provider).await;
    put(&operator, "?grant=*", twin_that_asks_for_more(A))
        .await
        .expect(200);
    caller.connect("twin", "user-1", Some("secret")).await;
    assert_eq!(
        twin_of(&operator).await["allowedHosts"].as_array().unwrap().len(),
        2
    );
    let path = "//admin/v1/connectors/twin/grants?host=more.example";
    operator.delete(path).await.expect(200);
    operator.delete(path).await.refused(404, "NOT_FOUND");
    let allowed = twin_of(&operator).await["allowedHosts"].clone();
    assert_eq!(allowed.as_array().unwrap(), &[HOST]);
    assert_eq!(mark(&caller).await, A);
}

#[tokio::test]
async fn a_version_can_be_kept_without_being_active() {
    let provider = twins_provider(Duration::ZERO).await;
    let (_server, operator, caller) = server(&provider).await;
    put(&operator, "?grant=*", twin(A)).await.expect(200);
    caller.connect("twin", "user-1", Some("secret")).await;
    let kept = put(&operator, "?activate=false", twin_that_asks_for_more(B))
        .await
        .expect(200);
    assert_eq!(kept.data()["active"], false);
    assert_eq!(mark(&caller).await, A);
    let sha256 = kept.data()["sha256"].as_str().unwrap();
    let body = serde_json::json!({ "sha256": sha256 });
    super::post(&operator, "twin/activate", Some(&body))
        .await
        .refused(409, "GRANT_REQUIRED");
    let body = serde_json::json!({ "sha256": &sha256[..8], "grants": ["https://more.example"] });
    super::post(&operator, "twin/activate", Some(&body))
        .await
        .expect(200);
    assert_eq!(mark(&caller).await, B);
}

#[tokio::test]
async fn what_is_no_connector_is_refused_with_the_reason() {
    let server = Server::setup().connectors(&[]).start();
    let operator = server.operator();
    for (bytes, hint) in [
        (b"#!/bin/sh".to_vec(), "not a WebAssembly file"),
        (b"\0asm\x01\0\0\0".to_vec(), "connector build"),
        (
            b"\0asm\x0d\0\x01\0".to_vec(),
            "routemcp:connector/connector@0.1.0",
        ),
        (twin(A)[..2_000].to_vec(), "compile"),
    ] {
        let refused = put(&operator, "", bytes).await.refused(422, "CONNECTOR_REFUSED");
        assert!(refused.message().contains(hint), "{hint}: {}", refused.text);
    }
    let call = operator.call(Method::PUT, "//admin/v1/connectors");
    call.json(&serde_json::json!({}))
        .send()
        .await
        .refused(415, "UNSUPPORTED_MEDIA_TYPE");
    put(&operator, "?force=1", twin(A)).await.invalid(&["force"]);
    put(&operator, "?activate=perhaps", twin(A))
        .await
        .invalid(&["activate"]);
    let large = put(&operator, "", vec![0; (32 << 20) + 1]).await;
    large.refused(413, "PAYLOAD_TOO_LARGE");
}

#[tokio::test]
async fn only_the_admin_token_opens_the_operator_api() {
    let server = shared();
    for client in [
        server.client(),
        server.live_client(),
        server.client().without_key(),
        server.client_with("x"),
    ] {
        put(&client, "?grant=*", twin(A))
            .await
            .refused(401, "INVALID_API_KEY");
        for (method, path) in [
            (Method::GET, "//admin/v1/connectors"),
            (Method::POST, "//admin/v1/connectors/hubspot/disable"),
            (Method::DELETE, "//admin/v1/connectors/hubspot/versions/0"),
        ] {
            client
                .call(method, path)
                .send()
                .await
                .refused(401, "INVALID_API_KEY");
        }
    }
}
