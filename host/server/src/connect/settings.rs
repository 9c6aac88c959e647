//! Settings of a connection that is about to be made, held against the connector.

use std::collections::BTreeMap;

use routemcp_broker::Grant;
use routemcp_unified::manifest::{AuthMethod, Manifest};

use crate::http::error::ApiError;

/// Settings must be declared and complete, and lead to a base URL on one of the connector's hosts.
pub(crate) fn checked(manifest: &Manifest, settings: &BTreeMap<String, String>) -> Result<(), ApiError> {
    manifest.check_settings(settings).map_err(by_setting)?;
    let base_url = manifest.base_url_with(&manifest.settings_with(settings));
    let grant = base_url
        .and_then(|url| Grant::within(&url, &manifest.allowed_hosts).map_err(|error| error.to_string()));
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

fn by_setting(errors: BTreeMap<String, String>) -> ApiError {
    let named = errors
        .into_iter()
        .map(|(name, why)| (format!("settings.{name}"), why));
    ApiError::validation(named.collect())
}
