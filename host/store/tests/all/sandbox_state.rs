//! State of sandboxes.

use routemcp_store::{SandboxChange, Store, StoreError};

use crate::support::Fresh;

const PROVIDER: &str = "hubspot";

fn put(collection: &str, key: &str, value: &str) -> SandboxChange {
    SandboxChange::Put {
        collection: collection.to_owned(),
        key: key.to_owned(),
        value: value.to_owned(),
    }
}

fn delete(collection: &str, key: &str) -> SandboxChange {
    SandboxChange::Delete {
        collection: collection.to_owned(),
        key: key.to_owned(),
    }
}

async fn keys(store: &Store, organisation: &str, after: Option<&str>, limit: u32) -> Vec<String> {
    let found = store
        .sandbox_scan(organisation, PROVIDER, "contacts", after, limit)
        .await
        .unwrap();
    found.into_iter().map(|(key, _)| key).collect()
}

#[tokio::test]
async fn entries_are_put_replaced_and_deleted_in_order() {
    let fresh = Fresh::open().await;
    let acme = fresh.organisation("Acme").await;
    let apply = |changes| fresh.store.sandbox_apply(acme.as_str(), PROVIDER, changes);
    let get = async |collection, key| {
        fresh
            .store
            .sandbox_get(acme.as_str(), PROVIDER, collection, key)
            .await
            .unwrap()
    };
    apply(vec![]).await.unwrap();
    apply(vec![
        put("contacts", "1", "a"),
        put("contacts", "1", "b"),
        put("deals", "1", "c"),
        put("deals", "2", ""),
    ])
    .await
    .unwrap();
    assert_eq!(get("contacts", "1").await.as_deref(), Some("b"));
    assert_eq!(get("deals", "1").await.as_deref(), Some("c"));
    assert_eq!(get("deals", "2").await.as_deref(), Some(""));
    assert_eq!(get("contacts", "2").await, None);
    apply(vec![
        delete("contacts", "1"),
        delete("contacts", "9"),
        put("deals", "1", "d"),
        delete("deals", "1"),
    ])
    .await
    .unwrap();
    assert_eq!(
        (get("contacts", "1").await, get("deals", "1").await),
        (None, None)
    );
}

#[tokio::test]
async fn a_scan_walks_keys_in_byte_order_page_by_page() {
    let fresh = Fresh::open().await;
    let acme = fresh.organisation("Acme").await;
    let mut expected = [
        "", "\0", " ", "10", "9", "B", "a", "a b", "ab", "~", "é", "Ω", "🦀",
    ];
    let changes = expected
        .iter()
        .rev()
        .map(|key| put("contacts", key, &format!("value of {key:?}")))
        .collect();
    fresh
        .store
        .sandbox_apply(acme.as_str(), PROVIDER, changes)
        .await
        .unwrap();
    fresh
        .store
        .sandbox_apply(acme.as_str(), PROVIDER, vec![put("contacts2", "c", "")])
        .await
        .unwrap();
    expected.sort_unstable();
    assert_eq!(keys(&fresh.store, acme.as_str(), None, 100).await, expected);
    for size in 1..5 {
        let mut walked: Vec<String> = Vec::new();
        loop {
            let page = keys(
                &fresh.store,
                acme.as_str(),
                walked.last().map(String::as_str),
                size,
            )
            .await;
            if page.is_empty() {
                break;
            }
            assert!(page.len() <= size as usize);
            walked.extend(page);
        }
        assert_eq!(walked, expected, "pages of {size}");
    }
    assert_eq!(keys(&fresh.store, acme.as_str(), Some("a!"), 1).await, ["ab"]);
    assert!(keys(&fresh.store, acme.as_str(), None, 0).await.is_empty());
    let first = fresh
        .store
        .sandbox_scan(acme.as_str(), PROVIDER, "contacts", Some("9"), 1)
        .await
        .unwrap();
    assert_eq!(first, [("B".to_owned(), "value of \"B\"".to_owned())]);
}

#[tokio::test]
async fn changes_are_made_all_or_none() {
    let fresh = Fresh::open().await;
    let acme = fresh.organisation("Acme").await;
    let changes = vec![put("contacts", "1", "a"), put("contacts", "2", "\0")];
    let refused = fresh.store.sandbox_apply(acme.as_str(), PROVIDER, changes).await;
    assert!(
        matches!(refused, Err(StoreError::Invalid { field: "value", .. })),
        "{refused:?}"
    );
    assert_eq!(
        fresh
            .store
            .sandbox_get(acme.as_str(), PROVIDER, "contacts", "1")
            .await
            .unwrap(),
        None
    );
    let refused = fresh
        .store
        .sandbox_apply("org_0", PROVIDER, vec![put("contacts", "1", "a")])
        .await;
    assert!(
        matches!(refused, Err(StoreError::NotFound("organisation"))),
        "{refused:?}"
    );
}
