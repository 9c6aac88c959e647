//! Zoho's error bodies: `{code, details, message, status}`, at the top for requests and inside `data` for records.

use routemcp_sdk::sandbox::Response;
use serde_json::{Value, json};

/// What a handler answers.
pub(crate) type Outcome = Result<Response, ApiError>;

/// An error before it is written as Zoho writes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ApiError {
    pub(crate) status: u16,
    pub(crate) code: &'static str,
    pub(crate) message: String,
    pub(crate) details: Value,
}

impl ApiError {
    pub(crate) fn new(status: u16, code: &'static str, message: impl Into<String>, details: Value) -> Self {
        Self {
            status,
            code,
            message: message.into(),
            details,
        }
    }

    pub(crate) fn no_such_url() -> Self {
        let message = "Please check if the URL trying to access is a correct one";
        Self::new(404, "INVALID_URL_PATTERN", message, json!({}))
    }

    pub(crate) fn wrong_method() -> Self {
        let message = "The http request method type is not a valid one";
        Self::new(400, "INVALID_REQUEST_METHOD", message, json!({}))
    }

    pub(crate) fn no_such_module() -> Self {
        let message = "the module name given seems to be invalid";
        Self::new(
            400,
            "INVALID_MODULE",
            message,
            json!({ "resource_path_index": 0 }),
        )
    }

    /// For a PUT or DELETE: a GET answers 204.
    pub(crate) fn no_such_record() -> Self {
        let message = "the id given seems to be invalid";
        Self::new(400, "INVALID_DATA", message, json!({ "resource_path_index": 1 }))
    }

    pub(crate) fn missing_parameter(name: &str) -> Self {
        let message = "One of the expected parameter is missing";
        Self::new(
            400,
            "REQUIRED_PARAM_MISSING",
            message,
            json!({ "param_name": name, "resource_path_index": 0 }),
        )
    }

    pub(crate) fn bad_parameter(name: &str) -> Self {
        let message = "invalid value for the parameter";
        Self::new(
            400,
            "INVALID_DATA",
            message,
            json!({ "param_name": name, "resource_path_index": 0 }),
        )
    }

    pub(crate) fn body_expected() -> Self {
        let details = json!({ "api_name": "data", "json_path": "$.data" });
        Self::new(400, "MANDATORY_NOT_FOUND", "required field not found", details)
    }

    /// About one record of a request with several.
    pub(crate) fn of_field(code: &'static str, message: &str, name: &str, index: usize, more: Value) -> Self {
        let mut details = json!({ "api_name": name, "json_path": format!("$.data[{index}].{name}") });
        if let (Value::Object(details), Value::Object(more)) = (&mut details, more) {
            details.extend(more);
        }
        Self::new(400, code, message, details)
    }

    pub(crate) fn body(&self) -> Value {
        json!({ "code": self.code, "details": self.details, "message": self.message, "status": "error" })
    }

    /// As an error of the request.
    pub(crate) fn into_response(self) -> Response {
        Response::json(self.status, &self.body())
    }
}
