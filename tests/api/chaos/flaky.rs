//! A provider that fails for every fifth request: before it did what was asked, or after.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::extract::{Request, State};
use axum::response::Response;
use futures::stream;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use crate::harness::http;

/// One in so many requests fails.
const ONE_IN: u32 = 5;

/// Stands before a sound provider. It ends when this is dropped.
pub(super) struct Flaky {
    address: String,
    shared: Arc<Shared>,
    serving: JoinHandle<()>,
}

struct Shared {
    sound: String,
    client: reqwest::Client,
    misbehaves: AtomicBool,
    failed: AtomicUsize,
}

#[derive(Clone, Copy, Debug)]
enum Fault {
    Refused(u16),
    Limited,
    Late(Duration),
    CutBefore,
    CutAfter,
    ErrorAfter,
}

const FAULTS: [Fault; 8] = [
    Fault::Refused(500),
    Fault::Refused(503),
    Fault::Limited,
    Fault::Late(Duration::from_millis(700)),
    Fault::CutBefore,
    Fault::CutAfter,
    Fault::CutAfter,
    Fault::ErrorAfter,
];

impl Flaky {
    pub(super) async fn start(sound: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let shared = Arc::new(Shared {
            sound: sound.to_owned(),
            client: http(),
            misbehaves: AtomicBool::new(false),
            failed: AtomicUsize::new(0),
        });
        let router = axum::Router::new()
            .fallback(answer)
            .with_state(Arc::clone(&shared));
        let serving = tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self {
            address,
            shared,
            serving,
        }
    }

    pub(super) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    pub(super) fn misbehave(&self, misbehaves: bool) {
        self.shared.misbehaves.store(misbehaves, Ordering::Relaxed);
    }

    /// How many requests it failed.
    pub(super) fn failed(&self) -> usize {
        self.shared.failed.load(Ordering::Relaxed)
    }
}

impl Drop for Flaky {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

/// A random number below another one.
pub(super) fn below(limit: u32) -> u32 {
    getrandom::u32().unwrap() % limit
}

async fn answer(State(shared): State<Arc<Shared>>, request: Request) -> Response {
    let fails = shared.misbehaves.load(Ordering::Relaxed) && below(ONE_IN) == 0;
    if !fails {
        return forward(&shared, request).await;
    }
    shared.failed.fetch_add(1, Ordering::Relaxed);
    match FAULTS[below(FAULTS.len() as u32) as usize] {
        Fault::Refused(status) => plain(status),
        Fault::Limited => {
            let mut limited = plain(429);
            limited.headers_mut().insert("retry-after", 1.into());
            limited
        }
        Fault::Late(delay) => {
            tokio::time::sleep(delay).await;
            forward(&shared, request).await
        }
        Fault::CutBefore => cut("{"),
        Fault::CutAfter => {
            forward(&shared, request).await;
            cut("{\"id\":")
        }
        Fault::ErrorAfter => {
            forward(&shared, request).await;
            plain(502)
        }
    }
}

async fn forward(shared: &Shared, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let body = axum::body::to_bytes(body, usize::MAX).await.unwrap();
    let target = parts.uri.path_and_query().unwrap();
    let mut headers = parts.headers;
    headers.remove("host");
    let sent = shared
        .client
        .request(parts.method, format!("{}{target}", shared.sound));
    let answer = sent.headers(headers).body(body).send().await.unwrap();
    let mut response = Response::builder().status(answer.status());
    for name in ["content-type", "x-hubspot-ratelimit-remaining"] {
        if let Some(value) = answer.headers().get(name) {
            response = response.header(name, value);
        }
    }
    response.body(Body::from(answer.bytes().await.unwrap())).unwrap()
}

fn plain(status: u16) -> Response {
    let body = r#"{"status":"error","message":"as chaos will have it"}"#;
    let response = Response::builder()
        .status(status)
        .header("content-type", "application/json");
    response.body(Body::from(body)).unwrap()
}

/// An answer that ends in the middle.
fn cut(beginning: &'static str) -> Response {
    let broken = std::io::Error::other("cut by chaos");
    let parts = [Ok(Bytes::from(beginning)), Err(broken)];
    let response = Response::builder()
        .status(200)
        .header("content-type", "application/json");
    response.body(Body::from_stream(stream::iter(parts))).unwrap()
}
