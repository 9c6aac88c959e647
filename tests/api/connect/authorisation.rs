//! The round trip through a provider's consent page, as a browser makes it.

mod app;
mod refusals;

use std::time::Duration;

use serde_json::json;

use super::{END_USER, PROVIDERS, all_providers, contacts, server_to, set_app};
use crate::harness::{Browser, Client, Provider, Reply, Sandbox, Server, Widget};

/// What the connection is shown as, and that calls go through it.
async fn assert_works(product: &Client, provider: &str, connection: &serde_json::Value) {
    let id = connection["id"].as_str().unwrap();
    assert_eq!(
        *connection,
        json!({ "id": id, "provider": provider, "endUserId": END_USER, "status": "active" })
    );
    let shown = product.get(&format!("/connections/{id}")).await.expect(200);
    let shown = shown.record();
    assert_eq!(
        (&shown["status"], &shown["authMethod"], &shown["lastError"]),
        (&json!("active"), &json!("oauth2"), &json!(null)),
        "{shown}"
    );
    // HighLevel's calls need the location that came with the token. A sandbox that names itself as the place of its API
    // is not believed: the connection stays at the provider's own address.
    let location = if provider == "gohighlevel" {
        json!("Wq7Lm2Zt9RvB1cYdk3Jx")
    } else {
        json!(null)
    };
    assert_eq!(shown["settings"]["locationId"], location, "{shown}");
    assert_eq!(shown["settings"]["apiDomain"], json!(null), "{shown}");
    let page = product.get(&contacts(provider)).await.expect(200);
    assert_eq!(page.records().len(), 1, "{}", page.text);
    assert_eq!(page.records()[0]["provider"], provider, "{}", page.text);
}

#[tokio::test]
async fn a_test_key_connects_each_provider_in_one_session() {
    let server = all_providers().start();
    let product = server.client();
    let widget = Widget::open(&product, END_USER).await;
    for provider in PROVIDERS {
        let connection = widget.connect(provider).await;
        assert_works(&product, provider, &connection).await;
    }
    let session = widget.session().await;
    for provider in session["providers"].as_array().unwrap() {
        assert_eq!(
            (&provider["used"], &provider["connection"]["status"]),
            (&json!(true), &json!("active")),
            "{provider}"
        );
    }
}

#[tokio::test]
async fn a_live_key_connects_hubspot_over_a_socket() {
    over_a_socket("hubspot").await;
}

#[tokio::test]
async fn a_live_key_connects_zoho_over_a_socket() {
    over_a_socket("zoho-crm").await;
}

#[tokio::test]
async fn a_live_key_connects_pipedrive_over_a_socket() {
    over_a_socket("pipedrive").await;
}

#[tokio::test]
async fn a_live_key_connects_highlevel_over_a_socket() {
    over_a_socket("gohighlevel").await;
}

async fn over_a_socket(provider: &'static str) {
    let sandbox = Sandbox::start(provider);
    let server = server_to(&sandbox).await;
    let product = server.live_client();
    let widget = Widget::open(&product, END_USER).await;
    let browser = Browser::new();
    let attempt = widget.begin(provider).await;
    assert_eq!(widget.look(&attempt).await["status"], "pending");
    let consent = attempt.consent_page(&browser).await;
    assert!(consent.url.as_str().starts_with(&sandbox.url), "{}", consent.url);
    assert!(consent.text.contains("client-7"), "{}", consent.text);
    let redirect = browser.press(&consent, "allow").await.expect(302);
    assert_eq!(redirect.location().path(), "/api/v1/auth/callback");
    let end = browser.follow(&redirect).await.expect(200);
    assert!(end.text.contains("is connected"), "{}", end.text);
    let outcome = widget.outcome(&attempt).await;
    assert_eq!(
        (&outcome["status"], &outcome["error"], &outcome["provider"]),
        (&json!("succeeded"), &json!(null), &json!(provider))
    );
    assert_works(&product, provider, &outcome["connection"]).await;
    assert_eq!(sandbox.count("codes").await, 1);
    assert_eq!(
        sandbox.count("refreshes").await,
        0,
        "a fresh token needs no refresh"
    );
}

/// The window is closed while the code is on its way to the provider.
#[tokio::test]
async fn the_connection_is_made_although_the_window_is_closed() {
    let tokens = json!({ "access_token": "access-7", "refresh_token": "refresh-7", "expires_in": 1_800, "token_type": "bearer" });
    let provider =
        Provider::start(move |_| Reply::json(200, &tokens).after(Duration::from_millis(300))).await;
    let server = Server::setup().provider("hubspot", &provider.url()).start();
    set_app(&server.live_client(), "hubspot", "client-7", "s").await;
    let widget = Widget::open(&server.live_client(), END_USER).await;
    let browser = Browser::new();
    let attempt = widget.begin("hubspot").await;
    let state = browser.get(&attempt.launch).await.parameter("state").unwrap();
    let callback = format!("{}/api/v1/auth/callback?code=code-7&state={state}", server.url);
    let asked = async {
        while provider.received().is_empty() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::select! {
        page = browser.get(&callback) => panic!("the provider has not answered yet: {page:?}"),
        () = asked => {}
    }
    assert_eq!(widget.look(&attempt).await["status"], "pending");
    assert_eq!(widget.outcome(&attempt).await["status"], "succeeded");
}
