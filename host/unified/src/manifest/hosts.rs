//! Lists of origins as manifests write them: `scheme://host[:port]`, the host maybe `*.suffix`.

use std::fmt;

/// Where a URL leads.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Origin {
    scheme: String,
    host: String,
    port: u16,
}

impl Origin {
    /// The origin of an absolute http or https URL, or of an entry of a list of hosts; none for anything else.
    pub(super) fn of(url: &str) -> Option<Self> {
        let (scheme, rest) = url.split_once("://")?;
        let scheme = scheme.to_ascii_lowercase();
        let default = default_port(&scheme)?;
        let authority = rest.split(['/', '?', '#', '\\']).next()?;
        let (host, port) = match authority.split_once(':') {
            Some((host, port)) => (host, port.parse().ok()?),
            None => (authority, default),
        };
        if host.is_empty() || authority.contains('@') {
            return None;
        }
        Some(Self {
            scheme,
            host: host.to_ascii_lowercase(),
            port,
        })
    }

    /// Whether an entry, itself read as an origin, stands for this one.
    fn matches(&self, entry: &Self) -> bool {
        if (&self.scheme, self.port) != (&entry.scheme, entry.port) {
            return false;
        }
        match entry.host.strip_prefix('*') {
            Some(suffix) => self
                .host
                .strip_suffix(suffix)
                .is_some_and(|label| !label.is_empty()),
            None => self.host == entry.host,
        }
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}://{}", self.scheme, self.host)?;
        if default_port(&self.scheme) == Some(self.port) {
            return Ok(());
        }
        write!(formatter, ":{}", self.port)
    }
}

fn default_port(scheme: &str) -> Option<u16> {
    match scheme {
        "https" => Some(443),
        "http" => Some(80),
        _ => None,
    }
}

/// Whether one of the entries stands for the origin.
pub(super) fn allow(entries: &[String], origin: &Origin) -> bool {
    entries
        .iter()
        .filter_map(|entry| Origin::of(entry))
        .any(|entry| origin.matches(&entry))
}

/// Whether an entry's wildcard takes in the names of strangers: `https://*.com`.
pub(super) fn is_too_wide(entry: &str) -> bool {
    Origin::of(entry)
        .and_then(|origin| origin.host.strip_prefix("*.").map(|suffix| !suffix.contains('.')))
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_stands_for_exactly_its_scheme_host_and_port() {
        for (entry, url, expected) in [
            (
                "https://accounts.example.com",
                "https://accounts.example.com/token",
                true,
            ),
            (
                "https://accounts.example.com",
                "https://ACCOUNTS.example.com:443/token",
                true,
            ),
            (
                "https://accounts.example.com",
                "http://accounts.example.com/token",
                false,
            ),
            (
                "https://accounts.example.com",
                "https://accounts.example.com:8443",
                false,
            ),
            (
                "https://accounts.example.com",
                "https://accounts.example.com.evil.example",
                false,
            ),
            (
                "https://accounts.example.com",
                "https://accounts.example.com@evil.example",
                false,
            ),
            (
                "https://accounts.example.com",
                "https://evil.example\\accounts.example.com",
                false,
            ),
            ("https://*.example.com", "https://eu.example.com/token", true),
            ("https://*.example.com", "https://a.b.example.com", true),
            ("https://*.example.com", "https://example.com", false),
            ("https://*.example.com", "https://evilexample.com", false),
            ("http://127.0.0.1:7001", "http://127.0.0.1:7001/token", true),
            ("http://127.0.0.1:7001", "http://127.0.0.1:7002/token", false),
        ] {
            let allowed = Origin::of(url).is_some_and(|origin| allow(&[entry.to_owned()], &origin));
            assert_eq!(allowed, expected, "{entry} {url}");
        }
    }

    #[test]
    fn a_wildcard_needs_two_labels_after_it() {
        for (entry, expected) in [
            ("https://*.com", true),
            ("https://*.example.com", false),
            ("https://com", false),
        ] {
            assert_eq!(is_too_wide(entry), expected, "{entry}");
        }
    }
}
