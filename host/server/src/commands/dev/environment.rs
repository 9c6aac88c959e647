//! `dev.env`: the address and the keys of a development server, kept over restarts.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use routemcp_store::{Environment, NewApiKey, OrganisationId, Plan, Scope};
use secrecy::{ExposeSecret, SecretString};

use crate::app::App;
use crate::commands::arguments::write_private;

const ORGANISATION: &str = "Development";
const FILE: &str = "dev.env";

/// What `dev.env` says.
pub(super) struct DevEnvironment {
    pub(super) url: String,
    pub(super) organisation: OrganisationId,
    pub(super) file: PathBuf,
    test_key: SecretString,
    live_key: SecretString,
    admin_token: SecretString,
}

/// The admin token of an earlier start, or a new one.
pub(super) fn admin_token(folder: &Path) -> anyhow::Result<SecretString> {
    if let Some(earlier) = read(&folder.join(FILE)).remove("ROUTEMCP_ADMIN_TOKEN") {
        return Ok(earlier.into());
    }
    let mut random = [0; 32];
    getrandom::fill(&mut random)?;
    Ok(hex::encode(random).into())
}

/// Finds the organisation and keys of an earlier start, or makes them.
pub(super) async fn prepare(app: &App, folder: &Path, url: String) -> anyhow::Result<DevEnvironment> {
    let organisation = match app.store.find_organisation(ORGANISATION).await? {
        Some(organisation) => organisation,
        None => app.store.create_organisation(ORGANISATION).await?,
    };
    let file = folder.join(FILE);
    let earlier = read(&file);
    Ok(DevEnvironment {
        url,
        test_key: key(
            app,
            &organisation.id,
            Environment::Test,
            earlier.get("ROUTEMCP_TEST_KEY"),
        )
        .await?,
        live_key: key(
            app,
            &organisation.id,
            Environment::Live,
            earlier.get("ROUTEMCP_LIVE_KEY"),
        )
        .await?,
        admin_token: app.admin_token.clone().unwrap_or_default(),
        organisation: organisation.id,
        file,
    })
}

/// The earlier key if it is still good, or a new one with every scope.
async fn key(
    app: &App,
    organisation_id: &OrganisationId,
    environment: Environment,
    earlier: Option<&String>,
) -> anyhow::Result<SecretString> {
    if let Some(earlier) = earlier.map(|text| SecretString::from(text.as_str()))
        && app.store.authenticate(&earlier).await?.is_some()
    {
        return Ok(earlier);
    }
    let new = NewApiKey {
        organisation_id: organisation_id.clone(),
        environment,
        name: "routemcp dev".to_owned(),
        scopes: vec![Scope::Read, Scope::Write, Scope::Connect, Scope::Manage],
        plan: Plan::Organization,
    };
    Ok(app.store.create_api_key(new).await?.1)
}

fn read(file: &Path) -> BTreeMap<String, String> {
    let text = std::fs::read_to_string(file).unwrap_or_default();
    let lines = text.lines().filter_map(|line| line.split_once('='));
    lines
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect()
}

impl DevEnvironment {
    /// The key to show in the example.
    pub(super) fn test_key(&self) -> &str {
        self.test_key.expose_secret()
    }

    /// Writes `dev.env`, readable by its owner only.
    pub(super) fn write(&self, folder: &Path) -> anyhow::Result<()> {
        let text = format!(
            "ROUTEMCP_URL={}\nROUTEMCP_TEST_KEY={}\nROUTEMCP_LIVE_KEY={}\nROUTEMCP_ADMIN_TOKEN={}\n",
            self.url,
            self.test_key.expose_secret(),
            self.live_key.expose_secret(),
            self.admin_token.expose_secret(),
        );
        write_private(&folder.join(FILE), &text)
    }
}
