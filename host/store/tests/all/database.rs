//! Opening, reopening, and working on one database from several sides.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use routemcp_store::{
    ConnectionQuery, Environment, IdempotencyStart, MasterKey, NewApiKey, Plan, SandboxChange, Scope, Store,
    StoreError, sqlite_url,
};
use secrecy::ExposeSecret as _;
use serde_json::json;
use sqlx::{Connection as _, Executor as _};

use crate::support::{Fresh, connection};

const LIVE: Environment = Environment::Live;

fn new_key(organisation_id: &routemcp_store::OrganisationId) -> NewApiKey {
    NewApiKey {
        organisation_id: organisation_id.clone(),
        environment: LIVE,
        name: "backend".to_owned(),
        scopes: vec![Scope::Manage],
        plan: Plan::Organization,
    }
}

#[tokio::test]
async fn reopening_keeps_everything() {
    let fresh = Fresh::open().await;
    let acme = fresh.tenant("Acme").await;
    let (key, text) = fresh.store.create_api_key(new_key(&acme)).await.unwrap();
    let made = fresh
        .store
        .upsert_connection(connection(&acme, LIVE, "hubspot"))
        .await
        .unwrap();
    let change = vec![("email".to_owned(), json!({ "disabled": true }))];
    fresh
        .store
        .put_overrides(acme.as_str(), "hubspot", "contact", None, change)
        .await
        .unwrap();
    let (organisation, now) = (acme.as_str(), Timestamp::now());
    fresh
        .store
        .begin_idempotent(organisation, LIVE, "key", "a", now)
        .await
        .unwrap();
    fresh
        .store
        .finish_idempotent(organisation, LIVE, "key", 200, "answer")
        .await
        .unwrap();
    let put = SandboxChange::Put {
        collection: "c".to_owned(),
        key: "k".to_owned(),
        value: "v".to_owned(),
    };
    fresh
        .store
        .sandbox_apply(organisation, "hubspot", vec![put])
        .await
        .unwrap();
    fresh.store.close().await;
    assert!(matches!(
        fresh.store.find_organisation("Acme").await,
        Err(StoreError::Unavailable(_))
    ));

    let store = fresh.second_store().await;
    assert_eq!(store.find_organisation("Acme").await.unwrap().unwrap().id, acme);
    assert_eq!(store.authenticate(&text).await.unwrap().as_deref(), Some(&key));
    let found = store
        .find_connection(&acme, LIVE, &made.id)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(
        store.credential(&found).await.unwrap().expose_secret(),
        "secret of hubspot"
    );
    assert_eq!(found, made);
    assert_eq!(
        store
            .overrides(organisation, "hubspot", "contact", None)
            .await
            .unwrap()
            .len(),
        1
    );
    assert_eq!(store.overrides_version(organisation, "hubspot").await.unwrap(), 1);
    let done = store
        .begin_idempotent(organisation, LIVE, "key", "a", now)
        .await
        .unwrap();
    assert_eq!(
        done,
        IdempotencyStart::Done {
            status: 200,
            body: "answer".to_owned()
        }
    );
    assert_eq!(
        store
            .sandbox_get(organisation, "hubspot", "c", "k")
            .await
            .unwrap()
            .as_deref(),
        Some("v")
    );
}

#[tokio::test]
async fn tables_of_the_first_release_are_brought_up_to_date() {
    let fresh = Fresh::open().await;
    let acme = fresh.tenant("Acme").await;
    let made = fresh
        .store
        .upsert_connection(connection(&acme, LIVE, "hubspot"))
        .await
        .unwrap();
    for undo in [
        "DROP TABLE request_log",
        "DROP TABLE connector_grants",
        "DROP TABLE connector_activations",
        "DROP TABLE connector_states",
        "DROP TABLE connector_versions",
        "DROP TABLE connect_session_uses",
        "DROP TABLE authorizations",
        "DROP TABLE connect_sessions",
        "DROP TABLE oauth_apps",
        "DROP TABLE allowed_origins",
        "DROP INDEX connections_by_refresh",
        "DROP INDEX connections_by_master_key",
        "DROP INDEX idempotency_keys_by_master_key",
        "ALTER TABLE connections DROP COLUMN credential_version",
        "ALTER TABLE connections DROP COLUMN refresh_holder",
        "ALTER TABLE connections DROP COLUMN refresh_until",
        "ALTER TABLE connections DROP COLUMN refresh_due_at",
        "DELETE FROM _sqlx_migrations WHERE version >= 2",
    ] {
        fresh.execute(undo).await;
    }
    let store = fresh.second_store().await;
    let found = store.connection_by_id(&made.id).await.unwrap().unwrap();
    assert_eq!((&found, found.credential_version), (&made, 1));
    assert_eq!(
        store.credential(&found).await.unwrap().expose_secret(),
        "secret of hubspot"
    );
    // The index knows of keys that were used before there was one.
    let stranger = Store::open(&fresh.url, MasterKey::generate().0).await;
    assert!(matches!(stranger, Err(StoreError::MasterKey { .. })));
}

#[tokio::test]
async fn the_files_hold_no_secret_and_are_their_owners_only() {
    let fresh = Fresh::open().await;
    let Some(folder) = &fresh.folder else { return };
    let acme = fresh.tenant("Acme").await;
    let (_, text) = fresh.store.create_api_key(new_key(&acme)).await.unwrap();
    fresh
        .store
        .upsert_connection(connection(&acme, LIVE, "hubspot"))
        .await
        .unwrap();
    fresh
        .store
        .begin_idempotent(acme.as_str(), LIVE, "the idempotency key", "a", Timestamp::now())
        .await
        .unwrap();
    fresh
        .store
        .finish_idempotent(acme.as_str(), LIVE, "the idempotency key", 200, "the answer")
        .await
        .unwrap();
    let key = text.expose_secret();
    let secrets = [
        key,
        &key[8..],
        "secret of hubspot",
        "the idempotency key",
        "the answer",
    ];
    // Once with the write-ahead log beside it, once folded in.
    let mut seen = 0;
    for close in [false, true] {
        if close {
            fresh.store.close().await;
        }
        let mut bytes = Vec::new();
        for entry in fs::read_dir(folder.path()).unwrap() {
            let path = entry.unwrap().path();
            assert_eq!(
                fs::metadata(&path).unwrap().permissions().mode() & 0o777,
                0o600,
                "{path:?}"
            );
            bytes.extend(fs::read(path).unwrap());
            seen += 1;
        }
        let contains = |text: &str| bytes.windows(text.len()).any(|window| window == text.as_bytes());
        assert!(
            contains(&key[..12]) && contains("companyDomain"),
            "what is not secret should be there"
        );
        assert!(secrets.iter().all(|secret| !contains(secret)));
    }
    assert_eq!(seen, 4, "database, -wal and -shm, and the database alone");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn writers_of_several_processes_do_not_fail_on_locks() {
    let fresh = Fresh::open().await;
    let acme = fresh.tenant("Acme").await;
    let stores = [
        fresh.store.clone(),
        fresh.second_store().await,
        fresh.second_store().await,
    ];
    let mut tasks = tokio::task::JoinSet::new();
    for number in 0..150 {
        let (store, acme) = (stores[number % 3].clone(), acme.clone());
        tasks.spawn(async move {
            let value = number.to_string();
            let put = SandboxChange::Put {
                collection: "c".to_owned(),
                key: value.clone(),
                value,
            };
            store
                .sandbox_apply(acme.as_str(), "hubspot", vec![put])
                .await
                .unwrap();
            let change = vec![("email".to_owned(), json!(number))];
            store
                .put_overrides(acme.as_str(), "hubspot", "contact", None, change)
                .await
                .unwrap();
            store
                .upsert_connection(connection(&acme, LIVE, "hubspot"))
                .await
                .unwrap();
        });
    }
    tasks.join_all().await;
    assert_eq!(
        fresh
            .store
            .sandbox_scan(acme.as_str(), "hubspot", "c", None, 200)
            .await
            .unwrap()
            .len(),
        150
    );
    assert_eq!(
        fresh
            .store
            .overrides_version(acme.as_str(), "hubspot")
            .await
            .unwrap(),
        150
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn processes_that_open_a_new_file_together_all_succeed() {
    let folder = tempfile::tempdir().unwrap();
    for round in 0..5 {
        let url = sqlite_url(&folder.path().join(format!("{round} 100%?#.db")));
        let mut tasks = tokio::task::JoinSet::new();
        for _ in 0..8 {
            let url = url.clone();
            tasks.spawn(async move {
                Store::open(&url, MasterKey::generate().0)
                    .await
                    .unwrap()
                    .find_organisation("Acme")
                    .await
                    .unwrap()
            });
        }
        tasks.join_all().await;
        assert!(folder.path().join(format!("{round} 100%?#.db")).exists());
    }
}

#[tokio::test]
async fn reads_do_not_wait_for_a_writer_and_a_write_does_not_wait_for_ever() {
    let fresh = Fresh::open().await;
    let acme = fresh.tenant("Acme").await;
    let mut raw = fresh.raw().await;
    let mut transaction = raw.begin().await.unwrap();
    transaction
        .execute("UPDATE organisations SET name = 'Changed'")
        .await
        .unwrap();
    let start = Instant::now();
    // One read per connection and more, beside a write of this store that waits.
    let waiting = tokio::spawn({
        let (store, acme) = (fresh.store.clone(), acme.clone());
        async move { store.ensure_end_user(&acme, LIVE, "user-1", None, None).await }
    });
    for _ in 0..20 {
        let query = ConnectionQuery {
            organisation_id: &acme,
            environment: LIVE,
            provider: None,
            end_user: None,
        };
        assert_eq!(fresh.store.find_connections(query).await.unwrap(), []);
        assert!(fresh.store.find_organisation("Acme").await.unwrap().is_some());
    }
    assert!(start.elapsed() < Duration::from_secs(1), "{:?}", start.elapsed());
    if fresh.folder.is_some() {
        let refused = waiting.await.unwrap();
        assert!(matches!(refused, Err(StoreError::Busy)), "{refused:?}");
    }
    transaction.rollback().await.unwrap();
    fresh
        .store
        .ensure_end_user(&acme, LIVE, "user-1", None, None)
        .await
        .unwrap();
}

#[tokio::test]
async fn a_write_that_is_given_up_leaves_nothing_behind() {
    let fresh = Fresh::open().await;
    let acme = fresh.tenant("Acme").await;
    for microseconds in (0..3_000).step_by(100) {
        let put = |key: &str| SandboxChange::Put {
            collection: "c".to_owned(),
            key: key.to_owned(),
            value: String::new(),
        };
        let changes = vec![
            put(&format!("{microseconds} a")),
            put(&format!("{microseconds} b")),
        ];
        let apply = fresh.store.sandbox_apply(acme.as_str(), "hubspot", changes);
        let _ = tokio::time::timeout(Duration::from_micros(microseconds), apply).await;
    }
    let found = fresh
        .store
        .sandbox_scan(acme.as_str(), "hubspot", "c", None, 1_000)
        .await
        .unwrap();
    assert_eq!(found.len() % 2, 0, "both or none");
    fresh
        .store
        .upsert_connection(connection(&acme, LIVE, "hubspot"))
        .await
        .unwrap();
}

#[tokio::test]
async fn urls_that_cannot_work_are_refused_with_the_reason() {
    let folder = tempfile::tempdir().unwrap();
    let missing = sqlite_url(&folder.path().join("missing").join("a.db"));
    let garbage = folder.path().join("garbage.db");
    fs::write(
        &garbage,
        "this is not a database, whatever its name says. ".repeat(100),
    )
    .unwrap();
    let open = async |url: &str| Store::open(url, MasterKey::generate().0).await.err().unwrap();
    for url in [
        "",
        "mysql://localhost/a",
        "sqlite::memory:",
        "sqlite:",
        "sqlite:a.db?mode=ro",
        "/var/a.db",
    ] {
        let error = open(url).await;
        assert!(matches!(error, StoreError::Url(_)), "{url}: {error:?}");
    }
    let error = open(&missing).await;
    assert!(
        matches!(&error, StoreError::Unavailable(why) if why.contains("not found")),
        "{error:?}"
    );
    let error = open(&sqlite_url(folder.path())).await;
    assert!(matches!(error, StoreError::Unavailable(_)), "{error:?}");
    let error = open(&sqlite_url(&garbage)).await;
    assert!(matches!(error, StoreError::Corrupt(_)), "{error:?}");
}

#[tokio::test]
async fn a_newer_version_may_have_added_to_the_tables() {
    let fresh = Fresh::open().await;
    let acme = fresh.tenant("Acme").await;
    for newer in [
        "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) \
         SELECT 9999, description, success, checksum, execution_time FROM _sqlx_migrations WHERE version = 1",
        "CREATE TABLE additions (id TEXT NOT NULL PRIMARY KEY)",
        "ALTER TABLE connections ADD COLUMN addition BIGINT NOT NULL DEFAULT 1",
        "ALTER TABLE api_keys ADD COLUMN addition TEXT",
    ] {
        fresh.execute(newer).await;
    }
    let store = fresh.second_store().await;
    let (key, text) = store.create_api_key(new_key(&acme)).await.unwrap();
    assert_eq!(store.authenticate(&text).await.unwrap().as_deref(), Some(&key));
    let made = store
        .upsert_connection(connection(&acme, LIVE, "hubspot"))
        .await
        .unwrap();
    let found = store.find_connection(&acme, LIVE, &made.id).await.unwrap();
    assert_eq!(found, Some(made));
}

#[tokio::test]
async fn a_value_of_another_type_is_corrupt_and_not_quoted() {
    let fresh = Fresh::open().await;
    let acme = fresh.tenant("Acme").await;
    fresh
        .store
        .upsert_connection(connection(&acme, LIVE, "hubspot"))
        .await
        .unwrap();
    for column in ["status = 'somehow'", "settings = 'somehow'"] {
        let update = sqlx::AssertSqlSafe(format!("UPDATE connections SET {column}"));
        fresh.raw().await.execute(update).await.unwrap();
        let query = ConnectionQuery {
            organisation_id: &acme,
            environment: LIVE,
            provider: None,
            end_user: None,
        };
        let error = fresh.store.find_connections(query).await.unwrap_err();
        assert!(
            matches!(error, StoreError::Corrupt(_)) && !error.to_string().contains("somehow"),
            "{error}"
        );
    }
}
