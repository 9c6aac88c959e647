//! `/connections`

use serde_json::{Value, json};

use crate::harness::{Server, redacted};

#[tokio::test]
async fn a_connection_is_imported_shown_and_deleted() {
    let server = Server::start();
    let client = server.live_client();
    let body = json!({
        "provider": "hubspot", "endUserId": "user-7", "endUserDisplayName": "Žofie", "endUserEmail": "z@example.com",
        "token": "pat-imported", "settings": { "apiVersion": "2026-09" },
    });
    let created = client.post("/connections", &body).await.expect(201);
    insta::assert_json_snapshot!("connection", redacted(&created.body, true));
    let path = format!("/connections/{}", created.id());
    let shown = client.get(&path).await.expect(200);
    assert_eq!(shown.record(), created.record());
    let listed = client.get("/connections").await.expect(200);
    assert_eq!(json!(listed.records()), json!([created.record()]));
    let deleted = client.delete(&path).await.expect(200);
    assert_eq!(deleted.id(), created.id());
    client.get(&path).await.refused(404, "NOT_FOUND");
    client.delete(&path).await.refused(404, "NOT_FOUND");
    client
        .get("/contact")
        .await
        .refused(409, "PROVIDER_NOT_CONNECTED");
}

#[tokio::test]
async fn importing_again_replaces_the_credential_of_the_same_connection() {
    let server = Server::start();
    let client = server.live_client();
    let first = client.connect("hubspot", "user-7", Some("pat-1")).await;
    let second = client.connect("hubspot", "user-7", Some("pat-2")).await;
    assert_eq!(first.id(), second.id());
    let other = client.connect("hubspot", "user-8", Some("pat-3")).await;
    assert_ne!(first.id(), other.id());
    assert_eq!(client.get("/connections").await.records().len(), 2);
}

#[tokio::test]
async fn the_list_can_be_narrowed() {
    let server = Server::start();
    let client = server.live_client();
    for user in ["user-7", "user-8"] {
        client.connect("hubspot", user, Some("pat")).await;
    }
    for (query, expected) in [
        ("provider=hubspot", 2),
        ("endUserId=user-7", 1),
        ("provider=hubspot&endUserId=user-9", 0),
    ] {
        let listed = client.get(&format!("/connections?{query}")).await.expect(200);
        assert_eq!(listed.records().len(), expected, "{query}");
    }
    client.get("/connections?colour=red").await.invalid(&["colour"]);
}

#[tokio::test]
async fn the_list_is_walked_by_its_cursor() {
    let server = Server::start();
    let client = server.live_client();
    for number in 0..7 {
        client
            .connect("hubspot", &format!("user-{number}"), Some("pat"))
            .await;
    }
    let mut users = Vec::new();
    let mut path = "/connections?limit=3".to_owned();
    loop {
        let page = client.get(&path).await.expect(200);
        assert!(page.records().len() <= 3);
        users.extend(
            page.records()
                .iter()
                .map(|connection| connection["endUserId"].clone()),
        );
        let Some(cursor) = page.cursor() else { break };
        path = format!("/connections?limit=3&cursor={cursor}");
    }
    let expected: Vec<Value> = (0..7).map(|number| json!(format!("user-{number}"))).collect();
    assert_eq!(users, expected);
    let narrowed = format!("{path}&provider=hubspot");
    client.get(&narrowed).await.refused(400, "INVALID_CURSOR");
    server.client().get(&path).await.refused(400, "INVALID_CURSOR");
}

#[tokio::test]
async fn bad_imports_are_refused_by_field() {
    let server = Server::start();
    let client = server.live_client();
    let with = |name: &str, value: Value| {
        let mut body = json!({ "provider": "hubspot", "endUserId": "user-7", "token": "pat" });
        body[name] = value;
        body
    };
    for (body, field) in [
        (with("endUserId", json!("  ")), "endUserId"),
        (with("authMethod", json!("password")), "authMethod"),
        (
            with("settings", json!({ "apiVersion": "v1" })),
            "settings.apiVersion",
        ),
        (with("settings", json!({ "region": "eu" })), "settings.region"),
        (json!({ "provider": "hubspot", "endUserId": "user-7" }), "token"),
    ] {
        client.post("/connections", &body).await.invalid(&[field]);
    }
    for body in [
        with("colour", json!("red")),
        json!([]),
        json!({}),
        with("provider", json!(7)),
    ] {
        client
            .post("/connections", &body)
            .await
            .refused(400, "VALIDATION_ERROR");
    }
    let refused = client
        .post("/connections", &with("provider", json!("nope")))
        .await;
    refused.refused(400, "UNKNOWN_PROVIDER");
    let left = client.get("/connections").await.expect(200);
    assert!(left.records().is_empty(), "nothing was left behind");
}

#[tokio::test]
async fn a_sandbox_needs_no_token() {
    let server = Server::start();
    let client = server.client();
    client.connect("hubspot", "user-9", None).await;
    let page = client.get("/contact?endUserId=user-9&limit=1").await.expect(200);
    assert_eq!(page.records().len(), 1);
}

#[tokio::test]
async fn a_sandbox_refuses_a_wrong_token_as_the_provider_does() {
    let server = Server::start();
    let client = server.client();
    client.connect("hubspot", "user-9", Some("wrong")).await;
    let refused = client.get("/contact?endUserId=user-9").await;
    refused.refused(409, "CONNECTION_NEEDS_REAUTH");
}

#[tokio::test]
async fn ids_that_are_none_are_not_found() {
    let server = Server::start();
    let client = server.client();
    for id in ["con_0", "x", "%00", "..%2Fcontact", "%F0%9F%98%80"] {
        client
            .get(&format!("/connections/{id}"))
            .await
            .refused(404, "NOT_FOUND");
        client
            .delete(&format!("/connections/{id}"))
            .await
            .refused(404, "NOT_FOUND");
    }
}
