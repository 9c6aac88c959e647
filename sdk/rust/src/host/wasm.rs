//! The contract's imports.

use crate::bindings::provider::routemcp::connector::{clock, connection, http, log as logging};
use crate::bindings::simulator::routemcp::connector::sandbox_store;
use crate::http::{Body, Request};
use crate::{Failure, Response};

/// An answer whose body is in the host.
#[derive(Debug)]
pub(crate) struct Answer(pub(crate) http::Response);

impl Answer {
    pub(crate) fn status(&self) -> u16 {
        self.0.status()
    }

    pub(crate) fn header(&self, name: &str) -> Option<String> {
        self.0.header(name)
    }

    pub(crate) fn json_at(&self, pointer: &str) -> Option<String> {
        self.0.json_at(pointer)
    }

    pub(crate) fn pluck(&self, array: &str, member: &str) -> Vec<Option<String>> {
        self.0.pluck(array, member)
    }

    pub(crate) fn text(&self) -> Option<String> {
        self.0.text()
    }
}

pub(crate) fn send(request: Request) -> Result<Response, Failure> {
    let sent = http::send(&http::Request {
        method: request.method,
        target: request.target,
        query: request.query,
        headers: request.headers,
        body: match request.body {
            Body::None => http::Body::None,
            Body::Json(text) => http::Body::Json(text),
            Body::Form(pairs) => http::Body::Form(pairs),
            Body::Bytes(bytes) => http::Body::Bytes(bytes),
        },
        repeatable: request.repeatable,
    });
    match sent {
        Ok(answer) => Ok(Response {
            answer: Answer(answer),
        }),
        Err(failure) => Err(Failure {
            kind: failure.kind,
            message: failure.message,
            status: failure.status,
            retry_after_ms: failure.retry_after_ms,
            fields: failure.fields,
        }),
    }
}

pub(crate) fn setting(name: &str) -> Option<String> {
    connection::setting(name)
}

pub(crate) fn now_ms() -> u64 {
    clock::now_ms()
}

pub(crate) fn log(level: &str, message: &str) {
    logging::write(level, message);
}

pub(crate) fn state_get(collection: &str, key: &str) -> Option<String> {
    sandbox_store::get(collection, key)
}

pub(crate) fn state_put(collection: &str, key: &str, value: &str) {
    sandbox_store::put(collection, key, value);
}

pub(crate) fn state_delete(collection: &str, key: &str) -> bool {
    sandbox_store::delete(collection, key)
}

pub(crate) fn state_scan(collection: &str, after: Option<&str>, limit: u32) -> Vec<(String, String)> {
    sandbox_store::scan(collection, after, limit)
}
