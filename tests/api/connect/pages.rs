//! What browsers load from us, and what it is allowed to do there.

mod consent;

use serde_json::json;

use super::END_USER;
use crate::harness::{Browser, Page, Server, Widget};

/// The parts of a page's policy, by directive.
fn policy(page: &Page, directive: &str) -> Option<String> {
    let policy = page.header("content-security-policy");
    policy.split(';').find_map(|part| {
        let (name, value) = part.trim().split_once(' ').unwrap_or((part.trim(), ""));
        (name == directive).then(|| value.to_owned())
    })
}

#[tokio::test]
async fn exactly_the_allowed_pages_may_frame_the_widget() {
    let server = Server::start();
    let product = server.client();
    let id = Widget::open(&product, END_USER).await.id().await;
    let browser = Browser::new();
    for origins in [
        vec![],
        vec!["https://app.example.com"],
        vec!["https://app.example.com", "http://localhost:*"],
    ] {
        product
            .put("/connect/origins", &json!({ "origins": origins }))
            .await
            .expect(200);
        let frame = browser
            .get(&format!("{}/connect/frame?session={id}", server.url))
            .await
            .expect(200);
        let expected = if origins.is_empty() {
            "'none'".to_owned()
        } else {
            origins.join(" ")
        };
        assert_eq!(
            policy(&frame, "frame-ancestors").as_deref(),
            Some(expected.as_str())
        );
        assert_eq!(policy(&frame, "default-src").as_deref(), Some("'none'"));
        assert_eq!(policy(&frame, "script-src").as_deref(), Some("'self'"));
        assert!(
            !frame.header("content-security-policy").contains("unsafe"),
            "{frame:?}"
        );
        assert_eq!(
            (
                frame.header("x-content-type-options"),
                frame.header("cache-control")
            ),
            ("nosniff", "no-store")
        );
        assert_eq!(config(&frame), json!({ "origins": origins, "provider": null }));
    }
}

/// What the page's script reads.
fn config(frame: &Page) -> serde_json::Value {
    let (_, rest) = frame.text.split_once("id=\"frame-config\">").unwrap();
    serde_json::from_str(rest.split_once("</script>").unwrap().0).unwrap()
}

#[tokio::test]
async fn a_session_that_is_none_has_no_frame() {
    let server = Server::start();
    for query in ["", "?session=", "?session=cs_0", "?session=%00", "?session=..%2F"] {
        let page = Browser::new()
            .get(&format!("{}/connect/frame{query}", server.url))
            .await;
        page.expect(404);
    }
}

/// Of another organisation's list nothing is seen: the session says whose it is.
#[tokio::test]
async fn each_organisation_has_its_own_list() {
    let server = Server::start();
    server
        .client()
        .put(
            "/connect/origins",
            &json!({ "origins": ["https://ours.example"] }),
        )
        .await
        .expect(200);
    let other = server.create_organisation("Other");
    let key = server.create_key(&other, "test", &["--scopes", "connect,manage"]);
    let id = Widget::open(&server.client_with(&key), END_USER).await.id().await;
    let frame = Browser::new()
        .get(&format!("{}/connect/frame?session={id}", server.url))
        .await
        .expect(200);
    assert_eq!(policy(&frame, "frame-ancestors").as_deref(), Some("'none'"));
    assert!(!frame.text.contains("ours.example"));
}

#[tokio::test]
async fn what_stands_in_an_address_is_never_markup() {
    let server = Server::start();
    let id = Widget::open(&server.client(), END_USER).await.id().await;
    let hostile = "</script><script>alert(1)</script><img src=x onerror=alert(1)>";
    let encoded: String = url::form_urlencoded::byte_serialize(hostile.as_bytes()).collect();
    let frame = Browser::new()
        .get(&format!(
            "{}/connect/frame?session={id}&provider={encoded}",
            server.url
        ))
        .await
        .expect(200);
    assert!(
        !frame.text.contains("<script>alert") && !frame.text.contains("<img src=x"),
        "{}",
        frame.text
    );
    assert_eq!(
        config(&frame)["provider"],
        hostile,
        "and the script reads it as it was"
    );
    let widget = Widget::open(&server.client(), END_USER).await;
    let attempt = widget.begin("hubspot").await;
    let browser = Browser::new();
    let state = browser.get(&attempt.launch).await.parameter("state").unwrap();
    let callback = format!("{}/api/v1/auth/callback", server.url);
    for query in [
        format!("error={encoded}&error_description={encoded}&state={state}"),
        format!("error={encoded}&state={encoded}"),
        format!("code={encoded}&state={encoded}"),
    ] {
        let page = browser.get(&format!("{callback}?{query}")).await.expect(400);
        assert!(
            !page.text.contains("<script>alert") && !page.text.contains("<img src=x"),
            "{}",
            page.text
        );
        assert_eq!(policy(&page, "script-src").as_deref(), Some("'self'"));
        assert_eq!(policy(&page, "frame-ancestors").as_deref(), Some("'none'"));
    }
    let outcome = widget.outcome(&attempt).await;
    assert_eq!(outcome["error"]["code"], "AUTHORIZATION_FAILED");
}

#[tokio::test]
async fn the_sdk_can_be_loaded_by_any_page() {
    let server = Server::start();
    for (path, kind) in [
        ("sdk.js", "text/javascript; charset=utf-8"),
        ("frame.js", "text/javascript; charset=utf-8"),
        ("frame.css", "text/css; charset=utf-8"),
    ] {
        let file = Browser::new()
            .get(&format!("{}/connect/{path}", server.url))
            .await
            .expect(200);
        assert_eq!(
            (file.header("content-type"), file.header("x-content-type-options")),
            (kind, "nosniff"),
            "{path}"
        );
        assert_eq!(
            file.header("cross-origin-resource-policy"),
            "cross-origin",
            "{path}"
        );
        assert!(!file.text.is_empty());
    }
}
