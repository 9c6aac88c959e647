//! Versions of connectors, which one is active, and what was granted.

use routemcp_store::{ConnectorState, NewConnectorVersion, Store, StoreError};

use crate::support::Fresh;

/// A file whose bytes no text type could keep.
fn content(sha256: &str) -> Vec<u8> {
    let mut bytes: Vec<u8> = (0..=255).collect();
    bytes.extend(sha256.bytes());
    bytes
}

async fn keep(store: &Store, sha256: &str, make_active: bool) {
    let content = content(sha256);
    let new = NewConnectorVersion {
        slug: "acme",
        sha256,
        version: "1.0.0",
        contract: "0.1.0",
        content: &content,
        publisher: None,
        signature: None,
    };
    store.keep_connector(new, &[], make_active).await.unwrap();
}

async fn state(store: &Store) -> ConnectorState {
    let mut states = store.connector_states().await.unwrap();
    assert_eq!(states.len(), 1);
    states.remove(0)
}

async fn kept(store: &Store) -> Vec<String> {
    let versions = store.connector_versions(Some("acme")).await.unwrap();
    versions.into_iter().map(|version| version.sha256).collect()
}

#[tokio::test]
async fn a_version_reads_back_byte_for_byte_and_is_kept_once() {
    let fresh = Fresh::open().await;
    let store = &fresh.store;
    keep(store, "a1", false).await;
    keep(store, "a1", false).await;
    assert_eq!(
        store.connector_content("acme", "a1").await.unwrap(),
        content("a1")
    );
    let versions = store.connector_versions(None).await.unwrap();
    assert_eq!(versions.len(), 1);
    assert_eq!((versions[0].size, versions[0].contract.as_str()), (258, "0.1.0"));
    assert!(store.connector_states().await.unwrap().is_empty());
    let missing = store.connector_content("acme", "b").await;
    assert!(
        matches!(missing, Err(StoreError::NotFound("connector version"))),
        "{missing:?}"
    );
    assert!(store.connector_versions(Some("other")).await.unwrap().is_empty());
}

#[tokio::test]
async fn a_large_file_can_be_kept() {
    let fresh = Fresh::open().await;
    let content = vec![0xA5; 30 << 20];
    let new = NewConnectorVersion {
        slug: "acme",
        sha256: "big",
        version: "1",
        contract: "0.1.0",
        content: &content,
        publisher: Some("Acme"),
        signature: Some("c2ln"),
    };
    fresh.store.keep_connector(new, &[], true).await.unwrap();
    assert!(fresh.store.connector_content("acme", "big").await.unwrap() == content);
    let version = fresh.store.connector_versions(None).await.unwrap().remove(0);
    assert_eq!(
        (version.publisher.as_deref(), version.signature.as_deref()),
        (Some("Acme"), Some("c2ln"))
    );
}

#[tokio::test]
async fn rolling_back_goes_step_by_step_to_what_was_active_before() {
    let fresh = Fresh::open().await;
    let store = &fresh.store;
    assert_eq!(store.connector_rollback_target("acme").await.unwrap(), None);
    for sha256 in ["a", "b", "c"] {
        keep(store, sha256, true).await;
    }
    for expected in ["b", "a"] {
        let target = store.connector_rollback_target("acme").await.unwrap();
        assert_eq!(target.as_deref(), Some(expected));
        store.roll_back_connector("acme", expected).await.unwrap();
        assert_eq!(state(store).await.active, expected);
    }
    assert_eq!(store.connector_rollback_target("acme").await.unwrap(), None);
    store.activate_connector("acme", "c", &[]).await.unwrap();
    assert_eq!(
        store.connector_rollback_target("acme").await.unwrap().as_deref(),
        Some("a")
    );
    let stale = store.roll_back_connector("acme", "b").await;
    assert!(matches!(stale, Err(StoreError::Conflict(_))), "{stale:?}");
}

#[tokio::test]
async fn activating_what_is_active_makes_no_history_and_what_is_unknown_cannot_be() {
    let fresh = Fresh::open().await;
    let store = &fresh.store;
    keep(store, "a", true).await;
    store.activate_connector("acme", "a", &[]).await.unwrap();
    assert_eq!(store.connector_rollback_target("acme").await.unwrap(), None);
    let unknown = store
        .activate_connector("acme", "b", &["https://x.example".to_owned()])
        .await;
    assert!(
        matches!(unknown, Err(StoreError::NotFound("connector version"))),
        "{unknown:?}"
    );
    assert!(
        store.connector_grants("acme").await.unwrap().is_empty(),
        "all or nothing"
    );
}

#[tokio::test]
async fn the_active_version_cannot_be_deleted_and_others_can() {
    let fresh = Fresh::open().await;
    let store = &fresh.store;
    keep(store, "a", true).await;
    keep(store, "b", true).await;
    let active = store.delete_connector_version("acme", "b").await;
    assert!(matches!(active, Err(StoreError::Conflict(_))), "{active:?}");
    store.delete_connector_version("acme", "a").await.unwrap();
    assert_eq!(kept(store).await, ["b"]);
    assert_eq!(store.connector_rollback_target("acme").await.unwrap(), None);
    let again = store.delete_connector_version("acme", "a").await;
    assert!(matches!(again, Err(StoreError::NotFound(_))), "{again:?}");
}

#[tokio::test]
async fn a_disabled_connector_stays_disabled_when_another_version_is_activated() {
    let fresh = Fresh::open().await;
    let store = &fresh.store;
    let unknown = store.enable_connector("acme", false).await;
    assert!(
        matches!(unknown, Err(StoreError::NotFound("connector"))),
        "{unknown:?}"
    );
    keep(store, "a", true).await;
    assert!(state(store).await.enabled);
    store.enable_connector("acme", false).await.unwrap();
    keep(store, "b", true).await;
    let after = state(store).await;
    assert_eq!((after.active.as_str(), after.enabled), ("b", false));
    store.enable_connector("acme", true).await.unwrap();
    assert!(state(store).await.enabled);
}

#[tokio::test]
async fn old_versions_are_forgotten_but_not_the_active_one_and_the_one_before() {
    let fresh = Fresh::open().await;
    let store = &fresh.store;
    keep(store, "before", true).await;
    keep(store, "active", true).await;
    for number in 0..14 {
        keep(store, &format!("idle{number:02}"), false).await;
    }
    let kept = kept(store).await;
    assert!(
        kept.contains(&"before".to_owned()) && kept.contains(&"active".to_owned()),
        "{kept:?}"
    );
    assert!(
        kept.contains(&"idle13".to_owned()) && kept.len() <= 13,
        "{kept:?}"
    );
}

#[tokio::test]
async fn grants_are_kept_once_and_can_be_taken_back() {
    let fresh = Fresh::open().await;
    let store = &fresh.store;
    keep(store, "a", true).await;
    let hosts = ["https://b.example".to_owned(), "https://a.example".to_owned()];
    for _ in 0..2 {
        store.activate_connector("acme", "a", &hosts).await.unwrap();
    }
    let granted = store.connector_grants("acme").await.unwrap();
    assert_eq!(granted, ["https://a.example", "https://b.example"]);
    assert!(store.connector_grants("other").await.unwrap().is_empty());
    assert!(
        store
            .revoke_connector_grant("acme", "https://a.example")
            .await
            .unwrap()
    );
    assert!(
        !store
            .revoke_connector_grant("acme", "https://a.example")
            .await
            .unwrap()
    );
    assert_eq!(
        store.connector_grants("acme").await.unwrap(),
        ["https://b.example"]
    );
}
