//! HubSpot's wire format, as HubSpot's own clients expect it.

mod oauth;
mod wire;

use routemcp_sdk::Sandbox;
use routemcp_sdk::sandbox::{MemoryState, Request, Response};
use routemcp_sdk::testing::{self, Host};
use serde_json::Value;

use crate::sandbox::HubSpotSandbox;

const TOKEN: &str = "pat-sandbox-5d0c8a1e";
const NOW_MS: u64 = 1_790_000_000_000;

/// A sandbox with its state.
struct Simulator {
    state: MemoryState,
    token: String,
}

impl Simulator {
    fn new() -> Self {
        Host::new().clock(NOW_MS).install();
        Self {
            state: MemoryState::default(),
            token: TOKEN.to_owned(),
        }
    }

    /// `target` may have a query, whose values are taken as they are.
    fn call(&mut self, method: &str, target: &str, body: &[u8]) -> Response {
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let pairs = query.split('&').filter_map(|pair| pair.split_once('='));
        let request = Request {
            method: method.to_owned(),
            path: path.to_owned(),
            query: pairs
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
                .collect(),
            headers: vec![("Authorization".to_owned(), format!("Bearer {}", self.token))],
            body: body.to_vec(),
        };
        HubSpotSandbox::handle(&request, &mut self.state)
    }

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
        self.json("GET", target, Value::Null)
    }

    fn wait(&self, milliseconds: u64) {
        testing::set_clock(NOW_MS + milliseconds);
    }
}

fn header<'a>(response: &'a Response, name: &str) -> Option<&'a str> {
    response
        .headers
        .iter()
        .find(|(known, _)| known == name)
        .map(|(_, value)| value.as_str())
}
