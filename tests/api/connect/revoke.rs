//! `DELETE /connections/{id}` ends the credential at the provider too.

use serde_json::{Value, json};

use super::{END_USER, all_providers, contacts, server_to};
use crate::harness::{Client, Sandbox, Server, Widget};

/// Deletes a connection: what became of its credential at the provider.
async fn delete(product: &Client, id: &Value) -> Value {
    let path = format!("/connections/{}", id.as_str().unwrap());
    let deleted = product.delete(&path).await.expect(200);
    assert_eq!(deleted.record()["id"], *id);
    product.get(&path).await.refused(404, "NOT_FOUND");
    product.delete(&path).await.refused(404, "NOT_FOUND");
    deleted.record()["revoked"].clone()
}

async fn ends_at(provider: &'static str) {
    let sandbox = Sandbox::start(provider).unlimited().await;
    let server = server_to(&sandbox).await;
    let product = server.live_client();
    let connection = Widget::open(&product, END_USER).await.connect(provider).await;
    Widget::open(&product, "user-8").await.connect(provider).await;
    assert_eq!(sandbox.count("live").await, 2);
    assert_eq!(delete(&product, &connection["id"]).await, true, "{provider}");
    assert_eq!(
        sandbox.count("live").await,
        1,
        "{provider}: this one's token is dead, the other's is not"
    );
    product
        .get(&contacts(provider))
        .await
        .refused(409, "PROVIDER_NOT_CONNECTED");
    let other = format!("/contact?provider={provider}&endUserId=user-8&limit=1");
    product.get(&other).await.expect(200);
}

#[tokio::test]
async fn hubspot_ends_the_tokens() {
    ends_at("hubspot").await;
}

#[tokio::test]
async fn zoho_ends_the_tokens() {
    ends_at("zoho-crm").await;
}

#[tokio::test]
async fn pipedrive_ends_the_tokens() {
    ends_at("pipedrive").await;
}

#[tokio::test]
async fn where_the_provider_has_no_way_to_nothing_is_claimed() {
    let sandbox = Sandbox::start("gohighlevel");
    let server = server_to(&sandbox).await;
    let product = server.live_client();
    let connection = Widget::open(&product, END_USER)
        .await
        .connect("gohighlevel")
        .await;
    assert_eq!(delete(&product, &connection["id"]).await, json!(null));

    let server = Server::start();
    let imported = server
        .live_client()
        .connect("hubspot", END_USER, Some("pat-7"))
        .await;
    let imported = imported.record()["id"].clone();
    assert_eq!(
        delete(&server.live_client(), &imported).await,
        json!(null),
        "a private token is its owner's to end"
    );
}

#[tokio::test]
async fn test_connections_are_ended_at_their_sandbox() {
    let server = all_providers().start();
    let product = server.client();
    let widget = Widget::open(&product, END_USER).await;
    for (provider, revoked) in [
        ("hubspot", json!(true)),
        ("zoho-crm", json!(true)),
        ("pipedrive", json!(true)),
        ("gohighlevel", json!(null)),
    ] {
        let connection = widget.connect(provider).await;
        assert_eq!(delete(&product, &connection["id"]).await, revoked, "{provider}");
    }
}

#[tokio::test]
async fn a_provider_that_is_away_keeps_nobody_from_deleting() {
    let sandbox = Sandbox::start("hubspot");
    let server = server_to(&sandbox).await;
    let product = server.live_client();
    let connection = Widget::open(&product, END_USER).await.connect("hubspot").await;
    drop(sandbox);
    assert_eq!(delete(&product, &connection["id"]).await, false);
}

#[tokio::test]
async fn without_the_app_the_provider_cannot_be_asked() {
    let sandbox = Sandbox::start("hubspot");
    let server = server_to(&sandbox).await;
    let product = server.live_client();
    let connection = Widget::open(&product, END_USER).await.connect("hubspot").await;
    product.delete("/oauth-apps/hubspot").await.expect(200);
    assert_eq!(delete(&product, &connection["id"]).await, false);
    assert_eq!(sandbox.count("live").await, 1);
}
