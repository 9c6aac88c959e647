//! Spans for OpenTelemetry.

use std::time::{Duration, Instant};

use http::Method;
use opentelemetry_proto::tonic::trace::v1::Span;
use serde_json::json;

use super::collector::{Collector, attribute};
use crate::harness::{Provider, Reply, Server, Setup};

const TRACE: &str = "0af7651916cd43dd8448eb211c80319c";
const CALLER: &str = "b7ad6b7169203331";

fn traced(collector: &Collector) -> Setup {
    Server::setup().environment("ROUTEMCP_OTLP_ENDPOINT", &collector.url)
}

/// Hands this thread's other tasks on while it waits: the collector may be one of them.
fn end(server: &mut Server) {
    server.process().signal("TERM");
    let ended = tokio::task::block_in_place(|| server.process().wait(Duration::from_secs(20)));
    assert!(ended.success(), "{}", server.log());
}

fn named<'a>(spans: &'a [Span], name: &str) -> Vec<&'a Span> {
    spans.iter().filter(|span| span.name == name).collect()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

// Waiting for the server's end blocks a thread; the collector needs another.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_request_leads_to_its_connector_call_and_that_to_the_provider_request() {
    let collector = Collector::start().await;
    let provider = Provider::start(|_| Reply::json(200, &json!({ "id": "1", "properties": {} }))).await;
    let mut server = traced(&collector).provider("hubspot", &provider.url()).start();
    let client = server.live_client();
    let call = client.call(Method::GET, "/contact/1?fields=id");
    let call = call.header("traceparent", &format!("00-{TRACE}-{CALLER}-01"));
    call.send().await.expect(200);
    // Flushed at the end.
    end(&mut server);

    assert!(collector.services().iter().all(|name| name == "routemcp"));
    let all = collector.spans();
    let spans: Vec<Span> = all
        .iter()
        .filter(|span| hex(&span.trace_id) == TRACE)
        .cloned()
        .collect();
    let request = named(&spans, "GET /api/v1/{resource}/{id}");
    let call = named(&spans, "connector call");
    let sent = named(&spans, "provider request");
    let log = server.log();
    assert_eq!(
        (request.len(), call.len(), sent.len()),
        (1, 1, 1),
        "{all:#?}\n{log}"
    );
    let (request, call, sent) = (request[0], call[0], sent[0]);
    assert_eq!(hex(&request.parent_span_id), CALLER);
    assert_eq!(call.parent_span_id, request.span_id);
    assert_eq!(sent.parent_span_id, call.span_id);
    // Kinds: 2 is the server's side of a call, 3 the client's.
    assert_eq!((request.kind, sent.kind), (2, 3));
    let host = provider.url().replace("http://", "");
    for (span, name, value) in [
        (request, "http.request.method", "GET"),
        (request, "http.response.status_code", "200"),
        (request, "routemcp.provider", "hubspot"),
        (request, "routemcp.environment", "live"),
        (call, "routemcp.provider", "hubspot"),
        (call, "routemcp.operation", "get"),
        (call, "routemcp.resource", "contact"),
        (sent, "http.request.method", "GET"),
        (sent, "http.response.status_code", "200"),
        (sent, "server.address", host.split(':').next().unwrap()),
    ] {
        assert_eq!(attribute(&span.attributes, name), value, "{name}: {span:#?}");
    }
    assert_eq!(
        attribute(&call.attributes, "routemcp.connector.digest").len(),
        12,
        "{call:#?}"
    );
    assert!(attribute(&request.attributes, "routemcp.organisation").starts_with("org_"));
    let secrets = [server.live_key.as_str(), "pat-", "Bearer"];
    let everything = format!("{all:?}");
    for secret in secrets {
        assert!(!everything.contains(secret), "{secret}");
    }
    // Providers are strangers to our traces.
    let received = provider.received();
    assert!(
        received
            .iter()
            .all(|request| request.header("traceparent").is_empty()),
        "{received:?}"
    );
}

/// The spans of one request whose caller says in `flags` whether it traces it itself.
async fn spans_of_a_caller(ratio: &str, flags: &str) -> Vec<Span> {
    let collector = Collector::start().await;
    let mut server = traced(&collector)
        .environment("ROUTEMCP_OTLP_SAMPLE_RATIO", ratio)
        .start();
    let client = server.client();
    let call = client.call(Method::GET, "/contact?limit=1");
    let call = call.header("traceparent", &format!("00-{TRACE}-{CALLER}-{flags}"));
    call.send().await.expect(200);
    end(&mut server);
    collector.spans()
}

// Waiting for the server's end blocks a thread; the collector needs another.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_ratio_and_not_the_caller_says_whether_a_request_is_traced() {
    let spans = spans_of_a_caller("0", "01").await;
    assert!(spans.is_empty(), "{spans:#?}");
    let spans = spans_of_a_caller("1", "00").await;
    let joined = spans.iter().filter(|span| hex(&span.trace_id) == TRACE);
    let parents: Vec<String> = joined.map(|span| hex(&span.parent_span_id)).collect();
    assert!(parents.contains(&CALLER.to_owned()), "{spans:#?}");
}

// Waiting for the server's end blocks a thread; the collector needs another.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_collector_that_is_away_is_told_once_and_harms_nobody() {
    let nobody = std::net::TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    let mut server = Server::setup()
        .environment("ROUTEMCP_OTLP_ENDPOINT", &format!("http://{nobody}"))
        .environment("OTEL_BSP_SCHEDULE_DELAY", "50")
        .start();
    let client = server.client();
    let deadline = Instant::now() + Duration::from_secs(20);
    while server.log().matches("collector does not take spans").count() == 0 {
        client.get("/contact?limit=1").await.expect(200);
        assert!(Instant::now() < deadline, "{}", server.log());
    }
    for _ in 0..20 {
        client.get("/contact?limit=1").await.expect(200);
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    end(&mut server);
    assert_eq!(
        server.log().matches("collector does not take spans").count(),
        1,
        "{}",
        server.log()
    );
}

#[test]
fn an_endpoint_that_is_none_is_explained() {
    let run = crate::harness::routemcp(&["dev", "--port", "0", "--otlp-endpoint", "collector:4317"]);
    assert!(run.complaint().contains("OTLP endpoint"), "{run:?}");
}
