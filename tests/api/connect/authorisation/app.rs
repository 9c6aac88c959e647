//! The OAuth app under which a provider knows the product.

use serde_json::json;

use super::super::{END_USER, contacts, set_app};
use crate::harness::{Browser, Sandbox, Server, Widget, connector};

fn setup_to(sandbox: &Sandbox) -> crate::harness::Setup {
    Server::setup()
        .connectors(&[connector("hubspot")])
        .provider("hubspot", &sandbox.url)
}

#[tokio::test]
async fn without_an_app_a_live_connection_is_not_offered() {
    let server = Server::start();
    let widget = Widget::open(&server.live_client(), END_USER).await;
    let refused = widget
        .authorize("hubspot")
        .await
        .refused(409, "OAUTH_APP_MISSING");
    assert!(
        refused.message().contains("/oauth-apps/hubspot"),
        "it says what to do: {}",
        refused.text
    );
    let session = widget.session().await;
    let methods = session["providers"][0]["authMethods"].as_array().unwrap();
    let available: Vec<_> = methods
        .iter()
        .map(|method| (method["kind"].as_str().unwrap(), method["available"] == true))
        .collect();
    assert_eq!(available, [("oauth2", false), ("token", true)]);
    assert!(
        methods[0]["unavailableReason"]
            .as_str()
            .unwrap()
            .contains("OAuth app"),
        "{session}"
    );
    let test = Widget::open(&server.client(), END_USER).await;
    test.authorize("hubspot").await.expect(201);
}

#[tokio::test]
async fn the_operators_app_stands_in_for_the_organisations() {
    let sandbox = Sandbox::start("hubspot");
    let server = setup_to(&sandbox)
        .environment("ROUTEMCP_OAUTH_HUBSPOT_CLIENT_ID", "of-the-operator")
        .environment("ROUTEMCP_OAUTH_HUBSPOT_CLIENT_SECRET", "secret-of-the-operator")
        .start();
    let product = server.live_client();
    let widget = Widget::open(&product, END_USER).await;
    let consent = widget.begin("hubspot").await.consent_page(&Browser::new()).await;
    assert!(consent.text.contains("of-the-operator"), "{}", consent.text);
    widget.connect("hubspot").await;
    product.get(&contacts("hubspot")).await.expect(200);

    // The organisation's own app comes first.
    set_app(&product, "hubspot", "of-the-organisation", "s").await;
    let widget = Widget::open(&product, END_USER).await;
    let consent = widget.begin("hubspot").await.consent_page(&Browser::new()).await;
    assert!(consent.text.contains("of-the-organisation"), "{}", consent.text);
}

#[tokio::test]
async fn half_an_app_in_the_environment_keeps_the_server_from_starting() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data").to_str().unwrap().to_owned();
    let arguments = ["dev", "--port", "0", "--data-dir", &data].map(str::to_owned);
    let environment = [("ROUTEMCP_OAUTH_HUBSPOT_CLIENT_ID".to_owned(), "x".to_owned())];
    let mut process = crate::harness::Process::start(folder.path(), &arguments, &environment);
    assert!(!process.wait(std::time::Duration::from_secs(20)).success());
    assert!(
        process.errors().contains("ROUTEMCP_OAUTH_HUBSPOT_CLIENT_SECRET"),
        "{}",
        process.errors()
    );
}

#[tokio::test]
async fn an_app_that_the_provider_refuses_is_named_as_the_cause() {
    let sandbox = Sandbox::start("hubspot");
    let server = setup_to(&sandbox).start();
    let product = server.live_client();
    for (id, secret) in [("wrong", "s"), ("client-7", "wrong")] {
        set_app(&product, "hubspot", id, secret).await;
        let widget = Widget::open(&product, END_USER).await;
        let attempt = widget.begin("hubspot").await;
        let end = attempt.agree(&Browser::new()).await.expect(400);
        let outcome = widget.outcome(&attempt).await;
        assert_eq!(
            (&outcome["status"], &outcome["error"]["code"]),
            (&json!("failed"), &json!("AUTHORIZATION_FAILED"))
        );
        let message = outcome["error"]["message"].as_str().unwrap();
        assert!(message.contains("OAuth app"), "{message}");
        assert!(end.text.contains("OAuth app"), "{}", end.text);
        assert_eq!(outcome["connection"], json!(null));
    }
    assert!(
        product
            .get(&format!("/connections?endUserId={END_USER}"))
            .await
            .records()
            .is_empty()
    );
}

#[tokio::test]
async fn apps_are_listed_without_their_secrets_and_told_the_redirect_uri() {
    let server = Server::start();
    let product = server.live_client();
    set_app(&product, "hubspot", "client-7", "a-secret-to-keep").await;
    let listed = product.get("/oauth-apps").await.expect(200);
    assert!(!listed.text.contains("a-secret-to-keep"), "{}", listed.text);
    assert_eq!(listed.data()["apps"][0]["clientId"], "client-7");
    let redirect_uri = format!("{}/api/v1/auth/callback", server.url);
    assert_eq!(listed.data()["redirectUri"], json!(redirect_uri));
    for (body, field) in [
        (json!({ "clientId": " ", "clientSecret": "s" }), "clientId"),
        (json!({ "clientId": "c", "clientSecret": "" }), "clientSecret"),
    ] {
        product.put("/oauth-apps/hubspot", &body).await.invalid(&[field]);
    }
    product.delete("/oauth-apps/hubspot").await.expect(200);
    let widget = Widget::open(&product, END_USER).await;
    widget
        .authorize("hubspot")
        .await
        .refused(409, "OAUTH_APP_MISSING");
}
