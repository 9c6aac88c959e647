//! Settings of a connection, held against the manifest.

use std::collections::{BTreeMap, BTreeSet};

use super::oauth2::{MAX_SETTING, usable};
use super::template::{self, Fault};
use super::{AuthMethod, Manifest, Setting, TokenUrlError};

impl Manifest {
    /// The settings in force for a connection: the manifest's defaults, and over them the connection's own.
    #[must_use]
    pub fn settings_with(&self, own: &BTreeMap<String, String>) -> BTreeMap<String, String> {
        let default = |setting: &Setting| Some((setting.name.clone(), setting.default.clone()?));
        let mut settings: BTreeMap<String, String> = self.settings.iter().filter_map(default).collect();
        settings.extend(own.clone());
        settings
    }

    /// The base URL with its `{placeholders}` filled in.
    ///
    /// # Errors
    /// When a placeholder has no value, or one that would change the URL's shape.
    pub fn base_url_with(&self, settings: &BTreeMap<String, String>) -> Result<String, String> {
        template::fill(&self.base_url, settings).map_err(|fault| match fault {
            Fault::Unfit(name, expected) => {
                format!("the setting `{name}` cannot stand in the base URL: {expected}")
            }
            Fault::Missing(name) => format!(
                "the base URL `{}` needs the setting `{name}`, which the connection lacks",
                self.base_url
            ),
        })
    }

    /// What a form asks for who connects with this auth method: every setting but those that the provider gives with
    /// it, and those that only serve the token URLs of other methods.
    pub fn settings_to_ask(&self, method: &AuthMethod) -> Vec<&Setting> {
        self.settings
            .iter()
            .filter(|setting| {
                !method.provides(&setting.name) && !self.only_serves_others(&setting.name, method)
            })
            .collect()
    }

    /// The settings that stand for a whole origin, of the API or of the token URLs: `apiDomain` in `{apiDomain}/v1`. They
    /// mean nothing where another origin plays the provider (a sandbox, `--provider-base-url`), and what it gives for
    /// them is not on the manifest's hosts: there, leave them at their defaults.
    pub fn origin_settings(&self) -> BTreeSet<&str> {
        let oauth2 = self.auth.iter().filter_map(AuthMethod::oauth2);
        let token_urls = oauth2.flat_map(|method| [Some(&method.token_url), method.revoke_url.as_ref()]);
        token_urls
            .chain([Some(&self.base_url)])
            .flatten()
            .filter_map(|url| template::origin_setting(url))
            .collect()
    }

    /// Refuses settings that the manifest does not declare, values that are none of the choices or lead a token URL to
    /// a strange origin, and required settings that are missing.
    ///
    /// # Errors
    /// Setting -> what is wrong with it.
    pub fn check_settings(&self, own: &BTreeMap<String, String>) -> Result<(), BTreeMap<String, String>> {
        self.check_given(own, |_| false)
    }

    /// As [`check_settings`](Self::check_settings), before the provider has given its part: required settings that come
    /// with this method may still be missing.
    ///
    /// # Errors
    /// Setting -> what is wrong with it.
    pub fn check_settings_asked(
        &self,
        method: &AuthMethod,
        own: &BTreeMap<String, String>,
    ) -> Result<(), BTreeMap<String, String>> {
        self.check_given(own, |name| method.provides(name))
    }

    fn check_given(
        &self,
        own: &BTreeMap<String, String>,
        comes_later: impl Fn(&str) -> bool,
    ) -> Result<(), BTreeMap<String, String>> {
        let mut errors = BTreeMap::new();
        for (name, value) in own {
            if let Err(problem) = self.check_setting(name, value) {
                errors.insert(name.clone(), problem);
            }
        }
        let missing = |setting: &&Setting| {
            setting.required
                && setting.default.is_none()
                && !own.contains_key(&setting.name)
                && !comes_later(&setting.name)
        };
        for setting in self.settings.iter().filter(missing) {
            errors.insert(setting.name.clone(), format!("is required: {}", setting.label));
        }
        for (name, problem) in self.strange_token_urls(own) {
            errors.entry(name).or_insert(problem);
        }
        if errors.is_empty() { Ok(()) } else { Err(errors) }
    }

    /// Settings that would send client secrets and refresh tokens to where the manifest does not say they belong.
    fn strange_token_urls(&self, own: &BTreeMap<String, String>) -> BTreeMap<String, String> {
        let settings = self.settings_with(own);
        let mut errors = BTreeMap::new();
        for method in self.auth.iter().filter_map(AuthMethod::oauth2) {
            let found = [
                method.token_url_with(&settings).err(),
                method.revoke_url_with(&settings).err(),
            ];
            for error in found.into_iter().flatten() {
                let concerned = match &error {
                    TokenUrlError::Missing { .. } => continue,
                    TokenUrlError::Unfit { setting, .. } => vec![setting.clone()],
                    TokenUrlError::Elsewhere { url, .. } => template::placeholders(url)
                        .unwrap_or_default()
                        .into_iter()
                        .map(str::to_owned)
                        .collect(),
                };
                for name in concerned.into_iter().filter(|name| own.contains_key(name)) {
                    errors.insert(name, error.to_string());
                }
            }
        }
        errors
    }

    /// Whether a setting stands in token URLs, but in none of this method, nor in the base URL.
    fn only_serves_others(&self, name: &str, method: &AuthMethod) -> bool {
        let in_url = |url: &str| template::placeholders(url).is_ok_and(|names| names.contains(&name));
        let serves = |method: &AuthMethod| {
            method.oauth2().is_some_and(|method| {
                in_url(&method.token_url) || method.revoke_url.as_deref().is_some_and(in_url)
            })
        };
        !serves(method) && !in_url(&self.base_url) && self.auth.iter().any(serves)
    }

    fn check_setting(&self, name: &str, value: &str) -> Result<(), String> {
        if !usable(value) {
            return Err(format!(
                "must have 1 to {MAX_SETTING} bytes and no control characters"
            ));
        }
        let from_token = || {
            self.auth
                .iter()
                .flat_map(AuthMethod::settings_from_token)
                .any(|(known, _)| known == name)
        };
        let Some(setting) = self.setting(name) else {
            let known: Vec<&str> = self
                .settings
                .iter()
                .map(|setting| setting.name.as_str())
                .collect();
            return if from_token() {
                Ok(())
            } else {
                Err(format!(
                    "is not a setting of {}; known: {}",
                    self.name,
                    known.join(", ")
                ))
            };
        };
        if setting.choices.is_empty() || setting.choices.iter().any(|choice| choice == value) {
            return Ok(());
        }
        Err(format!("must be one of: {}", setting.choices.join(", ")))
    }
}

#[cfg(test)]
mod tests;
