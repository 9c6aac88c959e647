//! A good manifest is read, and every mistake is told with its place.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::fixture;
use crate::schema::Operation;

/// Changes the good manifest at a pointer; null takes the member away.
fn problems(pointer: &str, value: Value) -> Vec<Problem> {
    let mut manifest = fixture::json();
    let (parent, name) = pointer.rsplit_once('/').unwrap();
    match manifest.pointer_mut(parent).unwrap() {
        Value::Object(members) if value.is_null() => drop(members.remove(name)),
        Value::Object(members) => drop(members.insert(name.to_owned(), value)),
        Value::Array(elements) if name == "-" => elements.push(value),
        Value::Array(elements) => elements[name.parse::<usize>().unwrap()] = value,
        other => panic!("{other} has no members"),
    }
    match Manifest::parse(&manifest.to_string()) {
        Ok(_) => Vec::new(),
        Err(error) => error.problems,
    }
}

#[test]
fn a_good_manifest_is_read() {
    let manifest = fixture::manifest();
    assert_eq!(manifest.slug, "example");
    assert_eq!(manifest.category, Category::Crm);
    assert_eq!(
        manifest.resources.keys().copied().collect::<Vec<_>>(),
        [Resource::Contact, Resource::Deal, Resource::Owner]
    );
    let contact = manifest.resource(Resource::Contact).unwrap();
    assert_eq!(contact.provider, "example");
    assert!(contact.supports(Operation::Update) && !contact.supports(Operation::Delete));
    assert_eq!(
        contact.unsupported_reason(Operation::Delete),
        Some("Example CRM keeps contacts for ever.")
    );
    assert_eq!(manifest.resource(Resource::Lead), None);
    let oauth2 = manifest.auth_method("oauth2").unwrap();
    assert_eq!(
        oauth2.settings_from_token().collect::<Vec<_>>(),
        [("companyDomain", "/company_domain")]
    );
    assert_eq!(
        *oauth2.placement(),
        Placement::Header {
            name: "Authorization".to_owned(),
            prefix: "Bearer ".to_owned()
        }
    );
    let AuthMethod::Oauth2(method) = oauth2 else {
        panic!("{oauth2:?}")
    };
    assert_eq!(
        (method.scope_separator.as_str(), method.client_authentication),
        (" ", ClientAuthentication::Basic)
    );
    assert_eq!(
        *manifest.auth_method("apiKey").unwrap().placement(),
        Placement::Query {
            name: "api_key".to_owned()
        }
    );
}

#[test]
fn a_manifest_keeps_its_meaning_when_stored() {
    let manifest = fixture::manifest();
    assert_eq!(
        Manifest::parse(&serde_json::to_string(&manifest).unwrap()),
        Ok(manifest)
    );
}

#[test]
fn changes_that_are_fine_stay_fine() {
    assert_eq!(
        problems("/$schema", json!("https://example.com/manifest.schema.json")),
        []
    );
    assert_eq!(problems("/rateLimit", Value::Null), []);
    assert_eq!(problems("/sandbox", Value::Null), []);
    assert_eq!(problems("/resources/ticket", json!({"anything": ["goes"]})), []);
    assert_eq!(problems("/allowedHosts/-", json!("http://127.0.0.1:8080")), []);
}

#[test]
fn every_mistake_is_told_with_its_place_and_what_would_be_right() {
    let mut missed = Vec::new();
    let transform = |by: Value| json!({"unifiedField": "source", "providerField": "s", "direction": "read", "transform": by});
    for (pointer, value, place, expected) in [
        ("/manifestVersion", json!(2), "/manifestVersion", "1 was expected"),
        (
            "/slug",
            json!("Example!"),
            "/slug",
            "it must be 2 to 41 lower-case letters",
        ),
        ("/name", Value::Null, "", "\"name\" is a required property"),
        ("/version", json!("1"), "/version", "a semantic version"),
        (
            "/category",
            json!("erp"),
            "/category",
            "it must be `crm` or `pms`",
        ),
        ("/colour", json!("red"), "", "'colour' was unexpected"),
        (
            "/baseUrl",
            json!("ftp://example.com"),
            "/baseUrl",
            "where request targets begin",
        ),
        (
            "/baseUrl",
            json!("https://user@example.com"),
            "/baseUrl",
            "where request targets begin",
        ),
        (
            "/baseUrl",
            json!("https://{region}.example.com"),
            "/baseUrl",
            "`{region}` is neither in `settings`",
        ),
        (
            "/baseUrl",
            json!("https://{region.example.com"),
            "/baseUrl",
            "every `{` must be followed",
        ),
        (
            "/baseUrl",
            json!("https://}{apiVersion}.example.com"),
            "/baseUrl",
            "every `{` must be followed",
        ),
        (
            "/allowedHosts",
            json!([]),
            "/allowedHosts",
            "the origins that may be called",
        ),
        (
            "/allowedHosts/0",
            json!("https://example.com/path"),
            "/allowedHosts/0",
            "an origin",
        ),
        (
            "/allowedHosts/0",
            json!("https://*"),
            "/allowedHosts/0",
            "an origin",
        ),
        (
            "/settings/0/name",
            json!("API version"),
            "/settings/0/name",
            "a camelCase name",
        ),
        (
            "/settings/0/default",
            json!("v3"),
            "/settings/0/default",
            "must be `v1` or `v2`",
        ),
        (
            "/settings/-",
            json!({"name": "apiVersion", "label": "x"}),
            "/settings/1/name",
            "an earlier setting",
        ),
        ("/auth", json!([]), "/auth", "less than 1 item"),
        (
            "/auth/0/kind",
            json!("magic"),
            "/auth/0/kind",
            "it must be `oauth2` or `token`",
        ),
        (
            "/auth/0/tokenUrl",
            json!("/token"),
            "/auth/0/tokenUrl",
            "an absolute URL",
        ),
        (
            "/auth/0/tokenUrl",
            json!("https://user@login.example.com/token"),
            "/auth/0/tokenUrl",
            "an absolute URL",
        ),
        (
            "/auth/0/authorizeUrl",
            json!("https://{region}.example.com/authorize"),
            "/auth/0/authorizeUrl",
            "an absolute URL",
        ),
        (
            "/auth/0/authorizeUrl",
            json!("https://login.example.com/authorize?prompt=consent&state=1"),
            "/auth/0/authorizeUrl",
            "`state` is sent by the host",
        ),
        (
            "/auth/0/tokenHosts",
            json!(["https://login.example.com"]),
            "/auth/0/tokenHosts",
            "is of no use beside URLs without placeholders",
        ),
        (
            "/auth/0/tokenHosts",
            json!(["https://login.example.com/token"]),
            "/auth/0/tokenHosts/0",
            "an origin",
        ),
        (
            "/auth/0/tokenParameters",
            json!({ "client_secret": "x" }),
            "/auth/0/tokenParameters/client_secret",
            "is sent by the host",
        ),
        (
            "/auth/0/tokenParameters",
            json!({ "user type": "Location" }),
            "/auth/0/tokenParameters",
            "the name of a parameter",
        ),
        (
            "/auth/0/tokenParameters",
            json!({ "user_type": "" }),
            "/auth/0/tokenParameters/user_type",
            "text of 1 to 512 characters",
        ),
        (
            "/auth/0/settingsFromCallback",
            json!({ "region": "region" }),
            "/auth/0/settingsFromCallback/region",
            "is not one of the `settings`: `apiVersion`",
        ),
        (
            "/auth/0/settingsFromCallback",
            json!({ "apiVersion": "state" }),
            "/auth/0/settingsFromCallback/apiVersion",
            "a part of OAuth 2.0",
        ),
        (
            "/auth/0/refreshIdleDays",
            json!(0),
            "/auth/0/refreshIdleDays",
            "minimum of 1",
        ),
        (
            "/auth/0/refreshIdleHours",
            json!(1),
            "/auth/0",
            "'refreshIdleHours' was unexpected",
        ),
        ("/auth/0/help", json!("x"), "/auth/0", "'help' was unexpected"),
        (
            "/auth/0/id",
            json!("apiKey"),
            "/auth/1/id",
            "an earlier auth method",
        ),
        (
            "/auth/1/placement",
            json!({}),
            "/auth/1/placement",
            "\"header\" is a required property",
        ),
        (
            "/auth/1/placement/prefix",
            json!("x"),
            "/auth/1/placement",
            "'prefix' was unexpected",
        ),
        (
            "/auth/0/placement/prefix",
            json!("a\r\nb"),
            "/auth/0/placement/prefix",
            "visible ASCII",
        ),
        (
            "/rateLimit/requests",
            json!(0),
            "/rateLimit/requests",
            "minimum of 1",
        ),
        (
            "/sandbox/auth",
            json!("magic"),
            "/sandbox/auth",
            "must be the id of an auth method: `oauth2` or `apiKey`",
        ),
        (
            "/sandbox/settings/no~1ne",
            json!("x"),
            "/sandbox/settings/no~01ne",
            "is not one of the `settings`",
        ),
        (
            "/resources",
            json!({"invoice": {}}),
            "/resources",
            "no resource that this host knows: `contact`",
        ),
        (
            "/resources/owner/operations/-",
            json!("create"),
            "/resources/owner/operations/2",
            "owner is read-only",
        ),
        (
            "/resources/deal/operations/-",
            json!("merge"),
            "/resources/deal/operations/5",
            "it must be `list`",
        ),
        (
            "/resources/contact/unsupported/get",
            json!("x"),
            "/resources/contact/unsupported/get",
            "also in `operations`",
        ),
        (
            "/resources/deal/idPointer",
            json!("id"),
            "/resources/deal/idPointer",
            "an RFC 6901 JSON pointer",
        ),
        (
            "/resources/deal/idPointer",
            json!(""),
            "/resources/deal/idPointer",
            "such as `/id`",
        ),
        (
            "/resources/deal/filters",
            json!(["name", "stage"]),
            "/resources/deal/filters/1",
            "`stage` has no mapping",
        ),
        (
            "/resources/deal/sorts",
            json!(["shade"]),
            "/resources/deal/sorts/0",
            "`shade` has no mapping",
        ),
        (
            "/resources/deal/required",
            json!(["stage"]),
            "/resources/deal/required/0",
            "`stage` has no mapping",
        ),
        (
            "/sandbox/examples",
            json!({ "deal": { "nme": "A" } }),
            "/sandbox/examples/deal/nme",
            "name",
        ),
        (
            "/sandbox/examples",
            json!({ "deals": {} }),
            "/sandbox/examples/deals",
            "must be the name of a resource",
        ),
        (
            "/resources/deal/mappings/0/unifiedField",
            json!("title"),
            "/resources/deal/mappings/0/unifiedField",
            "deal has no field `title`",
        ),
        (
            "/resources/deal/mappings/0/providerField",
            json!("amount"),
            "/resources/deal/mappings/1/providerField",
            "already written by `name`",
        ),
        (
            "/resources/deal/mappings/0/direction",
            json!("both"),
            "/resources/deal/mappings/0/direction",
            "`read`, `write` or `bidirectional`",
        ),
        (
            "/resources/owner/mappings/0/direction",
            json!("write"),
            "/resources/owner/mappings/0/direction",
            "read-only: use `read`",
        ),
        (
            "/resources/contact/mappings/-",
            transform(json!({"name": "shout"})),
            "/resources/contact/mappings/12/transform/name",
            "`dateTime`",
        ),
        (
            "/resources/contact/mappings/-",
            transform(json!({"name": "split"})),
            "/resources/contact/mappings/12/transform",
            "\"separator\" is a required",
        ),
        (
            "/resources/contact/mappings/-",
            transform(json!({"name": "date", "format": "x"})),
            "/resources/contact/mappings/12/transform",
            "'format' was unexpected",
        ),
        (
            "/resources/contact/mappings/-",
            transform(json!({"name": "number", "scale": 0})),
            "/resources/contact/mappings/12/transform/scale",
            "less than or equal",
        ),
        (
            "/resources/contact/mappings/-",
            transform(json!({"name": "date"})),
            "/resources/contact/mappings/12/transform",
            "`date` does not make text",
        ),
        (
            "/resources/contact/mappings/-",
            transform(json!({"name": "table", "values": {"a": "x", "b": "x"}})),
            "/resources/contact/mappings/12/transform",
            "two entries",
        ),
        (
            "/resources/contact/mappings/3/transform",
            json!({"name": "join", "with": ["x"], "separator": ""}),
            "/resources/contact/mappings/3/direction",
            "can only be read",
        ),
    ] {
        let found = problems(pointer, value.clone());
        let told = |problem: &Problem| problem.pointer == place && problem.message.contains(expected);
        if found.len() != 1 || !found.iter().any(told) {
            missed.push(format!("{pointer} = {value}: {found:?}"));
        }
    }
    assert!(missed.is_empty(), "{missed:#?}");
}

/// Changes the good manifest to one whose token URL holds a setting, and tells what is wrong then.
fn token_url_problems(
    token_url: &str,
    token_hosts: Value,
    setting: Value,
    callback: Value,
) -> Vec<(String, String)> {
    let mut manifest = fixture::json();
    let method = &mut manifest["auth"][0];
    method["tokenUrl"] = json!(token_url);
    for (name, value) in [("tokenHosts", token_hosts), ("settingsFromCallback", callback)] {
        if !value.is_null() {
            method[name] = value;
        }
    }
    if !setting.is_null() {
        manifest["settings"].as_array_mut().unwrap().push(setting);
    }
    match Manifest::parse(&manifest.to_string()) {
        Ok(_) => Vec::new(),
        Err(error) => error
            .problems
            .into_iter()
            .map(|problem| (problem.pointer, problem.message))
            .collect(),
    }
}

#[test]
fn a_token_url_may_hold_settings_that_always_have_a_value_and_stay_on_the_token_hosts() {
    let hosts = || json!(["https://login.example.com", "https://*.login.example.com"]);
    let server = |default: &str| json!({ "name": "server", "label": "Server", "default": default });
    let from_callback = || json!({ "server": "accounts-server" });
    let required = json!({ "name": "server", "label": "Server", "required": true });
    let open = json!({ "name": "server", "label": "Server" });
    let url = "{server}/token";
    let good = server("https://login.example.com");
    let mut missed = Vec::new();
    for (url, hosts, setting, callback, place, expected) in [
        (url, hosts(), good.clone(), from_callback(), "", ""),
        (url, hosts(), good.clone(), Value::Null, "", ""),
        (url, hosts(), required.clone(), Value::Null, "", ""),
        (
            "https://{server}.login.example.com/token",
            hosts(),
            server("eu"),
            from_callback(),
            "",
            "",
        ),
        (
            url,
            hosts(),
            required,
            from_callback(),
            "/auth/0/tokenUrl",
            "give the setting a `default`",
        ),
        (
            url,
            hosts(),
            open,
            Value::Null,
            "/auth/0/tokenUrl",
            "or make it `required`",
        ),
        (
            url,
            hosts(),
            Value::Null,
            Value::Null,
            "/auth/0/tokenUrl",
            "`{server}` is not in `settings`",
        ),
        (
            url,
            Value::Null,
            good.clone(),
            Value::Null,
            "/auth/0/tokenHosts",
            "is needed beside a URL with placeholders",
        ),
        (
            url,
            json!(["https://*.com"]),
            server("https://a.com"),
            Value::Null,
            "/auth/0/tokenHosts/0",
            "two labels",
        ),
        (
            url,
            hosts(),
            server("https://evil.example"),
            Value::Null,
            "/auth/0/tokenUrl",
            "none of the token hosts",
        ),
        (
            url,
            hosts(),
            server("login.example.com"),
            Value::Null,
            "/auth/0/tokenUrl",
            "an origin was expected",
        ),
        (
            "https://{server/token",
            hosts(),
            good.clone(),
            Value::Null,
            "/auth/0/tokenUrl",
            "every `{` must be followed",
        ),
    ] {
        let found = token_url_problems(url, hosts, setting.clone(), callback);
        let right = match found.as_slice() {
            [] => expected.is_empty(),
            [(pointer, message)] => !expected.is_empty() && pointer == place && message.contains(expected),
            _ => false,
        };
        if !right {
            missed.push(format!("{url} {setting}: {found:?}, not {expected:?}"));
        }
    }
    assert!(missed.is_empty(), "{missed:#?}");
}

#[test]
fn all_problems_are_told_at_once_and_in_words() {
    let mut manifest = fixture::json();
    manifest["sandbox"]["auth"] = json!("magic");
    manifest["baseUrl"] = json!("https://{x}.example.com");
    let error = Manifest::parse(&manifest.to_string()).unwrap_err();
    assert_eq!(error.problems.len(), 2);
    let text = error.to_string();
    assert!(
        text.starts_with("the manifest is not usable: /baseUrl: `{x}`") && text.contains("; /sandbox/auth: "),
        "{text}"
    );
}

#[test]
fn what_is_no_json_and_what_is_huge_is_refused_briefly() {
    assert!(
        Manifest::parse("{")
            .unwrap_err()
            .to_string()
            .contains("(root): is not JSON")
    );
    let unknown: serde_json::Map<String, Value> = (0..1000)
        .map(|index| (format!("x{index}\n"), "y".repeat(1000).into()))
        .collect();
    let error = Manifest::parse(&Value::Object(unknown).to_string())
        .unwrap_err()
        .to_string();
    assert!(
        error.len() < 10_000 && !error.contains('\n'),
        "{} bytes",
        error.len()
    );
}

/// Any JSON, mostly small.
fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        "[a-z{}:/.*~-]{0,12}".prop_map(Value::from),
        any::<String>().prop_map(Value::from),
    ];
    leaf.prop_recursive(2, 12, 4, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            proptest::collection::btree_map("[a-zA-Z]{1,10}", inner, 0..4).prop_map(|members| json!(members)),
        ]
    })
}

/// Every place in a document.
fn places(value: &Value, at: &str, found: &mut Vec<String>) {
    found.push(at.to_owned());
    match value {
        Value::Object(members) => members.iter().for_each(|(name, value)| {
            places(value, &format!("{at}/{}", crate::pointer::escape(name)), found)
        }),
        Value::Array(elements) => elements
            .iter()
            .enumerate()
            .for_each(|(index, value)| places(value, &format!("{at}/{index}"), found)),
        _ => {}
    }
}

/// The good manifest with other values in up to three places.
fn any_manifest() -> impl Strategy<Value = String> {
    let mut found = Vec::new();
    places(&fixture::json(), "", &mut found);
    let change = (proptest::sample::select(found), any_json());
    proptest::collection::vec(change, 0..3).prop_map(|changes| {
        let mut manifest = fixture::json();
        for (place, value) in changes {
            if let Some(old) = manifest.pointer_mut(&place) {
                *old = value;
            }
        }
        manifest.to_string()
    })
}

proptest! {
    #[test]
    fn any_manifest_is_read_or_refused_with_reasons(text in prop_oneof![9 => any_manifest(), 1 => any::<String>()]) {
        match Manifest::parse(&text) {
            Ok(manifest) => {
                let again = serde_json::to_string(&manifest).unwrap();
                prop_assert_eq!(Manifest::parse(&again), Ok(manifest));
            }
            Err(error) => prop_assert!(!error.problems.is_empty()),
        }
    }
}
