//! What the operator granted to one connection: where its requests may go.

use thiserror::Error;
use url::Url;

use crate::SendError;
use crate::origin::Origin;
use crate::policy::allow_list::AllowList;
use crate::policy::target::{self, Target};

/// The base URL and the allow list of a connection, parsed once.
#[derive(Debug, Clone)]
pub struct Grant {
    base: Url,
    allowed: AllowList,
    redirection: Option<Redirection>,
}

/// The operator's other place for a provider's base host.
#[derive(Debug, Clone)]
struct Redirection {
    to: Url,
    /// None for a URL that is not http or https: everything is refused then.
    origin: Option<Origin>,
}

/// Why a grant cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum GrantError {
    /// The base URL is not one.
    #[error("base URL \"{url}\" is not valid: {problem}")]
    BaseUrl {
        /// The base URL, cut and escaped.
        url: String,
        /// What is wrong and what would be right.
        problem: String,
    },
    /// An entry of the allow list is not one.
    #[error("allowed host \"{entry}\" is not valid: {problem}")]
    AllowedHost {
        /// The entry, cut and escaped.
        entry: String,
        /// What is wrong and what would be right.
        problem: &'static str,
    },
}

/// Where a request goes.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Destination {
    pub(crate) url: Url,
    /// The operator named exactly this origin as an IP address or `localhost`.
    pub(crate) private_origin: bool,
}

impl Grant {
    /// Parses what was granted. `base_url` is complete (settings filled in), http or https, without credentials, query
    /// or fragment; its origin is granted. `allowed_hosts` are further origins: `https://host`, `https://host:port`,
    /// `https://*.suffix` (names below the suffix, not the suffix itself); without a scheme https is meant.
    pub fn new(base_url: &str, allowed_hosts: &[String]) -> Result<Self, GrantError> {
        let (base, origin) = parse_base(base_url)?;
        let mut allowed = parse_allowed(allowed_hosts)?;
        allowed.add(origin);
        Ok(Self {
            base,
            allowed,
            redirection: None,
        })
    }

    /// As [`new`](Self::new), but the base URL must itself be on an allowed host: for base URLs that hold settings of a
    /// connection, which whoever connects has chosen.
    pub fn within(base_url: &str, allowed_hosts: &[String]) -> Result<Self, GrantError> {
        let (base, origin) = parse_base(base_url)?;
        let allowed = parse_allowed(allowed_hosts)?;
        if !allowed.allows(&origin) {
            return Err(bad_base(base_url, "is on none of the allowed hosts".to_owned()));
        }
        Ok(Self {
            base,
            allowed,
            redirection: None,
        })
    }

    /// Sends what would go to the base URL's host to the origin of `base_url` instead (`--provider-base-url`), absolute
    /// URLs included; a path in `base_url` goes before the request's own. The new origin is granted, and if it is
    /// written as an IP address or `localhost`, exactly it may have a private address. A URL that is neither http nor
    /// https makes every such request a refusal.
    #[must_use]
    pub fn with_override(mut self, base_url: &Url) -> Self {
        let origin = Origin::of(base_url).ok();
        if let Some(origin) = &origin {
            self.allowed.add(origin.clone());
        }
        self.redirection = Some(Redirection {
            to: base_url.clone(),
            origin,
        });
        self
    }

    /// The base URL as granted, before any override.
    pub fn base_url(&self) -> &Url {
        &self.base
    }

    /// Turns a guest's target into a URL on a granted origin, or refuses it.
    pub(crate) fn resolve(&self, target: &str) -> Result<Destination, SendError> {
        let asked = match target::parse(target)? {
            Target::Path(path) => join(&self.base, path),
            Target::Absolute(url) => url,
        };
        let origin = Origin::of(&asked)?;
        if !self.allowed.allows(&origin) {
            return Err(SendError::HostNotGranted {
                origin: crate::error::shown(&origin.to_string()),
            });
        }
        let mut url = self.redirect(&asked, &origin)?.unwrap_or(asked);
        let origin = Origin::of(&url)?;
        normalise_host(&mut url, &origin);
        Ok(Destination {
            url,
            private_origin: self.is_private_origin(&origin),
        })
    }

    fn redirect(&self, asked: &Url, origin: &Origin) -> Result<Option<Url>, SendError> {
        let Some(redirection) = &self.redirection else {
            return Ok(None);
        };
        let is_base_host = Origin::of(&self.base)?.host == origin.host;
        if !is_base_host || redirection.origin.as_ref() == Some(origin) {
            return Ok(None);
        }
        Ok(Some(join(&redirection.to, asked.path())))
    }

    fn is_private_origin(&self, origin: &Origin) -> bool {
        self.redirection
            .as_ref()
            .and_then(|redirection| redirection.origin.as_ref())
            .is_some_and(|named| named == origin && named.is_local_by_name())
    }
}

fn parse_base(base_url: &str) -> Result<(Url, Origin), GrantError> {
    let base = match target::parse(base_url) {
        Ok(Target::Absolute(url)) => Ok(url),
        Ok(Target::Path(_)) => Err("it must start with \"https://\"".to_owned()),
        Err(error) => Err(error.message()),
    };
    let base = base.map_err(|problem| bad_base(base_url, problem))?;
    let origin = Origin::of(&base).map_err(|error| bad_base(base_url, error.message()))?;
    Ok((base, origin))
}

fn bad_base(base_url: &str, problem: String) -> GrantError {
    GrantError::BaseUrl {
        url: crate::error::shown(base_url),
        problem,
    }
}

fn parse_allowed(allowed_hosts: &[String]) -> Result<AllowList, GrantError> {
    AllowList::parse(allowed_hosts).map_err(|error| GrantError::AllowedHost {
        entry: error.entry,
        problem: error.problem,
    })
}

/// `path` (which starts with a slash) below the path of `base`, without query and fragment.
fn join(base: &Url, path: &str) -> Url {
    let mut url = base.clone();
    url.set_path(&format!("{}{path}", base.path().trim_end_matches('/')));
    url.set_query(None);
    url.set_fragment(None);
    url
}

/// Takes off a trailing dot, so that the Host header and the TLS name are the granted ones.
fn normalise_host(url: &mut Url, origin: &Origin) {
    if let url::Host::Domain(name) = &origin.host
        && url.host_str() != Some(name)
    {
        // The name came out of a parsed URL, so setting it cannot fail; if it did, the URL would keep its dot.
        let _ = url.set_host(Some(name));
    }
}

#[cfg(test)]
mod properties;

#[cfg(test)]
mod tests {
    use super::*;

    fn grant(base: &str, allowed: &[&str]) -> Grant {
        let allowed: Vec<String> = allowed.iter().map(|&host| host.to_owned()).collect();
        Grant::new(base, &allowed).unwrap()
    }

    fn url(grant: &Grant, target: &str) -> Result<String, SendError> {
        grant
            .resolve(target)
            .map(|destination| destination.url.to_string())
    }

    #[test]
    fn paths_go_below_the_base_url_and_urls_to_granted_hosts() {
        let grant = grant("https://api.example.com/v2/", &["https://*.files.example.com"]);
        let cases = [
            ("/contacts", "https://api.example.com/v2/contacts"),
            ("/", "https://api.example.com/v2/"),
            ("/a%2Fb/ü", "https://api.example.com/v2/a%2Fb/%C3%BC"),
            ("/http://evil.com/", "https://api.example.com/v2/http://evil.com/"),
            ("https://api.example.com/other", "https://api.example.com/other"),
            ("https://API.example.com.:443/x", "https://api.example.com/x"),
            ("https://eu.files.example.com/x", "https://eu.files.example.com/x"),
        ];
        for (target, expected) in cases {
            assert_eq!(url(&grant, target).as_deref(), Ok(expected), "{target}");
        }
    }

    #[test]
    fn a_host_that_is_not_granted_is_refused_with_the_line_to_add() {
        let grant = grant("https://api.example.com", &[]);
        let cases = [
            ("https://evil.com/x", "https://evil.com"),
            ("http://api.example.com/x", "http://api.example.com"),
            ("https://api.example.com:8443/x", "https://api.example.com:8443"),
            ("https://127.0.0.1/x", "https://127.0.0.1"),
        ];
        for (target, entry) in cases {
            let error = url(&grant, target).unwrap_err();
            assert_eq!(
                error,
                SendError::HostNotGranted {
                    origin: entry.to_owned()
                }
            );
            assert!(
                error
                    .message()
                    .contains(&format!("add \"{entry}\" to \"allowedHosts\""))
            );
            assert!(
                Grant::new("https://api.example.com", &[entry.to_owned()])
                    .unwrap()
                    .resolve(target)
                    .is_ok()
            );
        }
    }

    #[test]
    fn an_override_takes_the_base_host_and_nothing_else() {
        let base = grant(
            "https://api.example.com/v2",
            &["https://files.example.com", "http://api.example.com:81"],
        );
        let grant = base.with_override(&Url::parse("http://127.0.0.1:9000/mock/").unwrap());
        let cases = [
            ("/contacts", "http://127.0.0.1:9000/mock/v2/contacts", true),
            (
                "https://api.example.com/oauth/token",
                "http://127.0.0.1:9000/mock/oauth/token",
                true,
            ),
            (
                "http://api.example.com:81/x",
                "http://127.0.0.1:9000/mock/x",
                true,
            ),
            ("http://127.0.0.1:9000/next", "http://127.0.0.1:9000/next", true),
            (
                "https://files.example.com/x",
                "https://files.example.com/x",
                false,
            ),
        ];
        for (target, expected, private_origin) in cases {
            let destination = grant.resolve(target).unwrap();
            assert_eq!(
                (destination.url.as_str(), destination.private_origin),
                (expected, private_origin)
            );
        }
        assert!(grant.resolve("http://127.0.0.1:9001/x").is_err());
        assert!(grant.resolve("https://127.0.0.1:9000/x").is_err());
    }

    #[test]
    fn only_an_override_by_ip_address_or_localhost_is_private() {
        let cases = [
            ("http://localhost:1", true),
            ("http://[::1]:1", true),
            ("http://10.0.0.1", true),
            ("http://mock.internal", false),
            ("http://localhost.example.com", false),
        ];
        for (to, expected) in cases {
            let grant = grant("https://api.example.com", &[]).with_override(&Url::parse(to).unwrap());
            assert_eq!(grant.resolve("/x").unwrap().private_origin, expected, "{to}");
        }
        assert!(
            !grant("http://localhost:1", &[])
                .resolve("/x")
                .unwrap()
                .private_origin
        );
    }

    #[test]
    fn an_override_that_is_not_http_refuses_instead_of_reaching_the_provider() {
        let grant =
            grant("https://api.example.com", &[]).with_override(&Url::parse("ftp://localhost").unwrap());
        assert!(matches!(url(&grant, "/x"), Err(SendError::Scheme { .. })));
    }

    #[test]
    fn bad_grants_are_errors_that_name_the_field() {
        for base in [
            "",
            "/v2",
            "api.example.com",
            "ftp://a.example",
            "https://u@a.example",
            "https://a.example?x",
            "https://",
        ] {
            let error = Grant::new(base, &[]).unwrap_err();
            assert!(error.to_string().starts_with("base URL"), "{base}: {error}");
        }
        let error = Grant::new("https://a.example", &["https://b.example/path".to_owned()]).unwrap_err();
        assert!(error.to_string().contains("https://b.example/path"), "{error}");
    }
}
