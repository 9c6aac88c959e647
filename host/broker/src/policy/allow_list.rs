//! Which origins were granted: parsed once, compared as values.

use thiserror::Error;
use url::{Host, Url};

use crate::error::shown;
use crate::origin::{Origin, Scheme};

/// Why an entry of the allow list, or the base URL, is not one.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("allowed host \"{entry}\" is not valid: {problem}")]
pub(crate) struct EntryError {
    pub(crate) entry: String,
    pub(crate) problem: &'static str,
}

/// The granted origins. An empty list grants nothing.
#[derive(Debug, Clone, Default)]
pub(crate) struct AllowList {
    entries: Vec<Entry>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Entry {
    Exact(Origin),
    /// Every name that ends in `suffix`, which starts with a dot, so the apex itself is not meant.
    Suffix {
        scheme: Scheme,
        suffix: String,
        port: u16,
    },
}

impl AllowList {
    /// Parses entries of the form `[scheme://]host[:port]`, where host may start with `*.`. Without a scheme https is
    /// meant, without a port the scheme's own.
    pub(crate) fn parse(entries: &[String]) -> Result<Self, EntryError> {
        let entries = entries
            .iter()
            .map(|entry| {
                parse_entry(entry).map_err(|problem| EntryError {
                    entry: shown(entry),
                    problem,
                })
            })
            .collect::<Result<_, _>>()?;
        Ok(Self { entries })
    }

    /// Grants one more origin.
    pub(crate) fn add(&mut self, origin: Origin) {
        self.entries.push(Entry::Exact(origin));
    }

    pub(crate) fn allows(&self, origin: &Origin) -> bool {
        self.entries.iter().any(|entry| entry.matches(origin))
    }
}

impl Entry {
    fn matches(&self, origin: &Origin) -> bool {
        match self {
            Self::Exact(granted) => granted == origin,
            Self::Suffix { scheme, suffix, port } => {
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

const SHAPE: &str =
    "write scheme, host and port like \"https://api.example.com\" or \"https://*.example.com:8443\"";

fn parse_entry(entry: &str) -> Result<Entry, &'static str> {
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
        return Ok(Entry::Exact(origin));
    }
    match origin.host {
        Host::Domain(name) if name.contains('.') => Ok(Entry::Suffix {
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
}
