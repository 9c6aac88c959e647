//! What callers see of a provider that misbehaves, one row for each way to misbehave.

mod breaker;
mod limits;

use std::time::Duration;

use futures::future::join_all;
use serde_json::{Value, json};

use crate::harness::{Answer, Client, Fault, FaultyProvider, SelfSigned, Server};

fn contact() -> Value {
    json!({ "id": "101", "properties": { "firstname": "Live", "email": "live@example.com" },
        "createdAt": "2026-01-01T00:00:00.000Z", "updatedAt": "2026-01-02T00:00:00.000Z", "archived": false })
}

async fn provider(faults: &[Fault]) -> FaultyProvider {
    FaultyProvider::start(&contact(), faults).await
}

fn server_to(provider: &FaultyProvider) -> Server {
    Server::setup().provider("hubspot", &provider.url()).start()
}

async fn create(client: &Client) -> Answer {
    client.post("/contact", &json!({ "firstName": "x" })).await
}

/// The status of the only connection.
async fn standing(client: &Client) -> String {
    let connections = client.get("/connections").await.expect(200);
    let status = connections.records()[0]["status"].as_str().unwrap();
    status.to_owned()
}

struct Row {
    fault: Fault,
    /// Status, code, and a part of the message.
    seen: (u16, &'static str, &'static str),
    /// `outcome` of a create.
    outcome: Option<&'static str>,
    connection: &'static str,
}

const UNKNOWN: Option<&str> = Some("unknown");
const BROKEN: (u16, &str, &str) = (502, "PROVIDER_ERROR", "gave no usable answer");
const UNREADABLE: (u16, &str, &str) = (502, "PROVIDER_ERROR", "HubSpot");
const SLOW: (u16, &str, &str) = (504, "PROVIDER_TIMEOUT", "did not answer in time");
const FAILED: (u16, &str, &str) = (502, "PROVIDER_ERROR", "in its words");
const LIMITED: (u16, &str, &str) = (429, "PROVIDER_RATE_LIMITED", "Try again later");

/// A fault that leaves it open whether a write was carried out.
const fn open(fault: Fault, seen: (u16, &'static str, &'static str)) -> Row {
    Row {
        fault,
        seen,
        outcome: UNKNOWN,
        connection: "active",
    }
}

/// An answer that says that a write was not carried out.
const fn clear(fault: Fault, seen: (u16, &'static str, &'static str)) -> Row {
    Row {
        fault,
        seen,
        outcome: None,
        connection: "active",
    }
}

const QUICK: [Row; 20] = [
    open(Fault::Reset, BROKEN),
    open(Fault::Close, BROKEN),
    open(Fault::HalfHead, BROKEN),
    open(Fault::HalfBody, BROKEN),
    open(Fault::BadChunk, BROKEN),
    open(Fault::Noise, BROKEN),
    open(Fault::ShortLength(10), UNREADABLE),
    open(Fault::Body("text/html", "<html>maintenance</html>"), UNREADABLE),
    open(Fault::Body("application/json", ""), UNREADABLE),
    open(Fault::Body("application/json", "null"), UNREADABLE),
    open(Fault::Body("application/json", "[]"), UNREADABLE),
    open(
        Fault::Body("application/json", r#"{"id":true,"properties":{}}"#),
        UNREADABLE,
    ),
    open(
        Fault::Body("application/json", r#"{"id":"101","properties":"none"}"#),
        UNREADABLE,
    ),
    open(
        Fault::Body(
            "application/json",
            r#"{"id":"101","properties":{"firstname":{"a":1}}}"#,
        ),
        UNREADABLE,
    ),
    open(Fault::Status(500, None), FAILED),
    open(Fault::Status(503, None), FAILED),
    clear(Fault::Status(403, None), FAILED),
    clear(Fault::Status(429, None), LIMITED),
    clear(Fault::Status(429, Some(120)), LIMITED),
    Row {
        fault: Fault::Status(401, None),
        seen: (409, "CONNECTION_NEEDS_REAUTH", "must connect again"),
        outcome: None,
        connection: "needs_reauth",
    },
];

/// A read and a create each meet the fault on a server of their own: the second must not profit from what the first taught.
async fn meets(row: &Row) {
    let fault = &row.fault;
    for writes in [false, true] {
        let provider = provider(std::slice::from_ref(fault)).await;
        let server = server_to(&provider);
        let client = server.live_client();
        let answer = if writes {
            create(&client).await
        } else {
            client.get("/contact/101").await
        };
        let (status, code, message) = row.seen;
        let shown = format!("{fault:?}, write: {writes}: {}", answer.text);
        assert_eq!((answer.status, answer.code()), (status, code), "{shown}");
        assert!(answer.message().contains(message), "{shown}");
        assert_eq!(answer.body["provider"], "hubspot", "{shown}");
        assert!(!answer.text.contains("<h"), "no markup of the provider: {shown}");
        let outcome = row.outcome.filter(|_| writes);
        assert_eq!(answer.body["outcome"].as_str(), outcome, "{shown}");
        if writes {
            assert_eq!(provider.asked(Some("POST")), 1, "never repeated: {shown}");
        }
        assert_eq!(standing(&client).await, row.connection, "{shown}");
    }
}

#[tokio::test]
async fn every_fault_is_the_providers_error_and_never_a_success() {
    for rows in QUICK.chunks(2) {
        join_all(rows.iter().map(meets)).await;
    }
}

/// Up to twenty-nine seconds, because that is how long a call may take; so all wait at once.
#[tokio::test]
async fn a_provider_that_takes_too_long_times_out() {
    let slow = [
        open(Fault::Delay(Duration::from_secs(45)), SLOW),
        open(Fault::Drip(Duration::from_secs(1)), SLOW),
    ];
    join_all(slow.iter().map(meets)).await;
}

#[tokio::test]
async fn nothing_was_written_where_no_connection_came_about() {
    let provider = provider(&[Fault::None]).await;
    // It speaks no TLS: what it answers to a handshake is noise.
    let no_tls = provider.url().replace("http:", "https:");
    let nobody = {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        format!("http://{}", listener.local_addr().unwrap())
    };
    let self_signed = SelfSigned::start().await;
    for (url, why) in [
        (no_tls, "no secure connection"),
        (self_signed.url(), "no secure connection"),
        (nobody, "could not connect"),
    ] {
        let server = Server::setup().provider("hubspot", &url).start();
        let client = server.live_client();
        client.connect("hubspot", "user-001", Some("pat")).await;
        let read = client.get("/contact/101").await.refused(502, "PROVIDER_ERROR");
        assert!(read.message().contains(why), "{}", read.text);
        let body = json!({ "firstName": "x" });
        // A key whose write has certainly not happened is free again, so the repeat gets the same answer.
        for _ in 0..2 {
            let call = client
                .call(http::Method::POST, "/contact")
                .header("idempotency-key", "k");
            let written = call.json(&body).send().await.refused(502, "PROVIDER_ERROR");
            assert!(written.body.get("outcome").is_none(), "{}", written.text);
        }
        assert_eq!(standing(&client).await, "active");
    }
    assert_eq!(
        (provider.asked(Some("GET")), provider.asked(Some("POST"))),
        (0, 0)
    );
    assert_eq!(self_signed.accepted(), 0);
}

#[tokio::test]
async fn an_unknown_outcome_keeps_its_idempotency_key() {
    let provider = provider(&[Fault::HalfBody, Fault::None]).await;
    let server = server_to(&provider);
    let client = server.live_client();
    let body = json!({ "firstName": "x" });
    let once = || {
        client
            .call(http::Method::POST, "/contact")
            .header("idempotency-key", "k")
            .json(&body)
            .send()
    };
    let first = once().await.refused(502, "PROVIDER_ERROR");
    assert_eq!(first.body["outcome"], "unknown");
    once().await.refused(409, "IDEMPOTENCY_CONFLICT");
    assert_eq!(provider.asked(Some("POST")), 1);
}

#[tokio::test]
async fn a_delete_that_broke_is_not_repeated_behind_the_callers_back() {
    let provider = provider(&[Fault::Reset, Fault::None]).await;
    let server = server_to(&provider);
    let answer = server.live_client().delete("/contact/101").await;
    let answer = answer.refused(502, "PROVIDER_ERROR");
    assert_eq!(answer.body["outcome"], "unknown", "{}", answer.text);
    assert_eq!(provider.asked(Some("DELETE")), 1);
}

#[tokio::test]
async fn a_pass_through_says_so_too() {
    let provider = provider(&[Fault::Close]).await;
    let server = server_to(&provider);
    let client = server.live_client();
    let through = |method: &str| json!({ "method": method, "path": "/crm/v3/objects/contacts" });
    let written = client.post("/passthrough", &through("POST")).await;
    assert_eq!(written.refused(502, "PROVIDER_ERROR").body["outcome"], "unknown");
    let read = client.post("/passthrough", &through("GET")).await;
    assert!(read.refused(502, "PROVIDER_ERROR").body.get("outcome").is_none());
}
