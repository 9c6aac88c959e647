//! Settings in URLs and forms, and what is refused.

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

/// A provider with data centres: the redirect names the accounts server, the token answer the API.
fn data_centres() -> Manifest {
    let mut json = fixture::json();
    let setting =
        |name: &str, default: &str| serde_json::json!({ "name": name, "label": name, "default": default });
    json["settings"]
        .as_array_mut()
        .unwrap()
        .push(setting("accountsServer", "https://accounts.example.com"));
    json["settings"].as_array_mut().unwrap().push(serde_json::json!({
        "name": "companyDomain", "label": "Company", "required": true
    }));
    let method = &mut json["auth"][0];
    method["tokenUrl"] = "{accountsServer}/oauth/token".into();
    method["revokeUrl"] = "https://login.example.com/revoke".into();
    method["tokenHosts"] = serde_json::json!(["https://accounts.example.com", "https://accounts.example.eu"]);
    method["settingsFromCallback"] = serde_json::json!({ "accountsServer": "accounts-server" });
    Manifest::parse(&json.to_string()).unwrap()
}

fn names(settings: Vec<&Setting>) -> Vec<&str> {
    settings
        .into_iter()
        .map(|setting| setting.name.as_str())
        .collect()
}

#[test]
fn a_form_asks_for_what_the_provider_does_not_give() {
    let manifest = data_centres();
    let asked = |id| names(manifest.settings_to_ask(manifest.auth_method(id).unwrap()));
    assert_eq!(asked("oauth2"), ["apiVersion"]);
    // The accounts server is of no use to who has a key already.
    assert_eq!(asked("apiKey"), ["apiVersion", "companyDomain"]);
    assert_eq!(
        manifest.origin_settings().into_iter().collect::<Vec<_>>(),
        ["accountsServer"]
    );
}

#[test]
fn what_the_provider_gives_may_be_missing_until_it_has() {
    let manifest = data_centres();
    let oauth2 = manifest.auth_method("oauth2").unwrap();
    let key = manifest.auth_method("apiKey").unwrap();
    let none = settings(&[]);
    assert_eq!(manifest.check_settings_asked(oauth2, &none), Ok(()));
    assert!(manifest.check_settings_asked(key, &none).is_err());
    assert!(
        manifest
            .check_settings(&none)
            .unwrap_err()
            .contains_key("companyDomain")
    );
}

#[test]
fn token_urls_stay_on_the_token_hosts() {
    let manifest = data_centres();
    let method = manifest
        .auth_method("oauth2")
        .and_then(|method| method.oauth2())
        .unwrap();
    for (server, expected) in [
        (None, Some("https://accounts.example.com/oauth/token")),
        (
            Some("https://accounts.example.eu"),
            Some("https://accounts.example.eu/oauth/token"),
        ),
        (
            Some("https://accounts.example.eu/"),
            Some("https://accounts.example.eu/oauth/token"),
        ),
        (Some("https://evil.example"), None),
        (Some("http://accounts.example.com"), None),
        (Some("https://accounts.example.com.evil.example"), None),
        (Some("https://accounts.example.com:8443"), None),
        (Some("https://accounts.example.com@evil.example"), None),
        (Some("https://evil.example/https://accounts.example.com"), None),
        (Some("javascript:alert(1)"), None),
    ] {
        let own: BTreeMap<String, String> = server
            .map(|server| ("accountsServer".to_owned(), server.to_owned()))
            .into_iter()
            .collect();
        let url = method.token_url_with(&manifest.settings_with(&own)).ok();
        assert_eq!(url.as_deref(), expected, "{server:?}");
        let mut whole = own.clone();
        whole.insert("companyDomain".to_owned(), "acme".to_owned());
        let refused = manifest.check_settings(&whole).err().unwrap_or_default();
        assert_eq!(
            refused.into_keys().collect::<Vec<_>>().is_empty(),
            expected.is_some(),
            "{server:?}"
        );
    }
    assert_eq!(
        method.token_hosts(),
        [
            "https://accounts.example.com",
            "https://accounts.example.eu",
            "https://login.example.com"
        ]
    );
}

#[test]
fn settings_are_picked_from_the_redirect_and_from_the_token_answer() {
    let manifest = data_centres();
    let auth = manifest.auth_method("oauth2").unwrap();
    let method = auth.oauth2().unwrap();
    let long = "x".repeat(513);
    for (value, expected) in [
        ("https://accounts.example.eu", Some("https://accounts.example.eu")),
        ("", None),
        ("a\r\nb", None),
        (long.as_str(), None),
    ] {
        let query = settings(&[
            ("accounts-server", value),
            ("code", "c"),
            ("companyDomain", "evil"),
        ]);
        let expected: BTreeMap<String, String> = expected
            .map(|value| ("accountsServer".to_owned(), value.to_owned()))
            .into_iter()
            .collect();
        assert_eq!(method.settings_in_callback(&query), expected, "{value:?}");
    }
    for (answer, expected) in [
        (serde_json::json!({ "company_domain": "acme" }), Some("acme")),
        (serde_json::json!({ "company_domain": 7 }), Some("7")),
        (serde_json::json!({ "company_domain": ["acme"] }), None),
        (serde_json::json!({ "companyDomain": "acme" }), None),
    ] {
        let found = auth.settings_in_token_answer(&answer);
        assert_eq!(
            found.get("companyDomain").map(String::as_str),
            expected,
            "{answer}"
        );
    }
}

#[test]
fn a_provider_may_have_its_own_words() {
    let mut json = fixture::json();
    json["auth"][0]["invalidGrantErrors"] = serde_json::json!(["invalid_code"]);
    json["auth"][0]["deniedErrors"] = serde_json::json!(["user_denied"]);
    let manifest = Manifest::parse(&json.to_string()).unwrap();
    let method = manifest
        .auth_method("oauth2")
        .and_then(|method| method.oauth2())
        .unwrap();
    for (error, grant, denied) in [
        ("invalid_grant", true, false),
        ("invalid_code", true, false),
        ("access_denied", false, true),
        ("user_denied", false, true),
        ("invalid_client", false, false),
    ] {
        assert_eq!(
            (method.is_invalid_grant(error), method.is_denied(error)),
            (grant, denied),
            "{error}"
        );
    }
}
