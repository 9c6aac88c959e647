//! Organisations, environments and scopes are walls.

mod strangers;

use serde_json::json;

use crate::harness::{Client, Server};

const ALL: &str = "read,write,connect,manage";

/// The development organisation's server and a client of a second organisation.
fn two_organisations() -> (Server, Client) {
    let server = Server::start();
    server.create_organisation("Other");
    let other = server.client_with(&server.create_key("Other", "test", &["--scopes", ALL]));
    (server, other)
}

#[tokio::test]
async fn another_organisation_sees_no_connection() {
    let (server, other) = two_organisations();
    let connections = server.client().get("/connections").await.expect(200);
    let id = connections.records()[0]["id"].as_str().unwrap();
    let path = format!("/connections/{id}");
    assert!(other.get("/connections").await.expect(200).records().is_empty());
    let narrowed = other.get("/connections?endUserId=user-001").await.expect(200);
    assert!(narrowed.records().is_empty());
    other.get(&path).await.refused(404, "NOT_FOUND");
    other.delete(&path).await.refused(404, "NOT_FOUND");
    for path in [
        "/contact",
        "/contact?endUserId=user-001&provider=hubspot",
        "/contact/20100370451",
    ] {
        other.get(path).await.refused(409, "PROVIDER_NOT_CONNECTED");
    }
    server.client().get(&path).await.expect(200);
}

#[tokio::test]
async fn sandboxes_of_two_organisations_share_nothing() {
    let (server, other) = two_organisations();
    let mine = server.client();
    other.connect("hubspot", "user-001", None).await;
    let page = mine.get("/contact?limit=1").await.expect(200);
    let path = format!("/contact/{}", page.ids()[0]);
    mine.patch(&path, &json!({ "firstName": "Mine" }))
        .await
        .expect(200);
    let theirs = other.get(&path).await.expect(200);
    assert_eq!(theirs.record()["firstName"], page.records()[0]["firstName"]);
    let made = mine
        .post("/contact", &json!({ "email": "mine@example.com" }))
        .await
        .expect(201);
    let theirs = other
        .get("/contact?filter[email]=mine%40example.com")
        .await
        .expect(200);
    assert!(theirs.records().is_empty(), "{}", theirs.text);
    other.delete(&path).await.expect(200);
    mine.get(&path).await.expect(200);
    mine.get(&format!("/contact/{}", made.id())).await.expect(200);
}

#[tokio::test]
async fn a_cursor_of_another_organisation_is_foreign() {
    let (server, other) = two_organisations();
    other.connect("hubspot", "user-001", None).await;
    let page = server.client().get("/contact?limit=5").await.expect(200);
    let path = format!("/contact?limit=5&cursor={}", page.cursor().unwrap());
    other.get(&path).await.refused(400, "INVALID_CURSOR");
}

#[tokio::test]
async fn live_and_test_keys_see_their_own_connections_only() {
    let server = Server::start();
    let (test, live) = (server.client(), server.live_client());
    let connections = test.get("/connections").await.expect(200);
    let path = format!(
        "/connections/{}",
        connections.records()[0]["id"].as_str().unwrap()
    );
    assert!(live.get("/connections").await.expect(200).records().is_empty());
    live.get(&path).await.refused(404, "NOT_FOUND");
    live.delete(&path).await.refused(404, "NOT_FOUND");
    live.get("/contact").await.refused(409, "PROVIDER_NOT_CONNECTED");
    let imported = live.connect("hubspot", "user-001", Some("pat-live")).await;
    let path = format!("/connections/{}", imported.id());
    test.get(&path).await.refused(404, "NOT_FOUND");
    let page = test.get("/contact?limit=5").await.expect(200);
    let foreign = format!("/contact?limit=5&cursor={}", page.cursor().unwrap());
    live.get(&foreign).await.refused(400, "INVALID_CURSOR");
}

#[tokio::test]
async fn each_call_needs_its_scope() {
    let server = Server::start();
    let organisation = "Development";
    let with =
        |scope: &str| server.client_with(&server.create_key(organisation, "test", &["--scopes", scope]));
    let (read, write, connect) = (with("read"), with("write"), with("connect"));
    let body = json!({ "firstName": "Scoped" });
    read.get("/contact?limit=1").await.expect(200);
    write.post("/contact", &body).await.expect(201);
    connect.get("/connections").await.expect(200);
    for refused in [
        read.post("/contact", &body).await,
        read.put("/contact/1", &body).await,
        read.patch("/contact/1", &body).await,
        read.delete("/contact/1").await,
        read.get("/connections").await,
        write.get("/contact").await,
        write.get("/contact/1").await,
        write.delete("/connections/1").await,
        connect.get("/contact").await,
        read.post(
            "/connections",
            &json!({ "provider": "hubspot", "endUserId": "u" }),
        )
        .await,
    ] {
        let refused = refused.refused(403, "INSUFFICIENT_SCOPE");
        assert!(refused.message().contains("scope"), "{}", refused.text);
    }
}
