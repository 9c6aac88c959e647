//! What a connector asked for, before any check.

use bytes::Bytes;
use url::form_urlencoded;

/// A request as the guest wrote it. Nothing in it is trusted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// GET, HEAD, POST, PUT, PATCH or DELETE, in capitals.
    pub method: String,
    /// A path below the base URL, starting with `/`, or an absolute URL on a granted host. Without query or fragment.
    pub target: String,
    /// Names and values of the query, not encoded yet.
    pub query: Vec<(String, String)>,
    /// Names and values of headers. Those that belong to the host are refused.
    pub headers: Vec<(String, String)>,
    /// What to send.
    pub body: Body,
    /// True when sending this twice does no harm though its method says otherwise, such as a search by POST.
    pub repeatable: bool,
}

/// The body of a [`Request`]. It decides the Content-Type unless the request names one itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Body {
    /// No body and no Content-Type.
    None,
    /// JSON text, sent as it is: `application/json`.
    Json(String),
    /// Names and values of a form: `application/x-www-form-urlencoded`.
    Form(Vec<(String, String)>),
    /// Anything else: `application/octet-stream`.
    Bytes(Vec<u8>),
}

impl Body {
    /// The bytes to send, and the Content-Type that fits them.
    pub(crate) fn encode(self) -> (Bytes, Option<&'static str>) {
        match self {
            Self::None => (Bytes::new(), None),
            Self::Json(text) => (text.into(), Some("application/json")),
            Self::Form(pairs) => {
                let text = form_urlencoded::Serializer::new(String::new())
                    .extend_pairs(pairs)
                    .finish();
                (text.into(), Some("application/x-www-form-urlencoded"))
            }
            Self::Bytes(bytes) => (bytes.into(), Some("application/octet-stream")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_value_never_becomes_a_second_field() {
        let form = Body::Form(vec![("name".into(), "a&admin=1 ü".into())]);
        let (bytes, content_type) = form.encode();
        assert_eq!(bytes, "name=a%26admin%3D1+%C3%BC");
        assert_eq!(content_type, Some("application/x-www-form-urlencoded"));
    }

    #[test]
    fn no_body_has_no_content_type() {
        assert_eq!(Body::None.encode(), (Bytes::new(), None));
    }
}
