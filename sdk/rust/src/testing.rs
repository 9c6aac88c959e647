//! A host for native tests: it runs a connector against a sandbox in the same process.
//!
//! ```
//! use routemcp_sdk::sandbox::Response;
//! use routemcp_sdk::{http, testing::Host};
//!
//! Host::new().provider(|request| Response::text(200, format!("you asked for {}", request.path))).install();
//! assert_eq!(http::get("/people").send().unwrap().text().unwrap(), "you asked for /people");
//! ```

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::time::{SystemTime, UNIX_EPOCH};

use serde_json::Value;

use crate::host::{Answer, TestAnswer};
use crate::http::{Body, Request};
use crate::records::Documents;
use crate::sandbox::{self, MemoryState};
use crate::{Document, Failure, Page, Response, Sandbox};

type Provider = Box<dyn FnMut(&sandbox::Request) -> sandbox::Response>;

thread_local! {
    static HOST: RefCell<Host> = RefCell::new(Host::new());
}

/// What a native build asks instead of a host. One per thread, which is one per test.
#[derive(Default)]
pub struct Host {
    settings: BTreeMap<String, String>,
    now_ms: Option<u64>,
    provider: Option<Provider>,
    sent: Vec<sandbox::Request>,
    logged: Vec<(String, String)>,
}

impl std::fmt::Debug for Host {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("Host")
            .field("settings", &self.settings)
            .finish_non_exhaustive()
    }
}

impl Host {
    /// No settings, the system's clock, and no provider.
    pub fn new() -> Self {
        Self::default()
    }

    /// A setting of the connection.
    #[must_use]
    pub fn setting(mut self, name: &str, value: &str) -> Self {
        self.settings.insert(name.to_owned(), value.to_owned());
        self
    }

    /// Stops the clock, in milliseconds since the Unix epoch. Without it the system's clock is used.
    #[must_use]
    pub fn clock(mut self, now_ms: u64) -> Self {
        self.now_ms = Some(now_ms);
        self
    }

    /// Sends every request to a function.
    #[must_use]
    pub fn provider(
        mut self,
        provider: impl FnMut(&sandbox::Request) -> sandbox::Response + 'static,
    ) -> Self {
        self.provider = Some(Box::new(provider));
        self
    }

    /// Sends every request to a sandbox with fresh state, with this header added as the host adds the credential.
    #[must_use]
    pub fn sandbox<S: Sandbox>(self, header: &'static str, value: &'static str) -> Self {
        let mut state = MemoryState::default();
        self.provider(move |request| {
            let mut request = request.clone();
            request.headers.push((header.to_owned(), value.to_owned()));
            S::handle(&request, &mut state)
        })
    }

    /// Makes this the host of the current thread.
    pub fn install(self) {
        HOST.set(self);
    }
}

/// Sets the clock of the current thread's host, in milliseconds since the Unix epoch.
pub fn set_clock(now_ms: u64) {
    HOST.with_borrow_mut(|host| host.now_ms = Some(now_ms));
}

/// The requests since the host was installed or since the last call of this function.
pub fn take_requests() -> Vec<sandbox::Request> {
    HOST.with_borrow_mut(|host| std::mem::take(&mut host.sent))
}

/// The (level, message) pairs logged since the host was installed or since the last call of this function.
pub fn take_log() -> Vec<(String, String)> {
    HOST.with_borrow_mut(|host| std::mem::take(&mut host.logged))
}

impl Document {
    /// The record itself, as the host would take it; none if there is nothing at the pointer.
    pub fn resolve(&self) -> Option<Value> {
        match self {
            Self::At(response, pointer) => response.at(pointer),
            Self::Value(value) => Some(value.clone()),
        }
    }
}

impl Page {
    /// The records themselves, as the host would take them.
    pub fn resolve(&self) -> Vec<Value> {
        match &self.records {
            Documents::Values(values) => values.clone(),
            Documents::At(response, pointers) => {
                pointers.iter().flat_map(|at| elements(response, at)).collect()
            }
        }
    }
}

fn elements(response: &Response, pointer: &str) -> Vec<Value> {
    match response.at(pointer) {
        Some(Value::Array(records)) => records,
        Some(record) => vec![record],
        None => Vec::new(),
    }
}

pub(crate) fn send(request: Request) -> Result<Response, Failure> {
    let request = to_provider(request);
    // Taken out while it runs: a sandbox asks the same host for the time.
    let provider = HOST.with_borrow_mut(|host| {
        host.sent.push(request.clone());
        host.provider.take()
    });
    let Some(mut provider) = provider else {
        return Err(Failure::unavailable(
            "no provider: install a routemcp_sdk::testing::Host first",
        ));
    };
    let answer = provider(&request);
    HOST.with_borrow_mut(|host| host.provider = Some(provider));
    let json = serde_json::from_slice(&answer.body).ok();
    Ok(Response {
        answer: Answer::Test(TestAnswer {
            status: answer.status,
            headers: answer.headers,
            body: answer.body,
            json,
        }),
    })
}

fn to_provider(request: Request) -> sandbox::Request {
    let mut headers = request.headers;
    let (content_type, body) = match request.body {
        Body::None => (None, Vec::new()),
        Body::Json(text) => (Some("application/json"), text.into_bytes()),
        Body::Form(pairs) => (
            Some("application/x-www-form-urlencoded"),
            sandbox::form(&pairs).into_bytes(),
        ),
        Body::Bytes(bytes) => (None, bytes),
    };
    if let Some(content_type) = content_type {
        headers.push(("content-type".to_owned(), content_type.to_owned()));
    }
    sandbox::Request {
        method: request.method,
        path: request.target,
        query: request.query,
        headers,
        body,
    }
}

pub(crate) fn setting(name: &str) -> Option<String> {
    HOST.with_borrow(|host| host.settings.get(name).cloned())
}

pub(crate) fn now_ms() -> u64 {
    HOST.with_borrow(|host| host.now_ms).unwrap_or_else(system_clock)
}

pub(crate) fn system_clock() -> u64 {
    let elapsed = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX)
}

pub(crate) fn log(level: &str, message: &str) {
    HOST.with_borrow_mut(|host| host.logged.push((level.to_owned(), message.to_owned())));
}
