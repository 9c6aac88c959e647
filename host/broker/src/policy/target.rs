//! The target of a request: a path below the base URL or an absolute URL, and nothing that could be read as another.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode, utf8_percent_encode};
use url::Url;

use crate::SendError;
use crate::error::shown;

/// Bytes of a whole URL, query included. Servers and proxies commonly stop at 8 to 16 KiB.
pub(crate) const MAX_URL_BYTES: usize = 16 * 1024;

/// How many layers of percent-encoding a path segment may have. Some servers take off two.
const MAX_DECODINGS: usize = 4;

/// Everything but the unreserved characters of RFC 3986. Spaces become `%20`, which every server reads the same way.
const QUERY: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// A target that is safe to join to a base URL or to compare with the allow list.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Target<'a> {
    /// Starts with one slash, has no dot segments.
    Path(&'a str),
    /// http or https, no credentials, no dot segments.
    Absolute(Url),
}

/// Reads a target as the guest wrote it.
pub(crate) fn parse(target: &str) -> Result<Target<'_>, SendError> {
    let bad = |problem| SendError::BadTarget {
        target: shown(target),
        problem,
    };
    check_characters(target).map_err(bad)?;
    if target.starts_with("//") {
        return Err(bad(
            "a path must not start with \"//\", which would name another host",
        ));
    }
    if target.starts_with('/') {
        check_path(target).map_err(bad)?;
        return Ok(Target::Path(target));
    }
    let Some((scheme, rest)) = target.split_once(':') else {
        return Err(bad(
            "start with \"/\" for a path below the base URL, or with \"https://\"",
        ));
    };
    if !scheme.eq_ignore_ascii_case("https") && !scheme.eq_ignore_ascii_case("http") {
        return Err(SendError::Scheme {
            scheme: shown(scheme),
        });
    }
    let rest = rest
        .strip_prefix("//")
        .ok_or_else(|| bad("write \"//\" after the scheme"))?;
    let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    if authority.contains('@') {
        return Err(SendError::UserInfo);
    }
    if authority.is_empty() || authority.contains('%') {
        return Err(bad("a host name follows \"https://\", without escapes"));
    }
    check_path(path).map_err(bad)?;
    Url::parse(target)
        .map(Target::Absolute)
        .map_err(|_| bad("the URL is not valid"))
}

/// Adds names and values to a query, encoded so that a value can never become a second parameter.
pub(crate) fn append_query<'a>(url: &mut Url, pairs: impl IntoIterator<Item = (&'a str, &'a str)>) {
    let mut query = url.query().unwrap_or_default().to_owned();
    for (name, value) in pairs {
        if !query.is_empty() {
            query.push('&');
        }
        query.extend(utf8_percent_encode(name, QUERY));
        query.push('=');
        query.extend(utf8_percent_encode(value, QUERY));
    }
    url.set_query(if query.is_empty() { None } else { Some(&query) });
}

fn check_characters(target: &str) -> Result<(), &'static str> {
    if target.len() > MAX_URL_BYTES {
        return Err("it is too long (16384 bytes at most)");
    }
    if target.contains('?') {
        return Err("put the query into \"query\"");
    }
    if target.contains('#') {
        return Err("a fragment is never sent; percent-encode \"#\" as %23");
    }
    if target.contains('\\') {
        return Err("percent-encode \"\\\" as %5C");
    }
    if target.contains(|character: char| character.is_control() || character.is_whitespace()) {
        return Err("spaces and control characters must be percent-encoded or left out");
    }
    Ok(())
}

fn check_path(path: &str) -> Result<(), &'static str> {
    check_escapes(path)?;
    path.split('/').try_for_each(check_segment)
}

fn check_escapes(path: &str) -> Result<(), &'static str> {
    let is_hex = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_hexdigit);
    let bytes = path.as_bytes();
    let broken = |at: usize| !(is_hex(bytes.get(at + 1)) && is_hex(bytes.get(at + 2)));
    if bytes
        .iter()
        .enumerate()
        .any(|(at, byte)| *byte == b'%' && broken(at))
    {
        return Err("two hexadecimal digits follow \"%\"; percent-encode \"%\" itself as %25");
    }
    Ok(())
}

/// Looks at a segment under every layer of encoding that a server or a proxy might take off.
fn check_segment(segment: &str) -> Result<(), &'static str> {
    let mut bytes = segment.as_bytes().to_vec();
    for _ in 0..MAX_DECODINGS {
        if bytes.split(|byte| matches!(byte, b'/' | b'\\')).any(is_dots) {
            return Err("\".\" and \"..\" segments could leave the base path");
        }
        if bytes.iter().any(u8::is_ascii_control) {
            return Err("control characters are refused, percent-encoded ones too");
        }
        let decoded: Vec<u8> = percent_decode(&bytes).collect();
        if decoded == bytes {
            return Ok(());
        }
        bytes = decoded;
    }
    Err("it is percent-encoded too many times over")
}

/// `.` or `..`, also before a path parameter (`..;x`), which some servers cut off first.
fn is_dots(part: &[u8]) -> bool {
    let name = part.split(|byte| *byte == b';').next().unwrap_or_default();
    matches!(name, b"." | b"..")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_and_absolute_urls_pass() {
        for path in [
            "/",
            "/crm/v3/objects",
            "/a//b",
            "/a:b",
            "/a%20b",
            "/a%2Fb",
            "/ü",
            "/...",
            "/a..b",
            "/100%25",
            "/@me",
        ] {
            assert_eq!(parse(path), Ok(Target::Path(path)), "{path}");
        }
        for url in [
            "https://api.example.com",
            "HTTPS://API.example.com/x",
            "http://a.example:8080/x/y",
            "https://[::1]/",
        ] {
            assert_eq!(
                parse(url),
                Ok(Target::Absolute(Url::parse(url).unwrap())),
                "{url}"
            );
        }
    }

    #[test]
    fn targets_that_could_mean_another_place_are_refused() {
        let bad = [
            "",
            "contacts",
            "//evil.com/x",
            "///evil.com",
            "/\\evil.com",
            "\\\\evil.com",
            "https:evil.com",
            "https:/evil.com",
            "https://",
            "https:///evil.com",
            "https://a%2eb.com/",
            "https://exa mple.com/",
            "https://[::1/",
            "https://example.com:99999/",
            "/a?b=c",
            "/a#b",
            "/a b",
            " /a",
            "/a\n",
            "/a\tb",
            "/a\0",
            "/a\u{85}b",
            "/.",
            "/..",
            "/../x",
            "/a/../../b",
            "/a/..",
            "/%2e%2e/x",
            "/.%2E/x",
            "/%252e%252e/x",
            "/a%2f..%2f..%2fb",
            "/a%5c..%5cb",
            "/..;/x",
            "/..;a=b/x",
            "/%2e%2e%3b/x",
            "https://a.example/../x",
            "https://a.example/%2e%2e",
            "/a%",
            "/a%2",
            "/a%zz",
            "/a%00",
            "/a%0d%0ahost:evil",
            "/a%250a",
            "/%2525252e%2525252e",
        ];
        for target in bad {
            let error = parse(target).unwrap_err();
            assert!(
                matches!(error, SendError::BadTarget { .. }),
                "{target:?}: {error}"
            );
        }
        assert!(parse(&format!("/{}", "a".repeat(MAX_URL_BYTES))).is_err());
    }

    #[test]
    fn credentials_and_other_schemes_have_their_own_refusal() {
        for target in [
            "https://user:pass@a.example/",
            "https://@a.example/",
            "https://a.example@evil.com/x",
        ] {
            assert_eq!(parse(target), Err(SendError::UserInfo), "{target}");
        }
        for target in [
            "ftp://a.example/",
            "file:///etc/passwd",
            "javascript:alert(1)",
            "data:,x",
            "a:b",
        ] {
            assert!(matches!(parse(target), Err(SendError::Scheme { .. })), "{target}");
        }
    }

    #[test]
    fn query_values_cannot_break_out() {
        let mut url = Url::parse("https://a.example/x").unwrap();
        append_query(&mut url, []);
        assert_eq!(url.as_str(), "https://a.example/x");
        append_query(&mut url, [("q", "a&b=c#d +%"), ("ü[]", "'\"")]);
        append_query(&mut url, [("z", "")]);
        assert_eq!(
            url.as_str(),
            "https://a.example/x?q=a%26b%3Dc%23d%20%2B%25&%C3%BC%5B%5D=%27%22&z="
        );
    }
}
