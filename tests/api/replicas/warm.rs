//! A server that has seen a request does not ask the database for the next one.

use std::sync::Arc;
use std::time::{Duration, Instant};

use serde_json::json;

use super::{A, Pair, last_name};
use crate::harness::Site;

/// Keeps everybody from reading what requests need.
const LOCK: &str = "BEGIN; \
    LOCK TABLE api_keys, connections, mapping_versions, mapping_overrides IN ACCESS EXCLUSIVE MODE; \
    SELECT pg_sleep(4); COMMIT";

#[tokio::test]
async fn a_list_is_answered_while_the_tables_are_locked() {
    let Some(site) = Site::on_a_server(&[]) else {
        return;
    };
    let pair = Arc::new(Pair::warm(site).await);
    let [_, client] = pair.clients();
    // Entries from before the last change are read once more.
    assert_eq!(last_name(&client, "user-1").await, Ok(json!(A)));
    let locking = tokio::task::spawn_blocking({
        let pair = Arc::clone(&pair);
        move || pair.site.database.server().run(LOCK)
    });
    let locked = "SELECT count(*) FROM pg_locks WHERE database = (SELECT oid FROM pg_database \
                  WHERE datname = current_database()) AND mode = 'AccessExclusiveLock' AND granted";
    while pair.site.database.server().run(locked).trim() != "4" {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    let start = Instant::now();
    for _ in 0..10 {
        assert_eq!(last_name(&client, "user-1").await, Ok(json!(A)));
    }
    assert!(
        !locking.is_finished(),
        "the lock ended first, after {:?}",
        start.elapsed()
    );
    // What was not asked before waits for the lock.
    assert_eq!(
        last_name(&client, "user-9").await,
        Err("PROVIDER_NOT_CONNECTED".to_owned())
    );
    assert!(start.elapsed() > Duration::from_secs(1), "nothing was locked");
    locking.await.unwrap();
}
