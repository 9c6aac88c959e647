//! A plain proxy as anybody would write it with axum and reqwest: no keys, no mapping, one pooled client.

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use clap::Args;
use http::{StatusCode, header};
use reqwest::Client;

#[derive(Args)]
pub(crate) struct Arguments {
    /// Where requests go, for example `http://127.0.0.1:7001`.
    #[arg(long)]
    upstream: String,
}

#[derive(Clone)]
struct Proxy {
    client: Client,
    upstream: String,
}

pub(crate) async fn run(arguments: Arguments) -> anyhow::Result<()> {
    let proxy = Proxy {
        client: crate::client::plain()?,
        upstream: arguments.upstream,
    };
    crate::process::serve(Router::new().fallback(forward).with_state(proxy)).await
}

async fn forward(State(proxy): State<Proxy>, request: Request) -> Response {
    match proxy.forward(request).await {
        Ok(response) => response,
        Err(error) => (StatusCode::BAD_GATEWAY, error.to_string()).into_response(),
    }
}

impl Proxy {
    async fn forward(&self, request: Request) -> Result<Response, reqwest::Error> {
        let (parts, body) = request.into_parts();
        let target = parts.uri.path_and_query().map_or("/", |target| target.as_str());
        let mut headers = parts.headers;
        headers.remove(header::HOST);
        let sent = self
            .client
            .request(parts.method, format!("{}{target}", self.upstream))
            .headers(headers)
            .body(reqwest::Body::wrap_stream(body.into_data_stream()))
            .send()
            .await?;
        let mut response = Response::new(Body::empty());
        *response.status_mut() = sent.status();
        *response.headers_mut() = sent.headers().clone();
        *response.body_mut() = Body::from_stream(sent.bytes_stream());
        Ok(response)
    }
}
