//! HubSpot's error bodies.

use routemcp_sdk::sandbox::Response;
use serde_json::{Value, json};

use crate::sandbox::Call;

/// What a handler answers.
pub(crate) type Outcome = Result<Response, ApiError>;

/// An error before it is written as HubSpot writes it.
#[derive(Debug, Clone, Default)]
pub(crate) struct ApiError {
    pub(crate) status: u16,
    pub(crate) message: String,
    pub(crate) category: Option<&'static str>,
    pub(crate) errors: Vec<Value>,
    /// Members of the body besides those above.
    pub(crate) more: Vec<(&'static str, Value)>,
    pub(crate) headers: Vec<(String, String)>,
}

impl ApiError {
    pub(crate) fn new(status: u16, category: &'static str, message: impl Into<String>) -> Self {
        Self {
            status,
            message: message.into(),
            category: Some(category),
            ..Self::default()
        }
    }

    pub(crate) fn validation(message: impl Into<String>) -> Self {
        Self::new(400, "VALIDATION_ERROR", message)
    }

    pub(crate) fn conflict(existing_id: u64) -> Self {
        Self::new(
            409,
            "CONFLICT",
            format!("Contact already exists. Existing ID: {existing_id}"),
        )
    }

    /// A path or record that is not there and about which HubSpot says no more.
    pub(crate) fn no_such_path() -> Self {
        Self {
            status: 404,
            message: "resource not found".to_owned(),
            ..Self::default()
        }
    }

    pub(crate) fn no_such_record(id: &str) -> Self {
        Self::new(
            404,
            "OBJECT_NOT_FOUND",
            format!("Object not found. objectId are usually numeric. [{id}]"),
        )
    }

    pub(crate) fn unknown_type(name: &str) -> Self {
        Self::validation(format!("Unable to infer object type from: {name}"))
    }

    pub(crate) fn body_expected() -> Self {
        Self::validation(
            "Invalid input JSON on line 1, column 1: the body is not the JSON that this endpoint expects",
        )
    }

    /// Values that a write may not have. HubSpot repeats them as a list in the message.
    pub(crate) fn properties(wrong: &[Wrong]) -> Self {
        let list: Vec<Value> = wrong.iter().map(Wrong::in_message).collect();
        let message = format!("Property values were not valid: {}", Value::Array(list));
        let errors = wrong.iter().map(Wrong::in_errors).collect();
        Self {
            errors,
            ..Self::validation(message)
        }
    }

    pub(crate) fn into_response(self, call: &mut Call<'_>) -> Response {
        let mut body =
            json!({ "status": "error", "message": self.message, "correlationId": correlation_id(call) });
        if let Value::Object(body) = &mut body {
            if let Some(category) = self.category {
                body.insert("category".to_owned(), category.into());
            }
            if !self.errors.is_empty() {
                body.insert("errors".to_owned(), self.errors.into());
            }
            body.extend(
                self.more
                    .into_iter()
                    .map(|(name, value)| (name.to_owned(), value)),
            );
        }
        let mut response = Response::json(self.status, &body);
        response.headers.extend(self.headers);
        response
    }
}

/// One value that a write may not have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Wrong {
    pub(crate) name: String,
    pub(crate) code: &'static str,
    pub(crate) message: String,
}

impl Wrong {
    fn in_message(&self) -> Value {
        json!({ "isValid": false, "message": self.message, "error": self.code, "name": self.name,
                "localizedErrorMessage": self.message })
    }

    fn in_errors(&self) -> Value {
        json!({ "message": self.message, "code": self.code, "context": { "propertyName": [self.name] } })
    }
}

/// Shaped like a random UUID. It only has to differ from call to call.
fn correlation_id(call: &mut Call<'_>) -> String {
    let number = call.state.count("correlation", 1);
    // Constants of splitmix64, to spread neighbouring numbers.
    let mut mixed = number.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ call.now_ms;
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let (high, low) = (mixed >> 32, mixed & 0xffff_ffff);
    format!(
        "{high:08x}-{:04x}-4{:03x}-9{:03x}-{low:08x}{:04x}",
        low >> 16,
        low & 0xfff,
        high & 0xfff,
        number & 0xffff
    )
}
