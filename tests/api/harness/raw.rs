//! Requests byte by byte, for what a well-behaved client does not send.

use http::{HeaderMap, HeaderName, HeaderValue};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use super::{Answer, Server};

/// Sends a request with the test key; `target` is method and path, `headers` are whole lines.
pub(crate) async fn raw(server: &Server, target: &str, headers: &str, body: &[u8]) -> Answer {
    let answer = exchange(server, target, headers.as_bytes(), body, false).await;
    answer.unwrap_or_else(|| panic!("no answer to {target}"))
}

/// The same, and then says that nothing more will come.
pub(crate) async fn raw_half_closed(
    server: &Server,
    target: &str,
    headers: &str,
    body: &[u8],
) -> Option<Answer> {
    exchange(server, target, headers.as_bytes(), body, true).await
}

async fn exchange(
    server: &Server,
    target: &str,
    headers: &[u8],
    body: &[u8],
    half_close: bool,
) -> Option<Answer> {
    let authority = server.url.strip_prefix("http://").unwrap();
    let mut stream = TcpStream::connect(authority).await.unwrap();
    let key = &server.test_key;
    let head = format!(
        "{target} HTTP/1.1\r\nhost: {authority}\r\nauthorization: Bearer {key}\r\nconnection: close\r\n"
    );
    for part in [head.as_bytes(), headers, b"\r\n", body] {
        stream.write_all(part).await.unwrap();
    }
    if half_close {
        stream.shutdown().await.unwrap();
    }
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes).await.unwrap();
    let text = String::from_utf8(bytes).unwrap();
    let (head, body) = text.split_once("\r\n\r\n")?;
    let mut lines = head.lines();
    let status = lines.next()?.split(' ').nth(1)?.parse().unwrap();
    let pairs = lines.filter_map(|line| line.split_once(": "));
    let headers: HeaderMap = pairs
        .map(|(name, value)| {
            (
                name.parse::<HeaderName>().unwrap(),
                value.parse::<HeaderValue>().unwrap(),
            )
        })
        .collect();
    let path = target.split(' ').nth(1)?.split('?').next()?;
    Some(Answer::new(path, status, headers, body.to_owned()))
}
