//! What one process changes reaches the others, and what is kept in memory is never older than a change.

use std::time::Duration;

use routemcp_store::{
    ApiKey, Change, ConnectionQuery, ConnectionStatus, Environment, NewApiKey, NewConnectorVersion,
    OrganisationId, Plan, Scope, Store,
};
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::json;
use tokio::task::JoinHandle;

use crate::support::{Fresh, connection};

const LIVE: Environment = Environment::Live;
/// How soon a change has to be in force everywhere.
const SOON: Duration = Duration::from_secs(1);

/// A store on the same database that is watched, as a server's is.
struct Watched {
    store: Store,
    watching: JoinHandle<()>,
}

impl Watched {
    async fn open(fresh: &Fresh) -> Self {
        let store = fresh.second_store().await;
        let watched = store.clone();
        let watching = tokio::spawn(async move { match watched.watch().await {} });
        let this = Self { store, watching };
        until(|| async { this.store.hears_changes() }).await;
        this
    }
}

impl Drop for Watched {
    fn drop(&mut self) {
        self.watching.abort();
    }
}

async fn until<F: Future<Output = bool>>(mut holds: impl FnMut() -> F) {
    let held = async {
        while !holds().await {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(SOON, held).await.unwrap();
}

async fn key(store: &Store, organisation_id: &OrganisationId) -> (ApiKey, SecretString) {
    let new = NewApiKey {
        organisation_id: organisation_id.clone(),
        environment: LIVE,
        name: "backend".to_owned(),
        scopes: vec![Scope::Read],
        plan: Plan::Team,
    };
    store.create_api_key(new).await.unwrap()
}

fn of(organisation_id: &OrganisationId) -> ConnectionQuery<'_> {
    ConnectionQuery {
        organisation_id,
        environment: LIVE,
        provider: Some("hubspot"),
        end_user: None,
    }
}

#[tokio::test]
async fn what_every_request_asks_for_is_read_once() {
    let fresh = Fresh::open().await;
    let acme = fresh.tenant("Acme").await;
    let (key, text) = key(&fresh.store, &acme).await;
    let made = fresh
        .store
        .upsert_connection(connection(&acme, LIVE, "hubspot"))
        .await
        .unwrap();
    let watched = Watched::open(&fresh).await;
    let ask = async || {
        assert_eq!(
            watched.store.authenticate(&text).await.unwrap().as_deref(),
            Some(&key)
        );
        assert_eq!(
            watched.store.find_connections(of(&acme)).await.unwrap(),
            std::slice::from_ref(&made)
        );
        assert_eq!(
            watched
                .store
                .overrides_version(acme.as_str(), "hubspot")
                .await
                .unwrap(),
            0
        );
    };
    ask().await;
    // A closed store has no connection left to ask. The one that listens is its own.
    let hears = watched.store.hears_changes();
    watched.store.close().await;
    if hears && watched.store.hears_changes() {
        ask().await;
    }
    let other = ConnectionQuery {
        provider: None,
        ..of(&acme)
    };
    watched
        .store
        .find_connections(other)
        .await
        .expect_err("it was not asked for before");
}

#[tokio::test]
async fn a_store_that_nobody_watches_asks_each_time() {
    let fresh = Fresh::open().await;
    let acme = fresh.tenant("Acme").await;
    let (key, text) = key(&fresh.store, &acme).await;
    let deaf = fresh.second_store().await;
    assert!(deaf.authenticate(&text).await.unwrap().is_some());
    fresh.store.revoke_api_key(key.id.as_str()).await.unwrap();
    assert!(!deaf.hears_changes());
    assert_eq!(deaf.authenticate(&text).await.unwrap(), None);
}

#[tokio::test]
async fn own_changes_hold_at_once() {
    let fresh = Fresh::open().await;
    let acme = fresh.tenant("Acme").await;
    let watched = Watched::open(&fresh).await;
    let store = &watched.store;
    for round in 0..20 {
        let (key, text) = key(store, &acme).await;
        assert!(store.authenticate(&text).await.unwrap().is_some());
        store.revoke_api_key(key.id.as_str()).await.unwrap();
        assert_eq!(store.authenticate(&text).await.unwrap(), None);

        let made = store
            .upsert_connection(connection(&acme, LIVE, "hubspot"))
            .await
            .unwrap();
        let found = store.find_connections(of(&acme)).await.unwrap();
        assert_eq!(found, std::slice::from_ref(&made));
        store
            .set_connection_status(&made, ConnectionStatus::NeedsReauth, Some("no"))
            .await
            .unwrap();
        let refused = store.find_connections(of(&acme)).await.unwrap();
        assert_eq!(refused[0].status, ConnectionStatus::NeedsReauth);
        let refreshed = store
            .store_refreshed(&made, &"fresh".into(), None, None)
            .await
            .unwrap()
            .unwrap();
        let found = store.find_connections(of(&acme)).await.unwrap();
        assert_eq!(found, [refreshed]);
        assert_eq!(
            store.credential(&found[0]).await.unwrap().expose_secret(),
            "fresh"
        );
        store.delete_connection(&acme, LIVE, &made.id).await.unwrap();
        assert_eq!(store.find_connections(of(&acme)).await.unwrap(), []);

        assert_eq!(
            store.overrides_version(acme.as_str(), "hubspot").await.unwrap(),
            round
        );
        let change = vec![("email".to_owned(), json!(round))];
        store
            .put_overrides(acme.as_str(), "hubspot", "contact", None, change)
            .await
            .unwrap();
        assert_eq!(
            store.overrides_version(acme.as_str(), "hubspot").await.unwrap(),
            round + 1
        );
    }
}

#[tokio::test]
async fn changes_of_others_hold_within_a_second() {
    let fresh = Fresh::open().await;
    let acme = fresh.tenant("Acme").await;
    let (key, text) = key(&fresh.store, &acme).await;
    let watched = Watched::open(&fresh).await;
    let (ours, theirs) = (&fresh.store, &watched.store);

    let made = ours
        .upsert_connection(connection(&acme, LIVE, "hubspot"))
        .await
        .unwrap();
    until(|| async { theirs.find_connections(of(&acme)).await.unwrap() == [made.clone()] }).await;
    let refreshed = ours
        .store_refreshed(&made, &"fresh".into(), None, None)
        .await
        .unwrap()
        .unwrap();
    until(|| async { theirs.find_connections(of(&acme)).await.unwrap() == [refreshed.clone()] }).await;
    ours.refuse_refresh(&refreshed, "no").await.unwrap();
    until(|| async {
        theirs.find_connections(of(&acme)).await.unwrap()[0].status == ConnectionStatus::NeedsReauth
    })
    .await;
    ours.delete_connection(&acme, LIVE, &made.id).await.unwrap();
    until(|| async { theirs.find_connections(of(&acme)).await.unwrap().is_empty() }).await;

    assert_eq!(
        theirs.overrides_version(acme.as_str(), "hubspot").await.unwrap(),
        0
    );
    let change = vec![("email".to_owned(), json!({ "disabled": true }))];
    ours.put_overrides(acme.as_str(), "hubspot", "contact", None, change)
        .await
        .unwrap();
    until(|| async { theirs.overrides_version(acme.as_str(), "hubspot").await.unwrap() == 1 }).await;

    assert!(theirs.authenticate(&text).await.unwrap().is_some());
    ours.revoke_api_key(key.id.as_str()).await.unwrap();
    until(|| async { theirs.authenticate(&text).await.unwrap().is_none() }).await;
}

#[tokio::test]
async fn a_change_is_told_by_what_it_is_about() {
    let fresh = Fresh::open().await;
    let acme = fresh.tenant("Acme").await;
    let (key, _) = key(&fresh.store, &acme).await;
    let mut told = fresh.store.changes();
    let store = &fresh.store;
    let new = NewConnectorVersion {
        slug: "acme",
        sha256: "abc",
        version: "1.0.0",
        contract: "0.1.0",
        content: b"bytes",
        publisher: None,
        signature: None,
    };
    store
        .keep_connector(new, &["https://a.example".to_owned()], true)
        .await
        .unwrap();
    store.enable_connector("acme", false).await.unwrap();
    store
        .revoke_connector_grant("acme", "https://a.example")
        .await
        .unwrap();
    let connector = Change::Connector {
        slug: "acme".to_owned(),
    };
    for _ in 0..3 {
        assert_eq!(told.next().await, connector);
    }
    let made = store
        .upsert_connection(connection(&acme, LIVE, "hubspot"))
        .await
        .unwrap();
    assert_eq!(
        told.next().await,
        Change::Connections {
            organisation_id: acme.clone()
        }
    );
    let change = vec![("email".to_owned(), json!(1))];
    store
        .put_overrides(acme.as_str(), "hubspot", "contact", None, change)
        .await
        .unwrap();
    let overrides = Change::Overrides {
        organisation_id: acme,
        provider: "hubspot".to_owned(),
    };
    assert_eq!(told.next().await, overrides);
    store.revoke_api_key(key.id.as_str()).await.unwrap();
    assert_eq!(told.next().await, Change::ApiKeys);
    // What changed nothing is not told.
    store
        .set_connection_status(&made, ConnectionStatus::Active, None)
        .await
        .unwrap();
    store
        .revoke_connector_grant("acme", "https://a.example")
        .await
        .unwrap();
    assert!(store.revoke_api_key(key.id.as_str()).await.is_err());
    store.enable_connector("acme", true).await.unwrap();
    assert_eq!(told.next().await, connector);
}

/// A reader that is overtaken by a change must not keep what it read before.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn no_reader_sees_a_connection_after_it_was_deleted() {
    let fresh = Fresh::open().await;
    let acme = fresh.tenant("Acme").await;
    let watched = Watched::open(&fresh).await;
    for _ in 0..30 {
        let store = &watched.store;
        let made = store
            .upsert_connection(connection(&acme, LIVE, "hubspot"))
            .await
            .unwrap();
        let readers = (0..8).map(|_| {
            let (store, acme) = (store.clone(), acme.clone());
            tokio::spawn(async move {
                for _ in 0..20 {
                    store.find_connections(of(&acme)).await.unwrap();
                }
            })
        });
        let readers: Vec<_> = readers.collect();
        store.delete_connection(&acme, LIVE, &made.id).await.unwrap();
        assert_eq!(store.find_connections(of(&acme)).await.unwrap(), []);
        for reader in readers {
            reader.await.unwrap();
        }
        assert_eq!(store.find_connections(of(&acme)).await.unwrap(), []);
    }
}
