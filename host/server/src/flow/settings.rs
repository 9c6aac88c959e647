//! Settings of a connection that is about to be made, held against the connector.

use std::collections::BTreeMap;

use routemcp_runtime::LoadedConnector;
use routemcp_unified::manifest::{AuthMethod, Manifest};

use crate::http::error::ApiError;

/// Settings must be declared and complete, and lead to a base URL on a host that the connector was granted.
pub(crate) fn checked(
    connector: &LoadedConnector,
    settings: &BTreeMap<String, String>,
) -> Result<(), ApiError> {
    let manifest = connector.manifest();
    manifest.check_settings(settings).map_err(by_setting)?;
    let base_url = manifest.base_url_with(&manifest.settings_with(settings));
    let grant = base_url.and_then(|url| connector.grant(&url).map_err(|error| error.to_string()));
    grant.map(drop).map_err(|why| ApiError::invalid("settings", why))
}

/// As [`checked`], before the provider has given its part.
pub(crate) fn checked_so_far(
    manifest: &Manifest,
    method: &AuthMethod,
    settings: &BTreeMap<String, String>,
) -> Result<(), ApiError> {
    manifest
        .check_settings_asked(method, settings)
        .map_err(by_setting)
}

/// What an end user gave, before the provider has given its part. It may be what the form asks for and nothing else: what
/// the provider says of an account comes from the provider.
pub(crate) fn from_form(
    manifest: &Manifest,
    method: &AuthMethod,
    settings: &BTreeMap<String, String>,
) -> Result<(), ApiError> {
    let mut errors = manifest
        .check_settings_asked(method, settings)
        .err()
        .unwrap_or_default();
    let asked = manifest.settings_to_ask(method);
    for name in settings.keys() {
        if !asked.iter().any(|setting| setting.name == *name) {
            let why = "is not asked for with this way to connect".to_owned();
            errors.entry(name.clone()).or_insert(why);
        }
    }
    if errors.is_empty() {
        Ok(())
    } else {
        Err(by_setting(errors))
    }
}

fn by_setting(errors: BTreeMap<String, String>) -> ApiError {
    let named = errors
        .into_iter()
        .map(|(name, why)| (format!("settings.{name}"), why));
    ApiError::validation(named.collect())
}
