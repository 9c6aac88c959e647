//! A native build has no host: these ask the [`crate::testing::Host`] of the current thread.

use serde_json::Value;

use crate::http::Request;
use crate::{Failure, Response, testing};

/// An answer that a test's host gave.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
    /// None if the body is not JSON.
    pub(crate) json: Option<Value>,
}

impl Answer {
    pub(crate) fn status(&self) -> u16 {
        self.status
    }

    pub(crate) fn header(&self, name: &str) -> Option<String> {
        let found = self
            .headers
            .iter()
            .find(|(known, _)| known.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.clone())
    }

    pub(crate) fn json_at(&self, pointer: &str) -> Option<String> {
        Some(self.json.as_ref()?.pointer(pointer)?.to_string())
    }

    pub(crate) fn pluck(&self, array: &str, member: &str) -> Vec<Option<String>> {
        let elements = self
            .json
            .as_ref()
            .and_then(|json| json.pointer(array))
            .and_then(Value::as_array);
        let elements = elements.map(Vec::as_slice).unwrap_or_default();
        elements
            .iter()
            .map(|element| Some(element.pointer(member)?.to_string()))
            .collect()
    }

    pub(crate) fn text(&self) -> Option<String> {
        String::from_utf8(self.body.clone()).ok()
    }
}

pub(crate) fn send(request: Request) -> Result<Response, Failure> {
    testing::send(request)
}

pub(crate) fn setting(name: &str) -> Option<String> {
    testing::setting(name)
}

pub(crate) fn now_ms() -> u64 {
    testing::now_ms()
}

pub(crate) fn log(level: &str, message: &str) {
    testing::log(level, message);
}
