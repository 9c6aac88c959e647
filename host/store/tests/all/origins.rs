//! Allowed origins.

use routemcp_store::StoreError;

use crate::support::Fresh;

fn list(origins: &[&str]) -> Vec<String> {
    origins.iter().map(|origin| (*origin).to_owned()).collect()
}

#[tokio::test]
async fn origins_are_kept_in_their_order_and_replaced_as_a_whole() {
    let fresh = Fresh::open().await;
    let (acme, other) = (
        fresh.organisation("Acme").await,
        fresh.organisation("Other").await,
    );
    let store = &fresh.store;
    assert!(store.allowed_origins(&acme).await.unwrap().is_empty());
    for origins in [
        list(&["https://b.example", "https://a.example", "http://localhost:*"]),
        list(&["https://c.example"]),
        list(&[]),
        list(&["https://ä.example"]),
    ] {
        store.set_allowed_origins(&acme, &origins).await.unwrap();
        assert_eq!(
            fresh.second_store().await.allowed_origins(&acme).await.unwrap(),
            origins
        );
        assert!(store.allowed_origins(&other).await.unwrap().is_empty());
    }
    assert!(store.allowed_origins(&"org_0".into()).await.unwrap().is_empty());
}

#[tokio::test]
async fn origins_need_an_organisation_and_say_something() {
    let fresh = Fresh::open().await;
    let acme = fresh.organisation("Acme").await;
    for origin in ["", "a\0"] {
        let refused = fresh
            .store
            .set_allowed_origins(&acme, &list(&["https://a.example", origin]))
            .await;
        assert!(
            matches!(refused, Err(StoreError::Invalid { field: "origins", .. })),
            "{refused:?}"
        );
    }
    assert!(fresh.store.allowed_origins(&acme).await.unwrap().is_empty());
    let homeless = fresh
        .store
        .set_allowed_origins(&"org_0".into(), &list(&["https://a.example"]))
        .await;
    assert!(
        matches!(homeless, Err(StoreError::NotFound("organisation"))),
        "{homeless:?}"
    );
}
