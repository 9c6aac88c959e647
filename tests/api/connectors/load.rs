//! Steady traffic while two versions take turns. Five seconds by default; `make load` makes it thirty.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use serde_json::json;

use super::{A, B, marks_of, post, put, server, twins_provider};
use crate::harness::twin;

/// Callers at a time.
const CALLERS: usize = 8;
/// Calls wait for the provider this long, so that many are under way at each swap.
const PROVIDER: Duration = Duration::from_millis(50);
/// Growth of the server's memory over the whole run, in bytes. A version that was not given back would take more than a
/// megabyte at each swap; what the allocator keeps varies by a few.
const SLACK: u64 = 24 << 20;

fn seconds() -> u64 {
    let asked = std::env::var("ROUTEMCP_LOAD_SECONDS").ok();
    asked.and_then(|text| text.parse().ok()).unwrap_or(5)
}

/// What all callers saw.
#[derive(Default)]
struct Seen {
    stop: AtomicBool,
    of_a: AtomicUsize,
    of_b: AtomicUsize,
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn swaps_under_load_fail_and_mix_nothing_and_memory_stays_flat() {
    let provider = twins_provider(PROVIDER).await;
    let (server, operator, caller) = server(&provider).await;
    let mut digests = Vec::new();
    for name in [A, B] {
        let installed = put(&operator, "?grant=*", twin(name)).await.expect(200);
        digests.push(installed.data()["sha256"].as_str().unwrap().to_owned());
    }
    caller.connect("twin", "user-1", Some("secret")).await;
    let seen = Arc::new(Seen::default());
    let callers: Vec<_> = (0..CALLERS)
        .map(|_| {
            // A key each, so that our own rate limit is not what is tried.
            let key = server.create_key("Development", "live", &["--plan", "organization"]);
            let (seen, caller) = (Arc::clone(&seen), server.client_with(&key));
            tokio::spawn(async move {
                while !seen.stop.load(Ordering::Relaxed) {
                    let page = caller.get("/contact?provider=twin").await.expect(200);
                    let mark = marks_of(&page).unwrap_or_else(|| panic!("two versions mixed: {}", page.text));
                    let count = if mark == A { &seen.of_a } else { &seen.of_b };
                    count.fetch_add(1, Ordering::Relaxed);
                }
            })
        })
        .collect();

    let pid = server.pid();
    let swap_every = Duration::from_secs(1).min(Duration::from_millis(seconds() * 1_000 / 20));
    let (mut swaps, mut warm) = (0, 0);
    let started = Instant::now();
    while started.elapsed() < Duration::from_secs(seconds()) {
        let body = json!({ "sha256": digests[swaps % 2] });
        post(&operator, "twin/activate", Some(&body)).await.expect(200);
        swaps += 1;
        if swaps == 4 {
            warm = resident(&pid);
        }
        tokio::time::sleep(swap_every).await;
    }
    seen.stop.store(true, Ordering::Relaxed);
    for caller in callers {
        caller.await.expect("no call fails");
    }
    let (of_a, of_b, after) = (
        seen.of_a.load(Ordering::Relaxed),
        seen.of_b.load(Ordering::Relaxed),
        resident(&pid),
    );
    println!(
        "{swaps} swaps, {of_a} answers of one version and {of_b} of the other, resident {} MiB after four swaps and {} MiB at \
         the end",
        warm >> 20,
        after >> 20
    );
    assert!(swaps >= 6 && of_a > 0 && of_b > 0);
    assert!(after < warm + SLACK, "memory grew from {warm} to {after} bytes");
}

/// Resident memory of a process, in bytes.
fn resident(pid: &str) -> u64 {
    crate::harness::status_of(pid, "VmRSS")
}
