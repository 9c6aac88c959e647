//! The servers: which run where, and what the operator does to them meanwhile.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use http::Method;
use serde_json::json;

use super::flaky::below;
use crate::harness::{ADMIN_TOKEN, Client, MASTER_KEY, Replica, Site, hubspot};

/// Two servers on one database.
pub(super) struct Fleet {
    site: Site,
    arguments: Vec<String>,
    servers: [Mutex<Option<Replica>>; 2],
    /// Where each was last: a caller does not know that it is gone.
    urls: [Mutex<String>; 2],
    swaps: AtomicUsize,
}

impl Fleet {
    pub(super) fn start(site: Site, provider: &str) -> Self {
        let arguments = [
            "--provider-base-url".to_owned(),
            format!("hubspot={provider}"),
            // The published limit would leave little to see.
            "--provider-rate".to_owned(),
            "hubspot=10000/10".to_owned(),
        ];
        site.command(MASTER_KEY, &["org", "create", "Acme"]).first_line();
        let fleet = Self {
            site,
            arguments: arguments.into(),
            servers: Default::default(),
            urls: Default::default(),
            swaps: AtomicUsize::new(0),
        };
        fleet.revive(0);
        fleet.revive(1);
        fleet
    }

    /// A key of its own for a caller, so that our rate limit is not what is tried.
    pub(super) fn key(&self) -> String {
        let organisation = ["keys", "create", "--org", "Acme", "--environment", "live"];
        let rights = ["--scopes", "read,write,connect,manage", "--plan", "organization"];
        let created = self
            .site
            .command(MASTER_KEY, &[&organisation[..], &rights].concat());
        created.first_line().to_owned()
    }

    /// Where a server is, or last was.
    pub(super) fn url(&self, server: usize) -> String {
        self.urls[server].lock().unwrap().clone()
    }

    /// Either of them, whether it runs or not.
    pub(super) fn any(&self) -> String {
        self.url(below(2) as usize)
    }

    /// Kills a server in the middle of whatever it does.
    pub(super) fn kill(&self, server: usize) {
        let replica = self.servers[server].lock().unwrap().take();
        replica.unwrap().process.signal("KILL");
    }

    /// Starts a server and waits until it serves.
    pub(super) fn revive(&self, server: usize) {
        let environment = [("ROUTEMCP_ADMIN_TOKEN", ADMIN_TOKEN)];
        let replica = self.site.serve(&self.arguments, &environment);
        *self.urls[server].lock().unwrap() = replica.url.clone();
        *self.servers[server].lock().unwrap() = Some(replica);
    }

    pub(super) fn summary(&self) -> String {
        format!("{} swaps", self.swaps.load(Ordering::Relaxed))
    }
}

/// Activates two versions of the connector in turn, at either server.
pub(super) async fn swap_until(fleet: Arc<Fleet>, over: Arc<AtomicBool>) {
    let versions = [std::fs::read(hubspot()).unwrap(), other_version()];
    let mut digests: Vec<String> = Vec::new();
    let mut turn = 0;
    while !over.load(Ordering::Relaxed) {
        let operator = Client::new(&fleet.any(), Some(ADMIN_TOKEN));
        let call = match digests.len() {
            known @ 0..2 => {
                let call = operator.call(Method::PUT, "//admin/v1/connectors?grant=*");
                call.component(versions[known].clone())
            }
            _ => {
                let call = operator.call(Method::POST, "//admin/v1/connectors/hubspot/activate");
                call.json(&json!({ "sha256": digests[turn % 2] }))
            }
        };
        match call.attempt().await {
            Ok(answer) if answer.status == 200 => {
                if digests.len() < 2 {
                    digests.push(answer.data()["sha256"].as_str().unwrap().to_owned());
                }
                turn += 1;
                fleet.swaps.fetch_add(1, Ordering::Relaxed);
            }
            // The database is away.
            Ok(answer) => assert_eq!(answer.status, 503, "{}", answer.text),
            // The server is gone.
            Err(_) => {}
        }
        tokio::time::sleep(Duration::from_millis(700)).await;
    }
}

/// The same connector with other bytes: one custom section more.
fn other_version() -> Vec<u8> {
    let mut bytes = std::fs::read(hubspot()).unwrap();
    let name = b"chaos";
    bytes.extend([0, name.len() as u8 + 1, name.len() as u8]);
    bytes.extend(name);
    bytes
}
