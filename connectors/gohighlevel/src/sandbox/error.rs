//! HighLevel's error bodies.

use routemcp_sdk::sandbox::{Request, Response};
use serde_json::{Value, json};

use crate::sandbox::{Call, control};

/// What a handler answers.
pub(crate) type Outcome = Result<Response, ApiError>;

/// An error before it is written as HighLevel writes it.
#[derive(Debug, Clone, Default)]
pub(crate) struct ApiError {
    status: u16,
    messages: Vec<String>,
    /// Whether the message is a list even if it has one element.
    is_list: bool,
    /// Members of the body besides those that every error has.
    more: Vec<(&'static str, Value)>,
    headers: Vec<(String, String)>,
    /// A missing record: its status can be switched.
    missing: bool,
}

impl ApiError {
    pub(crate) fn new(status: u16, message: impl Into<String>) -> Self {
        Self {
            status,
            messages: vec![message.into()],
            ..Self::default()
        }
    }

    pub(crate) fn unauthorized(message: &str) -> Self {
        Self::new(401, message)
    }

    pub(crate) fn validation(messages: Vec<String>) -> Self {
        Self {
            status: 422,
            messages,
            is_list: true,
            ..Self::default()
        }
    }

    /// The documentation says 400; a 404 is plausible, so there is a switch (see `control`).
    pub(crate) fn missing(what: &str, id: &str) -> Self {
        Self {
            missing: true,
            ..Self::new(400, format!("{what} not found for id: {id}"))
        }
    }

    pub(crate) fn no_such_path(request: &Request) -> Self {
        Self::new(404, format!("Cannot {} {}", request.method, request.path))
    }

    pub(crate) fn with(mut self, name: &'static str, value: impl Into<Value>) -> Self {
        self.more.push((name, value.into()));
        self
    }

    pub(crate) fn header(mut self, name: &str, value: impl ToString) -> Self {
        self.headers.push((name.to_owned(), value.to_string()));
        self
    }

    pub(crate) fn into_response(self, call: &mut Call<'_>) -> Response {
        let status = if self.missing {
            control::missing_status(call.state)
        } else {
            self.status
        };
        let message: Value = match self.messages.as_slice() {
            [one] if !self.is_list => one.as_str().into(),
            all => all.into(),
        };
        let mut body = json!({ "statusCode": status, "message": message });
        let trace_id = call.trace_id();
        if let Value::Object(members) = &mut body {
            if let Some(name) = name_of(status) {
                members.insert("error".to_owned(), name.into());
            }
            members.extend(
                self.more
                    .into_iter()
                    .map(|(name, value)| (name.to_owned(), value)),
            );
            members.insert("traceId".to_owned(), trace_id.into());
        }
        let mut response = Response::json(status, &body);
        response.headers.extend(self.headers);
        response
    }
}

fn name_of(status: u16) -> Option<&'static str> {
    match status {
        400 => Some("Bad Request"),
        401 => Some("Unauthorized"),
        403 => Some("Forbidden"),
        404 => Some("Not Found"),
        422 => Some("Unprocessable Entity"),
        _ => None,
    }
}
