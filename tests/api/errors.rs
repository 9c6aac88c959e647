//! Every kind of bad input has its own clear error, and none is a 500 (which `Answer` checks everywhere).

mod body;

use http::Method;
use serde_json::{Value, json};

use crate::harness::{Client, redacted, shared};

#[tokio::test]
async fn no_key_and_wrong_keys_are_unauthorised() {
    let server = shared();
    let anonymous = server.client().without_key();
    let refused = anonymous.get("/contact").await.refused(401, "INVALID_API_KEY");
    assert!(
        refused.message().contains("Authorization: Bearer"),
        "{}",
        refused.text
    );
    let cut = &server.test_key[..server.test_key.len() - 1];
    let other = format!("{cut}{}", if server.test_key.ends_with('A') { 'B' } else { 'A' });
    let other_environment = server.test_key.replace("sk_test_", "sk_live_");
    for key in [
        "x",
        "sk_test_",
        "sk_live_0123456789",
        cut,
        &other,
        &other_environment,
        &"9".repeat(5_000),
    ] {
        let refused = server.client_with(key).get("/contact").await;
        refused.refused(401, "INVALID_API_KEY");
    }
    for value in ["Basic dXNlcjpwYXNz", "Bearer", "Bearer ", &server.test_key] {
        let call = anonymous
            .call(Method::GET, "/contact")
            .header("authorization", value);
        call.send().await.refused(401, "INVALID_API_KEY");
    }
}

#[tokio::test]
async fn the_envelope_of_an_error() {
    let refused = shared()
        .client()
        .get("/contact/999")
        .await
        .refused(404, "CONTACT_NOT_FOUND");
    insta::assert_json_snapshot!("error", redacted(&refused.body, false));
}

#[tokio::test]
async fn an_unauthorised_caller_learns_nothing_of_what_exists() {
    let anonymous = shared().client().without_key();
    for path in [
        "/contact?limit=0",
        "/contact/1",
        "/owner",
        "/connections/con_1",
        "/nothing",
    ] {
        anonymous.get(path).await.refused(401, "INVALID_API_KEY");
        anonymous
            .call(Method::POST, "/contact")
            .text("not JSON")
            .send()
            .await
            .refused(401, "INVALID_API_KEY");
    }
}

#[tokio::test]
async fn unknown_and_doubled_parameters_are_refused() {
    let client = shared().client();
    let refused = client
        .get("/contact?colour=red&Limit=5")
        .await
        .invalid(&["Limit", "colour"]);
    assert!(
        refused.errors()["colour"].contains("updatedSince"),
        "{}",
        refused.text
    );
    client.get("/contact?limit=5&limit=6").await.invalid(&["limit"]);
    client
        .get("/contact?provider=&endUserId=")
        .await
        .invalid(&["endUserId", "provider"]);
    // All at once, each by its name.
    let path = "/contact?limit=0&raw=1&sort=nope&filter[nope]=1&updatedSince=x&fields=nope";
    let all = client.get(path).await;
    all.invalid(&["fields", "filter[nope]", "limit", "raw", "sort", "updatedSince"]);
}

#[tokio::test]
async fn an_unknown_provider_is_named_with_the_known_ones() {
    let client = shared().client();
    for slug in ["salesfarce", "HubSpot", "..%2F..", "%00", "%27%20OR%201%3D1"] {
        for path in [
            format!("/contact?provider={slug}"),
            format!("/contact/1?provider={slug}"),
        ] {
            let refused = client.get(&path).await.refused(400, "UNKNOWN_PROVIDER");
            assert!(refused.message().contains("hubspot"), "{}", refused.text);
        }
    }
    let refused = client
        .post("/contact?provider=nope", &json!({ "email": "a@example.com" }))
        .await;
    refused.refused(400, "UNKNOWN_PROVIDER");
}

#[tokio::test]
async fn unknown_routes_and_resources_are_not_found() {
    let client = shared().client();
    let refused = client.get("/ticket").await.refused(404, "NOT_FOUND");
    assert!(
        refused.message().contains("contact, lead, deal, meeting, owner"),
        "{}",
        refused.text
    );
    client.get("/ticket/1").await.refused(404, "NOT_FOUND");
    client.post("/ticket", &json!({})).await.refused(404, "NOT_FOUND");
    client.get("/contact/1/notes").await.refused(404, "NOT_FOUND");
    client.get("/Contact").await.refused(404, "NOT_FOUND");
    let root = client.get("//nothing").await;
    assert_eq!((root.status, root.code()), (404, "NOT_FOUND"), "{}", root.text);
}

#[tokio::test]
async fn a_method_that_a_route_does_not_have_is_refused_with_those_it_has() {
    let client = shared().client();
    for (method, path, allowed) in [
        (Method::DELETE, "/contact", "GET,HEAD,POST"),
        (Method::POST, "/contact/1", "GET,HEAD,PUT,PATCH,DELETE"),
        (Method::PUT, "/connections", "GET,HEAD,POST"),
    ] {
        let refused = client.call(method, path).json(&json!({})).send().await;
        let refused = refused.refused(405, "METHOD_NOT_ALLOWED");
        let mut has: Vec<&str> = refused.header("allow").split(',').map(str::trim).collect();
        let mut wanted: Vec<&str> = allowed.split(',').collect();
        has.sort_unstable();
        wanted.sort_unstable();
        assert_eq!(has, wanted, "{path}");
    }
}

#[tokio::test]
async fn the_end_user_must_not_be_given_twice_differently() {
    let client = shared().client();
    let both = |header: &str| {
        client
            .call(Method::GET, "/contact?endUserId=user-001&limit=1")
            .header("x-end-user-id", header)
    };
    both("user-002").send().await.invalid(&["endUserId"]);
    both("user-001").send().await.expect(200);
}

#[tokio::test]
async fn an_unknown_end_user_has_no_connections() {
    let client = shared().client();
    for user in ["nobody", "%00", "%F0%9F%98%80", "..%2F"] {
        let refused = client.get(&format!("/contact?endUserId={user}")).await;
        refused.refused(409, "PROVIDER_NOT_CONNECTED");
    }
    let call = client
        .call(Method::GET, "/contact")
        .header("x-end-user-id", "nobody");
    call.send().await.refused(409, "PROVIDER_NOT_CONNECTED");
}

#[tokio::test]
async fn oddly_encoded_paths_and_queries_get_an_envelope_too() {
    let client = shared().client();
    for path in [
        "/contact?filter[email",
        "/contact?%FF=1",
        "/contact?filter[]=1",
        "/contact?=1",
        "/contact?&&x",
    ] {
        client.get(path).await.refused(400, "VALIDATION_ERROR");
    }
}

#[tokio::test]
async fn errors_never_repeat_the_key() {
    let server = shared();
    let client: Client = server.client();
    let secret = server.test_key.strip_prefix("sk_test_").unwrap();
    let answers = [
        client.get(&format!("/contact?colour={secret}x")).await,
        client.post("/contact", &json!([])).await,
        server
            .client_with(&format!("{}x", server.test_key))
            .get("/contact")
            .await,
    ];
    for answer in answers {
        assert_ne!(answer.body, Value::Null);
        assert!(!answer.text.contains(&server.test_key), "{}", answer.text);
    }
}
