//! Speaks HTTP to a server.

use std::sync::Once;
use std::time::Duration;

use http::Method;
use serde_json::Value;

use super::Answer;

/// A caller with a key, or without one.
#[derive(Clone)]
pub(crate) struct Client {
    http: reqwest::Client,
    base: String,
    key: Option<String>,
}

/// A request that is being put together.
pub(crate) struct Call(reqwest::RequestBuilder);

impl Client {
    pub(crate) fn new(base: &str, key: Option<&str>) -> Self {
        Self {
            http: http(),
            base: base.to_owned(),
            key: key.map(str::to_owned),
        }
    }

    /// The same caller without a key.
    pub(crate) fn without_key(&self) -> Self {
        Self {
            key: None,
            ..self.clone()
        }
    }

    /// The same caller at another address.
    pub(crate) fn at(&self, base: &str) -> Self {
        Self {
            base: base.to_owned(),
            ..self.clone()
        }
    }

    /// The server's address.
    pub(crate) fn base(&self) -> &str {
        &self.base
    }

    /// A request to a path of the API (such as `/contact?limit=5`), or to one that begins with `//` at the root.
    pub(crate) fn call(&self, method: Method, path: &str) -> Call {
        let url = match path.strip_prefix('/') {
            Some(root) if root.starts_with('/') => format!("{}{root}", self.base),
            _ => format!("{}/api/v1{path}", self.base),
        };
        let request = self.http.request(method, url);
        Call(match &self.key {
            Some(key) => request.bearer_auth(key),
            None => request,
        })
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.call(Method::GET, path).send().await
    }

    pub(crate) async fn post(&self, path: &str, body: &Value) -> Answer {
        self.call(Method::POST, path).json(body).send().await
    }

    pub(crate) async fn put(&self, path: &str, body: &Value) -> Answer {
        self.call(Method::PUT, path).json(body).send().await
    }

    pub(crate) async fn patch(&self, path: &str, body: &Value) -> Answer {
        self.call(Method::PATCH, path).json(body).send().await
    }

    pub(crate) async fn delete(&self, path: &str) -> Answer {
        self.call(Method::DELETE, path).send().await
    }

    /// Imports a credential, as `POST /connections` takes it.
    pub(crate) async fn connect(&self, provider: &str, end_user: &str, token: Option<&str>) -> Answer {
        let mut body = serde_json::json!({ "provider": provider, "endUserId": end_user });
        if let Some(token) = token {
            body["token"] = token.into();
        }
        self.post("/connections", &body).await.expect(201)
    }
}

impl Call {
    pub(crate) fn header(self, name: &str, value: &str) -> Self {
        Self(self.0.header(name, value))
    }

    pub(crate) fn json(self, body: &Value) -> Self {
        self.header("content-type", "application/json")
            .text(&body.to_string())
    }

    /// A body as it is, without a content type.
    pub(crate) fn text(self, body: &str) -> Self {
        Self(self.0.body(body.to_owned()))
    }

    /// A component, for the operator API.
    pub(crate) fn component(self, bytes: Vec<u8>) -> Self {
        let call = self.header("content-type", "application/wasm");
        Self(call.0.body(bytes))
    }

    pub(crate) async fn send(self) -> Answer {
        self.attempt().await.unwrap()
    }

    /// For servers that may die meanwhile: an error where no whole answer came.
    pub(crate) async fn attempt(self) -> Result<Answer, reqwest::Error> {
        Answer::read(self.0.send().await?).await
    }
}

pub(crate) fn http() -> reqwest::Client {
    static CRYPTOGRAPHY: Once = Once::new();
    // The client cannot be built without a provider, although the tests use plain HTTP only.
    CRYPTOGRAPHY.call_once(|| drop(rustls::crypto::ring::default_provider().install_default()));
    reqwest::Client::builder()
        .no_proxy()
        .redirect(reqwest::redirect::Policy::none())
        .timeout(Duration::from_secs(50))
        .build()
        .unwrap()
}
