//! The provider gave new tokens, and the database does not take them.

use std::time::{Duration, Instant};

use sqlx::{Connection as _, Executor as _};

use super::super::set_app;
use super::super::stand_in::StandIn;
use crate::harness::{Site, TestDatabase, hubspot};

async fn until(what: &str, holds: impl Fn() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(15);
    while !holds() {
        assert!(Instant::now() < deadline, "{what}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// On SQLite, where a test can hold the one right to write.
// The command line, which makes the key, blocks its thread.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_kept_for_a_connection_that_is_deleted_is_ended_and_holds_nobody_up() {
    let provider = StandIn::start(true).await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("routemcp.db");
    let site = Site::on(TestDatabase::file(folder.path()), &[hubspot()]);
    let key = site.create_live_key();
    let mut server = site.serve(&provider.arguments(), &[]);
    let client = server.client(&key);
    set_app(&client, "hubspot", "client-7", "s").await;
    provider.import_expired(&client, "user-1").await;
    provider.set_manner(|reply| reply.after(Duration::from_secs(1)));
    sqlx::any::install_default_drivers();
    let mut other = sqlx::AnyConnection::connect(&format!("sqlite:{}", file.display()))
        .await
        .unwrap();

    let call =
        tokio::spawn(async move { client.get("/contact/101?provider=hubspot&endUserId=user-1").await });
    until("nobody asks for a token", || provider.asked() == 1).await;
    other.execute("BEGIN IMMEDIATE").await.unwrap();
    let answer = call.await.unwrap();
    assert!(answer.status >= 500, "{}", answer.text);
    // Together, so that nobody writes in between.
    other.execute("DELETE FROM connections").await.unwrap();
    other.execute("COMMIT").await.unwrap();

    let ended = || {
        let received = provider.provider.received();
        received
            .iter()
            .any(|request| request.path.ends_with("/revoke") && request.body.contains("refresh-2"))
    };
    until("the new refresh token is not ended", ended).await;
    assert_eq!(provider.asked(), 1);
    // Less than what is given to work that nobody waits for.
    let begun = Instant::now();
    server.process.signal("TERM");
    assert!(server.process.wait(Duration::from_secs(14)).success());
    assert!(begun.elapsed() < Duration::from_secs(12), "{:?}", begun.elapsed());
}
