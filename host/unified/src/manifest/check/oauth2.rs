//! Whether the parts of an OAuth 2.0 method fit together.

use super::Problems;
use crate::describe::one_of;
use crate::manifest::{Manifest, OAuth2Method, TokenUrlError, hosts, template};
use crate::pointer::escape;

/// What the host itself sends to the token URL.
const OF_TOKEN: [&str; 8] = [
    "grant_type",
    "code",
    "refresh_token",
    "redirect_uri",
    "client_id",
    "client_secret",
    "code_verifier",
    "scope",
];
/// What the host itself sends to the authorise URL.
const OF_AUTHORIZE: [&str; 7] = [
    "response_type",
    "client_id",
    "redirect_uri",
    "scope",
    "state",
    "code_challenge",
    "code_challenge_method",
];
/// What a redirect carries in any case (RFC 6749, section 4.1.2).
const OF_REDIRECT: [&str; 5] = ["code", "state", "error", "error_description", "error_uri"];

pub(super) fn check(manifest: &Manifest, method: &OAuth2Method, place: &str, problems: &mut Problems) {
    token_urls(manifest, method, place, problems);
    token_hosts(method, place, problems);
    callback(manifest, method, place, problems);
    for name in method.token_parameters.keys() {
        if OF_TOKEN.contains(&name.as_str()) {
            problems.add(
                format!("{place}/tokenParameters/{}", escape(name)),
                "is sent by the host: leave it out",
            );
        }
    }
    let query = method.authorize_url.split_once('?').map(|(_, query)| query);
    for pair in query.unwrap_or_default().split('&') {
        let name = pair.split('=').next().unwrap_or_default();
        if OF_AUTHORIZE.contains(&name) {
            problems.add(
                format!("{place}/authorizeUrl"),
                format!("`{name}` is sent by the host: leave it out"),
            );
        }
    }
}

fn urls(method: &OAuth2Method) -> impl Iterator<Item = (&'static str, &str)> {
    let revoke = method.revoke_url.as_deref().map(|url| ("revokeUrl", url));
    [("tokenUrl", method.token_url.as_str())]
        .into_iter()
        .chain(revoke)
}

/// Every placeholder needs a value before there is a token, and the defaults must lead somewhere good.
fn token_urls(manifest: &Manifest, method: &OAuth2Method, place: &str, problems: &mut Problems) {
    for (member, url) in urls(method) {
        let place = format!("{place}/{member}");
        let names = match template::placeholders(url) {
            Ok(names) => names,
            Err(message) => {
                problems.add(place, message);
                continue;
            }
        };
        for name in names {
            if let Err(message) = value(manifest, method, name) {
                problems.add(place.clone(), message);
            }
        }
    }
    if method.token_hosts.is_empty() {
        return;
    }
    let defaults = manifest.settings_with(&std::collections::BTreeMap::new());
    let found = [
        ("tokenUrl", method.token_url_with(&defaults).err()),
        ("revokeUrl", method.revoke_url_with(&defaults).err()),
    ];
    for (member, error) in found {
        match error {
            None | Some(TokenUrlError::Missing { .. }) => {}
            Some(error) => problems.add(format!("{place}/{member}"), format!("with the defaults, {error}")),
        }
    }
}

/// Whether the setting of a placeholder always has a value.
fn value(manifest: &Manifest, method: &OAuth2Method, name: &str) -> Result<(), String> {
    let Some(setting) = manifest.setting(name) else {
        return Err(format!("`{{{name}}}` is not in `settings`"));
    };
    let provided =
        method.settings_from_token.contains_key(name) || method.settings_from_callback.contains_key(name);
    if setting.default.is_some() || (setting.required && !provided) {
        return Ok(());
    }
    Err(format!(
        "`{{{name}}}` may have no value: give the setting a `default`{}",
        if provided { "" } else { ", or make it `required`" }
    ))
}

fn token_hosts(method: &OAuth2Method, place: &str, problems: &mut Problems) {
    let place = format!("{place}/tokenHosts");
    let open = urls(method).any(|(_, url)| url.contains('{'));
    match (open, method.token_hosts.is_empty()) {
        (true, true) => problems.add(
            place.clone(),
            "is needed beside a URL with placeholders: the origins that it may lead to",
        ),
        (false, false) => problems.add(
            place.clone(),
            "is of no use beside URLs without placeholders: leave it out",
        ),
        _ => {}
    }
    for (index, entry) in method.token_hosts.iter().enumerate() {
        if hosts::is_too_wide(entry) {
            problems.add(
                format!("{place}/{index}"),
                "a wildcard needs at least two labels after it, like \"https://*.example.com\"",
            );
        }
    }
}

fn callback(manifest: &Manifest, method: &OAuth2Method, place: &str, problems: &mut Problems) {
    for (name, parameter) in &method.settings_from_callback {
        let place = format!("{place}/settingsFromCallback/{}", escape(name));
        if manifest.setting(name).is_none() {
            let known = one_of(manifest.settings.iter().map(|setting| setting.name.as_str()));
            problems.add(place, format!("is not one of the `settings`: {known}"));
        } else if method.settings_from_token.contains_key(name) {
            problems.add(place, "is also in `settingsFromToken`: leave it out of one");
        } else if OF_REDIRECT.contains(&parameter.as_str()) {
            problems.add(
                place,
                format!("`{parameter}` is no setting, but a part of OAuth 2.0"),
            );
        }
    }
}
