//! One request of a connector and what it was answered, and what may be wrong with them.

use http::{HeaderMap, StatusCode};
use serde_json::Value;

/// A request and its answer, as they passed the recorder.
#[derive(Clone, Debug)]
pub(crate) struct Exchange {
    /// In upper case.
    pub(crate) method: String,
    /// Encoded, with the leading slash.
    pub(crate) path: String,
    /// Decoded pairs in their order.
    pub(crate) query: Vec<(String, String)>,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
    pub(crate) status: StatusCode,
    pub(crate) answer_headers: HeaderMap,
    pub(crate) answer: Vec<u8>,
}

/// Something that does not fit the description.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Fault {
    /// Which part: `request query limit`, `request body /properties/email`, `response 200 /results/*/id`.
    pub(crate) at: String,
    /// What is wrong with it.
    pub(crate) what: String,
}

impl Fault {
    pub(crate) fn new(at: impl Into<String>, what: impl Into<String>) -> Self {
        Self {
            at: at.into(),
            what: what.into(),
        }
    }

    /// The same fault inside a larger part.
    pub(crate) fn within(self, part: &str) -> Self {
        Self {
            at: format!("{part} {}", self.at).trim_end().to_owned(),
            ..self
        }
    }
}

impl Exchange {
    /// A media type without its parameters, in lower case; empty if there is none.
    pub(crate) fn media_type(headers: &HeaderMap) -> String {
        let value = headers.get(http::header::CONTENT_TYPE);
        let text = value.and_then(|value| value.to_str().ok()).unwrap_or_default();
        text.split(';').next().unwrap_or_default().trim().to_lowercase()
    }

    /// Method, path, query and status, for people.
    pub(crate) fn summary(&self) -> String {
        let query = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs(&self.query)
            .finish();
        let mark = if query.is_empty() { "" } else { "?" };
        let request = format!("{} {}{mark}{query}", self.method, self.path);
        let cut: String = request.chars().take(160).collect();
        format!("{cut} -> {}", self.status.as_u16())
    }
}

/// Reads a body of a media type: JSON as it is, a form as an object of texts, anything else not at all.
pub(crate) fn read_body(media_type: &str, body: &[u8]) -> Result<Value, String> {
    if media_type == "application/x-www-form-urlencoded" {
        let pairs = url::form_urlencoded::parse(body).into_owned();
        return Ok(pairs.map(|(name, value)| (name, Value::String(value))).collect());
    }
    if media_type == "application/json" || media_type.ends_with("+json") {
        return serde_json::from_slice(body).map_err(|error| format!("is not JSON: {error}"));
    }
    Err(format!(
        "has the media type `{media_type}`, which is not looked into"
    ))
}
