//! The cases: what each is called, when it applies, and where it is written.

mod connection;
mod customs;
mod queries;
mod reading;
mod refusals;
mod support;
mod values;
mod writing;

use routemcp_unified::manifest::ResourceManifest;
use routemcp_unified::schema::{Operation, Resource};

use super::client::Client;
use super::subject::Subject;
use super::verdict::Verdict;

pub(super) use support::absent;

/// The group of [`ConnectionCase`].
pub(super) const CONNECTION: &str = "connection";
/// The only case of a resource that the manifest lacks.
pub(super) const ABSENT: &str = "absent";

/// A case about one resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Case {
    List,
    Walk,
    Get,
    View,
    Filters,
    Sorts,
    UpdatedSince,
    Empty,
    Create,
    Merge,
    Clear,
    Replace,
    Delete,
    Missing,
    Rejected,
    CustomField,
    Unicode,
    LongValues,
    Unsupported,
    ReadOnly,
}

impl Case {
    pub(super) const ALL: [Self; 20] = [
        Self::List,
        Self::Walk,
        Self::Get,
        Self::View,
        Self::Filters,
        Self::Sorts,
        Self::UpdatedSince,
        Self::Empty,
        Self::Create,
        Self::Merge,
        Self::Clear,
        Self::Replace,
        Self::Delete,
        Self::Missing,
        Self::Rejected,
        Self::CustomField,
        Self::Unicode,
        Self::LongValues,
        Self::Unsupported,
        Self::ReadOnly,
    ];

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::List => "list",
            Self::Walk => "walk",
            Self::Get => "get",
            Self::View => "view",
            Self::Filters => "filters",
            Self::Sorts => "sorts",
            Self::UpdatedSince => "updated-since",
            Self::Empty => "empty",
            Self::Create => "create",
            Self::Merge => "merge",
            Self::Clear => "clear",
            Self::Replace => "replace",
            Self::Delete => "delete",
            Self::Missing => "missing",
            Self::Rejected => "rejected",
            Self::CustomField => "custom-field",
            Self::Unicode => "unicode",
            Self::LongValues => "long-values",
            Self::Unsupported => "unsupported",
            Self::ReadOnly => "read-only",
        }
    }

    /// Whether the case is about anything that the manifest declares.
    pub(super) fn applies(self, resource: Resource, declared: &ResourceManifest) -> bool {
        let can = |operation| declared.supports(operation);
        match self {
            Self::List
            | Self::Walk
            | Self::View
            | Self::Filters
            | Self::Sorts
            | Self::UpdatedSince
            | Self::Empty => can(Operation::List),
            Self::Get => can(Operation::Get),
            Self::Create | Self::Rejected | Self::Unicode | Self::LongValues => can(Operation::Create),
            Self::Merge | Self::Clear | Self::Replace => can(Operation::Update),
            Self::Delete => can(Operation::Delete),
            Self::Missing => can(Operation::Get) || can(Operation::Update) || can(Operation::Delete),
            Self::CustomField => resource.writable() && can(Operation::List),
            Self::Unsupported => support::missing_operations(resource, declared).next().is_some(),
            Self::ReadOnly => !resource.writable(),
        }
    }

    pub(super) async fn run(self, subject: &Subject<'_>) -> Verdict {
        match self {
            Self::List => reading::list(subject).await,
            Self::Walk => reading::walk(subject).await,
            Self::Get => reading::get(subject).await,
            Self::View => reading::view(subject).await,
            Self::Filters => queries::filters(subject).await,
            Self::Sorts => queries::sorts(subject).await,
            Self::UpdatedSince => queries::updated_since(subject).await,
            Self::Empty => queries::empty(subject).await,
            Self::Create => writing::create(subject).await,
            Self::Merge => writing::merge(subject).await,
            Self::Clear => writing::clear(subject).await,
            Self::Replace => writing::replace(subject).await,
            Self::Delete => writing::delete(subject).await,
            Self::Missing => refusals::missing(subject).await,
            Self::Rejected => refusals::rejected(subject).await,
            Self::CustomField => customs::custom_field(subject).await,
            Self::Unicode => values::unicode(subject).await,
            Self::LongValues => values::long_values(subject).await,
            Self::Unsupported => support::unsupported(subject).await,
            Self::ReadOnly => support::read_only(subject).await,
        }
    }
}

/// A case about the connection rather than a resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ConnectionCase {
    ExpiredToken,
    RateLimited,
}

impl ConnectionCase {
    pub(super) const ALL: [Self; 2] = [Self::ExpiredToken, Self::RateLimited];

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::ExpiredToken => "expired-token",
            Self::RateLimited => "rate-limited",
        }
    }

    pub(super) async fn run(self, client: &Client) -> Verdict {
        match self {
            Self::ExpiredToken => connection::expired_token(client).await,
            Self::RateLimited => connection::rate_limited(client).await,
        }
    }
}
