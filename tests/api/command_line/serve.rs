//! `routemcp serve`, production, and how any server ends.

use std::path::PathBuf;
use std::time::Duration;

use crate::harness::{
    Client, Process, Production, Provider, Reply, Server, TestDatabase, arguments, hubspot, routemcp,
};
use serde_json::json;

/// The folder of the connectors that are built.
fn built() -> PathBuf {
    hubspot().parent().unwrap().to_owned()
}

#[tokio::test]
async fn it_serves_an_organisation_made_on_the_command_line() {
    let provider =
        Provider::start(|_| Reply::json(200, &json!({ "results": [{ "id": "1", "properties": {} }] }))).await;
    let override_url = format!("hubspot={}", provider.url());
    let production = Production::start(&built(), &["--provider-base-url".to_owned(), override_url]);
    production.command(&["org", "create", "Acme"]);
    let key = production.command(&[
        "keys",
        "create",
        "--org",
        "Acme",
        "--environment",
        "live",
        "--scopes",
        "read,connect",
    ]);
    let client = Client::new(&production.url, Some(&key));
    client.without_key().get("//readyz").await.expect(200);
    client
        .get("/contact")
        .await
        .refused(409, "PROVIDER_NOT_CONNECTED");
    client.connect("hubspot", "user-1", Some("pat-production")).await;
    assert_eq!(client.get("/contact").await.expect(200).ids(), ["1"]);
    assert_eq!(
        provider.received()[0].header("authorization"),
        "Bearer pat-production"
    );
}

#[tokio::test]
async fn it_makes_no_organisation_key_or_connection_of_its_own() {
    let production = Production::start(&built(), &[]);
    assert_eq!(production.process.stdout(), "");
    let listed = production.run(&["org", "list"]);
    assert!(listed.success && listed.stdout.is_empty(), "{listed:?}");
}

#[test]
fn it_refuses_missing_and_weak_master_keys() {
    let zeros = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
    let cases = [
        (None, "ROUTEMCP_MASTER_KEY"),
        (Some(""), "bytes"),
        (Some("password"), "bytes"),
        (Some("not base64 at all!"), "base64"),
        (Some("c2hvcnQ="), "5 bytes"),
        (Some(zeros), "weak"),
    ];
    for (key, hint) in cases {
        let folder = tempfile::tempdir().unwrap();
        let environment = key.map(|key| ("ROUTEMCP_MASTER_KEY".to_owned(), key.to_owned()));
        let environment: Vec<(String, String)> = environment.into_iter().collect();
        let arguments = arguments(folder.path(), &built(), &TestDatabase::file(folder.path()));
        let mut process = Process::start(folder.path(), &arguments, &environment);
        let ended = process.wait(Duration::from_secs(20));
        let errors = process.errors();
        assert!(!ended.success() && errors.contains(hint), "{key:?}: {errors}");
        assert!(
            errors.contains("openssl rand -base64 32"),
            "it says how to make one: {errors}"
        );
        assert!(
            key.is_none_or(|key| key.len() < 8 || !errors.contains(key)),
            "it quotes the key: {errors}"
        );
        assert!(
            !folder.path().join("routemcp.db").exists(),
            "{key:?}: a database was made"
        );
    }
}

#[tokio::test]
async fn a_terminated_server_finishes_what_is_under_way() {
    let provider = Provider::start(|_| {
        Reply::json(200, &json!({ "id": "1", "properties": {} })).after(Duration::from_secs(2))
    })
    .await;
    let mut server = Server::setup().provider("hubspot", &provider.url()).start();
    let client = server.live_client();
    let under_way = tokio::spawn({
        let client = client.clone();
        async move { client.get("/contact/1").await }
    });
    while provider.received().is_empty() {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    server.process().signal("TERM");
    let answer = under_way.await.unwrap().expect(200);
    assert_eq!(answer.id(), "1");
    let ended = server.process().wait(Duration::from_secs(10));
    assert!(ended.success(), "{ended}: {}", server.log());
}

#[tokio::test]
async fn an_idle_server_ends_at_once() {
    for signal in ["TERM", "INT"] {
        let mut server = Server::start();
        server.client().get("/contact?limit=1").await.expect(200);
        server.process().signal(signal);
        let ended = server.process().wait(Duration::from_secs(5));
        assert!(ended.success(), "{signal}: {ended}");
    }
}

#[test]
fn a_taken_port_is_explained() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data").to_str().unwrap().to_owned();
    let connectors = hubspot().parent().unwrap().to_str().unwrap().to_owned();
    let finished = routemcp(&[
        "dev",
        "--port",
        &port,
        "--data-dir",
        &data,
        "--connectors",
        &connectors,
    ]);
    assert!(finished.complaint().contains("--port"), "{finished:?}");
}

#[test]
fn dev_explains_a_missing_connector_folder() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let finished = routemcp(&[
        "dev",
        "--port",
        "0",
        "--data-dir",
        &path("data"),
        "--connectors",
        &path("nowhere"),
    ]);
    assert!(finished.complaint().contains("make connectors"), "{finished:?}");
}
