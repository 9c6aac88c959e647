//! What a round trip and its refreshes are made of is found nowhere: not in the log, not in answers, not on disk.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use base64::Engine as _;
use serde_json::{Value, json};
use url::form_urlencoded;

use super::{END_USER, set_app};
use crate::harness::{Answer, Browser, Page, Provider, Received, Reply, Server, Widget, connector};

const ACCESS: [&str; 2] = ["access-7f3a9c-RECOGNISABLE-1", "access-7f3a9c-RECOGNISABLE-2"];
const REFRESH: [&str; 2] = ["refresh-b81e44-RECOGNISABLE-1", "refresh-b81e44-RECOGNISABLE-2"];
const CLIENT_SECRET: &str = "client-secret-90ad12-RECOGNISABLE";
const CODE: &str = "code-55e0f1-RECOGNISABLE";

/// Everything but the compiler's, which sees no request and takes half a minute.
const TALKATIVE: &str = "trace,cranelift_codegen=off,regalloc2=off";

/// The forms in which a secret could stand somewhere.
fn disguises(secret: &str) -> Vec<String> {
    let base64 = |offset: usize| {
        let text = format!("{}{secret}", "x".repeat(offset));
        let encoded = base64::engine::general_purpose::STANDARD_NO_PAD.encode(text);
        encoded[4..encoded.len() - 4].to_owned()
    };
    let hexadecimal = secret.bytes().map(|byte| format!("{byte:02x}")).collect();
    let bytes: Vec<String> = secret.bytes().map(|byte| byte.to_string()).collect();
    let mut all = vec![secret.to_owned(), hexadecimal, bytes.join(", ")];
    all.extend((0..3).map(base64));
    all
}

/// What must not be found, and where it was looked for.
struct Search {
    secrets: Vec<(&'static str, String)>,
}

impl Search {
    fn assert_free(&self, place: &str, bytes: &[u8]) {
        for (name, secret) in &self.secrets {
            for disguise in disguises(secret) {
                let found = bytes
                    .windows(disguise.len())
                    .position(|window| window == disguise.as_bytes());
                if let Some(at) = found {
                    let around = &bytes[at.saturating_sub(300)..(at + disguise.len() + 100).min(bytes.len())];
                    panic!(
                        "{place} contains the {name}: …{}…",
                        String::from_utf8_lossy(around)
                    );
                }
            }
        }
    }

    fn assert_kept_free(&self, server: &Server) {
        for (place, bytes) in server.kept() {
            self.assert_free(&place, &bytes);
        }
        let database = String::from_utf8_lossy(&server.database()).into_owned();
        assert!(database.contains("con_"), "the connection is in the database");
    }
}

/// Gives a token that is expired at once, another one for it, and then talks too much about why it gives none.
fn script() -> impl Fn(&Received) -> Reply {
    let refreshes = AtomicUsize::new(0);
    move |request| {
        let tokens = |index: usize, seconds| json!({ "access_token": ACCESS[index], "refresh_token": REFRESH[index], "expires_in": seconds, "token_type": "bearer" });
        let echo = |status| {
            let words = format!("no: {} {}", request.body, request.header("authorization"));
            let plain: Vec<String> = form_urlencoded::parse(request.body.as_bytes())
                .map(|(_, value)| value.into_owned())
                .collect();
            let body =
                json!({ "error": "invalid_grant", "error_description": words, "message": plain.join(" ") });
            Reply::json(status, &body)
        };
        if request.path.ends_with("/revoke") {
            return echo(400);
        }
        if !request.path.ends_with("/token") {
            let contact = json!({ "id": "101", "properties": {}, "createdAt": "2026-01-01T00:00:00.000Z",
                "updatedAt": "2026-01-02T00:00:00.000Z", "archived": false });
            return Reply::json(200, &contact);
        }
        if request.body.contains("authorization_code") {
            return if request.body.contains(CODE) {
                Reply::json(200, &tokens(0, 1))
            } else {
                echo(400)
            };
        }
        match refreshes.fetch_add(1, Ordering::Relaxed) {
            0 => Reply::json(200, &tokens(1, 1)),
            1 => echo(500),
            _ => echo(400),
        }
    }
}

/// What the provider received in forms and headers, other than what is no secret.
fn received_secrets(provider: &Provider) -> Vec<(&'static str, String)> {
    let mut found = Vec::new();
    for request in provider.received() {
        for (name, value) in form_urlencoded::parse(request.body.as_bytes()) {
            let name = match &*name {
                "client_secret" => "client secret",
                "code" => "code",
                "code_verifier" => "PKCE verifier",
                "refresh_token" => "refresh token",
                _ => continue,
            };
            found.push((name, value.into_owned()));
        }
        if let Some(basic) = request.header("authorization").strip_prefix("Basic ") {
            found.push(("client's id and secret", basic.to_owned()));
        }
    }
    found
}

/// A round trip with this code, which the provider may take or not: the widget's view of it, and the page in the window.
async fn round_trip(server: &Server, widget: &Widget, provider: &str, code: &str) -> (Value, Page, String) {
    let browser = Browser::new();
    let attempt = widget.begin(provider).await;
    let state = browser.get(&attempt.launch).await.parameter("state").unwrap();
    let callback = format!("{}/api/v1/auth/callback?code={code}&state={state}", server.url);
    let page = browser.get(&callback).await;
    (widget.outcome(&attempt).await, page, state)
}

#[tokio::test]
async fn nothing_of_a_connections_life_leaks_its_secrets() {
    let provider = Provider::start(script()).await;
    let server = Server::setup()
        .connectors(&["hubspot", "pipedrive"].map(connector))
        .provider("hubspot", &provider.url())
        .provider("pipedrive", &provider.url())
        .environment("ROUTEMCP_LOG", TALKATIVE)
        .start();
    let product = server.live_client();
    for slug in ["hubspot", "pipedrive"] {
        set_app(&product, slug, "client-7", CLIENT_SECRET).await;
    }
    let widget = Widget::open(&product, END_USER).await;
    let mut secrets = vec![("connect token", widget.token.clone())];
    let mut texts = Vec::new();
    // The provider repeats all it was sent in its refusal; one takes the client's secret in the body, one in a header.
    for (slug, code) in [
        ("hubspot", "refused-61c0-RECOGNISABLE"),
        ("pipedrive", "refused-98b2-RECOGNISABLE"),
    ] {
        let (outcome, page, state) = round_trip(&server, &widget, slug, code).await;
        assert_eq!(outcome["status"], "failed", "{outcome}");
        assert!(
            outcome["error"]["message"]
                .as_str()
                .unwrap()
                .contains("[credential]"),
            "{outcome}"
        );
        texts.extend([outcome.to_string(), page.expect(400).text]);
        secrets.push(("state", state));
    }
    let (outcome, page, state) = round_trip(&server, &widget, "hubspot", CODE).await;
    assert_eq!(outcome["status"], "succeeded", "{outcome}");
    texts.extend([outcome.to_string(), page.expect(200).text]);
    secrets.push(("state", state));
    let connection = outcome["connection"]["id"].as_str().unwrap();
    texts.extend(live_and_die(&server, &widget, connection).await);

    secrets.extend(ACCESS.map(|token| ("access token", token.to_owned())));
    secrets.extend(REFRESH.map(|token| ("refresh token", token.to_owned())));
    let received = received_secrets(&provider);
    for name in [
        "client secret",
        "client's id and secret",
        "code",
        "PKCE verifier",
        "refresh token",
    ] {
        assert!(
            received.iter().any(|(known, _)| *known == name),
            "the provider got no {name}"
        );
    }
    secrets.extend(received);
    let search = Search { secrets };
    for text in texts {
        search.assert_free("an answer", text.as_bytes());
    }
    let log = server.log();
    assert!(log.contains("TRACE"), "the log is not as talkative as it can be");
    search.assert_free("the log", log.as_bytes());
    search.assert_kept_free(&server);
}

/// A refresh, one that fails, one that is refused, and the end: all that was answered.
async fn live_and_die(server: &Server, widget: &Widget, connection: &str) -> Vec<String> {
    let product = server.live_client();
    let call = format!("/contact/101?provider=hubspot&endUserId={END_USER}");
    let mut answers: Vec<Answer> = Vec::new();
    let mut codes: Vec<String> = Vec::new();
    while codes.last().map(String::as_str) != Some("CONNECTION_NEEDS_REAUTH") {
        assert!(answers.len() < 200, "the provider never refuses: {codes:?}");
        tokio::time::sleep(Duration::from_millis(100)).await;
        let answer = product.get(&call).await;
        if codes.last().map(String::as_str) != Some(answer.code()) {
            codes.push(answer.code().to_owned());
        }
        answers.push(answer);
    }
    assert_eq!(codes, ["", "PROVIDER_ERROR", "CONNECTION_NEEDS_REAUTH"]);
    answers.push(widget.frame.get("//connect/session").await);
    let shown = product
        .get(&format!("/connections/{connection}"))
        .await
        .expect(200);
    let last_error = shown.record()["lastError"].as_str().unwrap();
    assert!(last_error.contains("[credential]"), "{last_error}");
    answers.push(shown);
    answers.push(product.get("/oauth-apps").await);
    let deleted = product
        .delete(&format!("/connections/{connection}"))
        .await
        .expect(200);
    assert_eq!(deleted.record()["revoked"], Value::Bool(false));
    answers.push(deleted);
    answers.push(server.client().get("//metrics").await);
    answers
        .into_iter()
        .map(|answer| format!("{:?} {}", answer.headers, answer.text))
        .collect()
}
