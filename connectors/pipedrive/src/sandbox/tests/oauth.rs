//! Tokens, what becomes of them, and limits.

use routemcp_sdk::sandbox::{base64, form};

use super::*;

const CALLBACK: &str = "https://app.example/cb";
const DAY_MS: u64 = 86_400_000;

impl Simulator {
    /// As the client with this name and secret.
    fn form(&mut self, client: &str, path: &str, pairs: &[(&str, &str)]) -> (u16, Value) {
        self.header(
            "Authorization",
            &format!("Basic {}", base64::encode(client.as_bytes())),
        );
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
        let target = format!("/oauth/authorize?client_id=c&redirect_uri={CALLBACK}&state=a b");
        let response = self.call("POST", &target, format!("decision={decision}").as_bytes());
        assert_eq!(response.status, 302);
        header(&response, "location").unwrap().to_owned()
    }

    /// Agrees on the consent page, and answers the code that comes back.
    fn code(&mut self) -> String {
        let location = self.consent("allow");
        let code = location.strip_prefix("https://app.example/cb?code=").unwrap();
        code.strip_suffix("&state=a%20b").unwrap().to_owned()
    }

    /// What consent leads to.
    fn granted(&mut self) -> Value {
        let code = self.code();
        let (status, granted) = self.exchange(&code);
        assert_eq!(status, 200, "{granted}");
        granted
    }

    fn exchange(&mut self, code: &str) -> (u16, Value) {
        let pairs = [
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", CALLBACK),
        ];
        self.form("c:s", "/oauth/token", &pairs)
    }

    fn refresh(&mut self, token: &str) -> (u16, Value) {
        self.form(
            "c:s",
            "/oauth/token",
            &[("grant_type", "refresh_token"), ("refresh_token", token)],
        )
    }

    fn bearer(&mut self, granted: &Value) {
        self.header(
            "authorization",
            &format!("Bearer {}", granted["access_token"].as_str().unwrap()),
        );
    }
}

#[test]
fn a_code_gives_a_token_that_works_for_an_hour() {
    let mut pipedrive = Simulator::new();
    let granted = pipedrive.granted();
    assert_eq!(
        (&granted["token_type"], &granted["expires_in"]),
        (&json!("Bearer"), &json!(3599))
    );
    assert_eq!(granted["api_domain"], "https://sandbox.pipedrive.com");
    assert!(granted["scope"].as_str().unwrap().contains("contacts:full"));
    pipedrive.bearer(&granted);
    let response = pipedrive.call("GET", "/api/v2/deals/3001", &[]);
    let told = [
        "x-ratelimit-limit",
        "x-ratelimit-remaining",
        "x-ratelimit-reset",
        "x-daily-ratelimit-token-remaining",
    ];
    assert_eq!(
        told.map(|name| header(&response, name).unwrap()),
        ["80", "79", "2", "149999"]
    );
    testing::set_clock(NOW_MS + 3_601_000);
    let expired = pipedrive.get("/api/v2/deals/3001");
    let body = json!({ "success": false, "error": "unauthorized access", "errorCode": 401 });
    assert_eq!(expired, (401, body.clone()));
    pipedrive.header("x-api-token", "made-up");
    assert_eq!(pipedrive.get("/api/v1/users"), (401, body));
}

#[test]
fn a_refresh_gives_a_new_refresh_token_and_ends_the_old_one() {
    let mut pipedrive = Simulator::new();
    let first = pipedrive.granted()["refresh_token"].as_str().unwrap().to_owned();
    let (status, second) = pipedrive.refresh(&first);
    assert_eq!(status, 200);
    assert_ne!(second["refresh_token"], first);
    let (status, error) = pipedrive.refresh(&first);
    assert_eq!(
        (status, &error["error"], &error["success"]),
        (400, &json!("invalid_grant"), &json!(false))
    );
    pipedrive.bearer(&second);
    assert_eq!(pipedrive.get("/api/v1/users").0, 200);
}

#[test]
fn a_refresh_token_dies_after_sixty_days_without_use() {
    let mut pipedrive = Simulator::new();
    let mut token = pipedrive.granted()["refresh_token"].as_str().unwrap().to_owned();
    for day in [59, 118] {
        testing::set_clock(NOW_MS + day * DAY_MS);
        token = pipedrive.refresh(&token).1["refresh_token"]
            .as_str()
            .unwrap()
            .to_owned();
    }
    testing::set_clock(NOW_MS + 179 * DAY_MS);
    assert_eq!(pipedrive.refresh(&token).0, 400);
}

#[test]
fn a_client_says_who_it_is_with_basic() {
    let mut pipedrive = Simulator::new();
    let code = pipedrive.code();
    let pairs = [
        ("grant_type", "authorization_code"),
        ("code", &code),
        ("redirect_uri", CALLBACK),
        ("client_id", "c"),
        ("client_secret", "s"),
    ];
    for client in ["", "c", "c:", ":s", "wrong:s", "c:wrong"] {
        assert_eq!(
            pipedrive.form(client, "/oauth/token", &pairs).1["error"],
            "invalid_client",
            "{client}"
        );
    }
    assert_eq!(pipedrive.form("c:s", "/oauth/token", &pairs).0, 200);
    let (status, error) = pipedrive.exchange(&code);
    assert_eq!(
        (status, &error["message"]),
        (400, &json!("Invalid grant: authorization_code is invalid"))
    );
}

#[test]
fn consent_is_asked_for_and_a_revoked_token_is_no_more() {
    let mut pipedrive = Simulator::new();
    let target = format!("/oauth/authorize?client_id=c&redirect_uri={CALLBACK}");
    let page = pipedrive.call("GET", &target, &[]);
    let text = String::from_utf8(page.body).unwrap();
    assert!(text.contains("set in the app, at Pipedrive"), "{text}");
    assert_eq!(
        pipedrive.consent("deny"),
        "https://app.example/cb?error=user_denied&state=a%20b"
    );
    let granted = pipedrive.granted();
    let token = granted["refresh_token"].as_str().unwrap();
    assert_eq!(pipedrive.form("c:s", "/oauth/revoke", &[("token", token)]).0, 200);
    assert_eq!(pipedrive.refresh(token).0, 400);
    pipedrive.bearer(&granted);
    assert_eq!(pipedrive.get("/api/v1/users").0, 401);
}

#[test]
fn an_old_code_and_a_test_have_their_own_refusals() {
    let mut pipedrive = Simulator::new();
    let code = pipedrive.code();
    let switch = json!({ "status": 500, "times": 2 });
    assert_eq!(pipedrive.json("PUT", "/_sandbox/token-failure", switch).0, 200);
    for _ in 0..2 {
        assert_eq!(pipedrive.exchange(&code).0, 500);
    }
    testing::set_clock(NOW_MS + 300_000);
    let (status, error) = pipedrive.exchange(&code);
    assert_eq!(
        (status, &error["message"]),
        (400, &json!("Invalid grant: authorization_code has expired"))
    );
    let counts = json!({ "codes": 0, "refreshes": 0, "refused": 3, "live": 0 });
    assert_eq!(pipedrive.get("/_sandbox/tokens"), (200, counts));
}

#[test]
fn on_a_socket_the_api_domain_points_back() {
    let mut pipedrive = Simulator::new();
    let code = pipedrive.code();
    pipedrive.header("Authorization", "Basic Yzpz");
    let host = ("host".to_owned(), "localhost:7001".to_owned());
    pipedrive.headers.push(host);
    let pairs = form(&[
        ("grant_type".to_owned(), "authorization_code".to_owned()),
        ("code".to_owned(), code),
        ("redirect_uri".to_owned(), CALLBACK.to_owned()),
    ]);
    let response = pipedrive.call("POST", "/oauth/token", pairs.as_bytes());
    let granted: Value = serde_json::from_slice(&response.body).unwrap();
    assert_eq!(granted["api_domain"], "http://localhost:7001");
}

#[test]
fn limits_are_refused_with_pipedrives_headers() {
    let mut pipedrive = Simulator::new();
    pipedrive.json(
        "PUT",
        "/_sandbox/rate-limit",
        json!({ "requests": 2, "retryAfter": true }),
    );
    assert_eq!(pipedrive.get("/api/v1/users/me?api_token=x").0, 200);
    assert_eq!(pipedrive.get("/api/v1/users/me").0, 200);
    let response = pipedrive.call("GET", "/api/v1/users/me", &[]);
    assert_eq!(
        (response.status, header(&response, "retry-after")),
        (429, Some("2"))
    );
    assert_eq!(header(&response, "x-ratelimit-remaining"), Some("0"));
    assert_eq!(
        pipedrive.json("DELETE", "/_sandbox/rate-limit", Value::Null).0,
        204
    );
    assert_eq!(pipedrive.get("/api/v1/users/me").0, 200);
}
