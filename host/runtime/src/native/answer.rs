//! Answers as a native connector sees them, and requests as the broker does.

use routemcp_broker::{Body, Request, Response, SendError};
use routemcp_sdk::Failure;
use routemcp_sdk::embedding::{HostAnswer, RequestBody, RequestParts};
use routemcp_unified::json::{Budget, Document};

use crate::imports::{self, TooManyValues};

/// An answer of the provider, parsed.
#[derive(Debug)]
pub(super) struct Stored {
    response: Response,
    json: Option<Document>,
}

impl Stored {
    pub(super) fn new(response: Response, budget: &mut Budget) -> Result<Self, TooManyValues> {
        let json = imports::parse(budget, &response.body)?;
        Ok(Self { response, json })
    }

    pub(super) fn into_json(self) -> Option<Document> {
        self.json
    }
}

impl HostAnswer for Stored {
    fn status(&self) -> u16 {
        self.response.status
    }

    fn header(&self, name: &str) -> Option<String> {
        let value = self.response.headers.get(name)?;
        Some(String::from_utf8_lossy(value.as_bytes()).into_owned())
    }

    fn json_at(&self, pointer: &str) -> Option<String> {
        Some(self.json.as_ref()?.at(pointer)?.to_string())
    }

    fn pluck(&self, array: &str, member: &str) -> Vec<Option<String>> {
        let json = self.json.as_ref();
        json.map(|json| imports::plucked(json, array, member))
            .unwrap_or_default()
    }

    fn text(&self) -> Option<String> {
        std::str::from_utf8(&self.response.body).ok().map(str::to_owned)
    }
}

pub(super) fn request(parts: RequestParts) -> Request {
    Request {
        method: parts.method,
        target: parts.target,
        query: parts.query,
        headers: parts.headers,
        body: match parts.body {
            RequestBody::None => Body::None,
            RequestBody::Json(text) => Body::Json(text),
            RequestBody::Form(pairs) => Body::Form(pairs),
            RequestBody::Bytes(bytes) => Body::Bytes(bytes),
        },
        repeatable: parts.repeatable,
    }
}

pub(super) fn failure(error: &SendError) -> Failure {
    let retry_after = error.retry_after();
    Failure {
        kind: error.kind().to_owned(),
        message: error.to_string(),
        status: None,
        retry_after_ms: retry_after.and_then(|wait| u64::try_from(wait.as_millis()).ok()),
        fields: Vec::new(),
    }
}
