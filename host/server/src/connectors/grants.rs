//! What a connector asks for, and whether the operator has granted it. Pure.

use routemcp_broker::{HostPattern, HostPatternError};
use routemcp_unified::manifest::{AuthMethod, Manifest, OAuth2Method};
use url::{Origin, Url};

/// What the operator grants with a file.
#[derive(Clone, Debug)]
pub(crate) enum Grants {
    /// These hosts.
    Listed(Vec<HostPattern>),
    /// Everything that it asks for.
    All,
    /// Everything that it asks for if it is the first version of its connector; nothing beyond what is granted otherwise.
    First,
}

/// One host that a connector asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Asked {
    pub(crate) pattern: HostPattern,
    /// For what, for people.
    pub(crate) purposes: Vec<String>,
}

/// Every host that a manifest asks for, in its order: those of its API, and those that users, codes and client secrets are
/// sent to when a connection is made.
pub(crate) fn asked(manifest: &Manifest) -> Result<Vec<Asked>, HostPatternError> {
    let mut asked = Vec::new();
    for host in &manifest.allowed_hosts {
        add(&mut asked, HostPattern::parse(host)?, "API requests".to_owned());
    }
    for method in &manifest.auth {
        let AuthMethod::Oauth2(oauth2) = method else {
            continue;
        };
        for (purpose, origin) in origins(oauth2) {
            let purpose = format!("{purpose} of `{}`", oauth2.id);
            add(&mut asked, HostPattern::parse(&origin)?, purpose);
        }
    }
    Ok(asked)
}

/// Where an OAuth method sends people and secrets.
fn origins(method: &OAuth2Method) -> Vec<(&'static str, String)> {
    let page = match Url::parse(&method.authorize_url).map(|url| url.origin()) {
        Ok(origin @ Origin::Tuple(..)) => Some(("authorise page", origin.ascii_serialization())),
        Ok(Origin::Opaque(_)) | Err(_) => None,
    };
    let tokens = method.token_hosts().into_iter();
    page.into_iter()
        .chain(tokens.map(|host| ("token URL", host)))
        .collect()
}

fn add(all: &mut Vec<Asked>, pattern: HostPattern, purpose: String) {
    match all.iter_mut().find(|asked| asked.pattern == pattern) {
        Some(known) if known.purposes.contains(&purpose) => {}
        Some(known) => known.purposes.push(purpose),
        None => all.push(Asked {
            pattern,
            purposes: vec![purpose],
        }),
    }
}

/// What is asked for and not granted.
pub(crate) fn missing(asked: &[Asked], granted: &[HostPattern]) -> Vec<Asked> {
    let is_granted = |asked: &&Asked| !granted.iter().any(|grant| grant.covers(&asked.pattern));
    asked.iter().filter(is_granted).cloned().collect()
}

/// Whether a host of a manifest is granted. One that cannot be read is not.
pub(crate) fn is_granted(host: &str, granted: &[HostPattern]) -> bool {
    HostPattern::parse(host).is_ok_and(|host| granted.iter().any(|grant| grant.covers(&host)))
}

/// Reads hosts that an operator gave or that the store has.
pub(crate) fn parse<'a>(
    hosts: impl IntoIterator<Item = &'a String>,
) -> Result<Vec<HostPattern>, HostPatternError> {
    hosts.into_iter().map(|host| HostPattern::parse(host)).collect()
}

impl Grants {
    /// The grants to add for what is missing.
    pub(crate) fn for_missing(&self, missing: &[Asked], is_first: bool) -> Vec<HostPattern> {
        let all = || missing.iter().map(|asked| asked.pattern.clone()).collect();
        match self {
            Self::Listed(hosts) => hosts.clone(),
            Self::All => all(),
            Self::First if is_first => all(),
            Self::First => Vec::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use routemcp_broker::HostPattern;

    use super::{Asked, Grants, asked, is_granted, missing, parse};
    use crate::connectors::capabilities::tests::manifest;

    fn hosts(asked: &[Asked]) -> Vec<String> {
        asked.iter().map(|asked| asked.pattern.to_string()).collect()
    }

    fn patterns(hosts: &[&str]) -> Vec<HostPattern> {
        hosts
            .iter()
            .map(|host| HostPattern::parse(host).unwrap())
            .collect()
    }

    #[test]
    fn a_manifest_asks_for_its_api_and_for_the_places_of_its_tokens() {
        let mut manifest = manifest();
        manifest["allowedHosts"] = serde_json::json!(["https://api.acme.example", "https://*.acme.example"]);
        let asked = asked(&crate::connectors::capabilities::tests::parsed(&manifest)).unwrap();
        assert_eq!(
            hosts(&asked),
            [
                "https://api.acme.example",
                "https://*.acme.example",
                "https://login.acme.example"
            ]
        );
        assert_eq!(asked[0].purposes, ["API requests", "token URL of `oauth`"]);
        assert_eq!(asked[2].purposes, ["authorise page of `oauth`"]);
    }

    #[test]
    fn only_what_a_grant_covers_is_granted() {
        let ask = |host: &str| Asked {
            pattern: HostPattern::parse(host).unwrap(),
            purposes: Vec::new(),
        };
        let asked = [ask("https://api.acme.example"), ask("https://*.acme.example")];
        for (granted, left) in [
            (
                &[][..],
                &["https://api.acme.example", "https://*.acme.example"][..],
            ),
            (&["api.acme.example"], &["https://*.acme.example"]),
            (&["*.acme.example"], &[]),
            (
                &["http://*.acme.example"],
                &["https://api.acme.example", "https://*.acme.example"],
            ),
        ] {
            assert_eq!(hosts(&missing(&asked, &patterns(granted))), left, "{granted:?}");
        }
    }

    #[test]
    fn a_host_is_granted_or_not_and_one_that_cannot_be_read_is_not() {
        let granted = patterns(&["*.acme.example"]);
        assert!(is_granted("https://api.acme.example", &granted));
        assert!(!is_granted("https://acme.example", &granted));
        assert!(!is_granted("https://*", &granted));
        assert!(parse(&["https://a.example/path".to_owned()]).is_err());
    }

    #[test]
    fn only_the_first_file_of_a_folder_is_granted_what_it_asks() {
        let missing = [Asked {
            pattern: HostPattern::parse("a.example").unwrap(),
            purposes: Vec::new(),
        }];
        for (grants, is_first, expected) in [
            (Grants::All, false, 1),
            (Grants::First, true, 1),
            (Grants::First, false, 0),
            (Grants::Listed(Vec::new()), true, 0),
            (Grants::Listed(patterns(&["b.example", "c.example"])), false, 2),
        ] {
            assert_eq!(
                grants.for_missing(&missing, is_first).len(),
                expected,
                "{grants:?} {is_first}"
            );
        }
    }
}
