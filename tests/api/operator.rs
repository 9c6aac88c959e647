//! `/healthz`, `/readyz` and `/metrics`, which need no key.

use crate::harness::{Server, shared};

#[tokio::test]
async fn a_serving_process_is_alive_and_ready() {
    let client = shared().client().without_key();
    let alive = client.get("//healthz").await.expect(200);
    assert_eq!(alive.body["status"], "ok");
    let ready = client.get("//readyz").await.expect(200);
    assert_eq!(ready.body["status"], "ready");
    assert_eq!(
        (&ready.body["store"], &ready.body["serving"]),
        (&true.into(), &true.into())
    );
    assert!(ready.body["connectors"].as_u64() >= Some(1));
}

#[tokio::test]
async fn without_a_connector_it_is_alive_but_not_ready() {
    let server = Server::setup().connectors(&[]).start();
    let client = server.client().without_key();
    client.get("//healthz").await.expect(200);
    let ready = client.get("//readyz").await.expect(503);
    assert_eq!(
        (&ready.body["status"], &ready.body["connectors"]),
        (&"not ready".into(), &0.into())
    );
}

#[tokio::test]
async fn metrics_count_requests_by_route_and_name_nobody() {
    let server = Server::start();
    let client = server.client();
    let page = client.get("/contact?limit=1").await.expect(200);
    let id = page.ids()[0].to_owned();
    client.get(&format!("/contact/{id}")).await.expect(200);
    client.get("/contact/1").await.expect(404);
    let metrics = client.without_key().get("//metrics").await.expect(200);
    assert!(
        metrics.header("content-type").starts_with("text/plain"),
        "{metrics:?}"
    );
    let count = |status: &str| {
        let line = metrics.text.lines().find(|line| {
            line.starts_with("routemcp_requests_total{")
                && line.contains("/{resource}/{id}\"")
                && line.contains(&format!("status=\"{status}\""))
        });
        line.map(|line| line.rsplit(' ').next().unwrap().to_owned())
    };
    assert_eq!(
        (count("200").as_deref(), count("404").as_deref()),
        (Some("1"), Some("1")),
        "{}",
        metrics.text
    );
    assert!(
        metrics.text.contains("routemcp_request_seconds"),
        "{}",
        metrics.text
    );
    for private in [id.as_str(), &server.test_key, "user-001"] {
        assert!(!metrics.text.contains(private), "{}", metrics.text);
    }
}
