//! What is changed at one server is in force at the other within a second.

use http::Method;
use serde_json::{Value, json};

use super::{A, B, Pair, install, last_name, post};
use crate::harness::{ADMIN_TOKEN, Site, twin_that_asks_for_more, within_a_second};

/// Whose connection the tests use.
const USER: &str = "user-1";

async fn on_a_server(test: impl AsyncFnOnce(Site)) {
    if let Some(site) = Site::on_a_server(&[]) {
        test(site).await;
    }
}

#[tokio::test]
async fn switches_of_connectors_are_followed_on_one_file() {
    connectors(Site::on_a_file(&[])).await;
}

#[tokio::test]
async fn switches_of_connectors_are_followed_on_postgresql() {
    on_a_server(connectors).await;
}

async fn connectors(site: Site) {
    let pair = Pair::warm(site).await;
    let (operator, [_, other]) = (pair.operator(), pair.clients());
    let until = async |expected: Result<Value, &str>| {
        let expected = expected.map_err(str::to_owned);
        within_a_second(async || last_name(&other, USER).await == expected).await;
    };
    install(&operator, B).await;
    until(Ok(json!(B))).await;
    post(&operator, "rollback").await;
    until(Ok(json!(A))).await;
    post(&operator, "disable").await;
    until(Err("PROVIDER_DISABLED")).await;
    post(&operator, "enable").await;
    until(Ok(json!(A))).await;
    // Nobody but the operator sees what it is granted, until it asks for more than that.
    let operators = pair.replicas[1].client(ADMIN_TOKEN);
    let hosts = async || {
        let shown = operators.get("//admin/v1/connectors/twin").await.expect(200);
        shown.data()["allowedHosts"].as_array().map_or(0, Vec::len)
    };
    let call = operator.call(Method::PUT, "//admin/v1/connectors?grant=*");
    call.component(twin_that_asks_for_more(B))
        .send()
        .await
        .expect(200);
    within_a_second(async || hosts().await == 2).await;
    let grant = "//admin/v1/connectors/twin/grants?host=https://more.example";
    operator.delete(grant).await.expect(200);
    within_a_second(async || hosts().await == 1).await;
    let grant = "//admin/v1/connectors/twin/grants?host=https://twin.example";
    operator.delete(grant).await.expect(200);
    until(Err("PROVIDER_DISABLED")).await;
}

#[tokio::test]
async fn connections_are_followed_on_one_file() {
    connections(Site::on_a_file(&[])).await;
}

#[tokio::test]
async fn connections_are_followed_on_postgresql() {
    on_a_server(connections).await;
}

async fn connections(site: Site) {
    let pair = Pair::warm(site).await;
    let [one, other] = pair.clients();
    // All connections, so that the other server has something to remember that is about to change.
    assert_eq!(other.get("/contact").await.expect(200).records().len(), 1);
    let made = one.connect("twin", "user-2", Some("token-2")).await;
    within_a_second(async || other.get("/contact").await.expect(200).records().len() == 2).await;

    // The same connection with another credential.
    one.connect("twin", USER, Some("token-3")).await;
    within_a_second(async || {
        last_name(&other, USER).await.unwrap();
        pair.last_token() == "Bearer token-3"
    })
    .await;

    let path = format!("/connections/{}", made.id());
    one.delete(&path).await.expect(200);
    within_a_second(async || other.get("/contact").await.expect(200).records().len() == 1).await;
    let gone = last_name(&other, "user-2").await;
    assert_eq!(gone, Err("PROVIDER_NOT_CONNECTED".to_owned()));
}

#[tokio::test]
async fn what_an_organisation_sets_is_followed_on_one_file() {
    settings(Site::on_a_file(&[])).await;
}

#[tokio::test]
async fn what_an_organisation_sets_is_followed_on_postgresql() {
    on_a_server(settings).await;
}

async fn settings(site: Site) {
    let pair = Pair::warm(site).await;
    let [one, other] = pair.clients();
    let mapping = json!({ "unifiedField": "lastName", "disabled": true });
    let body = json!({ "provider": "twin", "resourceType": "contact", "mappings": [mapping] });
    one.put("/field-mappings", &body).await.expect(200);
    within_a_second(async || last_name(&other, USER).await == Ok(Value::Null)).await;
    one.delete("/field-mappings/contacts:v1:lastName?provider=twin")
        .await
        .expect(200);
    within_a_second(async || last_name(&other, USER).await == Ok(json!(A))).await;

    let origins = json!({ "origins": ["https://app.example"] });
    one.put("/connect/origins", &origins).await.expect(200);
    within_a_second(async || {
        let shown = other.get("/connect/origins").await.expect(200);
        shown.data()["origins"] == origins["origins"]
    })
    .await;
}

#[tokio::test]
async fn a_revoked_key_opens_no_server_on_one_file() {
    revoked(Site::on_a_file(&[])).await;
}

#[tokio::test]
async fn a_revoked_key_opens_no_server_on_postgresql() {
    on_a_server(revoked).await;
}

async fn revoked(site: Site) {
    let pair = Pair::warm(site).await;
    let revoked = pair
        .site
        .command(crate::harness::MASTER_KEY, &["keys", "revoke", &pair.key]);
    assert!(revoked.success, "{revoked:?}");
    for client in pair.clients() {
        within_a_second(async || client.get("/connections").await.status == 401).await;
        for _ in 0..20 {
            client.get("/connections").await.refused(401, "INVALID_API_KEY");
        }
    }
}
