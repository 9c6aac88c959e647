//! `http`: hands a connector's requests to the broker and keeps the answers' bodies in the host.

use routemcp_broker::{Body, Request, Response, SendError};
use routemcp_unified::json::{Budget, Document, JsonError};
use routemcp_unified::mapping::FieldPath;
use wasmtime::component::Resource;

use crate::bindings::routemcp::connector::http::{
    Body as GuestBody, Host, HostResponse, Request as GuestRequest,
};
use crate::bindings::routemcp::connector::types::Failure as GuestFailure;
use crate::state::CallState;

/// How many failures of one call are logged.
const FAILURES_LOGGED: u32 = 20;

/// An answer of the provider. Its body is parsed at most once, when first looked into.
#[expect(unreachable_pub, reason = "generated code re-exports it, in a private module")]
pub struct StoredResponse {
    response: Response,
    parsed: Option<Parsed>,
}

/// None inside: the body is not JSON.
type Parsed = Option<Document>;

/// The call had more JSON parsed than it may hold.
#[derive(Debug, thiserror::Error)]
#[error("too many JSON values")]
pub(crate) struct TooManyValues;

impl StoredResponse {
    pub(crate) fn new(response: Response) -> Self {
        Self {
            response,
            parsed: None,
        }
    }

    fn json(&mut self, budget: &mut Budget) -> Result<Option<&Document>, TooManyValues> {
        if self.parsed.is_none() {
            self.parsed = Some(parse(budget, &self.response.body)?);
        }
        Ok(self.parsed.as_ref().and_then(Option::as_ref))
    }

    /// Gives up the parsed body; none when it is not JSON.
    pub(crate) fn into_json(self, budget: &mut Budget) -> Result<Option<Document>, TooManyValues> {
        match self.parsed {
            Some(parsed) => Ok(parsed),
            None => parse(budget, &self.response.body),
        }
    }
}

/// The JSON of a body; none when it is not JSON.
pub(crate) fn parse(budget: &mut Budget, body: &[u8]) -> Result<Option<Document>, TooManyValues> {
    match budget.document(body) {
        Ok(document) => Ok(Some(document)),
        Err(JsonError::Unreadable(_) | JsonError::PrivateName) => Ok(None),
        Err(JsonError::TooManyValues { .. }) => Err(TooManyValues),
    }
}

/// A member of each element of a list, as JSON.
pub(crate) fn plucked(json: &Document, array: &str, member: &str) -> Vec<Option<String>> {
    let (Some(list), Ok(member)) = (json.at(array), FieldPath::from_root(member)) else {
        return Vec::new();
    };
    list.elements()
        .map(|element| member.find(element).map(|node| node.to_string()))
        .collect()
}

impl CallState {
    fn json_of(&mut self, response: &Resource<StoredResponse>) -> wasmtime::Result<Option<&Document>> {
        let stored = self.table.get_mut(response)?;
        stored.json(&mut self.json).map_err(wasmtime::Error::new)
    }

    /// Says which version of a connector was refused what. A call repeats itself, so only its first failures are told.
    fn log_failure(&mut self, error: &SendError) {
        if self.failures_logged >= FAILURES_LOGGED {
            return;
        }
        self.failures_logged += 1;
        let (connector, digest) = (&*self.label.slug, &*self.label.digest);
        tracing::warn!(connector, digest, kind = error.kind(), %error, "request failed");
    }
}

impl Host for CallState {
    async fn send(
        &mut self,
        request: GuestRequest,
    ) -> wasmtime::Result<Result<Resource<StoredResponse>, GuestFailure>> {
        // Checking is work that the guest makes, so it counts as the guest's; sending is not.
        let sent = match self.session.check(into_request(request)) {
            Ok(checked) => {
                self.cpu.pause();
                let sent = self.session.send_checked(&checked).await;
                self.cpu.resume();
                sent
            }
            Err(error) => Err(error),
        };
        match sent {
            Ok(response) => Ok(Ok(self.table.push(StoredResponse::new(response))?)),
            Err(error) => {
                self.log_failure(&error);
                Ok(Err(into_failure(&error)))
            }
        }
    }
}

impl HostResponse for CallState {
    fn status(&mut self, response: Resource<StoredResponse>) -> wasmtime::Result<u16> {
        Ok(self.table.get(&response)?.response.status)
    }

    fn header(
        &mut self,
        response: Resource<StoredResponse>,
        name: String,
    ) -> wasmtime::Result<Option<String>> {
        let headers = &self.table.get(&response)?.response.headers;
        Ok(headers
            .get(&name)
            .map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned()))
    }

    fn json_at(
        &mut self,
        response: Resource<StoredResponse>,
        pointer: String,
    ) -> wasmtime::Result<Option<String>> {
        let json = self.json_of(&response)?;
        Ok(json
            .and_then(|json| json.at(&pointer))
            .map(|node| node.to_string()))
    }

    fn pluck(
        &mut self,
        response: Resource<StoredResponse>,
        array: String,
        member: String,
    ) -> wasmtime::Result<Vec<Option<String>>> {
        Ok(self
            .json_of(&response)?
            .map(|json| plucked(json, &array, &member))
            .unwrap_or_default())
    }

    fn text(&mut self, response: Resource<StoredResponse>) -> wasmtime::Result<Option<String>> {
        Ok(std::str::from_utf8(&self.table.get(&response)?.response.body)
            .ok()
            .map(str::to_owned))
    }

    fn drop(&mut self, response: Resource<StoredResponse>) -> wasmtime::Result<()> {
        self.table.delete(response)?;
        Ok(())
    }
}

fn into_request(request: GuestRequest) -> Request {
    Request {
        method: request.method,
        target: request.target,
        query: request.query,
        headers: request.headers,
        body: match request.body {
            GuestBody::None => Body::None,
            GuestBody::Json(text) => Body::Json(text),
            GuestBody::Form(pairs) => Body::Form(pairs),
            GuestBody::Bytes(bytes) => Body::Bytes(bytes),
        },
        repeatable: request.repeatable,
    }
}

fn into_failure(error: &SendError) -> GuestFailure {
    let retry_after = error
        .retry_after()
        .and_then(|wait| u64::try_from(wait.as_millis()).ok());
    GuestFailure {
        kind: error.kind().to_owned(),
        message: error.to_string(),
        status: None,
        retry_after_ms: retry_after,
        fields: Vec::new(),
    }
}
