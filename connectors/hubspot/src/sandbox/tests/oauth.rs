//! Tokens and what becomes of them.

use routemcp_sdk::sandbox::form;
use serde_json::json;

use super::*;

const CALLBACK: &str = "https://app.example/cb";

impl Simulator {
    fn form(&mut self, path: &str, pairs: &[(&str, &str)]) -> (u16, Value) {
        let pairs: Vec<(String, String)> = pairs
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect();
        let response = self.call("POST", path, form(&pairs).as_bytes());
        (
            response.status,
            serde_json::from_slice(&response.body).unwrap_or_default(),
        )
    }

    /// Agrees on the consent page, and answers the code that comes back.
    fn code(&mut self) -> String {
        self.consent("decision=allow").expect("a code")
    }

    /// Answers the consent page's form.
    fn consent(&mut self, decision: &str) -> Option<String> {
        let target = format!("/oauth/authorize?client_id=c&redirect_uri={CALLBACK}&state=s&scope=oauth");
        let response = self.call("POST", &target, decision.as_bytes());
        let location = header(&response, "location")?.to_owned();
        let code = location.strip_prefix(CALLBACK)?.strip_prefix("?code=")?;
        Some(code.strip_suffix("&state=s")?.to_owned())
    }

    fn exchange(&mut self, code: &str) -> (u16, Value) {
        self.exchange_at(code, CALLBACK)
    }

    fn exchange_at(&mut self, code: &str, redirect_uri: &str) -> (u16, Value) {
        let pairs = [
            ("client_id", "c"),
            ("client_secret", "s"),
            ("redirect_uri", redirect_uri),
            ("grant_type", "authorization_code"),
            ("code", code),
        ];
        self.form("/oauth/2026-03/token", &pairs)
    }

    /// What consent leads to.
    fn granted(&mut self) -> Value {
        let code = self.code();
        let (status, granted) = self.exchange(&code);
        assert_eq!(status, 200, "{granted}");
        granted
    }
}

#[test]
fn a_code_gives_a_token_that_works_for_half_an_hour() {
    let mut hubspot = Simulator::new();
    let granted = hubspot.granted();
    assert_eq!(
        (&granted["expires_in"], &granted["token_type"]),
        (&json!(1800), &json!("bearer"))
    );
    assert!(granted["hub_id"].is_u64());
    hubspot.token = granted["access_token"].as_str().unwrap().to_owned();
    let response = hubspot.call("GET", "/crm/v3/owners", &[]);
    assert_eq!(
        (response.status, header(&response, "X-HubSpot-RateLimit-Max")),
        (200, Some("110"))
    );
    hubspot.wait(1_803_000);
    let (status, error) = hubspot.get("/crm/v3/owners");
    assert_eq!(
        (status, &error["category"]),
        (401, &json!("EXPIRED_AUTHENTICATION"))
    );
    assert_eq!(
        error["message"],
        "The OAuth token used to make this call expired 3 second(s) ago."
    );
}

#[test]
fn a_refresh_token_gives_new_tokens_and_stays() {
    let mut hubspot = Simulator::new();
    let refresh_token = hubspot.granted()["refresh_token"].as_str().unwrap().to_owned();
    let refresh = [
        ("grant_type", "refresh_token"),
        ("client_id", "c"),
        ("client_secret", "s"),
        ("refresh_token", &refresh_token),
    ];
    for path in ["/oauth/v1/token", "/oauth/2026-09/token"] {
        let (status, granted) = hubspot.form(path, &refresh);
        assert_eq!((status, &granted["refresh_token"]), (200, &json!(refresh_token)));
    }
    assert_eq!(
        hubspot
            .form("/oauth/2026-03/token/revoke", &[("token", &refresh_token)])
            .0,
        204
    );
    let (status, error) = hubspot.form("/oauth/v1/token", &refresh);
    assert_eq!(
        (status, &error["error"], &error["status"]),
        (400, &json!("invalid_grant"), &json!("BAD_REFRESH_TOKEN"))
    );
}

#[test]
fn the_token_url_refuses_in_hubspots_words() {
    let mut hubspot = Simulator::new();
    let code = hubspot.code();
    let (status, error) = hubspot.exchange_at(&code, "https://app.example/other");
    assert_eq!(
        (status, &error["status"]),
        (400, &json!("MISMATCH_REDIRECT_URI_AUTH_CODE"))
    );
    assert_eq!(hubspot.exchange(&code).0, 200);
    let (status, error) = hubspot.exchange(&code);
    assert_eq!(
        (status, &error["error"], &error["status"]),
        (400, &json!("invalid_grant"), &json!("BAD_AUTH_CODE"))
    );
    let (status, error) = hubspot.form("/oauth/v1/token", &[("grant_type", "authorization_code")]);
    assert_eq!((status, &error["error"]), (400, &json!("invalid_client")));
}

#[test]
fn the_token_url_fails_as_a_test_wants_it() {
    let mut hubspot = Simulator::new();
    let code = hubspot.code();
    let mut fail = |switch: Value| {
        assert_eq!(hubspot.json("PUT", "/_sandbox/token-failure", switch).0, 200);
        hubspot.exchange(&code)
    };
    assert_eq!(fail(json!({ "status": 503 })).0, 503);
    let (status, error) = fail(json!({ "status": 400, "error": "invalid_grant" }));
    assert_eq!(
        (status, &error["error"], &error["status"]),
        (400, &json!("invalid_grant"), &json!("BAD_REFRESH_TOKEN"))
    );
    assert_eq!(hubspot.exchange(&code).0, 200);
    let counts = json!({ "codes": 1, "refreshes": 0, "refused": 2, "live": 1 });
    assert_eq!(hubspot.get("/_sandbox/tokens"), (200, counts));
}

#[test]
fn consent_is_asked_for_and_can_be_refused() {
    let mut hubspot = Simulator::new();
    let target = format!("/oauth/authorize?client_id=c&redirect_uri={CALLBACK}&scope=oauth");
    let page = hubspot.call("GET", &target, &[]);
    let text = String::from_utf8(page.body).unwrap();
    assert_eq!(page.status, 200);
    assert!(
        text.contains("HubSpot") && text.contains("<code>oauth</code>"),
        "{text}"
    );
    let response = hubspot.call("POST", &target, b"decision=deny");
    assert_eq!(
        header(&response, "location"),
        Some("https://app.example/cb?error=access_denied")
    );
    assert_eq!(hubspot.call("GET", "/oauth/authorize", &[]).status, 400);
}

#[test]
fn an_unknown_token_is_told_from_an_expired_one() {
    let mut hubspot = Simulator::new();
    hubspot.token = "made-up".to_owned();
    let (status, error) = hubspot.get("/crm/v3/owners");
    assert_eq!(
        (status, &error["category"]),
        (401, &json!("INVALID_AUTHENTICATION"))
    );
    assert!(
        error["message"]
            .as_str()
            .unwrap()
            .starts_with("Authentication credentials not found")
    );
}

#[test]
fn a_token_can_be_looked_into() {
    let mut hubspot = Simulator::new();
    let token = hubspot.granted()["access_token"].as_str().unwrap().to_owned();
    let (status, known) = hubspot.form("/oauth/2026-03/token/introspect", &[("token", &token)]);
    assert_eq!((status, &known["hub_id"]), (200, &json!(8_675_309)));
    assert_eq!(
        hubspot.get(&format!("/oauth/v1/access-tokens/{token}")).1["expires_in"],
        1800
    );
    assert_eq!(hubspot.get("/oauth/v1/access-tokens/made-up").0, 400);
}

#[test]
fn the_111th_call_in_ten_seconds_has_hubspots_429() {
    let mut hubspot = Simulator::new();
    hubspot.token = hubspot.granted()["access_token"].as_str().unwrap().to_owned();
    for _ in 0..110 {
        assert_eq!(hubspot.get("/crm/v3/owners/41234567").0, 200);
    }
    let (status, error) = hubspot.get("/crm/v3/owners/41234567");
    assert_eq!(
        (status, &error["policyName"], &error["errorType"]),
        (429, &json!("TEN_SECONDLY_ROLLING"), &json!("RATE_LIMIT"))
    );
    assert_eq!(
        error["message"],
        "You have reached your ten_secondly_rolling limit."
    );
    hubspot.wait(11_000);
    assert_eq!(hubspot.get("/crm/v3/owners/41234567").0, 200);
}
