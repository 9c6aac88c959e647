//! Which origins were granted: parsed once, compared as values.

use std::fmt;

use thiserror::Error;
use url::{Host, Url};

use crate::error::shown;
use crate::origin::{Origin, Scheme};

/// Why a pattern of hosts is not one.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("allowed host \"{entry}\" is not valid: {problem}")]
pub struct HostPatternError {
    pub(crate) entry: String,
    pub(crate) problem: &'static str,
}

/// The granted origins. An empty list grants nothing.
#[derive(Debug, Clone, Default)]
pub(crate) struct AllowList {
    entries: Vec<HostPattern>,
}

/// An origin, or every name below a suffix, with scheme and port: what a manifest asks for and an operator grants. Parsed
/// once and compared as a value; it is written in one canonical form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HostPattern(Pattern);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Pattern {
    Exact(Origin),
    /// Every name that ends in `suffix`, which starts with a dot, so the apex itself is not meant.
    Suffix {
        scheme: Scheme,
        suffix: String,
        port: u16,
    },
}

impl AllowList {
    /// Parses entries as [`HostPattern::parse`] does.
    pub(crate) fn parse(entries: &[String]) -> Result<Self, HostPatternError> {
        let entries = entries.iter().map(|entry| HostPattern::parse(entry));
        Ok(Self {
            entries: entries.collect::<Result<_, _>>()?,
        })
    }

    /// Grants one more origin.
    pub(crate) fn add(&mut self, origin: Origin) {
        self.entries.push(HostPattern(Pattern::Exact(origin)));
    }

    pub(crate) fn allows(&self, origin: &Origin) -> bool {
        self.entries.iter().any(|entry| entry.matches(origin))
    }
}

impl HostPattern {
    /// Parses `[scheme://]host[:port]`, where host may start with `*.`. Without a scheme https is meant, without a port the
    /// scheme's own.
    ///
    /// # Errors
    /// [`HostPatternError`] names the entry and says what would be right.
    pub fn parse(entry: &str) -> Result<Self, HostPatternError> {
        let misfit = |problem| HostPatternError {
            entry: shown(entry),
            problem,
        };
        parse_entry(entry).map(Self).map_err(misfit)
    }

    /// Whether everything that `other` stands for is also meant by this pattern.
    #[must_use]
    pub fn covers(&self, other: &Self) -> bool {
        match (&self.0, &other.0) {
            (_, Pattern::Exact(origin)) => self.matches(origin),
            (Pattern::Exact(_), Pattern::Suffix { .. }) => false,
            (
                Pattern::Suffix { scheme, suffix, port },
                Pattern::Suffix {
                    scheme: other_scheme,
                    suffix: other_suffix,
                    port: other_port,
                },
            ) => scheme == other_scheme && port == other_port && other_suffix.ends_with(suffix.as_str()),
        }
    }

    fn matches(&self, origin: &Origin) -> bool {
        match &self.0 {
            Pattern::Exact(granted) => granted == origin,
            Pattern::Suffix { scheme, suffix, port } => {
                let Host::Domain(name) = &origin.host else {
                    return false;
                };
                *scheme == origin.scheme
                    && *port == origin.port
                    && name
                        .strip_suffix(suffix.as_str())
                        .is_some_and(|label| !label.is_empty())
            }
        }
    }
}

/// The canonical form, which parses to the same pattern.
impl fmt::Display for HostPattern {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Pattern::Exact(origin) => origin.fmt(formatter),
            Pattern::Suffix { scheme, suffix, port } => {
                write!(formatter, "{}://*{suffix}", scheme.as_str())?;
                if *port == scheme.default_port() {
                    return Ok(());
                }
                write!(formatter, ":{port}")
            }
        }
    }
}

const SHAPE: &str =
    "write scheme, host and port like \"https://api.example.com\" or \"https://*.example.com:8443\"";

fn parse_entry(entry: &str) -> Result<Pattern, &'static str> {
    let (scheme, authority) = entry.split_once("://").unwrap_or(("https", entry));
    let scheme = Scheme::parse(&scheme.to_ascii_lowercase()).ok_or("the scheme must be http or https")?;
    let odd = |character: char| {
        character.is_whitespace() || character.is_control() || "/\\?#@%".contains(character)
    };
    if authority.contains(odd) {
        return Err("it must not have a path, query, user name, spaces or escapes");
    }
    let wildcard = authority.strip_prefix("*.");
    let rest = wildcard.unwrap_or(authority);
    if rest.contains('*') {
        return Err("a wildcard stands only at the start, as \"*.\"");
    }
    if rest.starts_with(':') || rest.is_empty() {
        return Err(SHAPE);
    }
    let url = Url::parse(&format!("{}://{rest}", scheme.as_str())).map_err(|_| SHAPE)?;
    let origin = Origin::of(&url).map_err(|_| SHAPE)?;
    if wildcard.is_none() {
        return Ok(Pattern::Exact(origin));
    }
    match origin.host {
        Host::Domain(name) if name.contains('.') => Ok(Pattern::Suffix {
            scheme,
            suffix: format!(".{name}"),
            port: origin.port,
        }),
        Host::Domain(_) => Err("a wildcard needs at least two labels after it, like \"*.example.com\""),
        Host::Ipv4(_) | Host::Ipv6(_) => Err("a wildcard cannot stand before an IP address"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn allows(entries: &[&str], url: &str) -> bool {
        let entries: Vec<String> = entries.iter().map(|&entry| entry.to_owned()).collect();
        AllowList::parse(&entries)
            .unwrap()
            .allows(&Origin::of(&Url::parse(url).unwrap()).unwrap())
    }

    #[test]
    fn an_entry_grants_exactly_its_scheme_host_and_port() {
        let cases = [
            ("https://api.example.com", "https://api.example.com/x", true),
            ("https://api.example.com", "https://API.EXAMPLE.COM./x", true),
            ("https://API.Example.com.", "https://api.example.com/", true),
            ("HTTPS://api.example.com", "https://api.example.com/", true),
            ("api.example.com", "https://api.example.com/", true),
            ("api.example.com", "http://api.example.com/", false),
            ("https://api.example.com", "http://api.example.com/", false),
            ("https://api.example.com", "https://api.example.com:8443/", false),
            ("https://api.example.com:443", "https://api.example.com/", true),
            (
                "https://api.example.com:8443",
                "https://api.example.com:8443/",
                true,
            ),
            ("https://api.example.com:8443", "https://api.example.com/", false),
            (
                "https://api.example.com",
                "https://api.example.com.evil.com/",
                false,
            ),
            ("https://api.example.com", "https://evilapi.example.com/", false),
            ("https://api.example.com", "https://example.com/", false),
            ("https://bücher.example", "https://xn--bcher-kva.example/", true),
            ("https://xn--bcher-kva.example", "https://BÜCHER.example/", true),
            ("http://127.0.0.1:8080", "http://127.1:8080/", true),
            ("http://[::1]:8080", "http://[0:0::1]:8080/", true),
            ("http://127.0.0.1:8080", "http://localhost:8080/", false),
        ];
        for (entry, url, expected) in cases {
            assert_eq!(allows(&[entry], url), expected, "{entry} {url}");
        }
    }

    #[test]
    fn a_wildcard_grants_names_below_it_and_not_the_apex() {
        let cases = [
            ("https://*.example.com", "https://a.example.com/", true),
            ("https://*.example.com", "https://a.b.example.com/", true),
            ("*.example.com", "https://a.example.com./", true),
            ("https://*.example.com", "https://example.com/", false),
            ("https://*.example.com", "https://evilexample.com/", false),
            ("https://*.example.com", "https://example.com.evil.com/", false),
            ("https://*.example.com", "http://a.example.com/", false),
            ("https://*.example.com", "https://a.example.com:444/", false),
            ("https://*.example.com:444", "https://a.example.com:444/", true),
            ("https://*.example.com", "https://127.0.0.1/", false),
        ];
        for (entry, url, expected) in cases {
            assert_eq!(allows(&[entry], url), expected, "{entry} {url}");
        }
    }

    #[test]
    fn an_empty_list_grants_nothing() {
        assert!(!allows(&[], "https://api.example.com/"));
    }

    #[test]
    fn an_entry_that_is_not_one_is_an_error_that_names_it() {
        let bad = [
            "",
            "*",
            "*.",
            "*.com",
            "*example.com",
            "a.*.com",
            "https://*.*.com",
            "*.127.0.0.1",
            "*.[::1]",
            "ftp://example.com",
            "file://x",
            "https://",
            "https://example.com/",
            "https://example.com/path",
            "https://example.com?x",
            "https://example.com#x",
            "https://user@example.com",
            "https://a b.com",
            "example.com:99999",
            "example.com:port",
            ":443",
            "https://:443",
            "a\\b.com",
            "https://a%2eb.com",
            "javascript:alert(1)",
            "https://https://a.com",
            ".",
            "a..",
        ];
        for entry in bad {
            let error = AllowList::parse(&["https://good.example".into(), entry.into()]).unwrap_err();
            assert_eq!(error.entry, shown(entry));
        }
    }

    #[test]
    fn a_pattern_covers_what_is_no_wider_than_itself() {
        for (grant, asked, expected) in [
            ("https://api.example.com", "API.example.com", true),
            ("https://api.example.com", "http://api.example.com", false),
            ("https://api.example.com", "https://api.example.com:8443", false),
            ("https://api.example.com", "https://*.example.com", false),
            ("https://*.example.com", "https://api.example.com", true),
            ("https://*.example.com", "https://*.example.com", true),
            ("https://*.example.com", "https://*.eu.example.com", true),
            ("https://*.eu.example.com", "https://*.example.com", false),
            ("https://*.example.com", "https://*.evilexample.com", false),
            ("https://*.example.com", "https://example.com", false),
            ("https://*.example.com", "http://*.example.com", false),
            ("https://*.example.com", "https://*.example.com:444", false),
        ] {
            let [grant_pattern, asked_pattern] = [grant, asked].map(|text| HostPattern::parse(text).unwrap());
            assert_eq!(grant_pattern.covers(&asked_pattern), expected, "{grant} {asked}");
        }
    }

    #[test]
    fn the_canonical_form_is_the_same_pattern() {
        for (written, canonical) in [
            ("API.example.com.", "https://api.example.com"),
            ("http://localhost:80", "http://localhost"),
            ("*.Example.com:8443", "https://*.example.com:8443"),
            ("https://*.example.com:443", "https://*.example.com"),
            ("http://[::1]:8080", "http://[::1]:8080"),
        ] {
            let pattern = HostPattern::parse(written).unwrap();
            assert_eq!(pattern.to_string(), canonical);
            assert_eq!(HostPattern::parse(canonical).unwrap(), pattern);
        }
    }
}
