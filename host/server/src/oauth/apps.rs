//! OAuth apps: the client id and secret under which a provider knows us, per organisation, with those of the environment
//! behind them.

use std::collections::BTreeMap;

use routemcp_store::{Environment, OrganisationId, Store, StoreError};
use secrecy::SecretString;

/// How the environment names an app: `ROUTEMCP_OAUTH_<SLUG>_CLIENT_ID` and `…_CLIENT_SECRET`, the slug in capitals with
/// `_` for `-`.
const PREFIX: &str = "ROUTEMCP_OAUTH_";
const ID: &str = "_CLIENT_ID";
const SECRET: &str = "_CLIENT_SECRET";

/// An OAuth app at a provider.
#[derive(Clone, Debug)]
pub(crate) struct App {
    pub(crate) client_id: String,
    pub(crate) client_secret: SecretString,
}

/// Apps that the operator brings for all organisations, by slug in capitals.
#[derive(Default)]
pub(crate) struct OperatorApps(BTreeMap<String, App>);

/// A name without its other half.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("{present} is set but {missing} is not: an OAuth app needs both")]
pub(crate) struct HalfAnApp {
    present: String,
    missing: String,
}

impl OperatorApps {
    /// Reads them from the environment's variables.
    pub(crate) fn read(variables: impl Iterator<Item = (String, String)>) -> Result<Self, HalfAnApp> {
        let mut ids = BTreeMap::new();
        let mut secrets = BTreeMap::new();
        for (name, value) in variables.filter(|(_, value)| !value.is_empty()) {
            let Some(rest) = name.strip_prefix(PREFIX) else {
                continue;
            };
            if let Some(slug) = rest.strip_suffix(ID) {
                ids.insert(slug.to_owned(), value);
            } else if let Some(slug) = rest.strip_suffix(SECRET) {
                secrets.insert(slug.to_owned(), SecretString::from(value));
            }
        }
        let mut apps = BTreeMap::new();
        for (slug, client_id) in ids {
            let client_secret = secrets.remove(&slug).ok_or_else(|| half(&slug, ID, SECRET))?;
            apps.insert(
                slug,
                App {
                    client_id,
                    client_secret,
                },
            );
        }
        match secrets.into_keys().next() {
            Some(slug) => Err(half(&slug, SECRET, ID)),
            None => Ok(Self(apps)),
        }
    }

    fn get(&self, provider: &str) -> Option<&App> {
        self.0.get(&provider.to_ascii_uppercase().replace('-', "_"))
    }
}

fn half(slug: &str, present: &str, missing: &str) -> HalfAnApp {
    HalfAnApp {
        present: format!("{PREFIX}{slug}{present}"),
        missing: format!("{PREFIX}{slug}{missing}"),
    }
}

/// Where apps come from.
pub(crate) struct Apps {
    store: Store,
    operator: OperatorApps,
}

impl Apps {
    pub(crate) fn new(store: Store, operator: OperatorApps) -> Self {
        Self { store, operator }
    }

    /// The app to connect with: the organisation's own, else the operator's. In the test environment sandboxes take any.
    pub(crate) async fn for_connecting(
        &self,
        organisation: &OrganisationId,
        environment: Environment,
        provider: &str,
    ) -> Result<Option<App>, StoreError> {
        if environment == Environment::Test {
            return Ok(Some(App {
                client_id: "sandbox".to_owned(),
                client_secret: "sandbox".into(),
            }));
        }
        let own = self.of_organisation(organisation, provider).await?;
        Ok(own.or_else(|| self.operator.get(provider).cloned()))
    }

    /// The app that a connection was made with: tokens belong to one app for life.
    pub(crate) async fn for_renewing(
        &self,
        organisation: &OrganisationId,
        environment: Environment,
        provider: &str,
        client_id: &str,
    ) -> Result<Option<App>, StoreError> {
        let same = |app: &App| app.client_id == client_id;
        let preferred = self.for_connecting(organisation, environment, provider).await?;
        Ok(preferred
            .filter(same)
            .or_else(|| self.operator.get(provider).cloned().filter(same)))
    }

    async fn of_organisation(
        &self,
        organisation: &OrganisationId,
        provider: &str,
    ) -> Result<Option<App>, StoreError> {
        let own = self.store.oauth_app(organisation, provider).await?;
        Ok(own.map(|own| App {
            client_id: own.client_id,
            client_secret: own.client_secret,
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::OperatorApps;

    fn read(variables: &[(&str, &str)]) -> Result<OperatorApps, String> {
        let variables = variables
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        OperatorApps::read(variables).map_err(|error| error.to_string())
    }

    #[test]
    fn apps_are_found_by_slug() {
        let apps = read(&[
            ("ROUTEMCP_OAUTH_ZOHO_CRM_CLIENT_ID", "zoho-id"),
            ("ROUTEMCP_OAUTH_ZOHO_CRM_CLIENT_SECRET", "zoho-secret"),
            ("ROUTEMCP_OAUTH_HUBSPOT_CLIENT_ID", ""),
            ("PATH", "/bin"),
        ])
        .unwrap();
        assert_eq!(apps.get("zoho-crm").unwrap().client_id, "zoho-id");
        assert!(apps.get("hubspot").is_none(), "an empty variable is no variable");
        assert!(!format!("{:?}", apps.get("zoho-crm")).contains("zoho-secret"));
    }

    #[test]
    fn half_an_app_names_the_missing_variable() {
        for (present, missing) in [("_CLIENT_ID", "_CLIENT_SECRET"), ("_CLIENT_SECRET", "_CLIENT_ID")] {
            let error = read(&[(&format!("ROUTEMCP_OAUTH_HUBSPOT{present}"), "x")])
                .err()
                .unwrap();
            assert!(
                error.contains(&format!("ROUTEMCP_OAUTH_HUBSPOT{missing} is not")),
                "{error}"
            );
        }
    }
}
