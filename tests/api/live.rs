//! Live keys: the request that reaches the provider.

mod answers;

use http::Method;
use serde_json::{Value, json};

use crate::harness::{Provider, Received, Reply, Server};

fn contact() -> Value {
    json!({ "id": "101", "properties": { "firstname": "Live", "email": "live@example.com" },
        "createdAt": "2026-01-01T00:00:00.000Z", "updatedAt": "2026-01-02T00:00:00.000Z", "archived": false })
}

/// One contact whatever is asked.
fn one_contact(_: &Received) -> Reply {
    Reply::json(200, &json!({ "results": [contact()] }))
}

async fn server_to(provider: &Provider) -> Server {
    Server::setup().provider("hubspot", &provider.url()).start()
}

#[tokio::test]
async fn a_live_key_reaches_the_provider_with_the_connections_credential() {
    let provider = Provider::start(one_contact).await;
    let server = server_to(&provider).await;
    let client = server.live_client();
    client.connect("hubspot", "user-001", Some("pat-live-1")).await;
    let page = client.get("/contact?limit=7").await.expect(200);
    assert_eq!(page.ids(), ["101"]);
    assert_eq!(page.records()[0]["firstName"], "Live");
    let received = provider.received();
    assert_eq!(received.len(), 1);
    let request = &received[0];
    assert_eq!(
        (&request.method, request.path.as_str()),
        (&Method::GET, "/crm/objects/2026-03/contacts")
    );
    assert!(request.query.contains("limit=7"), "{}", request.query);
    assert_eq!(request.header("authorization"), "Bearer pat-live-1");
    assert_eq!(request.header("host"), provider.address);
    assert!(
        request.header("user-agent").starts_with("routemcp/"),
        "{request:?}"
    );
    for private in [
        "x-request-id",
        "cookie",
        "referer",
        "x-forwarded-for",
        "x-end-user-id",
    ] {
        assert_eq!(request.header(private), "", "{private}");
    }
}

#[tokio::test]
async fn a_test_key_never_reaches_the_provider() {
    let provider = Provider::start(one_contact).await;
    let server = server_to(&provider).await;
    let client = server.client();
    client.get("/contact").await.expect(200);
    client
        .post("/contact", &json!({ "firstName": "Test" }))
        .await
        .expect(201);
    assert!(provider.received().is_empty());
}

#[tokio::test]
async fn writes_reach_the_provider_in_its_own_words() {
    let provider = Provider::start(|request| match request.method {
        Method::POST => Reply::json(201, &contact()),
        Method::DELETE => Reply::text(204, "text/plain", ""),
        _ => Reply::json(200, &contact()),
    })
    .await;
    let server = server_to(&provider).await;
    let client = server.live_client();
    let body = json!({ "firstName": "Žofie", "address": { "postalCode": "10115" } });
    client.post("/contact", &body).await.expect(201);
    client
        .put("/contact/101", &json!({ "lastName": "Only" }))
        .await
        .expect(200);
    client.delete("/contact/101").await.expect(200);
    let received = provider.received();
    let sent = |method: Method| received.iter().find(|request| request.method == method).unwrap();
    let created: Value = serde_json::from_str(&sent(Method::POST).body).unwrap();
    assert_eq!(
        created["properties"],
        json!({ "firstname": "Žofie", "zip": "10115" })
    );
    assert_eq!(sent(Method::POST).header("content-type"), "application/json");
    let replaced: Value = serde_json::from_str(&sent(Method::PATCH).body).unwrap();
    assert_eq!(
        (
            &replaced["properties"]["lastname"],
            &replaced["properties"]["email"]
        ),
        (&json!("Only"), &json!(""))
    );
    assert_eq!(sent(Method::DELETE).path, "/crm/objects/2026-03/contacts/101");
}

#[tokio::test]
async fn a_redirect_is_not_followed_and_the_credential_goes_nowhere() {
    let elsewhere = Provider::start(one_contact).await;
    let place = elsewhere.url();
    let provider =
        Provider::start(move |_| Reply::text(302, "text/plain", "").header("location", &place)).await;
    let server = server_to(&provider).await;
    server
        .live_client()
        .get("/contact/101")
        .await
        .refused(502, "PROVIDER_ERROR");
    assert_eq!(provider.received().len(), 1);
    assert!(elsewhere.received().is_empty());
}

#[tokio::test]
async fn the_api_version_is_a_setting_of_the_connection() {
    let provider = Provider::start(one_contact).await;
    let server = server_to(&provider).await;
    let client = server.live_client();
    let body = json!({ "provider": "hubspot", "endUserId": "user-001", "token": "t", "settings": { "apiVersion": "v3" } });
    client.post("/connections", &body).await.expect(201);
    client.get("/contact").await.expect(200);
    assert_eq!(provider.received()[0].path, "/crm/v3/objects/contacts");
}
