//! Pipedrive's error bodies.

use routemcp_sdk::sandbox::Response;
use serde_json::{Value, json};

use crate::sandbox::schema::Type;

/// What a handler answers.
pub(crate) type Outcome = Result<Response, ApiError>;

/// An error as Pipedrive writes it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct ApiError {
    status: u16,
    body: Value,
    headers: Vec<(String, String)>,
}

impl ApiError {
    pub(crate) fn new(status: u16, body: Value) -> Self {
        Self {
            status,
            body,
            headers: Vec::new(),
        }
    }

    pub(crate) fn with_headers(mut self, headers: Vec<(String, String)>) -> Self {
        self.headers = headers;
        self
    }

    /// One body for a wrong and for an expired token.
    pub(crate) fn unauthorized() -> Self {
        Self::new(
            401,
            json!({ "success": false, "error": "unauthorized access", "errorCode": 401 }),
        )
    }

    pub(crate) fn unknown_method() -> Self {
        Self::new(404, json!({ "success": false, "error": "Unknown method ." }))
    }

    pub(crate) fn wrong_method() -> Self {
        Self::new(
            405,
            json!({ "success": false, "error": "Method not allowed", "code": "ERR_METHOD_NOT_ALLOWED" }),
        )
    }

    /// The wording is not documented; the status is.
    pub(crate) fn removed() -> Self {
        let error = "This endpoint has been removed. Use its successor in the API v2.";
        Self::new(410, json!({ "success": false, "error": error, "errorCode": 410 }))
    }

    /// The wording is not documented.
    pub(crate) fn no_such_record(of: Type) -> Self {
        let error = format!("{} not found", of.singular());
        Self::new(
            404,
            json!({ "success": false, "error": error, "code": "ERR_NOT_FOUND" }),
        )
    }

    pub(crate) fn no_such_lead() -> Self {
        let info = "Object was not found.";
        Self::new(
            404,
            json!({ "success": false, "error": "requested lead not found", "error_info": info, "data": null,
                    "additional_data": null }),
        )
    }

    pub(crate) fn no_such_user() -> Self {
        Self::new(
            404,
            json!({ "success": false, "error": "User not found or not accessible." }),
        )
    }

    /// Everything that is wrong with a request to the API v2, in one text.
    pub(crate) fn invalid(wrong: &[Wrong]) -> Self {
        let error = format!("Validation failed: {}", list(wrong));
        Self::new(
            400,
            json!({ "success": false, "error": error, "code": "ERR_SCHEMA_VALIDATION_FAILED" }),
        )
    }

    /// The same for the API v1. Its wording is not documented.
    pub(crate) fn invalid_v1(wrong: &[Wrong]) -> Self {
        let info = "Please check developers.pipedrive.com for more information about Pipedrive API.";
        Self::new(
            400,
            json!({ "success": false, "error": list(wrong), "error_info": info, "data": null, "additional_data": null }),
        )
    }

    pub(crate) fn into_response(self) -> Response {
        let mut response = Response::json(self.status, &self.body);
        response.headers.extend(self.headers);
        response
    }
}

/// One thing that is wrong with a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Wrong {
    pub(crate) place: String,
    pub(crate) why: String,
}

impl Wrong {
    pub(crate) fn new(place: impl Into<String>, why: impl Into<String>) -> Self {
        Self {
            place: place.into(),
            why: why.into(),
        }
    }

    pub(crate) fn not_allowed(place: &str) -> Self {
        let name = place.rsplit('.').next().unwrap_or(place);
        Self::new(
            place,
            format!("Parameter '{name}' is not allowed for this request"),
        )
    }
}

fn list(wrong: &[Wrong]) -> String {
    let parts: Vec<String> = wrong
        .iter()
        .map(|wrong| format!("{}: {}", wrong.place, wrong.why))
        .collect();
    parts.join("; ")
}
