//! `routemcp sandbox serve hubspot`: the simulator on a real socket, in HubSpot's own wire format.

use http::Method;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::harness::{Client, Process, Server, hubspot, walk};

const TOKEN: &str = "pat-sandbox-5d0c8a1e";

/// A running sandbox.
struct Sandbox {
    url: String,
    _process: Process,
    _folder: TempDir,
}

impl Sandbox {
    fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let connectors = hubspot().parent().unwrap().to_str().unwrap().to_owned();
        let arguments = [
            "sandbox",
            "serve",
            "hubspot",
            "--port",
            "0",
            "--connectors",
            &connectors,
        ];
        let mut process = Process::start(folder.path(), &arguments.map(str::to_owned), &[]);
        let url = process.wait_for("its address", |process| {
            let stdout = process.stdout();
            let rest = stdout.split("sandbox at ").nth(1)?;
            assert!(rest.contains(TOKEN), "it says which token it takes: {stdout}");
            rest.split_whitespace().next().map(str::to_owned)
        });
        Self {
            url,
            _process: process,
            _folder: folder,
        }
    }

    fn client(&self, token: &str) -> Client {
        Client::new(&self.url, Some(token))
    }
}

#[tokio::test]
async fn it_speaks_hubspots_wire_format() {
    let sandbox = Sandbox::start();
    let client = sandbox.client(TOKEN);
    let page = client
        .get("//crm/v3/objects/contacts?limit=2&properties=email,phone")
        .await
        .expect(200);
    assert_eq!(page.body["results"].as_array().map(Vec::len), Some(2));
    assert_eq!(
        page.body["results"][0]["properties"]["email"],
        "mara.lind.0@example.com"
    );
    assert!(page.body["paging"]["next"]["after"].is_string(), "{}", page.text);
    assert_eq!(page.header("x-hubspot-ratelimit-interval-milliseconds"), "10000");
    for path in ["//crm/objects/2026-03/contacts", "//crm/objects/2026-09/contacts"] {
        let same = client
            .get(&format!("{path}?limit=2&properties=email,phone"))
            .await
            .expect(200);
        assert_eq!(same.body["results"], page.body["results"], "{path}");
    }
}

#[tokio::test]
async fn its_last_page_has_no_paging_and_its_pages_have_every_contact_once() {
    let sandbox = Sandbox::start();
    let client = sandbox.client(TOKEN);
    let mut ids: Vec<String> = Vec::new();
    let mut after = String::new();
    loop {
        let page = client
            .get(&format!("//crm/v3/objects/contacts?limit=100{after}"))
            .await
            .expect(200);
        let results = page.body["results"].as_array().unwrap();
        ids.extend(
            results
                .iter()
                .map(|record| record["id"].as_str().unwrap().to_owned()),
        );
        match page.body["paging"]["next"]["after"].as_str() {
            Some(next) => after = format!("&after={next}"),
            None => break assert!(page.body.get("paging").is_none(), "{}", page.text),
        }
    }
    let all = ids.len();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!((all, ids.len()), (250, 250));
}

#[tokio::test]
async fn its_errors_are_hubspots() {
    let sandbox = Sandbox::start();
    let client = sandbox.client(TOKEN);
    let unauthorised = sandbox
        .client("wrong")
        .get("//crm/v3/objects/contacts")
        .await
        .expect(401);
    let missing = client.get("//crm/v3/objects/contacts/1").await.expect(404);
    let invalid = client.get("//crm/v3/objects/contacts?limit=0").await.expect(400);
    for answer in [&unauthorised, &missing, &invalid] {
        assert_eq!(answer.body["status"], "error", "{}", answer.text);
        assert!(
            answer.body["message"].is_string() && answer.body["correlationId"].is_string(),
            "{}",
            answer.text
        );
    }
    let anonymous = client.without_key().get("//crm/v3/objects/contacts").await;
    assert_eq!(anonymous.status, 401);
}

#[tokio::test]
async fn what_is_written_is_read_again() {
    let sandbox = Sandbox::start();
    let client = sandbox.client(TOKEN);
    let body = json!({ "properties": { "firstname": "Socket", "email": "socket@example.com" } });
    let created = client
        .call(Method::POST, "//crm/v3/objects/contacts")
        .json(&body)
        .send()
        .await
        .expect(201);
    let path = format!(
        "//crm/v3/objects/contacts/{}",
        created.body["id"].as_str().unwrap()
    );
    let read = client.get(&path).await.expect(200);
    assert_eq!(read.body["properties"]["firstname"], "Socket");
    client.delete(&path).await.expect(204);
    client.get(&path).await.expect(404);
}

#[tokio::test]
async fn it_limits_when_it_is_told_to() {
    let sandbox = Sandbox::start();
    let client = sandbox.client(TOKEN);
    let limit = json!({ "requests": 2, "retryAfter": true });
    client.put("//_sandbox/rate-limit", &limit).await.expect(200);
    let mut statuses = Vec::new();
    for _ in 0..3 {
        statuses.push(client.get("//crm/v3/objects/contacts?limit=1").await.status);
    }
    assert_eq!(statuses, [200, 200, 429]);
}

#[tokio::test]
async fn a_live_key_pointed_at_it_gets_the_same_answers_as_a_test_key() {
    let sandbox = Sandbox::start();
    let server = Server::setup().provider("hubspot", &sandbox.url).start();
    let (test, live) = (server.client(), server.live_client());
    for path in [
        "/contact?limit=50&raw=true",
        "/lead?limit=30",
        "/deal?limit=30",
        "/meeting?limit=30",
        "/owner",
        "/contact?updatedSince=2025-07-01T00:00:00Z&sort=-updatedAt&limit=10",
        "/contact/20100370451",
        "/contact/1",
    ] {
        let [in_process, on_socket] = [test.get(path).await, live.get(path).await];
        assert_eq!(
            comparable(&in_process.body),
            comparable(&on_socket.body),
            "{path}"
        );
    }
    let walked = walk(&live, "/contact?fields=id", 100).await;
    assert_eq!(walked.len(), 250);
    let bad = json!({ "email": "x@example.com", "ownerId": "1" });
    let [in_process, on_socket] = [
        test.post("/contact", &bad).await,
        live.post("/contact", &bad).await,
    ];
    assert_eq!(comparable(&in_process.body), comparable(&on_socket.body));
}

/// Without what differs between two calls. Cursors name the connection.
fn comparable(body: &Value) -> Value {
    let mut body = body.clone();
    for changing in ["requestId", "timestamp"] {
        body.as_object_mut().unwrap().remove(changing);
    }
    if let Some(cursor) = body.pointer_mut("/data/pagination/cursor") {
        *cursor = cursor.is_string().into();
    }
    body
}
