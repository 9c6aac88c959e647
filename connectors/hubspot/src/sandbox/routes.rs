//! From paths of every version to what they mean.

use crate::sandbox::schema::Type;

/// What a path below `/crm` is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Route<'a> {
    Objects(Type),
    Object(Type, &'a str),
    Search(Type),
    Batch(Type, &'a str),
    Links {
        from: Type,
        id: &'a str,
        to: Type,
        old_form: bool,
    },
    DefaultLink {
        from: Type,
        id: &'a str,
        to: Type,
        to_id: &'a str,
    },
    Link {
        from: Type,
        id: &'a str,
        to: Type,
        to_id: &'a str,
    },
    LinksBatch(Type, Type),
    Owners,
    Owner(&'a str),
    Pipelines(Type),
    Properties(Type),
    UnknownType(&'a str),
}

impl<'a> Route<'a> {
    /// None for a path that HubSpot does not have.
    pub(crate) fn parse(segments: &[&'a str]) -> Option<Self> {
        let (version, area, rest) = match *segments {
            [version @ ("v3" | "v4"), area, ref rest @ ..] => (version, area, rest),
            [area, version @ ("2026-03" | "2026-09"), ref rest @ ..] => (version, area, rest),
            _ => return None,
        };
        match (area, rest) {
            ("objects", _) => Self::objects(version, rest),
            ("owners", []) => Some(Self::Owners),
            ("owners", [id]) => Some(Self::Owner(id)),
            ("pipelines", [of]) => Some(typed(of, Self::Pipelines)),
            ("properties", [of]) => Some(typed(of, Self::Properties)),
            ("associations", [from, to, "batch", "read"]) => Some(pair(from, to, Self::LinksBatch)),
            _ => None,
        }
    }

    fn objects(version: &str, rest: &[&'a str]) -> Option<Self> {
        match *rest {
            [of] => Some(typed(of, Self::Objects)),
            [of, "search"] => Some(typed(of, Self::Search)),
            [of, "batch", operation] => Some(typed(of, |of| Self::Batch(of, operation))),
            [of, id] => Some(typed(of, |of| Self::Object(of, id))),
            // 2026-09 has only the batch read.
            [_, _, "associations", _] if version == "2026-09" => None,
            [from, id, "associations", to] => {
                let old_form = version == "v3";
                Some(pair(from, to, |from, to| Self::Links {
                    from,
                    id,
                    to,
                    old_form,
                }))
            }
            [from, id, "associations", "default", to, to_id] => Some(pair(from, to, |from, to| {
                Self::DefaultLink { from, id, to, to_id }
            })),
            [from, id, "associations", to, to_id] => {
                Some(pair(from, to, |from, to| Self::Link { from, id, to, to_id }))
            }
            _ => None,
        }
    }

    pub(crate) fn is_search(&self) -> bool {
        matches!(self, Self::Search(_))
    }

    /// Whether this is about leads, which need a scope and a paid tier of their own.
    pub(crate) fn is_about_leads(&self) -> bool {
        matches!(
            self,
            Self::Objects(Type::Leads)
                | Self::Object(Type::Leads, _)
                | Self::Search(Type::Leads)
                | Self::Batch(Type::Leads, _)
                | Self::Links {
                    from: Type::Leads,
                    ..
                }
                | Self::DefaultLink {
                    from: Type::Leads,
                    ..
                }
                | Self::Link {
                    from: Type::Leads,
                    ..
                }
        )
    }
}

fn typed<'a>(name: &'a str, route: impl FnOnce(Type) -> Route<'a>) -> Route<'a> {
    Type::parse(name).map_or(Route::UnknownType(name), route)
}

fn pair<'a>(from: &'a str, to: &'a str, route: impl FnOnce(Type, Type) -> Route<'a>) -> Route<'a> {
    match (Type::parse(from), Type::parse(to)) {
        (Some(from), Some(to)) => route(from, to),
        (None, _) => Route::UnknownType(from),
        _ => Route::UnknownType(to),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(path: &str) -> Option<Route<'_>> {
        let segments: Vec<&str> = path
            .split('/')
            .filter(|segment| !segment.is_empty())
            .skip(1)
            .collect();
        Route::parse(&segments)
    }

    #[test]
    fn every_version_and_spelling_means_the_same() {
        for path in [
            "/crm/v3/objects/deals/7",
            "/crm/objects/2026-03/0-3/7",
            "/crm/objects/2026-09/deals/7",
        ] {
            assert_eq!(parse(path), Some(Route::Object(Type::Deals, "7")), "{path}");
        }
        for path in ["/crm/v3/owners/", "/crm/owners/2026-03", "/crm/owners/2026-09/"] {
            assert_eq!(parse(path), Some(Route::Owners), "{path}");
        }
    }

    #[test]
    fn the_newest_version_has_no_list_of_links() {
        assert!(parse("/crm/objects/2026-03/deals/7/associations/contacts").is_some());
        assert_eq!(parse("/crm/objects/2026-09/deals/7/associations/contacts"), None);
    }

    #[test]
    fn unknown_types_are_told_from_unknown_paths() {
        assert_eq!(
            parse("/crm/v3/objects/unicorns"),
            Some(Route::UnknownType("unicorns"))
        );
        assert_eq!(parse("/crm/v7/objects/deals"), None);
    }
}
