//! Tokens and what becomes of them.

use routemcp_sdk::sandbox::form;
use serde_json::json;

use super::*;

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

    fn exchange(&mut self, code: &str) -> (u16, Value) {
        let client = [
            ("client_id", "c"),
            ("client_secret", "s"),
            ("redirect_uri", "https://app.example/cb"),
        ];
        let pairs: Vec<(&str, &str)> = client
            .into_iter()
            .chain([("grant_type", "authorization_code"), ("code", code)])
            .collect();
        self.form("/oauth/2026-03/token", &pairs)
    }
}

#[test]
fn a_code_gives_a_token_that_works_for_half_an_hour() {
    let mut hubspot = Simulator::new();
    let (status, granted) = hubspot.exchange("code-1");
    assert_eq!(
        (status, &granted["expires_in"], &granted["token_type"]),
        (200, &json!(1800), &json!("bearer"))
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
    let refresh_token = hubspot.exchange("code-1").1["refresh_token"]
        .as_str()
        .unwrap()
        .to_owned();
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
fn a_code_is_good_once_and_a_client_has_to_say_who_it_is() {
    let mut hubspot = Simulator::new();
    assert_eq!(hubspot.exchange("code-1").0, 200);
    assert_eq!(hubspot.exchange("code-1").0, 400);
    assert_eq!(
        hubspot
            .form(
                "/oauth/v1/token",
                &[("grant_type", "authorization_code"), ("code", "code-2")]
            )
            .0,
        400
    );
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
    let token = hubspot.exchange("code-1").1["access_token"]
        .as_str()
        .unwrap()
        .to_owned();
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
    hubspot.token = hubspot.exchange("code-1").1["access_token"]
        .as_str()
        .unwrap()
        .to_owned();
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
