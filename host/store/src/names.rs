//! Closed sets of names: the same words in the database, in JSON and on the command line.

use serde::{Deserialize, Serialize};

/// A word that is not in the set.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("unknown {what}; use one of: {known}")]
pub struct UnknownName {
    what: &'static str,
    known: String,
}

macro_rules! names {
    ($(#[$doc:meta])* $name:ident, $what:literal, { $($(#[$variant_doc:meta])* $variant:ident = $text:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        pub enum $name {
            $($(#[$variant_doc])* #[serde(rename = $text)] $variant,)+
        }

        impl $name {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The word for it.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $text,)+
                }
            }

            /// Reads the word.
            ///
            /// # Errors
            /// [`UnknownName`], which lists the known words.
            pub fn parse(text: &str) -> Result<Self, UnknownName> {
                let found = Self::ALL.iter().copied().find(|name| name.as_str() == text);
                found.ok_or_else(|| UnknownName { what: $what, known: [$($text),+].join(", ") })
            }
        }
    };
}

names!(
    /// Which world a key, an end user or a connection belongs to.
    Environment,
    "environment",
    {
        /// Real providers.
        Live = "live",
        /// Sandboxes.
        Test = "test",
    }
);

names!(
    /// What an API key may do.
    Scope,
    "scope",
    {
        /// Read records.
        Read = "read",
        /// Create, change and delete records.
        Write = "write",
        /// Manage connections and connect tokens.
        Connect = "connect",
        /// Change field mappings.
        Manage = "manage",
    }
);

names!(
    /// The plan of an API key, which sets its rate limit.
    Plan,
    "plan",
    {
        /// 100 requests a minute.
        Individual = "individual",
        /// 500 requests a minute.
        Team = "team",
        /// 2,000 requests a minute.
        Organization = "organization",
        /// As many as the server can take: for who runs it.
        Unlimited = "unlimited",
    }
);

names!(
    /// Whether a connection can be used.
    ConnectionStatus,
    "connection status",
    {
        /// In use.
        Active = "active",
        /// The provider no longer takes the credential: the end user must authorise again.
        NeedsReauth = "needs_reauth",
        /// Switched off.
        Disabled = "disabled",
    }
);

names!(
    /// How far an OAuth round trip has come. It only ever moves down this list.
    AuthorizationStatus,
    "authorisation status",
    {
        /// Begun; no browser has been sent to the provider.
        Pending = "pending",
        /// A browser is at the provider.
        Launched = "launched",
        /// The provider sent it back, and the code is being exchanged for a credential.
        Exchanging = "exchanging",
        /// The connection is made.
        Succeeded = "succeeded",
        /// It will make no connection.
        Failed = "failed",
    }
);

impl Plan {
    /// How many requests a key of this plan may make in a minute.
    #[must_use]
    pub const fn requests_per_minute(self) -> u32 {
        match self {
            Self::Individual => 100,
            Self::Team => 500,
            Self::Organization => 2_000,
            // More than a minute holds, and the headers of every answer stay numbers.
            Self::Unlimited => u32::MAX,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{ConnectionStatus, Environment, Plan, Scope};

    #[test]
    fn every_name_reads_back_and_is_the_same_in_json() {
        for name in ConnectionStatus::ALL {
            assert_eq!(ConnectionStatus::parse(name.as_str()), Ok(*name));
            assert_eq!(
                serde_json::to_string(name).unwrap(),
                format!("\"{}\"", name.as_str())
            );
        }
        assert_eq!(Scope::ALL.len(), 4);
    }

    #[test]
    fn an_unknown_name_is_answered_with_the_known_ones() {
        let error = Environment::parse("production").unwrap_err();
        assert_eq!(error.to_string(), "unknown environment; use one of: live, test");
        assert!(Environment::parse("Live").is_err());
    }

    #[test]
    fn plans_have_the_published_limits() {
        let limits: Vec<u32> = Plan::ALL.iter().map(|plan| plan.requests_per_minute()).collect();
        assert_eq!(limits, [100, 500, 2_000, u32::MAX]);
    }
}
