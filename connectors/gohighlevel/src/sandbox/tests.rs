//! HighLevel's wire format, as HighLevel's own clients expect it.

mod oauth;
mod wire;

use routemcp_sdk::Sandbox;
use routemcp_sdk::sandbox::{MemoryState, Request, Response, decode};
use routemcp_sdk::testing::{self, Host};
use serde_json::Value;

use crate::sandbox::{GoHighLevelSandbox, ids};

const TOKEN: &str = "pit-sandbox-5d0c8a1e";
const NOW_MS: u64 = 1_790_000_000_000;

/// A sandbox with its state.
struct Simulator {
    state: MemoryState,
    token: String,
    version: Option<&'static str>,
}

impl Simulator {
    fn new(version: &'static str) -> Self {
        Host::new().clock(NOW_MS).install();
        Self {
            state: MemoryState::default(),
            token: TOKEN.to_owned(),
            version: Some(version),
        }
    }

    fn call(&mut self, method: &str, target: &str, content_type: &str, body: &[u8]) -> Response {
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let pairs = query.split('&').filter_map(|pair| pair.split_once('='));
        let mut headers = vec![
            ("Authorization".to_owned(), format!("Bearer {}", self.token)),
            ("Content-Type".to_owned(), content_type.to_owned()),
        ];
        headers.extend(
            self.version
                .map(|version| ("Version".to_owned(), version.to_owned())),
        );
        let request = Request {
            method: method.to_owned(),
            path: path.to_owned(),
            query: pairs.map(|(name, value)| (decode(name), decode(value))).collect(),
            headers,
            body: body.to_vec(),
        };
        GoHighLevelSandbox::handle(&request, &mut self.state)
    }

    fn json(&mut self, method: &str, target: &str, body: Value) -> (u16, Value) {
        let bytes = if body.is_null() {
            Vec::new()
        } else {
            body.to_string().into_bytes()
        };
        let response = self.call(method, target, "application/json", &bytes);
        (
            response.status,
            serde_json::from_slice(&response.body).unwrap_or_default(),
        )
    }

    fn get(&mut self, target: &str) -> (u16, Value) {
        self.json("GET", target, Value::Null)
    }

    fn form(&mut self, target: &str, pairs: &[(&str, &str)]) -> (u16, Value) {
        let pairs: Vec<(String, String)> = pairs
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect();
        let body = routemcp_sdk::sandbox::form(&pairs).into_bytes();
        let response = self.call("POST", target, "application/x-www-form-urlencoded", &body);
        (
            response.status,
            serde_json::from_slice(&response.body).unwrap_or_default(),
        )
    }

    fn wait(&self, milliseconds: u64) {
        testing::set_clock(NOW_MS + milliseconds);
    }
}

fn header<'a>(response: &'a Response, name: &str) -> Option<&'a str> {
    let found = response.headers.iter().find(|(known, _)| known == name);
    found.map(|(_, value)| value.as_str())
}

/// A target with the location in its query.
fn of_location(path: &str, name: &str) -> String {
    format!("{path}?{name}={}", ids::LOCATION)
}
