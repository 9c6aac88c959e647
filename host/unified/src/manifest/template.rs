//! URLs with `{settings}` in them.

use std::collections::BTreeMap;

const PIECE: &str = "letters, digits, \"-\", \"_\" and single dots were expected";
const ORIGIN: &str = "an origin was expected, such as \"https://api.example.com\"";

/// Why a URL cannot be filled in.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Fault {
    /// No value for this setting.
    Missing(String),
    /// The value of this setting would change the URL's shape; what would be right.
    Unfit(String, &'static str),
}

/// The names in braces, in order.
pub(super) fn placeholders(url: &str) -> Result<Vec<&str>, &'static str> {
    const UNBALANCED: &str = "every `{` must be followed by the name of a setting and `}`";
    let mut names = Vec::new();
    let mut rest = url;
    while let Some((before, after)) = rest.split_once('{') {
        let (name, following) = after.split_once('}').ok_or(UNBALANCED)?;
        if before.contains('}') || name.is_empty() || name.contains('{') {
            return Err(UNBALANCED);
        }
        names.push(name);
        rest = following;
    }
    if rest.contains('}') {
        Err(UNBALANCED)
    } else {
        Ok(names)
    }
}

/// The setting that stands for the URL's whole origin: `{apiDomain}/v1`.
pub(super) fn origin_setting(url: &str) -> Option<&str> {
    Some(url.strip_prefix('{')?.split_once('}')?.0)
}

/// Fills the placeholders in. One that begins the URL stands for a whole origin, as token answers give it (`api_domain`);
/// any other is a piece of a host name or path. What may be reached is decided by lists of hosts either way.
pub(super) fn fill(url: &str, settings: &BTreeMap<String, String>) -> Result<String, Fault> {
    let mut filled = String::with_capacity(url.len());
    let mut rest = url;
    while let Some((before, after)) = rest.split_once('{') {
        let (name, following) = after
            .split_once('}')
            .ok_or_else(|| Fault::Missing(after.to_owned()))?;
        let value = settings
            .get(name)
            .ok_or_else(|| Fault::Missing(name.to_owned()))?;
        filled.push_str(before);
        let (fits, expected) = if filled.is_empty() {
            (is_origin(value), ORIGIN)
        } else {
            (is_piece(value), PIECE)
        };
        if !fits {
            return Err(Fault::Unfit(name.to_owned(), expected));
        }
        filled.push_str(value.trim_end_matches('/'));
        rest = following;
    }
    filled.push_str(rest);
    Ok(filled)
}

fn is_piece(text: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '_');
    text.chars().all(plain) && text.split('.').all(|label| !label.is_empty())
}

fn is_origin(text: &str) -> bool {
    let host = text
        .strip_prefix("https://")
        .or_else(|| text.strip_prefix("http://"));
    host.is_some_and(|host| {
        let host = host.trim_end_matches('/');
        let (name, port) = host.split_once(':').unwrap_or((host, "443"));
        is_piece(name) && port.parse::<u16>().is_ok()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_never_change_the_shape() {
        for (url, value, fits) in [
            ("{x}/token", "https://example.com", true),
            ("{x}/token", "https://example.com:8443/", true),
            ("{x}/token", "https://example.com:99999", false),
            ("{x}/token", "https://a@example.com", false),
            ("{x}/token", "https://example.com/path", false),
            ("{x}/token", "https://example.com?", false),
            ("{x}/token", "https://example.com.", false),
            ("{x}/token", "https://[::1]", false),
            ("{x}/token", "example.com", false),
            ("{x}/token", "", false),
            ("https://{x}.example.com/token", "acme", true),
            ("https://{x}.example.com/token", "acme.eu", true),
            ("https://{x}.example.com/token", "acme..eu", false),
            ("https://{x}.example.com/token", "evil.example/", false),
            ("https://example.com/{x}/token", "..", false),
            ("https://example.com/{x}/token", "{y}", false),
        ] {
            let settings = BTreeMap::from([("x".to_owned(), value.to_owned())]);
            assert_eq!(fill(url, &settings).is_ok(), fits, "{url} {value}");
        }
    }
}
