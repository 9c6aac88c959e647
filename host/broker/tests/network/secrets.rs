//! Where the credential goes, and where it never shows.

use std::io;
use std::sync::{Arc, Mutex};

use routemcp_broker::{Credential, Grant, Placement, SendError, Session};

use crate::fixture::{get, open_network, session_with, short_limits};
use crate::server::{Reply, Server};

const SECRET: &str = "s3cr3t";

fn bearer() -> Credential {
    let placement = Placement::from_header("Authorization", "Bearer ").unwrap();
    Credential::fixed(placement, SECRET.into())
}

fn token() -> Credential {
    Credential::fixed(Placement::from_query("api_token").unwrap(), SECRET.into())
}

fn session(base_url: &str, allowed: &[String], credential: Credential) -> Session {
    session_with(
        &open_network(),
        Grant::new(base_url, allowed).unwrap(),
        Some(credential),
        short_limits(),
    )
}

#[tokio::test]
async fn granted_hosts_get_the_credential_and_others_get_nothing() {
    let base = Server::start(vec![Reply::ok("")]).await;
    let allowed = Server::start(vec![Reply::ok("")]).await;
    let stranger = Server::start(vec![Reply::ok("")]).await;
    let session = session(&base.url(), &[allowed.url()], bearer());
    session.send(get("/x")).await.unwrap();
    session.send(get(&format!("{}/x", allowed.url()))).await.unwrap();
    let error = session
        .send(get(&format!("{}/x", stranger.url())))
        .await
        .unwrap_err();
    assert!(matches!(error, SendError::HostNotGranted { .. }), "{error}");
    for server in [&base, &allowed] {
        let sent = server.requests().remove(0);
        assert!(sent.contains("\r\nauthorization: Bearer s3cr3t\r\n"), "{sent}");
    }
    assert_eq!(stranger.connections(), 0);
    assert_eq!(session.spent().requests, 2, "a refusal costs nothing");
}

#[tokio::test]
async fn a_query_credential_arrives_after_the_connectors_own_query() {
    let server = Server::start(vec![Reply::ok("")]).await;
    let mut request = get("/x");
    request.query.push(("limit".into(), "1".into()));
    session(&server.url(), &[], token()).send(request).await.unwrap();
    let sent = server.requests().remove(0);
    assert!(
        sent.starts_with("GET /x?limit=1&api_token=s3cr3t HTTP/1.1\r\n"),
        "{sent}"
    );
}

#[tokio::test]
async fn no_error_shows_the_credential() {
    let failures = [
        Reply::SendThenStall(String::new()),
        Reply::SendThenClose(String::new()),
        Reply::SendThenClose("not http\r\n\r\n".into()),
        Reply::SendThenStall("HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\n".into()),
        Reply::SendThenStall("HTTP/1.1 200 OK\r\ncontent-length: 5000\r\n\r\n".into()),
    ];
    for failure in failures {
        for credential in [bearer(), token()] {
            let server = Server::start(vec![failure.clone()]).await;
            let error = session(&server.url(), &[], credential)
                .send(get("/x"))
                .await
                .unwrap_err();
            assert!(server.requests()[0].contains(SECRET), "the request did carry it");
            assert!(!format!("{error} {error:?}").contains(SECRET), "{error:?}");
        }
    }
    let unreachable = session("http://nothing.invalid", &[], token())
        .send(get("/x"))
        .await
        .unwrap_err();
    assert!(
        !format!("{unreachable} {unreachable:?}").contains(SECRET),
        "{unreachable:?}"
    );
}

#[tokio::test]
async fn a_connector_cannot_smuggle_a_header_or_name_the_host() {
    let server = Server::start(vec![Reply::ok("")]).await;
    let session = session(&server.url(), &[], bearer());
    for (name, value) in [
        ("Authorization", "Bearer mine"),
        ("Host", "evil.com"),
        ("X-Tag", "a\r\nAuthorization: Bearer mine"),
        ("X-Tag\r\nHost", "evil.com"),
        ("Transfer-Encoding", "chunked"),
        ("Content-Length", "0"),
    ] {
        let mut request = get("/x");
        request.headers.push((name.into(), value.into()));
        assert_eq!(
            session.send(request).await.unwrap_err().kind(),
            "refused",
            "{name:?}"
        );
    }
    assert_eq!(server.connections(), 0);
}

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn the_log_has_one_line_per_request_without_query_or_headers() {
    let log = Log::default();
    let writer = log.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_ansi(false)
        .with_writer(move || writer.clone())
        .finish();
    let _guard = tracing::subscriber::set_default(subscriber);
    for credential in [bearer(), token()] {
        let server = Server::start(vec![Reply::status("404 Not Found", "", "")]).await;
        let mut request = get("/x");
        request.query.push(("email".into(), "ada".into()));
        session(&server.url(), &[], credential)
            .send(request)
            .await
            .unwrap();
    }
    let text = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    let lines: Vec<&str> = text
        .lines()
        .filter(|line| line.contains("session: provider request"))
        .collect();
    assert_eq!(lines.len(), 2, "{text}");
    for line in lines {
        assert!(
            line.contains("method=GET host=\"127.0.0.1\" status=404 duration_ms="),
            "{line}"
        );
    }
    assert!(!text.contains(SECRET) && !text.contains("ada"), "{text}");
}
