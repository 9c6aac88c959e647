//! Whom a session lets in.

use http::Method;
use serde_json::json;

use super::super::END_USER;
use crate::harness::{Server, Widget};

#[tokio::test]
async fn tokens_and_keys_open_only_their_own_doors() {
    let server = Server::start();
    let product = server.client();
    let widget = Widget::open(&product, END_USER).await;
    for path in ["/contact", "/connections", "/connect/origins"] {
        widget.frame.get(path).await.refused(401, "INVALID_API_KEY");
    }
    let more = json!({ "endUserId": "user-8" });
    widget
        .frame
        .post("/connect/token", &more)
        .await
        .refused(401, "INVALID_API_KEY");
    for path in ["//connect/session", "//connect/session/check"] {
        product.get(path).await.refused(401, "INVALID_CONNECT_TOKEN");
        product
            .without_key()
            .get(path)
            .await
            .refused(401, "INVALID_CONNECT_TOKEN");
        let altered = server.client_with(&format!("{}x", widget.token));
        altered.get(path).await.refused(401, "INVALID_CONNECT_TOKEN");
    }
    let reader = server.create_key("Development", "test", &["--scopes", "read,write"]);
    let body = json!({ "endUserId": END_USER });
    server
        .client_with(&reader)
        .post("/connect/token", &body)
        .await
        .refused(403, "INSUFFICIENT_SCOPE");
}

#[tokio::test]
async fn sessions_do_not_see_each_others_authorisations() {
    let server = Server::start();
    let (one, other) = (
        Widget::open(&server.client(), END_USER).await,
        Widget::open(&server.client(), END_USER).await,
    );
    let attempt = one.begin("hubspot").await;
    let path = format!("//connect/session/authorizations/{}", attempt.id);
    other.frame.get(&path).await.refused(404, "NOT_FOUND");
    one.frame.get(&path).await.expect(200);
    one.frame
        .get("//connect/session/authorizations/aut_0")
        .await
        .refused(404, "NOT_FOUND");
}

#[tokio::test]
async fn only_pages_that_are_allowed_may_open_the_widget() {
    let server = Server::start();
    let product = server.client();
    let origins = json!({ "origins": ["https://app.example.com", "http://localhost:*"] });
    product.put("/connect/origins", &origins).await.expect(200);
    let widget = Widget::open(&product, END_USER).await;
    let check = |origin: &'static str| {
        widget
            .frame
            .call(Method::GET, "//connect/session/check")
            .header("origin", origin)
            .send()
    };
    for origin in [
        "https://app.example.com",
        "http://localhost:3000",
        "http://localhost",
    ] {
        let answer = check(origin).await.expect(200);
        assert!(answer.record()["sessionId"].is_string() && answer.record()["expiresAt"].is_string());
        assert_eq!(answer.header("access-control-allow-origin"), "*");
    }
    for origin in [
        "https://evil.example",
        "http://app.example.com",
        "https://app.example.com:8443",
        "https://app.example.com.evil.example",
        "http://localhost.evil.example",
        "http://localhost:3000@evil.example",
        "null",
        "<script>",
    ] {
        let refused = check(origin).await.refused(403, "ORIGIN_NOT_ALLOWED");
        assert_eq!(
            refused.header("access-control-allow-origin"),
            "*",
            "the page can read why"
        );
        assert!(refused.message().contains("/connect/origins"), "{}", refused.text);
        assert!(!refused.text.contains("sessionId"));
    }
    let preflight = product
        .without_key()
        .call(Method::OPTIONS, "//connect/session/check");
    let preflight = preflight
        .header("origin", "https://app.example.com")
        .header("access-control-request-method", "GET")
        .header("access-control-request-headers", "authorization")
        .send()
        .await;
    assert!(preflight.status < 300, "{preflight:?}");
    assert!(
        preflight
            .header("access-control-allow-headers")
            .contains("authorization")
    );
    let wrong = product
        .without_key()
        .call(Method::GET, "//connect/session/check")
        .header("origin", "https://evil.example")
        .send()
        .await;
    assert_eq!(
        wrong
            .refused(401, "INVALID_CONNECT_TOKEN")
            .header("access-control-allow-origin"),
        "*"
    );
    for (bad, field) in [
        ("https://app.example.com/path", "origins.0"),
        ("http://app.example.com", "origins.0"),
        ("*", "origins.0"),
    ] {
        product
            .put("/connect/origins", &json!({ "origins": [bad] }))
            .await
            .invalid(&[field]);
    }
}
