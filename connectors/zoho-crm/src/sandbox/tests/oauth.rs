//! Tokens and what becomes of them; credits.

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

    /// Where the consent page's form leads.
    fn consent(&mut self, decision: &str) -> String {
        let target =
            format!("/oauth/v2/auth?client_id=c&redirect_uri={CALLBACK}&state=s&access_type=offline");
        let response = self.call("POST", &target, format!("decision={decision}").as_bytes());
        header(&response, "location").unwrap().to_owned()
    }

    /// Agrees on the consent page, and answers the code that comes back.
    fn code(&mut self) -> String {
        let location = self.consent("allow");
        let query = location.strip_prefix(CALLBACK).unwrap();
        let code = query.split('&').next().unwrap();
        code.strip_prefix("?code=").unwrap().to_owned()
    }

    /// What consent leads to.
    fn granted(&mut self) -> Value {
        let code = self.code();
        let (status, granted) = self.exchange(&code);
        assert_eq!((status, granted.get("error")), (200, None));
        granted
    }

    fn exchange(&mut self, code: &str) -> (u16, Value) {
        let pairs = [
            ("grant_type", "authorization_code"),
            ("client_id", "c"),
            ("client_secret", "s"),
            ("redirect_uri", CALLBACK),
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
    let granted = zoho.granted();
    assert_eq!(
        (&granted["expires_in"], &granted["token_type"]),
        (&json!(3_600), &json!("Bearer"))
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
    let refresh_token = text(&zoho.granted(), "refresh_token");
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
    let code = zoho.code();
    zoho.exchange(&code);
    assert_eq!(zoho.exchange(&code), (200, json!({ "error": "invalid_code" })));
    assert_eq!(
        zoho.json("PUT", "/_sandbox/token-errors", json!({ "status": 400 }))
            .0,
        200
    );
    assert_eq!(zoho.exchange(&code), (400, json!({ "error": "invalid_code" })));
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
    let code = zoho.code();
    let client = format!("client_id=c&client_secret=s&redirect_uri={CALLBACK}");
    let target = format!("/oauth/v2/token?grant_type=authorization_code&{client}&code={code}");
    assert_eq!(zoho.json("POST", &target, Value::Null).1["token_type"], "Bearer");
}

#[test]
fn the_domains_lead_back_to_the_simulator() {
    for (host, own) in [
        ("127.0.0.1:5020", Some("http://127.0.0.1:5020")),
        ("zoho.test.example:8443", Some("https://zoho.test.example:8443")),
        ("accounts.zoho.eu", None),
        ("evil.example/x", None),
    ] {
        let mut zoho = Simulator::new().with_header("Host", host);
        let accounts = decode(&zoho.consent("allow"));
        let server = own.unwrap_or("https://accounts.zoho.com");
        let expected = format!("&location=us&accounts-server={server}&state=s");
        assert!(accounts.ends_with(&expected), "{accounts}");
        let domain = own.unwrap_or("https://www.zohoapis.com");
        assert_eq!(zoho.granted()["api_domain"], domain);
    }
}

#[test]
fn consent_can_be_refused() {
    let mut zoho = Simulator::new();
    assert_eq!(
        zoho.consent("deny"),
        format!("{CALLBACK}?error=access_denied&state=s")
    );
    let page = zoho.call("GET", "/oauth/v2/auth?client_id=c", &[]);
    assert_eq!(page.status, 400);
}

#[test]
fn refusals_are_in_zohos_words() {
    let mut zoho = Simulator::new();
    let code = zoho.code();
    let exchange = |zoho: &mut Simulator, client: &str, redirect: &str| {
        let pairs = [
            ("grant_type", "authorization_code"),
            ("client_id", client),
            ("client_secret", "s"),
            ("redirect_uri", redirect),
            ("code", &code),
        ];
        zoho.form("/oauth/v2/token", &pairs).1["error"].clone()
    };
    for (client, redirect, expected) in [
        ("wrong", CALLBACK, "invalid_client"),
        ("other", CALLBACK, "invalid_code"),
        ("c", "https://app.example/other", "invalid_redirect_uri"),
    ] {
        assert_eq!(exchange(&mut zoho, client, redirect), expected);
    }
    let switch = json!({ "status": 400, "error": "invalid_grant" });
    assert_eq!(zoho.json("PUT", "/_sandbox/token-failure", switch).0, 200);
    assert_eq!(zoho.exchange(&code), (400, json!({ "error": "invalid_code" })));
    zoho.wait(120_000);
    assert_eq!(zoho.exchange(&code), (200, json!({ "error": "invalid_code" })));
    let (_, counts) = zoho.json("GET", "/_sandbox/tokens", Value::Null);
    assert_eq!(
        counts,
        json!({ "codes": 0, "refreshes": 0, "refused": 5, "live": 0 })
    );
}

#[test]
fn credits_run_out_with_zohos_429() {
    let mut zoho = Simulator::new();
    zoho.token = text(&zoho.granted(), "access_token");
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
