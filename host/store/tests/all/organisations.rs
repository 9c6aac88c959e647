//! Organisations and end users.

use routemcp_store::{Environment, StoreError};

use crate::support::Fresh;

#[tokio::test]
async fn an_organisation_is_found_by_name_and_by_id() {
    let fresh = Fresh::open().await;
    let acme = fresh.store.create_organisation("Acme & Söhne").await.unwrap();
    let other = fresh.store.create_organisation("Other").await.unwrap();
    assert_eq!(
        fresh.store.find_organisation("Acme & Söhne").await.unwrap(),
        Some(acme.clone())
    );
    assert_eq!(
        fresh.store.find_organisation(acme.id.as_str()).await.unwrap(),
        Some(acme.clone())
    );
    assert_eq!(fresh.store.find_organisation("acme & söhne").await.unwrap(), None);
    assert_eq!(fresh.store.list_organisations().await.unwrap(), [acme, other]);
}

#[tokio::test]
async fn a_name_is_taken_once_and_must_be_a_name() {
    let fresh = Fresh::open().await;
    fresh.organisation("Acme").await;
    let again = fresh.store.create_organisation("Acme").await;
    assert!(matches!(again, Err(StoreError::Conflict(_))), "{again:?}");
    for name in ["", "  ", "a\0b", "org_1"] {
        let refused = fresh.store.create_organisation(name).await;
        assert!(
            matches!(refused, Err(StoreError::Invalid { field: "name", .. })),
            "{name:?}: {refused:?}"
        );
    }
}

#[tokio::test]
async fn an_end_user_is_created_once_and_keeps_what_is_not_given_again() {
    let fresh = Fresh::open().await;
    let acme = fresh.organisation("Acme").await;
    let ensure = |name, email| {
        fresh
            .store
            .ensure_end_user(&acme, Environment::Live, "user-1", name, email)
    };
    let first = ensure(Some("Ada"), None).await.unwrap();
    assert_eq!(
        (first.display_name.as_deref(), first.email.as_deref()),
        (Some("Ada"), None)
    );
    let second = ensure(None, Some("ada@example.com")).await.unwrap();
    assert_eq!((&second.id, second.created_at), (&first.id, first.created_at));
    assert_eq!(
        (second.display_name.as_deref(), second.email.as_deref()),
        (Some("Ada"), Some("ada@example.com"))
    );
    let third = ensure(Some("Countess"), None).await.unwrap();
    assert_eq!(third.display_name.as_deref(), Some("Countess"));
    let in_test = fresh
        .store
        .ensure_end_user(&acme, Environment::Test, "user-1", None, None)
        .await
        .unwrap();
    assert_ne!(in_test.id, first.id);
    assert_eq!(in_test.display_name, None);
}

#[tokio::test]
async fn an_end_user_needs_an_organisation_and_an_id() {
    let fresh = Fresh::open().await;
    let acme = fresh.organisation("Acme").await;
    let unknown = "org_0".into();
    let ensure = async |organisation, id| {
        fresh
            .store
            .ensure_end_user(organisation, Environment::Live, id, None, None)
            .await
            .map(|user| user.external_id)
    };
    assert!(matches!(
        ensure(&unknown, "u").await,
        Err(StoreError::NotFound("organisation"))
    ));
    assert!(matches!(
        ensure(&acme, "").await,
        Err(StoreError::Invalid {
            field: "endUserId",
            ..
        })
    ));
    assert!(matches!(
        ensure(&acme, "a\0").await,
        Err(StoreError::Invalid {
            field: "endUserId",
            ..
        })
    ));
    assert_eq!(
        ensure(&acme, "'; DROP TABLE end_users; --").await.unwrap(),
        "'; DROP TABLE end_users; --"
    );
}

#[tokio::test]
async fn an_end_user_is_found_in_its_own_tenant_and_environment() {
    let fresh = Fresh::open().await;
    let (acme, other) = (fresh.tenant("Acme").await, fresh.organisation("Other").await);
    let live = Environment::Live;
    let made = fresh
        .store
        .ensure_end_user(&acme, live, "user-2", Some("Ada"), None)
        .await
        .unwrap();
    for (organisation, environment, external_id, expected) in [
        (&acme, live, "user-2", Some(made)),
        (&acme, Environment::Test, "user-2", None),
        (&other, live, "user-2", None),
        (&acme, live, "USER-2", None),
        (&acme, live, "a\0", None),
    ] {
        let found = fresh
            .store
            .find_end_user(organisation, environment, external_id)
            .await;
        assert_eq!(
            found.unwrap(),
            expected,
            "{organisation} {environment:?} {external_id}"
        );
    }
}
