//! Settings of a connection, held against the manifest.

use std::collections::BTreeMap;

use super::{AuthMethod, Manifest, Setting};

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
        let mut url = self.base_url.clone();
        for (name, value) in settings {
            let placeholder = format!("{{{name}}}");
            if !url.contains(&placeholder) {
                continue;
            }
            if !fits_into_url(&placeholder, &self.base_url, value) {
                return Err(format!("the setting `{name}` cannot stand in the base URL"));
            }
            url = url.replace(&placeholder, value.trim_end_matches('/'));
        }
        match url.split_once('{') {
            None => Ok(url),
            Some(_) => Err(format!(
                "the base URL `{}` needs settings that the connection lacks",
                self.base_url
            )),
        }
    }

    /// Refuses settings that the manifest does not declare, values that are none of the choices, and required settings
    /// that are missing.
    ///
    /// # Errors
    /// Setting -> what is wrong with it.
    pub fn check_settings(&self, own: &BTreeMap<String, String>) -> Result<(), BTreeMap<String, String>> {
        let mut errors = BTreeMap::new();
        for (name, value) in own {
            if let Err(problem) = self.check_setting(name, value) {
                errors.insert(name.clone(), problem);
            }
        }
        for setting in self
            .settings
            .iter()
            .filter(|setting| setting.required && setting.default.is_none())
        {
            if !own.contains_key(&setting.name) {
                errors.insert(setting.name.clone(), format!("is required: {}", setting.label));
            }
        }
        if errors.is_empty() { Ok(()) } else { Err(errors) }
    }

    fn check_setting(&self, name: &str, value: &str) -> Result<(), String> {
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

/// A placeholder that begins the base URL stands for a whole origin, as token answers give it (`api_domain`); any other
/// is a piece of a host name or path. What may be reached is decided by the allowed hosts either way.
fn fits_into_url(placeholder: &str, base_url: &str, value: &str) -> bool {
    let piece = |text: &str| {
        !text.is_empty()
            && text
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '_'))
    };
    if base_url.starts_with(placeholder) {
        let host = value
            .strip_prefix("https://")
            .or_else(|| value.strip_prefix("http://"));
        return host.is_some_and(|host| {
            let host = host.trim_end_matches('/');
            let (name, port) = host.split_once(':').unwrap_or((host, "443"));
            piece(name) && port.parse::<u16>().is_ok()
        });
    }
    piece(value)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use crate::fixture;
    use crate::manifest::{Manifest, Setting};

    fn manifest(base_url: &str) -> Manifest {
        let setting = |name: &str, default: Option<&str>, choices: &[&str]| Setting {
            name: name.to_owned(),
            label: name.to_owned(),
            description: String::new(),
            default: default.map(str::to_owned),
            choices: choices.iter().map(|choice| (*choice).to_owned()).collect(),
            required: default.is_none(),
        };
        let settings = vec![
            setting("domain", None, &[]),
            setting("version", Some("v2"), &["v1", "v2"]),
        ];
        Manifest {
            base_url: base_url.to_owned(),
            settings,
            ..fixture::manifest()
        }
    }

    fn settings(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
        pairs
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect()
    }

    #[test]
    fn placeholders_take_pieces_that_cannot_change_the_shape_of_the_url() {
        for (base_url, value, expected) in [
            (
                "https://{domain}.example.com",
                "acme",
                Some("https://acme.example.com"),
            ),
            (
                "{domain}/api",
                "https://acme.example.com",
                Some("https://acme.example.com/api"),
            ),
            (
                "{domain}/api",
                "https://acme.example.com/",
                Some("https://acme.example.com/api"),
            ),
            (
                "{domain}/api",
                "http://127.0.0.1:7001",
                Some("http://127.0.0.1:7001/api"),
            ),
            ("{domain}/api", "https://user@evil.example", None),
            ("{domain}/api", "ftp://acme", None),
            ("https://{domain}.example.com", "evil.example/", None),
            ("https://{domain}.example.com", "evil.example#", None),
            ("https://{domain}.example.com", "a@b", None),
            ("https://{domain}.example.com", "", None),
            ("https://{other}.example.com", "acme", None),
        ] {
            let filled = manifest(base_url)
                .base_url_with(&settings(&[("domain", value)]))
                .ok();
            assert_eq!(filled.as_deref(), expected, "{base_url} {value}");
        }
    }

    #[test]
    fn settings_are_defaulted_and_checked() {
        let manifest = manifest("https://{domain}.example.com");
        let own = settings(&[("domain", "acme")]);
        assert_eq!(manifest.settings_with(&own)["version"], "v2");
        assert_eq!(manifest.check_settings(&own), Ok(()));
        let wrong = settings(&[("version", "v3"), ("colour", "red")]);
        let names: Vec<String> = manifest.check_settings(&wrong).unwrap_err().into_keys().collect();
        assert_eq!(names, ["colour", "domain", "version"]);
    }
}
