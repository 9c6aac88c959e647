//! The pure part of sending: a guest's request becomes a checked one, or a refusal.

use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{HeaderMap, HeaderValue, Method};
use url::Url;

use crate::error::shown;
use crate::policy::{headers, target};
use crate::{Body, Grant, Placement, Request, SendError};

/// A request that policy lets out. It carries no credential yet.
#[derive(Debug)]
pub struct Checked {
    pub(crate) method: Method,
    pub(crate) url: Url,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
    /// It only reads: GET, HEAD, and what says that it can be repeated. Anything else may change something.
    pub(crate) repeatable: bool,
    pub(crate) private_origin: bool,
}

/// Checks method, target, allow list, query and headers, in this order.
pub(crate) fn check(
    grant: &Grant,
    placement: Option<&Placement>,
    request: Request,
) -> Result<Checked, SendError> {
    let method = check_method(&request.method)?;
    let destination = grant.resolve(&request.target)?;
    let mut url = destination.url;
    append_query(&mut url, &request.query, placement)?;
    let reserved = match placement {
        Some(Placement::Header { name, .. }) => Some(name),
        Some(Placement::Query { .. }) | None => None,
    };
    let mut headers = headers::check(&request.headers, reserved)?;
    if request.body != Body::None && matches!(method, Method::GET | Method::HEAD) {
        return Err(SendError::BodyNotAllowed {
            method: method.to_string(),
        });
    }
    let (body, content_type) = request.body.encode();
    if let Some(content_type) = content_type {
        headers
            .entry(CONTENT_TYPE)
            .or_insert(HeaderValue::from_static(content_type));
    }
    // A PUT or DELETE that arrived twice could undo what somebody else did between the two.
    let repeatable = request.repeatable || method.is_safe();
    Ok(Checked {
        method,
        url,
        headers,
        body,
        repeatable,
        private_origin: destination.private_origin,
    })
}

fn check_method(method: &str) -> Result<Method, SendError> {
    [
        Method::GET,
        Method::HEAD,
        Method::POST,
        Method::PUT,
        Method::PATCH,
        Method::DELETE,
    ]
    .into_iter()
    .find(|known| known.as_str() == method)
    .ok_or_else(|| SendError::BadMethod {
        method: shown(method),
    })
}

fn append_query(
    url: &mut Url,
    query: &[(String, String)],
    placement: Option<&Placement>,
) -> Result<(), SendError> {
    if let Some(Placement::Query { name }) = placement
        && query.iter().any(|(asked, _)| asked.eq_ignore_ascii_case(name))
    {
        return Err(SendError::ParameterRefused { name: shown(name) });
    }
    // Encoding makes it longer still.
    let bytes = query.iter().map(|(name, value)| name.len() + value.len());
    if bytes.sum::<usize>() > target::MAX_URL_BYTES {
        return Err(too_long(url));
    }
    target::append_query(
        url,
        query.iter().map(|(name, value)| (name.as_str(), value.as_str())),
    );
    if url.as_str().len() > target::MAX_URL_BYTES {
        return Err(too_long(url));
    }
    Ok(())
}

fn too_long(url: &Url) -> SendError {
    SendError::BadTarget {
        target: shown(url.path()),
        problem: "with its query it is too long (16384 bytes at most): ask for less, or use a body",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(method: &str, body: Body) -> Request {
        Request {
            method: method.into(),
            target: "/x".into(),
            query: Vec::new(),
            headers: Vec::new(),
            body,
            repeatable: false,
        }
    }

    fn checked(request: Request, placement: Option<&Placement>) -> Result<Checked, SendError> {
        check(
            &Grant::new("https://api.example.com", &[]).unwrap(),
            placement,
            request,
        )
    }

    #[test]
    fn six_methods_in_capitals_pass_and_know_whether_they_can_be_repeated() {
        let cases = [
            ("GET", true),
            ("HEAD", true),
            ("PUT", false),
            ("DELETE", false),
            ("POST", false),
            ("PATCH", false),
        ];
        for (method, repeatable) in cases {
            assert_eq!(
                checked(request(method, Body::None), None).unwrap().repeatable,
                repeatable,
                "{method}"
            );
        }
        for method in ["get", "TRACE", "CONNECT", "OPTIONS", "", "GET /", "G\r\nT"] {
            let error = checked(request(method, Body::None), None).unwrap_err();
            assert!(matches!(error, SendError::BadMethod { .. }), "{method:?}");
        }
    }

    #[test]
    fn a_search_by_post_can_be_repeated_when_it_says_so() {
        let search = Request {
            repeatable: true,
            ..request("POST", Body::Json("{}".into()))
        };
        assert!(checked(search, None).unwrap().repeatable);
    }

    #[test]
    fn the_body_sets_the_content_type_unless_the_request_names_one() {
        let json = checked(request("POST", Body::Json("{}".into())), None).unwrap();
        assert_eq!(json.headers[CONTENT_TYPE], "application/json");
        let mut vendor = request("POST", Body::Json("{}".into()));
        vendor
            .headers
            .push(("Content-Type".into(), "application/vnd.api+json".into()));
        assert_eq!(
            checked(vendor, None).unwrap().headers[CONTENT_TYPE],
            "application/vnd.api+json"
        );
        assert!(
            checked(request("POST", Body::None), None)
                .unwrap()
                .headers
                .is_empty()
        );
    }

    #[test]
    fn a_body_on_get_is_refused() {
        let error = checked(request("GET", Body::Json("{}".into())), None).unwrap_err();
        assert_eq!(error, SendError::BodyNotAllowed { method: "GET".into() });
    }

    #[test]
    fn the_credentials_own_parameter_is_refused() {
        let placement = Placement::from_query("api_token").unwrap();
        let mut smuggled = request("GET", Body::None);
        smuggled.query.push(("API_TOKEN".into(), "mine".into()));
        let error = checked(smuggled, Some(&placement)).unwrap_err();
        assert_eq!(
            error,
            SendError::ParameterRefused {
                name: "api_token".into()
            }
        );
    }

    #[test]
    fn a_query_that_makes_the_url_too_long_is_refused_without_showing_it() {
        let mut long = request("GET", Body::None);
        long.query.push(("q".into(), "v".repeat(target::MAX_URL_BYTES)));
        let error = checked(long, None).unwrap_err();
        assert!(
            matches!(&error, SendError::BadTarget { target, .. } if target == "/x"),
            "{error}"
        );
    }
}
