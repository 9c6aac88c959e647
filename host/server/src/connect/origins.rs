//! Which pages may hold the widget: pure.
//!
//! An organisation lists origins, `https://app.example.com` or `http://localhost:*` (any port). Nothing else may frame the
//! widget's page or talk to it.

use url::{Host, Url};

/// Why a text is not an allowed origin.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum OriginError {
    #[error("must be an origin such as https://app.example.com or http://localhost:*")]
    Form,
    #[error("must use https; http is for localhost only")]
    Insecure,
}

const ANY_PORT: &str = ":*";

/// An entry in normal form.
pub(crate) fn parse(text: &str) -> Result<String, OriginError> {
    let (origin, any_port) = match text.strip_suffix(ANY_PORT) {
        Some(origin) => (origin, true),
        None => (text, false),
    };
    let url = Url::parse(origin).map_err(|_| OriginError::Form)?;
    let bare = url.path() == "/" && url.query().is_none() && url.fragment().is_none();
    let plain = bare && url.username().is_empty() && url.password().is_none() && !origin.ends_with('?');
    if !plain || !matches!(url.scheme(), "http" | "https") || (any_port && url.port().is_some()) {
        return Err(OriginError::Form);
    }
    if url.scheme() == "http" && !is_local(&url) {
        return Err(OriginError::Insecure);
    }
    let origin = url.origin().ascii_serialization();
    // A `*` or `;` in a host would mean something in a policy.
    if !origin
        .bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || b":/.-[]".contains(&byte))
    {
        return Err(OriginError::Form);
    }
    Ok(if any_port {
        format!("{origin}{ANY_PORT}")
    } else {
        origin
    })
}

fn is_local(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

/// Whether an `Origin` header is on the list.
pub(crate) fn allows(entries: &[String], origin: &str) -> bool {
    entries.iter().any(|entry| match entry.strip_suffix(ANY_PORT) {
        None => entry == origin,
        Some(without_port) => origin.strip_prefix(without_port).is_some_and(|rest| {
            rest.is_empty()
                || rest
                    .strip_prefix(':')
                    .is_some_and(|port| port.parse::<u16>().is_ok())
        }),
    })
}

/// The widget page's policy.
pub(crate) fn policy(entries: &[String]) -> String {
    let ancestors = if entries.is_empty() {
        "'none'".to_owned()
    } else {
        entries.join(" ")
    };
    format!(
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; \
         base-uri 'none'; form-action 'none'; frame-ancestors {ancestors}"
    )
}

#[cfg(test)]
mod tests {
    use super::{OriginError, allows, parse, policy};

    #[test]
    fn entries_are_origins_and_nothing_more() {
        for (text, expected) in [
            ("https://app.example.com", Ok("https://app.example.com")),
            ("https://APP.example.com/", Ok("https://app.example.com")),
            ("https://app.example.com:443", Ok("https://app.example.com")),
            ("https://app.example.com:8443", Ok("https://app.example.com:8443")),
            ("http://localhost:*", Ok("http://localhost:*")),
            ("http://127.0.0.1:3000", Ok("http://127.0.0.1:3000")),
            ("http://[::1]:*", Ok("http://[::1]:*")),
            ("http://app.example.com", Err(OriginError::Insecure)),
            ("http://localhost.evil.example", Err(OriginError::Insecure)),
            ("https://app.example.com/path", Err(OriginError::Form)),
            ("https://app.example.com?x", Err(OriginError::Form)),
            ("https://user@app.example.com", Err(OriginError::Form)),
            ("https://*.example.com", Err(OriginError::Form)),
            ("https://a.example; script-src *", Err(OriginError::Form)),
            ("https://app.example.com:1:*", Err(OriginError::Form)),
            ("app.example.com", Err(OriginError::Form)),
            ("*", Err(OriginError::Form)),
            ("", Err(OriginError::Form)),
            ("null", Err(OriginError::Form)),
            ("ftp://a.example", Err(OriginError::Form)),
        ] {
            assert_eq!(
                parse(text).as_deref(),
                expected.as_ref().map(|text| &**text),
                "{text}"
            );
        }
    }

    #[test]
    fn an_origin_is_on_the_list_or_not() {
        let entries = [
            "https://app.example.com".to_owned(),
            "http://localhost:*".to_owned(),
        ];
        for (origin, expected) in [
            ("https://app.example.com", true),
            ("https://app.example.com:8443", false),
            ("https://app.example.com.evil.example", false),
            ("http://app.example.com", false),
            ("http://localhost", true),
            ("http://localhost:3000", true),
            ("http://localhost:99999", false),
            ("http://localhost.evil.example:3000", false),
            ("http://localhost:3000.evil.example", false),
            ("null", false),
            ("", false),
        ] {
            assert_eq!(allows(&entries, origin), expected, "{origin}");
        }
    }

    #[test]
    fn nobody_frames_the_widget_of_an_organisation_without_origins() {
        assert!(policy(&[]).ends_with("frame-ancestors 'none'"));
        assert!(policy(&["https://a.example".to_owned()]).ends_with("frame-ancestors https://a.example"));
    }
}
