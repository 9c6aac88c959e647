//! `POST /connect/session/connections`: a token that the end user copied.

use serde_json::json;

use super::{END_USER, all_providers, contacts};
use crate::harness::{Provider, Reply, Server, Widget};

/// Provider, method, a token that its sandbox takes, and settings.
fn good() -> [(&'static str, &'static str, &'static str, serde_json::Value); 4] {
    [
        ("hubspot", "privateApp", "pat-sandbox-5d0c8a1e", json!({})),
        ("zoho-crm", "accessToken", "1000.sandbox-7c41e09b", json!({})),
        (
            "pipedrive",
            "apiToken",
            "5d0c8a1e5d0c8a1e5d0c8a1e5d0c8a1e5d0c8a1e",
            json!({}),
        ),
        (
            "gohighlevel",
            "privateIntegration",
            "pit-sandbox-5d0c8a1e",
            json!({ "locationId": "Wq7Lm2Zt9RvB1cYdk3Jx" }),
        ),
    ]
}

#[tokio::test]
async fn a_token_is_tried_before_it_is_kept() {
    let server = all_providers().start();
    let product = server.client();
    let widget = Widget::open(&product, END_USER).await;
    for (provider, method, token, settings) in good() {
        let wrong = widget
            .submit(provider, method, "wrong", settings.clone())
            .await
            .invalid(&["token"]);
        assert!(
            wrong.errors()["token"].contains("does not accept it"),
            "{}",
            wrong.text
        );
        // Nothing is used up by it, and blanks around a copied token do no harm.
        let made = widget
            .submit(provider, method, &format!(" {token}\n"), settings)
            .await
            .expect(201);
        assert_eq!(
            (
                made.record()["status"].as_str(),
                made.record()["provider"].as_str()
            ),
            (Some("active"), Some(provider))
        );
        assert_eq!(made.record()["endUserId"], END_USER);
        product.get(&contacts(provider)).await.expect(200);
    }
}

#[tokio::test]
async fn what_is_missing_is_named_by_field() {
    let server = all_providers().start();
    let widget = Widget::open(&server.client(), END_USER).await;
    let token = "pit-sandbox-5d0c8a1e";
    widget
        .submit("gohighlevel", "privateIntegration", token, json!({}))
        .await
        .invalid(&["settings.locationId"]);
    let wrong_version = json!({ "locationId": "x", "apiVersion": "v0", "colour": "red" });
    widget
        .submit("gohighlevel", "privateIntegration", token, wrong_version)
        .await
        .invalid(&["settings.apiVersion", "settings.colour"]);
    widget
        .submit("hubspot", "privateApp", " ", json!({}))
        .await
        .invalid(&["token"]);
    widget
        .submit("hubspot", "oauth2", "x", json!({}))
        .await
        .invalid(&["authMethod"]);
    widget
        .submit("hubspot", "nope", "x", json!({}))
        .await
        .invalid(&["authMethod"]);
    widget
        .submit("nope", "nope", "x", json!({}))
        .await
        .refused(400, "UNKNOWN_PROVIDER");
    let listed = server
        .client()
        .get(&format!("/connections?endUserId={END_USER}"))
        .await;
    assert!(listed.records().is_empty(), "{}", listed.text);
}

/// The token goes where the connector's hosts are, and nowhere else.
#[tokio::test]
async fn settings_do_not_lead_a_token_astray() {
    let server = all_providers().start();
    for product in [server.client(), server.live_client()] {
        let widget = Widget::open(&product, END_USER).await;
        for (provider, method, token, _) in &good()[1..3] {
            let settings = json!({ "apiDomain": "https://evil.example" });
            let refused = widget
                .submit(provider, method, token, settings)
                .await
                .refused(400, "VALIDATION_ERROR");
            assert!(
                refused.errors().keys().all(|field| field.starts_with("settings")),
                "{}",
                refused.text
            );
        }
    }
}

#[tokio::test]
async fn a_provider_in_trouble_keeps_no_token() {
    let provider = Provider::start(|_| Reply::json(503, &json!({}))).await;
    let server = Server::setup().provider("hubspot", &provider.url()).start();
    let product = server.live_client();
    let widget = Widget::open(&product, END_USER).await;
    widget
        .submit("hubspot", "privateApp", "pat-7", json!({}))
        .await
        .refused(502, "PROVIDER_ERROR");
    drop(provider);
    widget
        .submit("hubspot", "privateApp", "pat-7", json!({}))
        .await
        .refused(502, "PROVIDER_ERROR");
    let listed = product.get(&format!("/connections?endUserId={END_USER}")).await;
    assert!(listed.records().is_empty(), "{}", listed.text);
}
