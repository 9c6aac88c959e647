//! `Idempotency-Key`

use std::time::Duration;

use futures::future::join_all;
use http::Method;
use serde_json::{Value, json};

use crate::harness::{Answer, Client, Provider, Received, Reply, Server};

async fn send(client: &Client, method: Method, path: &str, key: &str, body: &Value) -> Answer {
    let call = client.call(method, path).header("idempotency-key", key);
    call.json(body).send().await
}

async fn create(client: &Client, key: &str, body: &Value) -> Answer {
    send(client, Method::POST, "/contact", key, body).await
}

#[tokio::test]
async fn the_same_request_again_gives_the_same_answer_and_is_done_once() {
    let server = Server::start();
    let client = server.client();
    let body = json!({ "firstName": "Once" });
    let first = create(&client, "key-1", &body).await.expect(201);
    assert_eq!(first.header("idempotency-replayed"), "");
    let again = create(&client, "key-1", &body).await.expect(201);
    assert_eq!(
        (&again.body, again.header("idempotency-replayed")),
        (&first.body, "true")
    );
    assert_ne!(again.header("x-request-id"), first.header("x-request-id"));
    // Without the key it is done again.
    let other = client.post("/contact", &body).await.expect(201);
    assert_ne!(other.id(), first.id());
}

#[tokio::test]
async fn another_request_under_the_same_key_is_refused() {
    let server = Server::start();
    let client = server.client();
    let body = json!({ "firstName": "Once" });
    let path = format!(
        "/contact/{}",
        create(&client, "key-1", &body).await.expect(201).id()
    );
    let conflict = "IDEMPOTENCY_CONFLICT";
    create(&client, "key-1", &json!({ "firstName": "Twice" }))
        .await
        .refused(409, conflict);
    send(&client, Method::POST, "/contact?raw=true", "key-1", &body)
        .await
        .refused(409, conflict);
    send(&client, Method::POST, "/deal", "key-1", &body)
        .await
        .refused(409, conflict);
    for method in [Method::PUT, Method::PATCH, Method::DELETE] {
        send(&client, method, &path, "key-1", &body)
            .await
            .refused(409, conflict);
    }
}

#[tokio::test]
async fn it_holds_for_every_write() {
    let server = Server::start();
    let client = server.client();
    let page = client.get("/contact?limit=1").await.expect(200);
    let path = format!("/contact/{}", page.ids()[0]);
    for (method, key) in [
        (Method::PUT, "put"),
        (Method::PATCH, "patch"),
        (Method::DELETE, "delete"),
    ] {
        let body = json!({ "firstName": key });
        let first = send(&client, method.clone(), &path, key, &body).await.expect(200);
        let again = send(&client, method, &path, key, &body).await.expect(200);
        assert_eq!(first.body, again.body);
        assert_eq!(again.header("idempotency-replayed"), "true");
    }
}

#[tokio::test]
async fn a_refused_write_leaves_the_key_free() {
    let server = Server::start();
    let client = server.client();
    create(&client, "key-1", &json!({ "fristName": "Typo" }))
        .await
        .invalid(&["fristName"]);
    let taken = json!({ "email": "mara.lind.0@example.com" });
    create(&client, "key-1", &taken)
        .await
        .refused(409, "DUPLICATE_RECORD");
    create(&client, "key-1", &json!({ "firstName": "Right" }))
        .await
        .expect(201);
}

#[tokio::test]
async fn many_at_once_are_done_once() {
    let server = Server::start();
    let client = server.client();
    let body = json!({ "firstName": "Rush", "email": "rush@example.com" });
    let answers = join_all((0..8).map(|_| create(&client, "rush", &body))).await;
    let done: Vec<&Answer> = answers.iter().filter(|answer| answer.status == 201).collect();
    assert!(!done.is_empty());
    assert!(done.iter().all(|answer| answer.id() == done[0].id()));
    for refused in answers.iter().filter(|answer| answer.status != 201) {
        assert_eq!(
            (refused.status, refused.code()),
            (409, "IDEMPOTENCY_CONFLICT"),
            "{}",
            refused.text
        );
    }
    let found = client
        .get("/contact?filter[email]=rush%40example.com")
        .await
        .expect(200);
    assert_eq!(found.ids(), [done[0].id()]);
}

#[tokio::test]
async fn organisations_do_not_share_keys() {
    let server = Server::start();
    let body = json!({ "firstName": "Once" });
    let first = create(&server.client(), "key-1", &body).await.expect(201);
    server.create_organisation("Other");
    let other = server.client_with(&server.create_key("Other", "test", &["--scopes", "write,connect"]));
    other.connect("hubspot", "user-1", None).await;
    let theirs = create(&other, "key-1", &body).await.expect(201);
    assert_eq!(theirs.header("idempotency-replayed"), "");
    assert_ne!(theirs.header("x-request-id"), first.header("x-request-id"));
}

#[tokio::test]
async fn keys_have_a_sane_form() {
    let server = Server::start();
    let client = server.client();
    for key in ["", &"k".repeat(256), "ž"] {
        create(&client, key, &json!({ "firstName": "x" }))
            .await
            .invalid(&["Idempotency-Key"]);
    }
    create(&client, &"k".repeat(255), &json!({ "firstName": "x" }))
        .await
        .expect(201);
}

/// The provider does the write and then breaks the connection.
fn breaks(request: &Received) -> Reply {
    match request.method {
        Method::POST => Reply::text(201, "application/json", "{").cut(),
        _ => Reply::json(200, &json!({ "results": [] })),
    }
}

fn posts(provider: &Provider) -> usize {
    let received = provider.received();
    received
        .iter()
        .filter(|request| request.method == Method::POST)
        .count()
}

#[tokio::test]
async fn a_write_whose_outcome_is_not_known_is_not_done_again() {
    let provider = Provider::start(breaks).await;
    let server = Server::setup().provider("hubspot", &provider.url()).start();
    let client = server.live_client();
    let body = json!({ "firstName": "Once" });
    create(&client, "key-1", &body)
        .await
        .refused(502, "PROVIDER_ERROR");
    create(&client, "key-1", &body)
        .await
        .refused(409, "IDEMPOTENCY_CONFLICT");
    assert_eq!(posts(&provider), 1);
}

/// The provider takes its time over a write.
fn slow(request: &Received) -> Reply {
    let record = json!({ "id": "101", "properties": { "firstname": "Once" }, "archived": false,
        "createdAt": "2026-01-01T00:00:00.000Z", "updatedAt": "2026-01-01T00:00:00.000Z" });
    match request.method {
        Method::POST => Reply::json(201, &record).after(Duration::from_secs(2)),
        _ => Reply::json(200, &record),
    }
}

#[tokio::test]
async fn a_caller_that_hangs_up_finds_the_answer_under_its_key() {
    let provider = Provider::start(slow).await;
    let server = Server::setup().provider("hubspot", &provider.url()).start();
    let client = server.live_client();
    let body = json!({ "firstName": "Once" });
    let hung_up = tokio::time::timeout(Duration::from_millis(700), create(&client, "key-1", &body)).await;
    assert!(hung_up.is_err(), "it was answered too soon");
    tokio::time::sleep(Duration::from_secs(3)).await;
    let found = create(&client, "key-1", &body).await.expect(201);
    assert_eq!(
        (found.header("idempotency-replayed"), found.id()),
        ("true", "101")
    );
    assert_eq!(posts(&provider), 1);
}
