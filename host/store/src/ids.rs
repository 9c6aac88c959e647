//! Identifiers: a prefix that says what it names, and a UUID version 7, so that ids sort by creation. Those that open
//! something are random instead.

use std::fmt;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::error::StoreError;
use crate::secret::random;

macro_rules! id {
    ($(#[$doc:meta])* $name:ident, $prefix:literal) => {
        id!($(#[$doc])* $name);

        impl $name {
            pub(crate) fn generate() -> Self {
                Self(format!(concat!($prefix, "{}"), Uuid::now_v7().simple()))
            }
        }
    };
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            /// The id as text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        /// Takes any text: an id that names nothing is simply not found.
        impl From<String> for $name {
            fn from(text: String) -> Self {
                Self(text)
            }
        }

        /// Takes any text: an id that names nothing is simply not found.
        impl From<&str> for $name {
            fn from(text: &str) -> Self {
                Self(text.to_owned())
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str(&self.0)
            }
        }
    };
}

id!(
    /// Id of an organisation, `org_…`.
    OrganisationId,
    "org_"
);
id!(
    /// Id of an API key, `key_…`. Not a secret.
    ApiKeyId,
    "key_"
);
id!(
    /// Id of an end user, `eu_…`. Callers know end users by their own external id.
    EndUserId,
    "eu_"
);
id!(
    /// Id of a connection, `con_…`.
    ConnectionId,
    "con_"
);
id!(
    /// Id of a connect session, `cs_…`. Not a secret: it stands in URLs, and its token has a secret of its own.
    ConnectSessionId,
    "cs_"
);
id!(
    /// Id of an authorisation, `auth_…`. All of it is random, so that nobody finds one by trying.
    AuthorizationId
);

impl AuthorizationId {
    pub(crate) fn generate() -> Result<Self, StoreError> {
        Ok(Self(format!("auth_{}", hex::encode(random::<16>()?))))
    }
}

#[cfg(test)]
mod tests {
    use super::{AuthorizationId, ConnectionId, OrganisationId};

    #[test]
    fn ids_carry_their_prefix_and_are_unique() {
        let (first, second) = (OrganisationId::generate(), OrganisationId::generate());
        assert_ne!(first, second);
        assert!(
            first.as_str().starts_with("org_") && first.as_str().len() == 36,
            "{first}"
        );
        assert!(ConnectionId::generate().as_str().starts_with("con_"));
    }

    #[test]
    fn ids_of_authorisations_are_random_from_the_first_digit_on() {
        let ids: std::collections::BTreeSet<String> = (0..200)
            .map(|_| AuthorizationId::generate().unwrap().as_str()[..9].to_owned())
            .collect();
        assert!(
            ids.len() > 150 && ids.iter().all(|id| id.starts_with("auth_")),
            "{ids:?}"
        );
    }

    #[test]
    fn ids_are_plain_text_in_json() {
        let id = ConnectionId::from("con_1");
        assert_eq!(serde_json::to_string(&id).unwrap(), "\"con_1\"");
        assert_eq!(serde_json::from_str::<ConnectionId>("\"con_1\"").unwrap(), id);
    }
}
