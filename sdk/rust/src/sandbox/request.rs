//! A request as a provider sees it.

use serde_json::Value;

/// A request to a sandbox.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Request {
    /// In capitals.
    pub method: String,
    /// Percent-encoded, from the first slash, without the query.
    pub path: String,
    /// Decoded names and values in order.
    pub query: Vec<(String, String)>,
    /// Names and values in order; names in any case.
    pub headers: Vec<(String, String)>,
    /// The body's bytes.
    pub body: Vec<u8>,
}

impl Request {
    /// The decoded segments of the path. A slash at the end adds none.
    pub fn segments(&self) -> Vec<String> {
        self.path
            .split('/')
            .filter(|segment| !segment.is_empty())
            .map(decode)
            .collect()
    }

    /// The first query parameter of this name.
    pub fn parameter(&self, name: &str) -> Option<&str> {
        self.query
            .iter()
            .find(|(known, _)| known == name)
            .map(|(_, value)| value.as_str())
    }

    /// A query parameter that is a list with commas; also when it comes several times.
    pub fn list(&self, name: &str) -> Vec<&str> {
        let values = self.query.iter().filter(|(known, _)| known == name);
        let parts = values.flat_map(|(_, value)| value.split(',')).map(str::trim);
        parts.filter(|part| !part.is_empty()).collect()
    }

    /// The first header of this name, in any case.
    pub fn header(&self, name: &str) -> Option<&str> {
        let found = self
            .headers
            .iter()
            .find(|(known, _)| known.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.as_str())
    }

    /// The token of `Authorization: <scheme> <token>`; the scheme in any case.
    pub fn token(&self, scheme: &str) -> Option<&str> {
        let (given, token) = self.header("authorization")?.split_once(' ')?;
        given.eq_ignore_ascii_case(scheme).then(|| token.trim())
    }

    /// User name and password of `Authorization: Basic` (RFC 7617), as they were sent: OAuth clients percent-encode both.
    pub fn basic(&self) -> Option<(String, String)> {
        let text = String::from_utf8(super::base64::decode(self.token("Basic")?)?).ok()?;
        let (name, password) = text.split_once(':')?;
        Some((name.to_owned(), password.to_owned()))
    }

    /// The body as JSON.
    pub fn json(&self) -> Option<Value> {
        serde_json::from_slice(&self.body).ok()
    }

    /// The body as a form. Empty if it is not UTF-8.
    pub fn form(&self) -> Vec<(String, String)> {
        let text = std::str::from_utf8(&self.body).unwrap_or_default();
        let pairs = text.split('&').filter(|pair| !pair.is_empty());
        pairs
            .map(|pair| {
                let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
                (decode(&name.replace('+', " ")), decode(&value.replace('+', " ")))
            })
            .collect()
    }

    /// The first field of this name in the body's form; empty if there is none.
    pub fn field(&self, name: &str) -> String {
        let found = self.form().into_iter().find(|(known, _)| known == name);
        found.map(|(_, value)| value).unwrap_or_default()
    }

    /// Where the caller believes this to be, by the Host header, such as `http://localhost:7001`; none where that is
    /// missing or no host. `http` for the loopback only.
    pub fn origin(&self) -> Option<String> {
        let host = self.header("host")?;
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || b".:-[]".contains(&byte);
        if host.is_empty() || !host.bytes().all(plain) {
            return None;
        }
        let name = host.rsplit_once(':').map_or(host, |(name, _)| name);
        let local = name == "localhost" || name.starts_with("127.") || name == "[::1]" || host == "[::1]";
        Some(format!("{}://{host}", if local { "http" } else { "https" }))
    }

    /// About how long the URL was on the wire, in bytes, for providers that limit it.
    pub fn url_length(&self) -> usize {
        self.path.len() + 1 + form(&self.query).len()
    }
}

/// Takes percent-encoding away. A stray "%" stays as it is, and bytes that are not UTF-8 become U+FFFD.
pub fn decode(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&first, after)) = rest.split_first() {
        match (first, after) {
            (b'%', [high, low, after @ ..]) if high.is_ascii_hexdigit() && low.is_ascii_hexdigit() => {
                bytes.push(hex(*high) * 16 + hex(*low));
                rest = after;
            }
            _ => {
                bytes.push(first);
                rest = after;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

fn hex(digit: u8) -> u8 {
    match digit {
        b'0'..=b'9' => digit - b'0',
        _ => (digit | 0x20) - b'a' + 10,
    }
}

/// Pairs as application/x-www-form-urlencoded.
pub fn form(pairs: &[(String, String)]) -> String {
    let encoded: Vec<String> = pairs
        .iter()
        .map(|(name, value)| format!("{}={}", crate::http::segment(name), crate::http::segment(value)))
        .collect();
    encoded.join("&")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_taken_apart_before_it_is_decoded() {
        let request = Request {
            path: "/crm/contacts/a%2Fb%40c/".to_owned(),
            ..Request::default()
        };
        assert_eq!(request.segments(), ["crm", "contacts", "a/b@c"]);
    }

    #[test]
    fn a_form_survives_the_round_trip() {
        let pairs = vec![
            ("a b".to_owned(), "1&2=3+%".to_owned()),
            ("ü".to_owned(), String::new()),
        ];
        let request = Request {
            body: form(&pairs).into_bytes(),
            ..Request::default()
        };
        assert_eq!(request.form(), pairs);
    }

    #[test]
    fn stray_percent_signs_stay() {
        assert_eq!(decode("100%"), "100%");
        assert_eq!(decode("%zz%4"), "%zz%4");
    }

    #[test]
    fn a_token_needs_its_scheme() {
        let headers = vec![("AUTHORIZATION".to_owned(), "bearer abc".to_owned())];
        let request = Request {
            headers,
            ..Request::default()
        };
        assert_eq!(request.token("Bearer"), Some("abc"));
        assert_eq!(request.token("Zoho-oauthtoken"), None);
    }

    #[test]
    fn basic_needs_a_name_and_a_colon() {
        for (header, expected) in [
            ("Basic Yzpz", Some(("c", "s"))),
            ("basic Yzo=", Some(("c", ""))),
            ("Basic Yw==", None),
            ("Basic !", None),
            ("Bearer Yzpz", None),
        ] {
            let headers = vec![("authorization".to_owned(), header.to_owned())];
            let request = Request {
                headers,
                ..Request::default()
            };
            let expected = expected.map(|(name, password)| (name.to_owned(), password.to_owned()));
            assert_eq!(request.basic(), expected, "{header}");
        }
    }

    #[test]
    fn the_origin_is_where_the_caller_believes_this_to_be() {
        for (host, expected) in [
            ("127.0.0.1:5020", Some("http://127.0.0.1:5020")),
            ("localhost", Some("http://localhost")),
            ("[::1]:7001", Some("http://[::1]:7001")),
            ("crm.test.example:8443", Some("https://crm.test.example:8443")),
            ("evil.example/x", None),
            ("", None),
        ] {
            let headers = vec![("Host".to_owned(), host.to_owned())];
            let request = Request {
                headers,
                ..Request::default()
            };
            assert_eq!(request.origin().as_deref(), expected, "{host}");
        }
    }
}
