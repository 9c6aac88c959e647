//! A server that hears nothing of the others, because its listening connection is cut, works without what it remembers.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use serde_json::json;

use super::{B, Pair, install, last_name};
use crate::harness::{MASTER_KEY, Replica, Site, within_a_second};

/// Ends the connections that listen for changes. How many there were.
const CUT: &str = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity \
                   WHERE datname = current_database() AND application_name = 'routemcp changes'";

const DEAF: &str = "changes of other servers are not heard";
const HEARS: &str = "changes of other servers are heard again";

/// The processes of PostgreSQL behind those connections.
const LISTENERS: &str = "SELECT pid FROM pg_stat_activity \
                         WHERE datname = current_database() AND application_name = 'routemcp changes'";

/// Processes that stand still until this is dropped.
struct Stopped(Vec<String>);

impl Stopped {
    /// None, and a word about it, where they cannot be stopped: on another machine, or without the right to.
    fn stop(processes: &str) -> Option<Self> {
        let stopped = Self(processes.split_whitespace().map(str::to_owned).collect());
        if stopped.signal("-STOP") {
            return Some(stopped);
        }
        eprintln!("SKIPPED, no right to stop the processes of PostgreSQL");
        None
    }

    fn signal(&self, signal: &str) -> bool {
        let sent = std::process::Command::new("kill")
            .arg(signal)
            .args(&self.0)
            .output();
        sent.is_ok_and(|sent| sent.status.success())
    }
}

impl Drop for Stopped {
    fn drop(&mut self) {
        self.signal("-CONT");
    }
}

fn times(replica: &Replica, text: &str) -> usize {
    replica.process.errors().matches(text).count()
}

#[tokio::test]
async fn a_connection_that_is_cut_once_is_made_again() {
    let Some(site) = Site::on_a_server(&[]) else {
        return;
    };
    let pair = Pair::warm(site).await;
    let [one, other] = pair.clients();
    assert_eq!(pair.site.database.server().run(CUT).trim(), "2");
    // What happens meanwhile is not missed.
    one.connect("twin", "user-2", Some("token-2")).await;
    within_a_second(async || other.get("/contact").await.expect(200).records().len() == 2).await;
    for replica in &pair.replicas {
        within_a_second(async || times(replica, HEARS) == 1).await;
        assert_eq!(times(replica, DEAF), 1, "it is told once");
    }
    install(&pair.operator(), B).await;
    within_a_second(async || last_name(&other, "user-1").await == Ok(json!(B))).await;
}

#[tokio::test]
async fn changes_hold_although_nobody_can_listen() {
    let Some(site) = Site::on_a_server(&[]) else {
        return;
    };
    let pair = Arc::new(Pair::warm(site).await);
    let cutting = Arc::new(AtomicBool::new(true));
    let cutter = tokio::task::spawn_blocking({
        let (pair, cutting) = (Arc::clone(&pair), Arc::clone(&cutting));
        move || {
            while cutting.load(Ordering::Relaxed) {
                pair.site.database.server().run(CUT);
                std::thread::sleep(Duration::from_millis(20));
            }
        }
    });
    for replica in &pair.replicas {
        within_a_second(async || times(replica, DEAF) > 0).await;
    }
    let [one, other] = pair.clients();
    install(&pair.operator(), B).await;
    within_a_second(async || last_name(&other, "user-1").await == Ok(json!(B))).await;
    one.connect("twin", "user-2", Some("token-2")).await;
    within_a_second(async || other.get("/contact").await.expect(200).records().len() == 2).await;
    assert_eq!(
        last_name(&other, "user-3").await,
        Err("PROVIDER_NOT_CONNECTED".to_owned())
    );
    let revoked = pair.site.command(MASTER_KEY, &["keys", "revoke", &pair.key]);
    assert!(revoked.success, "{revoked:?}");
    for client in pair.clients() {
        within_a_second(async || client.get("/connections").await.status == 401).await;
        for _ in 0..20 {
            client.get("/connections").await.refused(401, "INVALID_API_KEY");
        }
    }
    cutting.store(false, Ordering::Relaxed);
    cutter.await.unwrap();
    for replica in &pair.replicas {
        replica.client("").get("//readyz").await.expect(200);
    }
}

/// As when a firewall forgets a connection: nothing says that it is cut.
#[tokio::test]
async fn a_connection_that_hangs_is_not_trusted_for_longer_than_a_second() {
    let Some(site) = Site::on_a_server(&[]) else {
        return;
    };
    let pair = Pair::warm(site).await;
    let Some(stopped) = Stopped::stop(&pair.site.database.server().run(LISTENERS)) else {
        return;
    };
    assert_eq!(stopped.0.len(), 2);
    let revoked = pair.site.command(MASTER_KEY, &["keys", "revoke", &pair.key]);
    assert!(revoked.success, "{revoked:?}");
    for client in pair.clients() {
        within_a_second(async || client.get("/connections").await.status == 401).await;
        for _ in 0..20 {
            client.get("/connections").await.refused(401, "INVALID_API_KEY");
        }
    }
    drop(stopped);
}
