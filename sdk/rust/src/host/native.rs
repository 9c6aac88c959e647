//! A native build has no component model: these ask the host that [`crate::embedding`] supplies, or else the
//! [`crate::testing::Host`] of the current thread.

use serde_json::Value;

use crate::embedding::{self, HostAnswer};
use crate::http::Request;
use crate::{Failure, Response, testing};

/// An answer to a request.
#[derive(Debug)]
pub(crate) enum Answer {
    Test(TestAnswer),
    Host(Box<dyn HostAnswer>),
}

/// An answer that a test's host gave.
#[derive(Debug)]
pub(crate) struct TestAnswer {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
    /// None if the body is not JSON.
    pub(crate) json: Option<Value>,
}

impl Answer {
    pub(crate) fn status(&self) -> u16 {
        match self {
            Self::Test(answer) => answer.status,
            Self::Host(answer) => answer.status(),
        }
    }

    pub(crate) fn header(&self, name: &str) -> Option<String> {
        match self {
            Self::Test(answer) => answer.header(name),
            Self::Host(answer) => answer.header(name),
        }
    }

    pub(crate) fn json_at(&self, pointer: &str) -> Option<String> {
        match self {
            Self::Test(answer) => Some(answer.json.as_ref()?.pointer(pointer)?.to_string()),
            Self::Host(answer) => answer.json_at(pointer),
        }
    }

    pub(crate) fn pluck(&self, array: &str, member: &str) -> Vec<Option<String>> {
        match self {
            Self::Test(answer) => answer.pluck(array, member),
            Self::Host(answer) => answer.pluck(array, member),
        }
    }

    pub(crate) fn text(&self) -> Option<String> {
        match self {
            Self::Test(answer) => String::from_utf8(answer.body.clone()).ok(),
            Self::Host(answer) => answer.text(),
        }
    }
}

impl TestAnswer {
    fn header(&self, name: &str) -> Option<String> {
        let found = self
            .headers
            .iter()
            .find(|(known, _)| known.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.clone())
    }

    fn pluck(&self, array: &str, member: &str) -> Vec<Option<String>> {
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
}

pub(crate) fn send(request: Request) -> Result<Response, Failure> {
    match embedding::current() {
        Some(host) => host.send(request),
        None => testing::send(request),
    }
}

pub(crate) fn setting(name: &str) -> Option<String> {
    match embedding::current() {
        Some(host) => host.setting(name),
        None => testing::setting(name),
    }
}

pub(crate) fn now_ms() -> u64 {
    match embedding::current() {
        Some(_) => testing::system_clock(),
        None => testing::now_ms(),
    }
}

pub(crate) fn log(level: &str, message: &str) {
    match embedding::current() {
        Some(host) => host.log(level, message),
        None => testing::log(level, message),
    }
}
