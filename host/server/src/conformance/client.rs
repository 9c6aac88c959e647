//! Calls the API through the whole router, so that every layer runs.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::response::Response;
use http::{Method, StatusCode, header};
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};
use std::sync::Arc;
use tower::ServiceExt as _;
use url::{Position, Url};

use super::answer::{Answer, id};
use super::report::Usage;
use super::setup::Bench;
use super::verdict::{Stop, fail};
use crate::http::layers::observe::Timings;
use crate::http::router;

/// The end user that the connection under test belongs to.
pub(super) const END_USER: &str = "conformance";
/// How often a call is repeated when the provider's rate limit stops it.
const REPEATS: u32 = 4;
/// The longest wait for the provider's rate limit.
const LONGEST_WAIT: Duration = Duration::from_secs(30);

/// A caller of the API with a key of its own.
pub(super) struct Client {
    pub(super) bench: Bench,
    router: Router,
    key: Mutex<SecretString>,
    usage: Mutex<Usage>,
}

impl Client {
    pub(super) async fn new(bench: Bench) -> anyhow::Result<Self> {
        let key = Mutex::new(bench.key().await?);
        let router = router(Arc::clone(&bench.app));
        Ok(Self {
            bench,
            router,
            key,
            usage: Mutex::default(),
        })
    }

    /// What the calls took so far.
    pub(super) fn usage(&self) -> Usage {
        self.usage.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Calls, and waits where the provider's rate limit asks for it: other cases than the one about that limit are not to
    /// fail for it.
    pub(super) async fn call(
        &self,
        method: &Method,
        target: &str,
        body: Option<&Value>,
    ) -> Result<Answer, Stop> {
        let mut repeats = 0;
        loop {
            let answer = self.call_once(method, target, body).await?;
            if answer.code() != "PROVIDER_RATE_LIMITED" || repeats == REPEATS {
                return Ok(answer);
            }
            repeats += 1;
            tokio::time::sleep(
                retry_after(&answer)
                    .unwrap_or_default()
                    .clamp(Duration::from_secs(1), LONGEST_WAIT),
            )
            .await;
        }
    }

    /// Calls, and gives the provider's rate limit back as the answer that it is. When our own limit is reached another key
    /// goes on, because a suite of a thousand calls is not about that limit.
    pub(super) async fn call_once(
        &self,
        method: &Method,
        target: &str,
        body: Option<&Value>,
    ) -> Result<Answer, Stop> {
        loop {
            let answer = self.send(method, target, body).await?;
            if answer.code() != "RATE_LIMITED" {
                return Ok(answer);
            }
            let key = self
                .bench
                .key()
                .await
                .map_err(|error| Stop::Fail(format!("no further API key: {error:#}")))?;
            *self.key.lock().unwrap_or_else(PoisonError::into_inner) = key;
        }
    }

    async fn send(&self, method: &Method, target: &str, body: Option<&Value>) -> Result<Answer, Stop> {
        let call = format!("{method} {target}");
        let request = self.request(method, target, body);
        let request = request.map_err(|error| Stop::Fail(format!("{call} cannot be sent: {error}")))?;
        let started = Instant::now();
        let response = self
            .router
            .clone()
            .oneshot(request)
            .await
            .unwrap_or_else(|never| match never {});
        let took = started.elapsed();
        self.count(&call, took, &response);
        let (parts, body) = response.into_parts();
        let bytes = axum::body::to_bytes(body, usize::MAX).await;
        let bytes = bytes.map_err(|error| Stop::Fail(format!("{call}: the answer broke off: {error}")))?;
        match serde_json::from_slice(&bytes) {
            Ok(body) => Ok(Answer {
                call,
                status: parts.status,
                headers: parts.headers,
                body,
            }),
            Err(_) => fail(format!(
                "{call} answered {} with a body that is not JSON",
                parts.status
            )),
        }
    }

    fn request(&self, method: &Method, target: &str, body: Option<&Value>) -> Result<Request, http::Error> {
        let authorization = {
            let key = self.key.lock().unwrap_or_else(PoisonError::into_inner);
            format!("Bearer {}", key.expose_secret())
        };
        let request = Request::builder()
            .method(method)
            .uri(target)
            .header(header::AUTHORIZATION, authorization);
        match body {
            None => request.body(Body::empty()),
            Some(body) => request
                .header(header::CONTENT_TYPE, "application/json")
                .body(Body::from(body.to_string())),
        }
    }

    fn count(&self, call: &str, took: Duration, response: &Response) {
        let mut usage = self.usage.lock().unwrap_or_else(PoisonError::into_inner);
        usage.calls += 1;
        if let Some(timings) = response.extensions().get::<Arc<Timings>>() {
            usage.memory_bytes = usage.memory_bytes.max(timings.memory_bytes());
            usage.cpu += timings.cpu();
        }
        if took > usage.slowest {
            usage.slowest = took;
            usage.slowest_call = shown(call);
        }
    }

    /// Imports a connection with a token.
    pub(super) async fn connect(&self, end_user: &str, token: &str) -> Result<String, Stop> {
        let sandbox = &self.bench.sandbox;
        let body = json!({
            "provider": self.bench.manifest.slug,
            "endUserId": end_user,
            "authMethod": sandbox.auth,
            "token": token,
            "settings": sandbox.settings,
        });
        let answer = self
            .call(&Method::POST, "/api/v1/connections", Some(&body))
            .await?;
        let connection = answer.succeeded(StatusCode::CREATED)?.record()?;
        match id(&connection) {
            "" => fail("a new connection has no id"),
            id => Ok(id.to_owned()),
        }
    }

    /// A target of the API for an end user's connection to the provider under test.
    pub(super) fn target(
        &self,
        segments: &[&str],
        end_user: &str,
        query: &[(&str, &str)],
    ) -> Result<String, Stop> {
        let mut url = Url::parse("http://localhost/api/v1").map_err(|error| Stop::Fail(error.to_string()))?;
        if let Ok(mut path) = url.path_segments_mut() {
            path.extend(segments);
        }
        let provider = self.bench.manifest.slug.as_str();
        url.query_pairs_mut()
            .extend_pairs([("provider", provider), ("endUserId", end_user)])
            .extend_pairs(query);
        Ok(url[Position::BeforePath..].to_owned())
    }
}

/// What an answer says about when to come back.
pub(super) fn retry_after(answer: &Answer) -> Option<Duration> {
    let value = answer.headers.get(header::RETRY_AFTER)?;
    value.to_str().ok()?.parse().ok().map(Duration::from_secs)
}

/// A call without its cursor, which nobody reads.
fn shown(call: &str) -> String {
    match call.split_once("cursor=") {
        None => call.to_owned(),
        Some((before, after)) => {
            let rest = after.find('&').and_then(|at| after.get(at..)).unwrap_or_default();
            format!("{before}cursor=…{rest}")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::shown;

    #[test]
    fn a_shown_call_has_no_cursor_text() {
        assert_eq!(shown("GET /x?cursor=abc&limit=7"), "GET /x?cursor=…&limit=7");
        assert_eq!(shown("GET /x?limit=7&cursor=abc"), "GET /x?limit=7&cursor=…");
        assert_eq!(shown("GET /x"), "GET /x");
    }
}
