//! A proxy between a connector and its provider that keeps what passes.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, HeaderName, StatusCode, header};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use crate::exchange::Exchange;

/// Headers about one connection, which the proxy's two do not share.
const OF_THE_CONNECTION: [HeaderName; 4] = [
    header::HOST,
    header::CONNECTION,
    header::CONTENT_LENGTH,
    header::TRANSFER_ENCODING,
];

/// Where sandboxes are told what to play. That is between them and the suite; providers have nothing there.
const CONTROL: &str = "/_sandbox/";

struct Shared {
    http: reqwest::Client,
    /// Where the provider is, without a slash at the end.
    provider: String,
    exchanges: Mutex<Kept>,
}

/// Exchanges, each kind once: walks repeat themselves.
#[derive(Default)]
struct Kept {
    known: BTreeSet<String>,
    exchanges: Vec<Exchange>,
}

/// The proxy. It ends when this is dropped.
pub(crate) struct Recorder {
    pub(crate) url: String,
    shared: Arc<Shared>,
    serving: JoinHandle<()>,
}

impl Recorder {
    /// Starts in front of a provider at a URL without a slash at the end.
    pub(crate) async fn start(provider: String) -> Self {
        // An error means that another test of this process was first.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let http = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .unwrap();
        let shared = Arc::new(Shared {
            http,
            provider,
            exchanges: Mutex::default(),
        });
        let router = Router::new().fallback(forward).with_state(Arc::clone(&shared));
        let serving = tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { url, shared, serving }
    }

    /// What passed so far, in order, without repetitions.
    pub(crate) fn exchanges(&self) -> Vec<Exchange> {
        self.shared.exchanges.lock().unwrap().exchanges.clone()
    }
}

impl Drop for Recorder {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

async fn forward(State(shared): State<Arc<Shared>>, request: Request) -> Response {
    match exchange(&shared, request).await {
        Ok(exchange) => {
            let answer = answer(&exchange);
            if !exchange.path.starts_with(CONTROL) {
                shared.exchanges.lock().unwrap().keep(exchange);
            }
            answer
        }
        Err(error) => (StatusCode::BAD_GATEWAY, format!("the recorder failed: {error}")).into_response(),
    }
}

async fn exchange(shared: &Shared, request: Request) -> Result<Exchange, reqwest::Error> {
    let (parts, body) = request.into_parts();
    let body = axum::body::to_bytes(body, usize::MAX).await.unwrap().to_vec();
    let target = parts.uri.path_and_query().map_or("/", |target| target.as_str());
    let url = format!("{}{target}", shared.provider);
    let headers = forwarded(&parts.headers);
    let sent = shared
        .http
        .request(parts.method.clone(), url)
        .headers(headers)
        .body(body.clone());
    let answered = sent.send().await?;
    let query = url::form_urlencoded::parse(parts.uri.query().unwrap_or_default().as_bytes());
    Ok(Exchange {
        method: parts.method.as_str().to_owned(),
        path: parts.uri.path().to_owned(),
        query: query.into_owned().collect(),
        headers: parts.headers,
        body,
        status: answered.status(),
        answer_headers: answered.headers().clone(),
        answer: answered.bytes().await?.to_vec(),
    })
}

fn forwarded(headers: &HeaderMap) -> HeaderMap {
    let kept = headers
        .iter()
        .filter(|(name, _)| !OF_THE_CONNECTION.contains(name));
    kept.map(|(name, value)| (name.clone(), value.clone())).collect()
}

fn answer(exchange: &Exchange) -> Response {
    let mut response = Response::new(Body::from(exchange.answer.clone()));
    *response.status_mut() = exchange.status;
    *response.headers_mut() = forwarded(&exchange.answer_headers);
    response
}

impl Kept {
    fn keep(&mut self, exchange: Exchange) {
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        let version = exchange.headers.get("version");
        let key = format!(
            "{} {version:?} {} {}",
            exchange.summary(),
            text(&exchange.body),
            text(&exchange.answer)
        );
        if self.known.insert(key) {
            self.exchanges.push(exchange);
        }
    }
}
