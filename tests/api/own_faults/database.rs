//! A database that is away, locked, or full: clear errors, and all by itself well again.

use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use serde_json::json;
use sqlx::{Connection as _, Executor as _};

use super::proxy::Proxy;
use crate::harness::{Answer, Client, Provider, Replica, Reply, Site, TestDatabase, hubspot};

const OVERRIDE: &str = "/field-mappings";

/// A server on a database, with a live connection to a provider that answers.
async fn serve(site: &Site, provider: &Provider) -> (Replica, Client) {
    let key = site.create_live_key();
    let more = [
        "--provider-base-url".to_owned(),
        format!("hubspot={}", provider.url()),
    ];
    let replica = site.serve(&more, &[]);
    let client = replica.client(&key);
    client.connect("hubspot", "user-1", Some("pat-1")).await;
    client.get("/contact/1").await.expect(200);
    (replica, client)
}

async fn provider() -> Provider {
    Provider::start(|_| Reply::json(200, &json!({ "id": "1", "properties": {} }))).await
}

/// A write to our own database alone.
async fn write(client: &Client) -> Answer {
    let mapping = json!({ "unifiedField": "jobTitle", "providerField": "job_function" });
    let body = json!({ "provider": "hubspot", "resourceType": "contact", "mappings": [mapping] });
    client.put(OVERRIDE, &body).await
}

fn unavailable(answer: Answer) {
    let answer = answer.refused(503, "STORE_UNAVAILABLE");
    let seconds: u64 = answer.header("retry-after").parse().unwrap();
    assert!((1..=30).contains(&seconds), "{answer:?}");
    for internal in ["code ", "sqlite", "postgres", "127.0.0.1", "refused"] {
        assert!(!answer.text.contains(internal), "{}", answer.text);
    }
}

/// Waits for an answer that a recovering server gives sooner or later.
async fn wait_for(client: &Client, path: &str, status: u16) {
    let deadline = Instant::now() + Duration::from_secs(15);
    loop {
        let answer = client.get(path).await;
        if answer.status == status {
            return;
        }
        assert!(Instant::now() < deadline, "{path}: {answer:?}");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

// The command line, which makes the key, blocks its thread; the proxy needs another.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_that_is_away_fails_readiness_and_comes_back_by_itself() {
    let Some(database) = TestDatabase::on_a_server() else {
        return;
    };
    let url: url::Url = database.url().parse().unwrap();
    let (host, port) = (url.host_str().unwrap(), url.port().unwrap_or(5432));
    let mut proxy = Proxy::to(&format!("{host}:{port}")).await;
    let site = Site::on(database.through(&proxy.address), &[hubspot()]);
    let provider = provider().await;
    let (replica, client) = serve(&site, &provider).await;
    client.get("//readyz").await.expect(200);

    proxy.cut().await;
    wait_for(&client, "//readyz", 503).await;
    let ready = client.get("//readyz").await.expect(503);
    assert_eq!(
        (&ready.body["store"], &ready.body["serving"]),
        (&false.into(), &true.into())
    );
    client.get("//healthz").await.expect(200);
    unavailable(write(&client).await);
    let log = replica.process.errors();
    let reason = log
        .lines()
        .find(|line| line.contains("the database does not answer"));
    assert!(
        reason.is_some_and(|line| line.contains("the database is not available: ")),
        "{log}"
    );

    proxy.mend().await;
    wait_for(&client, "//readyz", 200).await;
    client.get("/contact/1").await.expect(200);
    write(&client).await.expect(200);
    let log = replica.process.errors();
    assert_eq!(
        log.matches("the database does not answer").count(),
        1,
        "told once: {log}"
    );
    assert_eq!(
        log.matches("the database answers again").count(),
        1,
        "told once: {log}"
    );
}

// The command line, which makes the key, blocks its thread; the proxy needs another.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_is_lost_while_it_works_keeps_nobody_waiting_for_good() {
    let Some(database) = TestDatabase::on_a_server() else {
        return;
    };
    let direct = database.url();
    let url: url::Url = direct.parse().unwrap();
    let (host, port) = (url.host_str().unwrap(), url.port().unwrap_or(5432));
    let mut proxy = Proxy::to(&format!("{host}:{port}")).await;
    let site = Site::on(database.through(&proxy.address), &[hubspot()]);
    let provider = provider().await;
    let (mut replica, client) = serve(&site, &provider).await;
    write(&client).await.expect(200);
    sqlx::any::install_default_drivers();
    let mut other = sqlx::AnyConnection::connect(&direct).await.unwrap();
    other.execute("BEGIN").await.unwrap();
    other.execute("LOCK TABLE mapping_versions").await.unwrap();

    // The server is at work, and ends it by itself.
    let start = Instant::now();
    unavailable(write(&client).await);
    let took = start.elapsed().as_secs();
    assert!((9..15).contains(&took), "{took} s");

    // It is at work, and lost meanwhile: whatever it says, nobody hears it.
    let start = Instant::now();
    let (written, ()) = tokio::join!(write(&client), async {
        tokio::time::sleep(Duration::from_secs(1)).await;
        proxy.silence();
    });
    unavailable(written);
    let took = start.elapsed().as_secs();
    assert!((10..25).contains(&took), "{took} s");
    other.execute("ROLLBACK").await.unwrap();

    // Another one is there, at the same address: a failover.
    proxy.cut().await;
    proxy.mend().await;
    wait_for(&client, "//readyz", 200).await;
    write(&client).await.expect(200);

    proxy.silence();
    replica.process.signal("TERM");
    assert!(replica.process.wait(Duration::from_secs(45)).success());
}

#[tokio::test]
async fn a_locked_file_refuses_writes_after_a_while_and_reads_go_on() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("routemcp.db");
    let site = Site::on(TestDatabase::file(folder.path()), &[hubspot()]);
    let provider = provider().await;
    let (_replica, client) = serve(&site, &provider).await;
    sqlx::any::install_default_drivers();
    let mut other = sqlx::AnyConnection::connect(&format!("sqlite:{}", file.display()))
        .await
        .unwrap();
    other.execute("BEGIN IMMEDIATE").await.unwrap();

    let start = Instant::now();
    let (written, ()) = tokio::join!(write(&client), async {
        client.get("/contact/1").await.expect(200);
        client.get("//readyz").await.expect(200);
        assert!(
            start.elapsed() < Duration::from_secs(3),
            "reads wait for the lock"
        );
    });
    unavailable(written);
    assert!(
        (4..12).contains(&start.elapsed().as_secs()),
        "{:?}",
        start.elapsed()
    );

    other.execute("COMMIT").await.unwrap();
    write(&client).await.expect(200);
}

#[tokio::test]
async fn a_sandbox_whose_state_cannot_be_kept_is_our_trouble_and_not_the_providers() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("routemcp.db");
    let site = Site::on(TestDatabase::file(folder.path()), &[hubspot()]);
    let key = site.create_key("test");
    let replica = site.serve(&[], &[]);
    let client = replica.client(&key);
    client.connect("hubspot", "user-1", None).await;
    client.get("/contact?limit=1").await.expect(200);
    sqlx::any::install_default_drivers();
    let mut other = sqlx::AnyConnection::connect(&format!("sqlite:{}", file.display()))
        .await
        .unwrap();
    other.execute("BEGIN IMMEDIATE").await.unwrap();
    let contact = json!({ "firstName": "Ada", "email": "ada@example.com" });
    let refused = client.post("/contact?provider=hubspot", &contact).await;
    unavailable(refused);
    other.execute("COMMIT").await.unwrap();
    client
        .post("/contact?provider=hubspot", &contact)
        .await
        .expect(201);
}

/// A file system of eight mebibytes in memory.
struct Small(tempfile::TempDir);

impl Small {
    fn mount() -> Option<Self> {
        let folder = tempfile::tempdir().unwrap();
        let arguments = ["-t", "tmpfs", "-o", "size=8m", "tmpfs"];
        let mounted = Command::new("mount").args(arguments).arg(folder.path()).output();
        match mounted {
            Ok(run) if run.status.success() => Some(Self(folder)),
            other => {
                eprintln!("SKIPPED, cannot mount a small file system: {other:?}");
                None
            }
        }
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    /// Leaves not a byte.
    fn fill(&self) {
        let blocks = [1 << 16, 1 << 12, 1].map(|size| vec![0_u8; size]);
        let mut file = std::fs::File::create(self.path().join("filler")).unwrap();
        for block in &blocks {
            while std::io::Write::write_all(&mut file, block).is_ok() {}
        }
    }

    fn empty(&self) {
        std::fs::remove_file(self.path().join("filler")).unwrap();
    }
}

impl Drop for Small {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("--lazy").arg(self.path()).status();
    }
}

#[tokio::test]
async fn a_full_disk_refuses_writes_reads_go_on_and_space_helps() {
    let Some(small) = Small::mount() else { return };
    let site = Site::on(TestDatabase::file(small.path()), &[hubspot()]);
    let provider = provider().await;
    let (replica, client) = serve(&site, &provider).await;
    write(&client).await.expect(200);
    small.fill();
    // Pages of the log that are there already may take a few more writes.
    let deadline = Instant::now() + Duration::from_secs(20);
    let refused = loop {
        let answer = write(&client).await;
        if answer.status != 200 {
            break answer;
        }
        assert!(Instant::now() < deadline, "the disk does not get full");
    };
    unavailable(refused);
    client.get("/contact/1").await.expect(200);
    client.get("/field-mappings?provider=hubspot").await.expect(200);
    client.get("//readyz").await.expect(200);
    assert!(
        replica.process.errors().contains("no space left"),
        "{}",
        replica.process.errors()
    );
    small.empty();
    let written = write(&client).await;
    assert_eq!(written.status, 200, "{}", replica.process.errors());
    client.get("/contact/1").await.expect(200);
}
