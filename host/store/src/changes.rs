//! What changes in the database, told to everybody who follows it: the caches of this process, the connectors that are
//! live, and the other processes on the same database.
//!
//! A write announces what it changed at its commit ([`Store::commit`]). On PostgreSQL the announcement is part of the
//! transaction (`pg_notify`) and reaches every process that listens ([`postgres`]). SQLite has nothing like it, so a
//! process sees only that others have written ([`sqlite`]), and takes it that everything may have changed.
//!
//! [`Store::commit`]: crate::store::Store

mod feed;
mod generations;
pub(crate) mod postgres;
pub(crate) mod sqlite;

use serde::{Deserialize, Serialize};

use crate::ids::OrganisationId;

pub use feed::ChangeStream;
pub(crate) use feed::Feed;
pub(crate) use generations::{Stamp, Topic};

/// PostgreSQL takes less than 8,000 bytes with a notification.
const LONGEST_PAYLOAD: usize = 7_900;

/// What a write changed: ids and nothing else, because every process on the database hears it.
///
/// What is read from the database each time (allowed origins, OAuth apps, connect sessions) is not announced.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "what", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Change {
    /// Nobody knows what: announcements may have been missed.
    Everything,
    /// A connector's versions, which one is active, whether it is served, or its grants.
    Connector {
        /// The provider's slug.
        slug: String,
    },
    /// API keys that were in force no longer are. A new key changes nothing that anybody could have kept.
    ApiKeys,
    /// Connections of an organisation: new or gone ones, their status, settings or credentials.
    Connections {
        /// Whose.
        organisation_id: OrganisationId,
    },
    /// An organisation's mapping overrides for a provider.
    Overrides {
        /// Whose.
        organisation_id: OrganisationId,
        /// The connector's slug.
        provider: String,
    },
}

impl Change {
    /// What other processes are told.
    fn payload(&self) -> String {
        let text = serde_json::to_string(self).unwrap_or_default();
        if (1..=LONGEST_PAYLOAD).contains(&text.len()) {
            text
        } else {
            r#"{"what":"everything"}"#.to_owned()
        }
    }

    /// What another process has told. One of a newer version may tell what this one has no word for.
    fn read(payload: &str) -> Self {
        serde_json::from_str(payload).unwrap_or(Self::Everything)
    }
}

#[cfg(test)]
mod tests {
    use super::{Change, LONGEST_PAYLOAD};

    fn overrides(provider: &str) -> Change {
        Change::Overrides {
            organisation_id: "org_1".into(),
            provider: provider.to_owned(),
        }
    }

    #[test]
    fn changes_reach_others_as_they_are() {
        for change in [
            Change::Everything,
            Change::ApiKeys,
            Change::Connector {
                slug: "hubspot".to_owned(),
            },
            Change::Connections {
                organisation_id: "org_1".into(),
            },
            overrides("zoho \"crm\""),
        ] {
            assert_eq!(Change::read(&change.payload()), change);
        }
    }

    #[test]
    fn what_cannot_be_told_or_understood_means_everything() {
        let long = overrides(&"x".repeat(10_000));
        assert!(long.payload().len() <= LONGEST_PAYLOAD);
        assert_eq!(Change::read(&long.payload()), Change::Everything);
        for payload in [
            "",
            "[]",
            r#"{"what":"invoices","id":"1"}"#,
            r#"{"what":"connector"}"#,
        ] {
            assert_eq!(Change::read(payload), Change::Everything, "{payload}");
        }
    }
}
