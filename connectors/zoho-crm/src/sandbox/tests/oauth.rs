//! Tokens and what becomes of them; credits.

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
        let pairs = [
            ("grant_type", "authorization_code"),
            ("client_id", "c"),
            ("client_secret", "s"),
            ("redirect_uri", "https://app.example/cb"),
            ("code", code),
        ];
        self.form("/oauth/v2/token", &pairs)
    }

    fn refresh(&mut self, refresh_token: &str) -> (u16, Value) {
        let pairs = [
            ("grant_type", "refresh_token"),
            ("client_id", "c"),
            ("client_secret", "s"),
            ("refresh_token", refresh_token),
        ];
        self.form("/oauth/v2/token", &pairs)
    }
}

fn text(value: &Value, name: &str) -> String {
    value[name].as_str().unwrap().to_owned()
}

#[test]
fn a_code_gives_a_token_that_works_for_an_hour() {
    let mut zoho = Simulator::new();
    let (status, granted) = zoho.exchange("code-1");
    assert_eq!(
        (status, &granted["expires_in"], &granted["token_type"]),
        (200, &json!(3_600), &json!("Bearer"))
    );
    assert_eq!(granted["api_domain"], "https://www.zohoapis.com");
    zoho.token = text(&granted, "access_token");
    assert_eq!(zoho.get("/org").0, 200);
    zoho.wait(3_600_000);
    let expired = zoho.get("/org");
    zoho.token = "made-up".to_owned();
    assert_eq!(expired, zoho.get("/org"));
    let body = json!({ "code": "INVALID_TOKEN", "details": {}, "message": "invalid oauth token", "status": "error" });
    assert_eq!(expired, (401, body));
}

#[test]
fn a_refresh_token_stays_and_is_not_given_again() {
    let mut zoho = Simulator::new();
    let refresh_token = text(&zoho.exchange("code-1").1, "refresh_token");
    let mut tokens = Vec::new();
    for _ in 0..3 {
        let (status, granted) = zoho.refresh(&refresh_token);
        assert_eq!((status, granted.get("refresh_token")), (200, None));
        assert!(granted["api_domain"].is_string());
        tokens.push(text(&granted, "access_token"));
    }
    tokens.dedup();
    assert_eq!(tokens.len(), 3);
    let target = format!("/oauth/v2/token/revoke?token={refresh_token}");
    assert_eq!(zoho.json("POST", &target, Value::Null).0, 200);
    assert_eq!(
        zoho.refresh(&refresh_token),
        (200, json!({ "error": "invalid_code" }))
    );
}

#[test]
fn refusals_have_the_status_that_was_chosen() {
    let mut zoho = Simulator::new();
    assert_eq!(zoho.exchange("code-1").0, 200);
    assert_eq!(zoho.exchange("code-1"), (200, json!({ "error": "invalid_code" })));
    assert_eq!(
        zoho.json("PUT", "/_sandbox/token-errors", json!({ "status": 400 }))
            .0,
        200
    );
    assert_eq!(zoho.exchange("code-1"), (400, json!({ "error": "invalid_code" })));
    assert_eq!(
        zoho.form("/oauth/v2/token", &[("client_id", "c")]),
        (400, json!({ "error": "invalid_client_secret" }))
    );
    assert_eq!(zoho.json("DELETE", "/_sandbox/token-errors", Value::Null).0, 204);
    assert_eq!(
        zoho.form("/oauth/v2/token", &[]),
        (200, json!({ "error": "invalid_client" }))
    );
}

#[test]
fn parameters_may_stand_in_the_query() {
    let mut zoho = Simulator::new();
    let target = "/oauth/v2/token?grant_type=authorization_code&client_id=c&client_secret=s&code=x";
    assert_eq!(zoho.json("POST", target, Value::Null).1["token_type"], "Bearer");
}

#[test]
fn the_api_domain_leads_back_to_the_simulator() {
    for (host, domain) in [
        ("127.0.0.1:5020", "http://127.0.0.1:5020"),
        ("localhost", "http://localhost"),
        ("zoho.test.example:8443", "https://zoho.test.example:8443"),
        ("accounts.zoho.eu", "https://www.zohoapis.com"),
        ("evil.example/x", "https://www.zohoapis.com"),
    ] {
        let mut zoho = Simulator::new().with_header("Host", host);
        assert_eq!(zoho.exchange("code-1").1["api_domain"], domain);
    }
}

#[test]
fn credits_run_out_with_zohos_429() {
    let mut zoho = Simulator::new();
    zoho.token = text(&zoho.exchange("code-1").1, "access_token");
    let limit = json!({ "requests": 4, "perMilliseconds": 10_000 });
    assert_eq!(zoho.json("PUT", "/_sandbox/rate-limit", limit).0, 200);
    let mut remaining = Vec::new();
    for _ in 0..4 {
        let response = zoho.call("GET", "/crm/v8/org", &[]);
        assert_eq!(response.status, 200);
        remaining.push(header(&response, "X-API-CREDITS-REMAINING").map(str::to_owned));
    }
    assert_eq!(
        remaining,
        [
            None,
            Some("2".to_owned()),
            Some("1".to_owned()),
            Some("0".to_owned())
        ]
    );
    let (status, error) = zoho.get("/org");
    assert_eq!(
        (status, &error["code"], &error["details"]["limit"]),
        (429, &json!("TOO_MANY_REQUESTS"), &json!(4))
    );
    zoho.wait(11_000);
    assert_eq!(zoho.get("/org").0, 200);
}
