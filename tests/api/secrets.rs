//! A credential goes to the provider and nowhere else, whatever a connector tries.

use serde_json::{Value, json};

use crate::harness::{Answer, Provider, Reply, Server, hubspot, snoop};

/// Recognisable in any encoding that is searched for below.
const TOKEN: &str = "tok-7f3a9c-RECOGNISABLE-e41b";

/// Everything but the compiler's: it logs each instruction, takes half a minute for that, and sees no request.
const TALKATIVE: &str = "trace,cranelift_codegen=off,regalloc2=off";

/// The ways in which the token could stand somewhere: as it is, reversed, in hexadecimal, in base64 at any offset.
fn disguises() -> Vec<String> {
    use base64::Engine as _;
    let base64 = |offset: usize| {
        let text = format!("{}{TOKEN}", "x".repeat(offset));
        let encoded = base64::engine::general_purpose::STANDARD_NO_PAD.encode(text);
        // The first and last groups depend on what stands around.
        encoded[4..encoded.len() - 4].to_owned()
    };
    let hexadecimal = TOKEN.bytes().map(|byte| format!("{byte:02x}")).collect();
    let mut all = vec![TOKEN.to_owned(), TOKEN.chars().rev().collect(), hexadecimal];
    all.extend((0..3).map(base64));
    all
}

fn assert_free_of_token(what: &str, bytes: &[u8]) {
    for disguise in disguises() {
        let found = bytes
            .windows(disguise.len())
            .any(|window| window == disguise.as_bytes());
        assert!(!found, "{what} contains {disguise}");
    }
}

/// Everything in a folder, the database with its journal included.
fn assert_kept_free_of_token(server: &Server) {
    for (place, bytes) in server.kept() {
        assert_free_of_token(&place, &bytes);
    }
    let database = String::from_utf8_lossy(&server.database()).into_owned();
    assert!(database.contains("con_"), "the connection is in the database");
}

/// The snoop's report, from a live connection to a provider that answers with what the script says.
async fn snoop_at(provider: &Provider) -> (Server, Answer) {
    let server = Server::setup()
        .connectors(&[hubspot(), snoop()])
        .provider("snoop", &provider.url())
        .environment("ROUTEMCP_LOG", TALKATIVE)
        .start();
    let client = server.live_client();
    let imported = client.connect("snoop", "user-001", Some(TOKEN)).await;
    assert_free_of_token("the import's answer", imported.text.as_bytes());
    let answer = client.get("/contact?provider=snoop&raw=true").await.expect(200);
    (server, answer)
}

#[tokio::test]
async fn a_connector_that_takes_all_it_can_reach_never_gets_the_credential() {
    let provider = Provider::start(|request| {
        Reply::json(200, &json!({ "path": request.path })).header("x-request-id", "provider-1")
    })
    .await;
    let (server, answer) = snoop_at(&provider).await;

    let received = provider.received();
    assert!(received.len() >= 3, "{received:?}");
    for request in &received {
        assert_eq!(
            request.header("authorization"),
            format!("Bearer {TOKEN}"),
            "{request:?}"
        );
        assert_eq!(request.header("host"), provider.address);
        assert_eq!(request.header("x-snoop"), "");
        assert_free_of_token(
            "a path or query",
            format!("{}?{}", request.path, request.query).as_bytes(),
        );
    }

    let report: Value =
        serde_json::from_str(answer.records()[0]["customFields"]["report"].as_str().unwrap()).unwrap();
    assert_eq!(
        report["answer"]["status"], 200,
        "the snoop did reach the provider: {report}"
    );
    assert_eq!(
        report["settings"],
        json!({}),
        "a connector sees no setting that it did not declare"
    );
    assert_eq!(report["environment"], json!([]), "a connector has no environment");
    assert_ne!(report["files"], "readable");
    for refused in report["forbidden"]
        .as_array()
        .unwrap()
        .iter()
        .chain(report["elsewhere"].as_array().unwrap())
    {
        let own_provider = refused[1]["status"].is_number() && refused[0].as_str().unwrap().starts_with('/');
        assert!(own_provider || refused[1]["kind"] == "refused", "{refused}");
    }

    assert_free_of_token("the answer", answer.text.as_bytes());
    let connections = server.live_client().get("/connections").await.expect(200);
    assert_free_of_token("the list of connections", connections.text.as_bytes());
    let log = server.log();
    assert!(log.contains("TRACE"), "the log is not as talkative as it can be");
    assert_free_of_token("the log", log.as_bytes());
    assert_kept_free_of_token(&server);
    let metrics = server.client().get("//metrics").await;
    assert_free_of_token("the metrics", metrics.text.as_bytes());
}

#[tokio::test]
async fn the_log_does_not_hold_the_credential_of_a_failing_call_either() {
    let provider = Provider::start(|_| Reply::text(500, "text/plain", "no")).await;
    let (server, _) = snoop_at(&provider).await;
    drop(provider);
    server
        .live_client()
        .get("/contact?provider=snoop")
        .await
        .expect(200);
    assert_free_of_token("the log", server.log().as_bytes());
    assert_kept_free_of_token(&server);
}

#[tokio::test]
async fn bad_imports_do_not_repeat_the_credential() {
    let server = Server::setup().environment("ROUTEMCP_LOG", TALKATIVE).start();
    let client = server.live_client();
    for body in [
        json!({ "provider": "nope", "endUserId": "u", "token": TOKEN }),
        json!({ "provider": "hubspot", "endUserId": "", "token": TOKEN }),
        json!({ "provider": "hubspot", "endUserId": "u", "token": TOKEN, "authMethod": "nope" }),
        json!({ "provider": "hubspot", "endUserId": "u", "token": TOKEN, "settings": { "apiVersion": "v1" } }),
        json!({ "provider": "hubspot", "endUserId": "u", "token": [TOKEN] }),
        json!({ "provider": "hubspot", "endUserId": "u", "token": { "secret": TOKEN } }),
        json!({ "provider": "hubspot", "endUserId": "u", "tokens": TOKEN }),
    ] {
        let refused = client.post("/connections", &body).await.expect(400);
        assert_free_of_token("an error", refused.text.as_bytes());
    }
    assert_free_of_token("the log", server.log().as_bytes());
    assert_kept_free_of_token(&server);
}

#[tokio::test]
async fn the_database_and_the_log_do_not_hold_api_keys() {
    let mut server = Server::setup().environment("ROUTEMCP_LOG", TALKATIVE).start();
    server.client().get("/contact?limit=1").await.expect(200);
    let database = server.database();
    for key in [server.test_key.clone(), server.live_key.clone()] {
        assert!(!database.windows(key.len()).any(|window| window == key.as_bytes()));
        // The greeting on standard output shows the test key on purpose.
        let log = server.process().errors();
        assert!(!log.contains(&key), "the log holds a key");
    }
}

#[tokio::test]
async fn a_provider_that_echoes_the_credential_hands_it_to_nobody() {
    let provider = Provider::start(|request| {
        let sent = request.header("authorization");
        Reply::json(200, &json!({ "echo": sent })).header("x-request-id", sent)
    })
    .await;
    let (_server, answer) = snoop_at(&provider).await;
    assert_free_of_token("the snoop's report", answer.text.as_bytes());
    assert!(answer.text.contains("[credential]"), "{}", answer.text);
}
