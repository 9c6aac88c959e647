//! `/metrics`

use serde_json::json;

use crate::harness::{Provider, Reply, Server, postgres};

/// The value of the series that has all these parts.
fn value(metrics: &str, name: &str, labels: &[&str]) -> f64 {
    let fits = |line: &&str| line.starts_with(name) && labels.iter().all(|label| line.contains(label));
    let line = metrics.lines().find(fits);
    let line = line.unwrap_or_else(|| panic!("no {name} {labels:?} in {metrics}"));
    line.rsplit(' ').next().unwrap().parse().unwrap()
}

#[tokio::test]
async fn providers_connectors_places_pools_and_connections_are_counted() {
    let provider = Provider::start(|request| match request.path.ends_with("/1") {
        true => Reply::json(200, &json!({ "id": "1", "properties": {} })),
        false => Reply::json(404, &json!({ "message": "not there" })),
    })
    .await;
    let server = Server::setup().provider("hubspot", &provider.url()).start();
    let live = server.live_client();
    live.get("/contact/1?fields=id").await.expect(200);
    live.get("/contact/2?fields=id").await.expect(404);
    server.client().get("/contact?limit=1").await.expect(200);
    let metrics = server
        .client()
        .without_key()
        .get("//metrics")
        .await
        .expect(200)
        .text;

    let counted = |labels: &[&str]| value(&metrics, "routemcp_provider_requests_total{", labels);
    assert_eq!(
        counted(&["provider=\"hubspot\"", "environment=\"live\"", "outcome=\"2xx\""]),
        1.0
    );
    assert_eq!(
        counted(&["provider=\"hubspot\"", "environment=\"live\"", "outcome=\"4xx\""]),
        1.0
    );
    assert!(counted(&["environment=\"test\"", "outcome=\"2xx\""]) >= 1.0);
    let buckets = |name: &str, labels: &[&str]| value(&metrics, &format!("{name}_bucket{{"), labels);
    assert_eq!(
        buckets(
            "routemcp_provider_request_seconds",
            &["environment=\"live\"", "le=\"60\""]
        ),
        2.0
    );
    assert!(
        buckets(
            "routemcp_request_seconds",
            &["route=\"/api/v1/{resource}/{id}\"", "le=\"+Inf\""]
        ) >= 2.0
    );
    let calls = |outcome: &str| value(&metrics, "routemcp_connector_calls_total{", &["hubspot", outcome]);
    assert!(calls("outcome=\"ok\"") >= 2.0);
    assert_eq!(calls("outcome=\"failure\""), 1.0);
    assert!(buckets("routemcp_connector_cpu_seconds", &["le=\"1\""]) >= 3.0);
    for (name, expected) in [
        ("routemcp_calls_running ", 0.0),
        ("routemcp_calls_waiting ", 0.0),
        ("routemcp_calls_limit ", 1_000.0),
        ("routemcp_body_bytes_held ", 0.0),
        // This very request.
        ("routemcp_requests_running ", 1.0),
        ("routemcp_database_up ", 1.0),
    ] {
        assert_eq!(value(&metrics, name, &[]), expected, "{name}");
    }
    assert!(value(&metrics, "routemcp_connections_open ", &[]) >= 1.0);
    let pool = |labels: &[&str]| value(&metrics, "routemcp_database_connections{", labels);
    // On PostgreSQL one pool reads and writes.
    let most: &[(&str, f64)] = match postgres::Cluster::wanted() {
        Some(_) => &[("server", 10.0)],
        None => &[("writer", 1.0), ("readers", 4.0)],
    };
    for (name, expected) in most {
        let labels = [format!("pool=\"{name}\""), "state=\"max\"".to_owned()];
        assert_eq!(pool(&labels.each_ref().map(String::as_str)), *expected, "{name}");
    }
    let mut typed = metrics.lines().filter_map(|line| line.strip_prefix("# TYPE "));
    assert!(typed.clone().count() > 10, "{metrics}");
    let unexplained = typed.find(|line| {
        let name = line.split(' ').next().unwrap();
        !metrics.contains(&format!("# HELP {name} "))
    });
    assert_eq!(unexplained, None, "{metrics}");
}
