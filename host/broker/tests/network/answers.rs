//! What comes back, and what a hostile provider cannot do.

use std::sync::Arc;
use std::time::{Duration, Instant};

use routemcp_broker::{Grant, SendError, Session};
use tokio::io::AsyncWriteExt;
use tokio::net::TcpListener;

use crate::fixture::{get, open_network, post, session, session_with, short_limits};
use crate::server::{Reply, Server};

#[tokio::test]
async fn a_request_arrives_as_asked_and_the_answer_comes_back() {
    let answer = "x-ratelimit-remaining: 7\r\nset-cookie: a=b\r\n";
    let server = Server::start(vec![Reply::status("201 Created", answer, "{\"id\":\"1\"}")]).await;
    let session = session(&format!("{}/v2", server.url()));
    let mut request = post("/contacts");
    request.query.push(("q".into(), "a&b".into()));
    request.headers.push(("X-Tag".into(), "blue".into()));

    let response = session.send(request).await.unwrap();

    assert_eq!((response.status, &*response.body), (201, &b"{\"id\":\"1\"}"[..]));
    assert_eq!(response.header("X-RateLimit-Remaining"), Some("7"));
    assert_eq!(response.header("set-cookie"), None);
    let sent = server.requests().remove(0);
    assert!(
        sent.starts_with("POST /v2/contacts?q=a%26b HTTP/1.1\r\n"),
        "{sent}"
    );
    assert!(sent.contains("\r\nx-tag: blue\r\n"), "{sent}");
    assert!(sent.contains("\r\ncontent-type: application/json\r\n"), "{sent}");
    assert!(
        sent.contains(&format!("\r\nhost: 127.0.0.1:{}\r\n", server.port())),
        "{sent}"
    );
    assert!(
        sent.contains(&format!(
            "\r\nuser-agent: routemcp/{}\r\n",
            env!("CARGO_PKG_VERSION")
        )),
        "{sent}"
    );
    assert!(!sent.contains("accept-encoding"), "{sent}");
    assert!(sent.ends_with("\r\n\r\n{\"a\":1}"), "{sent}");
    let spent = session.spent();
    assert_eq!((spent.requests, spent.bytes), (1, 7 + 10));
    assert!(spent.provider > Duration::ZERO);
}

#[tokio::test]
async fn a_redirect_is_an_answer() {
    let server = Server::start(vec![
        Reply::status(
            "302 Found",
            "location: http://169.254.169.254/latest/meta-data\r\n",
            "",
        ),
        Reply::ok("followed"),
    ])
    .await;
    let response = session(&server.url()).send(get("/x")).await.unwrap();
    assert_eq!(response.status, 302);
    assert_eq!(
        response.header("location"),
        Some("http://169.254.169.254/latest/meta-data")
    );
    assert_eq!(server.requests().len(), 1);
}

#[tokio::test]
async fn a_body_that_never_ends_is_cut_off_at_the_limit() {
    let head = "HTTP/1.1 200 OK\r\n\r\n";
    let server = Server::start(vec![Reply::Endless(head.into(), "x".repeat(100))]).await;
    let session = session(&server.url());
    let error = session.send(get("/x")).await.unwrap_err();
    assert_eq!(error, SendError::ResponseTooLarge { limit: 1_000 });
    assert_eq!(error.kind(), "refused");
    assert_eq!(session.spent().bytes, 1_000);
}

#[tokio::test]
async fn an_announced_body_that_is_too_large_is_not_read() {
    let head = "HTTP/1.1 200 OK\r\ncontent-length: 1001\r\n\r\n";
    let server = Server::start(vec![Reply::SendThenStall(head.into())]).await;
    let started = Instant::now();
    let error = session(&server.url()).send(get("/x")).await.unwrap_err();
    assert_eq!(error, SendError::ResponseTooLarge { limit: 1_000 });
    assert!(started.elapsed() < short_limits().first_byte);
}

#[tokio::test]
async fn a_body_of_exactly_the_limit_is_fine() {
    let server = Server::start(vec![Reply::ok(&"x".repeat(1_000))]).await;
    assert_eq!(
        session(&server.url()).send(get("/x")).await.unwrap().body.len(),
        1_000
    );
}

#[tokio::test]
async fn all_answers_together_have_a_limit_too() {
    let server = Server::start(vec![Reply::ok(&"x".repeat(800))]).await;
    let mut limits = short_limits();
    limits.total_bytes = 1_500;
    let session = session_with(
        &open_network(),
        Grant::new(&server.url(), &[]).unwrap(),
        None,
        limits,
    );
    assert_eq!(session.send(get("/x")).await.unwrap().body.len(), 800);
    let error = session.send(get("/x")).await.unwrap_err();
    assert_eq!(error, SendError::TotalBytes { limit: 1_500 });
}

#[tokio::test]
async fn a_slow_first_byte_is_a_timeout() {
    let server = Server::start(vec![Reply::SendThenStall(String::new())]).await;
    let error = session(&server.url()).send(get("/x")).await.unwrap_err();
    assert!(matches!(error, SendError::FirstByteTimeout { .. }), "{error}");
    assert_eq!(error.kind(), "timeout");
    assert_eq!(server.requests().len(), 1, "a timeout is not retried");
}

#[tokio::test]
async fn a_body_that_stalls_is_a_timeout() {
    let half = "HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nhalf";
    let server = Server::start(vec![Reply::SendThenStall(half.into())]).await;
    let error = session(&server.url()).send(get("/x")).await.unwrap_err();
    assert!(matches!(error, SendError::TotalTimeout { .. }), "{error}");
}

#[tokio::test]
async fn what_is_not_http_or_ends_early_is_no_answer() {
    let broken = [
        Reply::SendThenClose("SSH-2.0-OpenSSH\r\n\r\n".into()),
        Reply::SendThenClose("HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nhalf".into()),
        Reply::SendThenClose("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n".into()),
        Reply::SendThenClose("HTTP/1.1 200 OK\r\nbad header\0\r\n\r\n".into()),
        Reply::SendThenClose(String::new()),
    ];
    for reply in broken {
        let server = Server::start(vec![reply]).await;
        let error = session(&server.url()).send(post("/x")).await.unwrap_err();
        assert!(matches!(error, SendError::BrokenAnswer { .. }), "{error}");
        assert_eq!(error.kind(), "unavailable");
        assert_eq!(
            server.requests().len(),
            1,
            "a POST that may have arrived is not repeated"
        );
    }
}

#[tokio::test]
async fn a_server_without_tls_gives_no_secure_connection() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let _ = stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").await;
        }
    });
    let session = session(&format!("https://127.0.0.1:{port}"));
    let error = session.send(get("/x")).await.unwrap_err();
    assert!(matches!(error, SendError::Tls { .. }), "{error}");
    assert_eq!(session.spent().requests, 1, "a broken handshake is not retried");
}

#[tokio::test]
async fn connections_of_different_ids_share_no_socket() {
    let server = Server::start(vec![Reply::ok("x")]).await;
    let network = open_network();
    let send = async |id: &str| {
        let grant = Arc::new(Grant::new(&server.url(), &[]).unwrap());
        let deadline = Instant::now() + Duration::from_secs(5);
        let transport = network.for_connection(id);
        let session = Session::new(grant, None, transport, short_limits(), deadline);
        session.send(get("/x")).await.unwrap();
    };
    send("a").await;
    send("a").await;
    assert_eq!(server.connections(), 1, "one connection keeps its socket");
    send("b").await;
    assert_eq!(server.connections(), 2);
}
