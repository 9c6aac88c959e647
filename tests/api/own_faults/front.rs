//! Callers that send slowly, hold connections, or send more than there is memory for.

use std::time::{Duration, Instant};

use futures::future::join_all;
use serde_json::json;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::harness::{Client, Server};

async fn open(server: &Server) -> TcpStream {
    let authority = server.url.strip_prefix("http://").unwrap();
    TcpStream::connect(authority).await.unwrap()
}

/// How long the server keeps a connection that sends `bytes` again and again.
async fn kept(server: &Server, bytes: &[u8]) -> Duration {
    let (mut stream, start) = (open(server).await, Instant::now());
    let mut answer = [0; 1];
    loop {
        // Writing into a closed connection fails, sooner or later.
        if stream.write_all(bytes).await.is_err() {
            return start.elapsed();
        }
        match tokio::time::timeout(Duration::from_millis(500), stream.read(&mut answer)).await {
            Ok(read) => {
                assert_eq!(read.unwrap_or(0), 0, "it answered half a request");
                return start.elapsed();
            }
            Err(_) => assert!(start.elapsed() < Duration::from_secs(40), "it is kept for ever"),
        }
    }
}

async fn metric(client: &Client, name: &str) -> f64 {
    let metrics = client.without_key().get("//metrics").await.expect(200);
    let line = metrics
        .text
        .lines()
        .find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
    line.unwrap_or_else(|| panic!("no {name}: {}", metrics.text))
        .parse()
        .unwrap()
}

/// An HTTP/1.1 connection that answers one request after the other.
async fn ask(stream: &mut TcpStream) {
    stream
        .write_all(b"GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n")
        .await
        .unwrap();
    let mut answer = vec![0; 4_096];
    let read = stream.read(&mut answer).await.unwrap();
    assert!(
        answer[..read].starts_with(b"HTTP/1.1 200"),
        "{:?}",
        &answer[..read]
    );
}

#[tokio::test]
async fn slow_heads_are_cut_off_while_idle_connections_and_others_are_served() {
    let server = Server::start();
    let mut idle = open(&server).await;
    ask(&mut idle).await;
    let (dripping, silent, ()) = tokio::join!(kept(&server, b"a"), kept(&server, b""), async {
        for _ in 0..10 {
            server.client().get("/contact?limit=1").await.expect(200);
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
    });
    for (what, time) in [("dripping", dripping), ("silent", silent)] {
        assert!((9..17).contains(&time.as_secs()), "{what}: {time:?}");
    }
    ask(&mut idle).await;
}

/// A server with three connections, which are as many as it takes.
async fn full_server() -> (Server, Vec<TcpStream>) {
    let server = Server::setup()
        .environment("ROUTEMCP_MAX_CONNECTIONS", "3")
        .start();
    let mut held = Vec::new();
    for _ in 0..3 {
        let mut stream = open(&server).await;
        ask(&mut stream).await;
        held.push(stream);
    }
    (server, held)
}

#[tokio::test]
async fn connections_over_the_cap_are_told_so_and_room_is_given_back() {
    let (server, mut held) = full_server().await;
    let refused = server
        .client()
        .get("/contact?limit=1")
        .await
        .refused(503, "OVERLOADED");
    assert_eq!(
        (refused.header("retry-after"), refused.header("connection")),
        ("1", "close")
    );
    for stream in &mut held {
        ask(stream).await;
    }
    drop(held);
    let deadline = Instant::now() + Duration::from_secs(5);
    while server.client().get("/contact?limit=1").await.status != 200 {
        assert!(Instant::now() < deadline, "room is not given back");
    }
    let client = server.client();
    assert!(metric(&client, "routemcp_connections_refused_total").await >= 1.0);
    assert!(metric(&client, "routemcp_connections_open").await <= 3.0);
}

#[tokio::test]
async fn idle_connections_make_room_when_it_is_crowded() {
    let (server, _held) = full_server().await;
    let start = Instant::now();
    while server.client().get("/contact?limit=1").await.status != 200 {
        assert!(start.elapsed() < Duration::from_secs(15), "no room is made");
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}

#[tokio::test]
async fn a_refusal_reaches_a_caller_who_still_sends() {
    let server = Server::start();
    let key = format!("authorization: Bearer {}\r\n", server.test_key);
    for (target, headers, status) in [
        ("POST /api/v1/contact", "", "401"),
        ("POST /api/v1/owner", key.as_str(), "405"),
        ("POST /api/v1/contact?limit=1", key.as_str(), "400"),
        ("POST /api/v1/contact", key.as_str(), "413"),
        ("POST /connect/session/connections", "", "401"),
        ("PUT /admin/v1/connectors", "", "401"),
        ("POST /nowhere", "", "404"),
    ] {
        let body = vec![b' '; 8 << 20];
        let head = format!(
            "{target} HTTP/1.1\r\nhost: x\r\n{headers}content-type: application/json\r\ncontent-length: {}\r\n\r\n",
            body.len()
        );
        let mut stream = open(&server).await;
        let sent = async {
            stream.write_all(head.as_bytes()).await?;
            stream.write_all(&body).await
        };
        sent.await.unwrap_or_else(|error| panic!("{target}: {error}"));
        let mut answer = vec![0; 4_096];
        let read = stream.read(&mut answer).await.unwrap();
        let answer = String::from_utf8_lossy(&answer[..read]);
        assert!(
            answer.starts_with(&format!("HTTP/1.1 {status}")),
            "{target}: {answer}"
        );
        // The connection is as good as before.
        ask(&mut stream).await;
    }
}

#[tokio::test]
async fn bodies_that_never_end_take_no_more_than_their_share_of_memory() {
    let server = Server::start();
    let half = 48 << 20;
    let (key, almost) = (server.test_key.clone(), (1 << 20) - 1);
    let head = format!(
        "POST /api/v1/contact HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {key}\r\ncontent-type: application/json\r\n\
         content-length: {}\r\n\r\n",
        almost + 1
    );
    let request = [head.as_bytes(), &vec![b' '; almost]].concat();
    let sending = (0..60).map(|_| async {
        let mut stream = open(&server).await;
        // A refusal may close the connection while we still write.
        let _ = stream.write_all(&request).await;
        stream
    });
    let mut streams = join_all(sending).await;
    let client = server.client();
    let deadline = Instant::now() + Duration::from_secs(10);
    let held = loop {
        let held = metric(&client, "routemcp_body_bytes_held").await;
        if held > f64::from(half) * 0.9 || Instant::now() > deadline {
            break held;
        }
    };
    assert!(held > f64::from(half) * 0.9 && held <= f64::from(half), "{held}");
    let reading = streams.iter_mut().map(|stream| async {
        let mut answer = vec![0; 4_096];
        let read = tokio::time::timeout(Duration::from_secs(1), stream.read(&mut answer)).await;
        let read = read.ok()?.ok()?;
        Some(String::from_utf8_lossy(&answer[..read]).into_owned())
    });
    let answers: Vec<String> = join_all(reading).await.into_iter().flatten().collect();
    assert!((5..40).contains(&answers.len()), "{} were refused", answers.len());
    for answer in &answers {
        assert!(
            answer.starts_with("HTTP/1.1 503") && answer.contains("OVERLOADED"),
            "{answer}"
        );
        assert!(answer.contains("retry-after: 1"), "{answer}");
    }
    drop(streams);
    while metric(&client, "routemcp_body_bytes_held").await > 0.0 {
        assert!(Instant::now() < deadline, "memory is not given back");
    }
    client
        .post("/contact?provider=hubspot", &json!({ "firstName": "Ada" }))
        .await
        .expect(201);
}
