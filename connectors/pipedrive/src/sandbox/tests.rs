//! Pipedrive's wire format, as Pipedrive's own client expects it.

mod oauth;
mod v1;
mod v2;

use routemcp_sdk::Sandbox;
use routemcp_sdk::sandbox::{MemoryState, Request, Response};
use routemcp_sdk::testing::{self, Host};
use serde_json::{Value, json};

use crate::sandbox::PipedriveSandbox;
use crate::sandbox::auth::STATIC_TOKEN;

const NOW_MS: u64 = 1_790_000_000_250;

/// A sandbox with its state, and what every request to it carries.
struct Simulator {
    state: MemoryState,
    headers: Vec<(String, String)>,
}

impl Simulator {
    fn new() -> Self {
        Host::new().clock(NOW_MS).install();
        Self {
            state: MemoryState::default(),
            headers: vec![("X-Api-Token".to_owned(), STATIC_TOKEN.to_owned())],
        }
    }

    fn header(&mut self, name: &str, value: &str) {
        self.headers = vec![(name.to_owned(), value.to_owned())];
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
            headers: self.headers.clone(),
            body: body.to_vec(),
        };
        PipedriveSandbox::handle(&request, &mut self.state)
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
}

fn header<'a>(response: &'a Response, name: &str) -> Option<&'a str> {
    let found = response.headers.iter().find(|(known, _)| known == name);
    found.map(|(_, value)| value.as_str())
}

fn ids(body: &Value) -> Vec<u64> {
    body["data"]
        .as_array()
        .unwrap()
        .iter()
        .map(|record| record["id"].as_u64().unwrap())
        .collect()
}
