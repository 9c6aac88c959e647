//! Scheme, host and port: what a grant is about.

use std::fmt;

use url::{Host, Url};

use crate::SendError;
use crate::error::shown;

/// The two schemes that may leave the host.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scheme {
    Http,
    Https,
}

impl Scheme {
    pub(crate) fn parse(text: &str) -> Option<Self> {
        match text {
            "http" => Some(Self::Http),
            "https" => Some(Self::Https),
            _ => None,
        }
    }

    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Http => "http",
            Self::Https => "https",
        }
    }

    pub(crate) fn default_port(self) -> u16 {
        match self {
            Self::Http => 80,
            Self::Https => 443,
        }
    }
}

/// An origin in normal form: host in lower case and punycode, without a trailing dot, port always there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Origin {
    pub(crate) scheme: Scheme,
    pub(crate) host: Host<String>,
    pub(crate) port: u16,
}

impl Origin {
    /// The origin of a URL that the `url` crate has parsed.
    pub(crate) fn of(url: &Url) -> Result<Self, SendError> {
        let Some(scheme) = Scheme::parse(url.scheme()) else {
            return Err(SendError::Scheme {
                scheme: shown(url.scheme()),
            });
        };
        let no_host = || SendError::BadTarget {
            target: shown(&url[..url::Position::BeforePath]),
            problem: "it has no host",
        };
        let host = match url.host().ok_or_else(no_host)? {
            Host::Domain(name) => Host::Domain(name.strip_suffix('.').unwrap_or(name).to_owned()),
            Host::Ipv4(address) => Host::Ipv4(address),
            Host::Ipv6(address) => Host::Ipv6(address),
        };
        if matches!(&host, Host::Domain(name) if name.is_empty() || name.ends_with('.')) {
            return Err(no_host());
        }
        Ok(Self {
            scheme,
            host,
            port: url.port().unwrap_or_else(|| scheme.default_port()),
        })
    }

    /// An IP address or `localhost`: a place that somebody named on purpose, where no name server has a say.
    pub(crate) fn is_local_by_name(&self) -> bool {
        match &self.host {
            Host::Domain(name) => name == "localhost",
            Host::Ipv4(_) | Host::Ipv6(_) => true,
        }
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}://{}", self.scheme.as_str(), self.host)?;
        if self.port == self.scheme.default_port() {
            Ok(())
        } else {
            write!(formatter, ":{}", self.port)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn origins_are_normalised() {
        let cases = [
            ("https://API.Example.com/x", "https://api.example.com"),
            ("https://api.example.com.:443/", "https://api.example.com"),
            ("https://bücher.example/", "https://xn--bcher-kva.example"),
            ("http://0x7f.1/", "http://127.0.0.1"),
            ("http://2130706433:8080/", "http://127.0.0.1:8080"),
            ("https://[::FFFF:127.0.0.1]/", "https://[::ffff:7f00:1]"),
        ];
        for (url, origin) in cases {
            assert_eq!(
                Origin::of(&Url::parse(url).unwrap()).unwrap().to_string(),
                origin,
                "{url}"
            );
        }
    }

    #[test]
    fn other_schemes_and_empty_hosts_have_no_origin() {
        for url in [
            "ftp://example.com/",
            "file:///etc/passwd",
            "data:text/plain,x",
            "https://./",
            "https://a../",
        ] {
            assert!(Origin::of(&Url::parse(url).unwrap()).is_err(), "{url}");
        }
    }
}
