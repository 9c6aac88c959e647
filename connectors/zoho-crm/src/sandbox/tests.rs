//! Zoho's wire format, as Zoho's own clients expect it.

mod oauth;
mod wire;
mod writes;

use routemcp_sdk::Sandbox;
use routemcp_sdk::sandbox::{MemoryState, Request, Response, decode};
use routemcp_sdk::testing::{self, Host};
use serde_json::Value;

use crate::sandbox::ZohoCrmSandbox;

const TOKEN: &str = "1000.sandbox-7c41e09b";
const NOW_MS: u64 = 1_790_000_000_000;

/// A sandbox with its state.
struct Simulator {
    state: MemoryState,
    token: String,
    headers: Vec<(String, String)>,
}

impl Simulator {
    fn new() -> Self {
        Host::new().clock(NOW_MS).install();
        Self {
            state: MemoryState::default(),
            token: TOKEN.to_owned(),
            headers: Vec::new(),
        }
    }

    fn with_header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// `target` may have a query, whose values are percent-encoded.
    fn call(&mut self, method: &str, target: &str, body: &[u8]) -> Response {
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let pairs = query.split('&').filter_map(|pair| pair.split_once('='));
        let mut headers = self.headers.clone();
        headers.push((
            "Authorization".to_owned(),
            format!("Zoho-oauthtoken {}", self.token),
        ));
        let request = Request {
            method: method.to_owned(),
            path: path.to_owned(),
            query: pairs
                .map(|(name, value)| (name.to_owned(), decode(value)))
                .collect(),
            headers,
            body: body.to_vec(),
        };
        ZohoCrmSandbox::handle(&request, &mut self.state)
    }

    /// The body is null where there is none.
    fn json(&mut self, method: &str, target: &str, body: Value) -> (u16, Value) {
        let bytes = if body.is_null() {
            Vec::new()
        } else {
            body.to_string().into_bytes()
        };
        let response = self.call(method, target, &bytes);
        (
            response.status,
            serde_json::from_slice(&response.body).unwrap_or_default(),
        )
    }

    fn get(&mut self, target: &str) -> (u16, Value) {
        self.json("GET", &format!("/crm/v8{target}"), Value::Null)
    }

    fn wait(&self, milliseconds: u64) {
        testing::set_clock(NOW_MS + milliseconds);
    }
}

fn header<'a>(response: &'a Response, name: &str) -> Option<&'a str> {
    let found = response
        .headers
        .iter()
        .find(|(known, _)| known.eq_ignore_ascii_case(name));
    found.map(|(_, value)| value.as_str())
}
