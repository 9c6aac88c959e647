//! A provider that does not keep what it was given: a proxy that changes one word in every answer.

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::response::Response;
use http::header;

#[derive(Clone)]
struct Liar {
    url: String,
    client: reqwest::Client,
    instead: (&'static str, &'static str),
}

/// Starts one in front of a simulator and gives its URL. It ends with the process.
pub(crate) fn start(url: &str, instead: (&'static str, &'static str)) -> String {
    // A second call finds the provider in place.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let address = listener.local_addr().unwrap();
    let liar = Liar {
        url: url.trim_end_matches('/').to_owned(),
        client: reqwest::Client::new(),
        instead,
    };
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        runtime.block_on(async {
            let listener = tokio::net::TcpListener::from_std(listener).unwrap();
            axum::serve(listener, Router::new().fallback(pass_on).with_state(liar))
                .await
                .unwrap();
        });
    });
    format!("http://{address}/")
}

async fn pass_on(State(liar): State<Liar>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let path = parts.uri.path_and_query().map_or("/", |path| path.as_str());
    let body = axum::body::to_bytes(body, usize::MAX).await.unwrap();
    let mut headers = parts.headers;
    for name in [header::HOST, header::CONTENT_LENGTH, header::ACCEPT_ENCODING] {
        headers.remove(name);
    }
    let sent = liar
        .client
        .request(parts.method, format!("{}{path}", liar.url))
        .headers(headers)
        .body(body);
    let answer = sent.send().await.unwrap();
    let mut response = Response::builder().status(answer.status());
    for (name, value) in answer.headers() {
        if !matches!(*name, header::CONTENT_LENGTH | header::TRANSFER_ENCODING) {
            response = response.header(name, value);
        }
    }
    let text = answer
        .text()
        .await
        .unwrap()
        .replace(liar.instead.0, liar.instead.1);
    response.body(Body::from(text)).unwrap()
}
