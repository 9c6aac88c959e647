//! Requests to the provider. The host resolves names, checks addresses, adds the credential, and retries where that is safe.

use std::fmt::Display;

use serde::Serialize;

use crate::{Failure, Response};

/// What a request carries.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Body {
    None,
    Json(String),
    Form(Vec<(String, String)>),
    Bytes(Vec<u8>),
}

/// A request that is being put together.
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use = "a request does nothing until it is sent"]
pub struct Request {
    pub(crate) method: String,
    pub(crate) target: String,
    pub(crate) query: Vec<(String, String)>,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Body,
    pub(crate) repeatable: bool,
}

/// A GET. `target` is a path below the connection's base URL, or an absolute URL on a granted host; without a query.
/// Use [`segment`] for parts that come from outside.
pub fn get(target: impl Into<String>) -> Request {
    Request::new("GET", target)
}

/// A POST; see [`get`] for `target`.
pub fn post(target: impl Into<String>) -> Request {
    Request::new("POST", target)
}

/// A PUT; see [`get`] for `target`.
pub fn put(target: impl Into<String>) -> Request {
    Request::new("PUT", target)
}

/// A PATCH; see [`get`] for `target`.
pub fn patch(target: impl Into<String>) -> Request {
    Request::new("PATCH", target)
}

/// A DELETE; see [`get`] for `target`.
pub fn delete(target: impl Into<String>) -> Request {
    Request::new("DELETE", target)
}

impl Request {
    /// A request with any method that the contract allows.
    pub fn new(method: impl Into<String>, target: impl Into<String>) -> Self {
        Self {
            method: method.into(),
            target: target.into(),
            query: Vec::new(),
            headers: Vec::new(),
            body: Body::None,
            repeatable: false,
        }
    }

    /// Adds a query parameter. The host encodes it, so a value can never become a second parameter.
    pub fn query(mut self, name: &str, value: impl Display) -> Self {
        self.query.push((name.to_owned(), value.to_string()));
        self
    }

    /// Adds a query parameter if there is a value.
    pub fn query_some(self, name: &str, value: Option<impl Display>) -> Self {
        match value {
            Some(value) => self.query(name, value),
            None => self,
        }
    }

    /// Adds a header. The host refuses those that are its own, such as Authorization.
    pub fn header(mut self, name: &str, value: impl Into<String>) -> Self {
        self.headers.push((name.to_owned(), value.into()));
        self
    }

    /// Sends a value as JSON. One that cannot be written as JSON (a map with keys that are no strings) is sent as null.
    pub fn json(mut self, value: &impl Serialize) -> Self {
        self.body = Body::Json(serde_json::to_string(value).unwrap_or_else(|_| "null".to_owned()));
        self
    }

    /// Sends a form.
    pub fn form<N: Into<String>, V: Into<String>>(mut self, pairs: impl IntoIterator<Item = (N, V)>) -> Self {
        self.body = Body::Form(
            pairs
                .into_iter()
                .map(|(name, value)| (name.into(), value.into()))
                .collect(),
        );
        self
    }

    /// Sends bytes as they are. Set their Content-Type with [`Request::header`].
    pub fn bytes(mut self, bytes: Vec<u8>) -> Self {
        self.body = Body::Bytes(bytes);
        self
    }

    /// Says that sending this twice does no harm though its method says otherwise (a search by POST). Lets the host retry.
    pub fn repeatable(mut self) -> Self {
        self.repeatable = true;
        self
    }

    /// Sends it. Any HTTP status is an answer.
    ///
    /// # Errors
    /// `unavailable` or `timeout` when no answer came, `refused` when the host's policy said no.
    pub fn send(self) -> Result<Response, Failure> {
        crate::host::send(self)
    }
}

/// Percent-encodes text for one segment of a path, so that it cannot become two segments or a query.
pub fn segment(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'~' => encoded.push(char::from(byte)),
            // A lone "." or ".." would be taken for a step in the path; elsewhere a dot is harmless.
            b'.' if text != "." && text != ".." => encoded.push('.'),
            _ => encoded.push_str(&format!("%{byte:02X}")),
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_segment_cannot_leave_its_place_in_the_path() {
        assert_eq!(segment("mara@example.com"), "mara%40example.com");
        assert_eq!(segment("a/../b?c#d"), "a%2F..%2Fb%3Fc%23d");
        assert_eq!(segment(".."), "%2E%2E");
        assert_eq!(segment("Zoë"), "Zo%C3%AB");
    }

    #[test]
    fn absent_query_values_add_nothing() {
        let request = get("/x").query("limit", 5).query_some("after", None::<&str>);
        assert_eq!(request.query, [("limit".to_owned(), "5".to_owned())]);
    }
}
