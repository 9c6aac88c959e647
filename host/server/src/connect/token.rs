//! A token that the end user copied from the provider.

use std::collections::BTreeMap;

use routemcp_store::{ConnectSession, Connection};
use routemcp_unified::manifest::AuthMethod;
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;

use super::establish::establish;
use super::offer::{offered, unused};
use super::probe::probe;
use crate::app::App;
use crate::flow::credential::Credential;
use crate::flow::settings::{checked, from_form};
use crate::http::error::ApiError;
use crate::oauth::party::Party;

/// What the form sends.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Form {
    provider: String,
    auth_method: String,
    token: SecretString,
    #[serde(default)]
    settings: BTreeMap<String, String>,
}

/// Tries the token at the provider and keeps it.
pub(crate) async fn connect(app: &App, session: &ConnectSession, form: Form) -> Result<Connection, ApiError> {
    let connector = offered(app, session, &form.provider)?;
    let manifest = connector.manifest();
    let method = manifest.auth_method(&form.auth_method);
    let method = method.filter(|method| matches!(method, AuthMethod::Token(_)));
    let method = method.ok_or_else(|| {
        ApiError::invalid(
            "authMethod",
            format!("is not a token method of {}", manifest.name),
        )
    })?;
    let token: SecretString = form.token.expose_secret().trim().into();
    if token.expose_secret().is_empty() {
        return Err(ApiError::invalid("token", "is required"));
    }
    from_form(manifest, method, &form.settings)?;
    checked(&connector, &form.settings)?;
    unused(app, session, &form.provider).await?;
    let party = Party::to_be(session, connector.clone(), form.auth_method, &form.settings);
    probe(app, &party, &token).await?;
    establish(app, session, &party, form.settings, &Credential::fixed(token)).await
}
