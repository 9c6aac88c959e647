//! A hand-written HTTP/1.1 server: it records what came and replies from a script.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// What the server does with one request.
#[derive(Clone)]
pub(crate) enum Reply {
    /// Sends these bytes, then waits for the next request.
    Send(String),
    /// Sends these bytes, then neither sends nor closes.
    SendThenStall(String),
    /// Sends these bytes, then closes.
    SendThenClose(String),
    /// Sends the first bytes once and the second for ever.
    Endless(String, String),
}

impl Reply {
    /// An answer of this status with a header block (each line ended by CR LF) and a body.
    pub(crate) fn status(status: &str, headers: &str, body: &str) -> Self {
        Self::Send(format!(
            "HTTP/1.1 {status}\r\n{headers}content-length: {}\r\n\r\n{body}",
            body.len()
        ))
    }

    pub(crate) fn ok(body: &str) -> Self {
        Self::status("200 OK", "", body)
    }
}

#[derive(Default)]
struct Record {
    requests: Mutex<Vec<String>>,
    connections: AtomicUsize,
}

pub(crate) struct Server {
    address: SocketAddr,
    record: Arc<Record>,
}

impl Server {
    /// A server on a free port of 127.0.0.1. Replies go by request number; the last one repeats.
    pub(crate) async fn start(script: Vec<Reply>) -> Self {
        Self::serve(TcpListener::bind("127.0.0.1:0").await.unwrap(), script)
    }

    pub(crate) fn serve(listener: TcpListener, script: Vec<Reply>) -> Self {
        let server = Self {
            address: listener.local_addr().unwrap(),
            record: Arc::default(),
        };
        let record = Arc::clone(&server.record);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                record.connections.fetch_add(1, Ordering::SeqCst);
                tokio::spawn(converse(stream, script.clone(), Arc::clone(&record)));
            }
        });
        server
    }

    pub(crate) fn port(&self) -> u16 {
        self.address.port()
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Whole requests, head and body, in the order in which they came.
    pub(crate) fn requests(&self) -> Vec<String> {
        self.record.requests.lock().unwrap().clone()
    }

    pub(crate) fn connections(&self) -> usize {
        self.record.connections.load(Ordering::SeqCst)
    }
}

async fn converse(mut stream: TcpStream, script: Vec<Reply>, record: Arc<Record>) {
    while let Some(request) = read_request(&mut stream).await {
        let number = {
            let mut requests = record.requests.lock().unwrap();
            requests.push(request);
            requests.len()
        };
        let reply = script[(number - 1).min(script.len() - 1)].clone();
        match reply {
            Reply::Send(bytes) => stream.write_all(bytes.as_bytes()).await.unwrap(),
            Reply::SendThenClose(bytes) => {
                stream.write_all(bytes.as_bytes()).await.unwrap();
                return;
            }
            Reply::SendThenStall(bytes) => {
                stream.write_all(bytes.as_bytes()).await.unwrap();
                tokio::time::sleep(Duration::from_secs(60)).await;
            }
            Reply::Endless(head, part) => {
                let mut next = head;
                while stream.write_all(next.as_bytes()).await.is_ok() {
                    next.clone_from(&part);
                }
                return;
            }
        }
    }
}

async fn read_request(stream: &mut TcpStream) -> Option<String> {
    let mut bytes = Vec::new();
    loop {
        let text = String::from_utf8_lossy(&bytes).into_owned();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length = head
                .lines()
                .find_map(|line| {
                    line.to_ascii_lowercase()
                        .strip_prefix("content-length: ")?
                        .parse()
                        .ok()
                })
                .unwrap_or(0);
            if body.len() >= length {
                return Some(text);
            }
        }
        if stream.read_buf(&mut bytes).await.ok()? == 0 {
            return None;
        }
    }
}
