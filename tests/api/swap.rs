//! Replacing a connector while the server serves.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use serde_json::json;

use crate::harness::{Client, Server, copy_atomically, hubspot, snoop};

/// The HubSpot connector with another display name of the same length in its manifest, so that answers show which version
/// made them.
fn renamed(folder: &Path, name: &str) -> PathBuf {
    const NAME: &[u8] = b"\"name\": \"HubSpot\"";
    let mut bytes = std::fs::read(hubspot()).unwrap();
    let places: Vec<usize> = (0..bytes.len() - NAME.len())
        .filter(|at| bytes[*at..].starts_with(NAME))
        .collect();
    assert_eq!((places.len(), name.len()), (1, "HubSpot".len()));
    let at = places[0] + NAME.len() - 1 - name.len();
    bytes[at..at + name.len()].copy_from_slice(name.as_bytes());
    let file = folder.join("renamed.bin");
    std::fs::write(&file, bytes).unwrap();
    file
}

/// The display name in the message about a sort that is not supported.
async fn shown_name(client: &Client) -> String {
    let refused = client.get("/owner?sort=name").await.invalid(&["sort"]);
    let message = &refused.errors()["sort"];
    let name = message
        .strip_prefix("is not supported by ")
        .and_then(|rest| rest.split(' ').next());
    name.unwrap_or_else(|| panic!("{message}")).to_owned()
}

async fn wait_for_name(client: &Client, server: &Server, name: &str) {
    let deadline = Instant::now() + Duration::from_secs(20);
    while shown_name(client).await != name {
        assert!(
            Instant::now() < deadline,
            "{name} did not become live:\n{}",
            server.log()
        );
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test]
async fn a_changed_file_is_swapped_in_and_no_request_fails() {
    let server = Server::start();
    let client = server.client();
    let file = server.connectors().join("hubspot.wasm");
    assert_eq!(shown_name(&client).await, "HubSpot");

    let stop = Arc::new(AtomicBool::new(false));
    let load = {
        let (stop, client) = (Arc::clone(&stop), client.clone());
        tokio::spawn(async move {
            let mut answered = 0_usize;
            while !stop.load(Ordering::Relaxed) {
                let page = client.get("/contact?limit=3").await.expect(200);
                assert_eq!(page.records().len(), 3);
                answered += 1;
                // The sandbox has HubSpot's rate limit.
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
            answered
        })
    };
    for name in ["HubSp0t", "HUBSPOT"] {
        copy_atomically(&renamed(&server.data(), name), &file);
        wait_for_name(&client, &server, name).await;
    }
    copy_atomically(&hubspot(), &file);
    wait_for_name(&client, &server, "HubSpot").await;
    stop.store(true, Ordering::Relaxed);
    assert!(load.await.unwrap() > 0);
}

#[tokio::test]
async fn a_walk_goes_on_over_a_swap() {
    let server = Server::start();
    let client = server.client();
    let first = client.get("/contact?limit=100&fields=id").await.expect(200);
    let changed = renamed(&server.data(), "HubSp0t");
    copy_atomically(&changed, &server.connectors().join("hubspot.wasm"));
    wait_for_name(&client, &server, "HubSp0t").await;
    let next = format!("/contact?limit=100&fields=id&cursor={}", first.cursor().unwrap());
    let second = client.get(&next).await.expect(200);
    assert!(second.ids().iter().all(|id| !first.ids().contains(id)));
}

#[tokio::test]
async fn a_file_that_is_no_connector_leaves_the_live_version() {
    let mut server = Server::start();
    let client = server.client();
    let garbage = server.data().join("garbage");
    std::fs::write(&garbage, b"\0asm this is no component").unwrap();
    copy_atomically(&garbage, &server.connectors().join("hubspot.wasm"));
    let refused = |process: &crate::harness::Process| process.errors().contains("not swapped").then_some(());
    server.process().wait_for("complaint about the file", refused);
    assert_eq!(shown_name(&client).await, "HubSpot");
    client.get("/contact?limit=1").await.expect(200);
}

#[tokio::test]
async fn a_new_file_adds_a_provider() {
    let server = Server::start();
    let client = server.client();
    let body = json!({ "provider": "snoop", "endUserId": "user-2" });
    client
        .post("/connections", &body)
        .await
        .refused(400, "UNKNOWN_PROVIDER");
    copy_atomically(&snoop(), &server.connectors().join("snoop.wasm"));
    let deadline = Instant::now() + Duration::from_secs(20);
    while client.post("/connections", &body).await.status != 201 {
        assert!(Instant::now() < deadline, "{}", server.log());
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    client.get("/contact?provider=snoop").await.expect(200);
    client.get("/contact?provider=hubspot&limit=1").await.expect(200);
}
