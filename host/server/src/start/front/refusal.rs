//! What a connection over the cap is told.

use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::http::error::{ApiError, Code};

/// How long to read, to write, and to let the caller read.
const PATIENCE: Duration = Duration::from_secs(1);
/// As much of a request as is looked at, for its path.
const LOOKED_AT: usize = 4 << 10;

/// Answers the first request with 503 and closes.
pub(super) async fn refuse(mut stream: TcpStream) {
    let mut request = Vec::with_capacity(LOOKED_AT);
    let reading = async {
        while !complete(&request) && request.len() < LOOKED_AT {
            if stream.read_buf(&mut request).await.unwrap_or_default() == 0 {
                return;
            }
        }
    };
    // Whatever came, the answer is the same.
    let _ = timeout(PATIENCE, reading).await;
    let answer = answer(&request);
    let telling = async {
        stream.write_all(answer.as_bytes()).await?;
        stream.shutdown().await?;
        // Closing with unread bytes would reset the connection and take the answer with it.
        tokio::io::copy(&mut stream, &mut tokio::io::sink()).await
    };
    let _ = timeout(PATIENCE, telling).await;
}

fn complete(request: &[u8]) -> bool {
    request.windows(4).any(|bytes| bytes == b"\r\n\r\n")
}

fn answer(request: &[u8]) -> String {
    let id = format!("req_{}", uuid::Uuid::now_v7().simple());
    let error = ApiError::new(
        Code::Overloaded,
        "The server has as many connections as it takes. Try again soon.",
    );
    let body = error.body(&path(request), &id).to_string();
    format!(
        "HTTP/1.1 503 Service Unavailable\r\ncontent-type: application/json\r\nretry-after: 1\r\nx-request-id: {id}\r\n\
         connection: close\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    )
}

/// The path of a request line; empty if there is none.
fn path(request: &[u8]) -> String {
    let line = request.split(|byte| *byte == b'\r').next().unwrap_or_default();
    let target = line.split(|byte| *byte == b' ').nth(1).unwrap_or_default();
    let path = target.split(|byte| *byte == b'?').next().unwrap_or_default();
    String::from_utf8_lossy(path).into_owned()
}

#[cfg(test)]
mod tests {
    use super::{answer, path};

    #[test]
    fn the_answer_names_the_path_without_the_query() {
        for (request, expected) in [
            (
                "GET /api/v1/contact?a=b HTTP/1.1\r\nhost: x\r\n\r\n",
                "/api/v1/contact",
            ),
            ("GET /x HTTP/1.1\r\n", "/x"),
            ("", ""),
            ("\r\n\r\n", ""),
            ("noise", ""),
        ] {
            assert_eq!(path(request.as_bytes()), expected, "{request:?}");
        }
        let answer = answer(b"GET /\"quoted\"\xff HTTP/1.1\r\n\r\n");
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        let body: serde_json::Value = serde_json::from_str(body).unwrap();
        assert_eq!(
            (&body["statusCode"], &body["code"]),
            (&503.into(), &"OVERLOADED".into())
        );
        assert!(head.contains("\r\nretry-after: 1\r\n"), "{head}");
    }
}
