//! What is sent again, and what never is.

use std::time::{Duration, Instant};

use routemcp_broker::{Grant, Limits, SendError};
use tokio::net::TcpSocket;

use crate::fixture::{get, open_network, post, session, session_with, short_limits};
use crate::server::{Reply, Server};

fn unavailable() -> Reply {
    Reply::status("503 Service Unavailable", "", "later")
}

#[tokio::test]
async fn a_get_is_repeated_on_503_until_it_works() {
    let server = Server::start(vec![unavailable(), unavailable(), Reply::ok("fine")]).await;
    let session = session(&server.url());
    let response = session.send(get("/x")).await.unwrap();
    assert_eq!((response.status, &*response.body), (200, &b"fine"[..]));
    assert_eq!((server.requests().len(), session.spent().requests), (3, 3));
}

#[tokio::test]
async fn the_last_answer_comes_back_when_it_never_works() {
    let server = Server::start(vec![unavailable()]).await;
    assert_eq!(session(&server.url()).send(get("/x")).await.unwrap().status, 503);
    assert_eq!(server.requests().len(), 3);
}

#[tokio::test]
async fn a_post_is_not_repeated_on_503_unless_it_says_that_it_can_be() {
    let server = Server::start(vec![unavailable(), Reply::ok("fine")]).await;
    assert_eq!(session(&server.url()).send(post("/x")).await.unwrap().status, 503);
    assert_eq!(server.requests().len(), 1);

    let server = Server::start(vec![unavailable(), Reply::ok("fine")]).await;
    let mut search = post("/search");
    search.repeatable = true;
    assert_eq!(session(&server.url()).send(search).await.unwrap().status, 200);
    assert_eq!(server.requests().len(), 2);
}

#[tokio::test]
async fn a_get_is_repeated_when_the_connection_breaks() {
    let server = Server::start(vec![Reply::SendThenClose(String::new()), Reply::ok("fine")]).await;
    assert_eq!(session(&server.url()).send(get("/x")).await.unwrap().status, 200);
    assert_eq!(server.requests().len(), 2);
}

#[tokio::test]
async fn a_refused_connection_is_tried_again_for_any_method() {
    // Bound but not listening: the port is ours, and connecting to it is refused.
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let address = socket.local_addr().unwrap();
    let opened = tokio::spawn(async move {
        tokio::time::sleep(Duration::from_millis(25)).await;
        Server::serve(socket.listen(16).unwrap(), vec![Reply::ok("fine")])
    });
    let session = session(&format!("http://{address}"));
    assert_eq!(session.send(post("/x")).await.unwrap().status, 200);
    assert!(session.spent().requests > 1, "{:?}", session.spent());
    assert_eq!(opened.await.unwrap().requests().len(), 1);
}

#[tokio::test]
async fn a_connection_that_stays_refused_is_a_failure_after_the_attempts() {
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let session = session(&format!("http://{}", socket.local_addr().unwrap()));
    let error = session.send(post("/x")).await.unwrap_err();
    assert!(matches!(error, SendError::Connect { .. }), "{error}");
    assert_eq!(error.kind(), "unavailable");
    assert_eq!(session.spent().requests, 3);
}

#[tokio::test]
async fn a_429_waits_as_long_as_the_provider_asks() {
    let limited = Reply::status("429 Too Many Requests", "retry-after: 1\r\n", "");
    let server = Server::start(vec![limited, Reply::ok("fine")]).await;
    let started = Instant::now();
    assert_eq!(session(&server.url()).send(post("/x")).await.unwrap().status, 200);
    assert!(started.elapsed() >= Duration::from_secs(1));
}

#[tokio::test]
async fn a_429_that_does_not_fit_into_the_call_comes_back_at_once() {
    let limited = Reply::status("429 Too Many Requests", "retry-after: 60\r\n", "");
    let server = Server::start(vec![limited]).await;
    let started = Instant::now();
    let response = session(&server.url()).send(get("/x")).await.unwrap();
    assert_eq!(
        (response.status, response.retry_after()),
        (429, Some(Duration::from_secs(60)))
    );
    assert!(started.elapsed() < Duration::from_secs(5));
    assert_eq!(server.requests().len(), 1);
}

#[tokio::test]
async fn every_attempt_counts_against_the_quota() {
    let server = Server::start(vec![unavailable()]).await;
    let limits = Limits {
        requests: 2,
        ..short_limits()
    };
    let session = session_with(
        &open_network(),
        Grant::new(&server.url(), &[]).unwrap(),
        None,
        limits,
    );
    assert_eq!(
        session.send(get("/x")).await.unwrap().status,
        503,
        "the answer, not the quota"
    );
    assert_eq!(
        session.send(get("/x")).await.unwrap_err(),
        SendError::RequestQuota { limit: 2 }
    );
    assert_eq!(server.requests().len(), 2);
}
