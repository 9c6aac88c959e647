//! Everything at once: two servers on one PostgreSQL, a provider that fails for every fifth request, the database restarted
//! and crashed, a server killed, a connector swapped again and again. What was acknowledged must be there exactly once, no
//! answer may be wrong, and errors must be of the documented kinds. Fifteen seconds by default; `make chaos` makes it sixty.

mod callers;
mod flaky;
mod fleet;
mod ledger;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use callers::Caller;
use flaky::Flaky;
use fleet::Fleet;
use ledger::Ledger;

use crate::harness::{Sandbox, Site, hubspot, postgres};

/// The token of HubSpot's sandbox (connectors/hubspot/manifest.json).
const TOKEN: &str = "pat-sandbox-5d0c8a1e";
const END_USER: &str = "user-1";

fn length() -> Duration {
    let asked = std::env::var("ROUTEMCP_CHAOS_SECONDS").ok();
    Duration::from_secs(asked.and_then(|text| text.parse().ok()).unwrap_or(15))
}

/// When the database server was started.
fn began(cluster: &postgres::Cluster) -> String {
    cluster.run("SELECT pg_postmaster_start_time()").unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_acknowledged_is_there_exactly_once_whatever_happens() {
    let Some(cluster) = postgres::Cluster::own() else {
        return;
    };
    let sandbox = Sandbox::start("hubspot").unlimited().await;
    let provider = Flaky::start(&sandbox.url).await;
    let fleet = Arc::new(Fleet::start(Site::on(cluster, &[hubspot()]), &provider.url()));
    let ledger = Arc::new(Ledger::default());
    let caller = |number| Caller::new(number, &fleet, &ledger);
    caller(0).connect(END_USER).await;
    provider.misbehave(true);

    let over = Arc::new(AtomicBool::new(false));
    let mut callers = Vec::new();
    for number in 1..=4 {
        callers.push(tokio::spawn(caller(number).write_until(Arc::clone(&over))));
    }
    for number in 5..=6 {
        callers.push(tokio::spawn(caller(number).read_until(Arc::clone(&over))));
    }
    callers.push(tokio::spawn(caller(7).connect_until(Arc::clone(&over))));
    callers.push(tokio::spawn(fleet::swap_until(
        Arc::clone(&fleet),
        Arc::clone(&over),
    )));

    let started = Instant::now();
    let database_began = began(cluster);
    let at = async |share: f64| tokio::time::sleep_until((started + length().mul_f64(share)).into()).await;
    at(0.2).await;
    cluster.restart("INT");
    at(0.45).await;
    fleet.kill(0);
    at(0.55).await;
    fleet.revive(0);
    at(0.7).await;
    cluster.restart("QUIT");
    at(1.0).await;
    over.store(true, Ordering::Relaxed);
    for caller in callers {
        caller.await.expect("no caller saw anything wrong");
    }

    assert_ne!(began(cluster), database_began, "the database was restarted");
    provider.misbehave(false);
    println!(
        "chaos, {} s: {}; {}",
        length().as_secs(),
        ledger.summary(),
        fleet.summary()
    );
    ledger.check_against_provider(&sandbox).await;
    for server in 0..2 {
        let caller = caller(8).at(server);
        caller.sees_what_was_acknowledged().await;
    }
    ledger.check_that_there_was_enough(&provider);
}
