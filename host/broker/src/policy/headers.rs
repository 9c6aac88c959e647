//! Which headers a connector may send, and which of the answer it may see.

use http::header::{CONNECTION, SET_COOKIE};
use http::{HeaderMap, HeaderName, HeaderValue};

use crate::SendError;
use crate::error::shown;

/// Headers of one request.
const MAX_COUNT: usize = 64;
/// Bytes of all names and values of one request.
const MAX_BYTES: usize = 16 * 1024;

/// Hop-by-hop headers (RFC 9110 section 7.6.1 and older names still in use).
const HOP_BY_HOP: &[&str] = &[
    "connection",
    "http2-settings",
    "keep-alive",
    "proxy-connection",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
];

/// What else only the host may set: the message's frame and target, credentials, where a request comes from, and what
/// the host's HTTP client can read or says of itself.
const HOST_ONLY: &[&str] = &[
    "accept-encoding",
    "authorization",
    "content-length",
    "cookie",
    "cookie2",
    "expect",
    "forwarded",
    "host",
    "set-cookie",
    "user-agent",
    "via",
    "x-real-ip",
];

const HOST_ONLY_PREFIXES: &[&str] = &["proxy-", "sec-", "x-forwarded-"];

/// Whether a header shapes the message itself, so that not even a credential may stand in it.
pub(crate) fn is_framing(name: &HeaderName) -> bool {
    is_hop_by_hop(name) || ["content-length", "expect", "host"].contains(&name.as_str())
}

fn is_hop_by_hop(name: &HeaderName) -> bool {
    HOP_BY_HOP.contains(&name.as_str())
}

fn is_host_only(name: &HeaderName) -> bool {
    is_hop_by_hop(name)
        || HOST_ONLY.contains(&name.as_str())
        || HOST_ONLY_PREFIXES
            .iter()
            .any(|prefix| name.as_str().starts_with(prefix))
}

/// Checks a connector's headers. `reserved` is the header of the connection's credential.
pub(crate) fn check(
    pairs: &[(String, String)],
    reserved: Option<&HeaderName>,
) -> Result<HeaderMap, SendError> {
    let bytes: usize = pairs.iter().map(|(name, value)| name.len() + value.len()).sum();
    if pairs.len() > MAX_COUNT || bytes > MAX_BYTES {
        return Err(SendError::HeadersTooLarge {
            count: MAX_COUNT,
            bytes: MAX_BYTES,
        });
    }
    let mut headers = HeaderMap::with_capacity(pairs.len());
    for (name, value) in pairs {
        let malformed = |problem| SendError::HeaderMalformed {
            name: shown(name),
            problem,
        };
        let parsed: HeaderName = name
            .parse()
            .map_err(|_| malformed("a name is letters, digits and hyphens"))?;
        if is_host_only(&parsed) || reserved == Some(&parsed) {
            return Err(SendError::HeaderRefused { name: shown(name) });
        }
        let value = HeaderValue::from_bytes(value.as_bytes())
            .map_err(|_| malformed("a value must not have line breaks or control characters"))?;
        headers.append(parsed, value);
    }
    Ok(headers)
}

/// Takes out of an answer what belongs to the connection or to a cookie jar, and what `Connection` names.
pub(crate) fn strip_response(headers: &mut HeaderMap) {
    let named: Vec<HeaderName> = headers
        .get_all(CONNECTION)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .filter_map(|name| name.trim().parse().ok())
        .collect();
    let dropped: Vec<HeaderName> = headers
        .keys()
        .filter(|name| {
            **name == SET_COOKIE
                || name.as_str() == "set-cookie2"
                || is_hop_by_hop(name)
                || name.as_str().starts_with("proxy-")
                || named.contains(name)
        })
        .cloned()
        .collect();
    for name in dropped {
        headers.remove(name);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check_one(name: &str, value: &str) -> Result<HeaderMap, SendError> {
        check(
            &[(name.to_owned(), value.to_owned())],
            Some(&HeaderName::from_static("x-api-token")),
        )
    }

    #[test]
    fn headers_of_the_host_are_refused_in_any_case() {
        let refused = [
            "Host",
            "HOST",
            "authorization",
            "Proxy-Authorization",
            "proxy-anything",
            "Cookie",
            "cookie2",
            "Set-Cookie",
            "Connection",
            "Keep-Alive",
            "Content-Length",
            "Transfer-Encoding",
            "TE",
            "Trailer",
            "Upgrade",
            "HTTP2-Settings",
            "Expect",
            "Forwarded",
            "X-Forwarded-For",
            "X-Forwarded-Host",
            "x-real-ip",
            "Via",
            "User-Agent",
            "Accept-Encoding",
            "Sec-Fetch-Site",
            "X-Api-Token",
        ];
        for name in refused {
            let error = check_one(name, "x").unwrap_err();
            assert!(
                matches!(error, SendError::HeaderRefused { .. }),
                "{name}: {error}"
            );
        }
    }

    #[test]
    fn headers_that_would_break_the_message_are_refused() {
        let malformed = [
            ("", "x"),
            ("a b", "x"),
            ("a:b", "x"),
            (":path", "/"),
            ("a\r\nhost", "x"),
            ("a\0", "x"),
            ("ä", "x"),
            ("x-a", "1\r\nhost: evil"),
            ("x-a", "1\nx"),
            ("x-a", "1\rx"),
            ("x-a", "1\0"),
            ("x-a", "\u{7f}"),
        ];
        for (name, value) in malformed {
            let error = check_one(name, value).unwrap_err();
            assert!(
                matches!(error, SendError::HeaderMalformed { .. }),
                "{name:?} {value:?}: {error}"
            );
            assert!(!error.message().contains(['\r', '\n', '\0']), "{error:?}");
        }
    }

    #[test]
    fn other_headers_pass_and_may_repeat() {
        let pairs = [
            ("Accept", "application/json"),
            ("X-Tag", "a"),
            ("x-tag", "b"),
            ("If-Match", "\"1\""),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned()));
        let headers = check(&pairs, None).unwrap();
        assert_eq!(headers["accept"], "application/json");
        assert_eq!(headers.get_all("x-tag").iter().collect::<Vec<_>>(), ["a", "b"]);
    }

    #[test]
    fn number_and_size_are_capped() {
        let pairs = |count: usize, length: usize| vec![("x-a".to_owned(), "v".repeat(length)); count];
        assert!(check(&pairs(MAX_COUNT, 1), None).is_ok());
        assert!(check(&pairs(MAX_COUNT + 1, 1), None).is_err());
        assert!(check(&pairs(1, MAX_BYTES - 3), None).is_ok());
        assert!(check(&pairs(1, MAX_BYTES), None).is_err());
    }

    #[test]
    fn an_answer_loses_cookies_and_hop_by_hop_headers_only() {
        let mut headers = HeaderMap::new();
        for (name, value) in [
            ("set-cookie", "a=b"),
            ("connection", "close, X-Internal"),
            ("x-internal", "1"),
            ("keep-alive", "5"),
            ("transfer-encoding", "chunked"),
            ("proxy-authenticate", "x"),
            ("content-type", "text/plain"),
            ("retry-after", "3"),
            ("x-ratelimit-remaining", "9"),
            ("location", "/x"),
        ] {
            headers.append(name, HeaderValue::from_static(value));
        }
        strip_response(&mut headers);
        let mut kept: Vec<_> = headers.keys().map(HeaderName::as_str).collect();
        kept.sort_unstable();
        assert_eq!(
            kept,
            ["content-type", "location", "retry-after", "x-ratelimit-remaining"]
        );
    }
}
