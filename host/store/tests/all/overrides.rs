//! Mapping overrides.

use routemcp_store::StoreError;
use serde_json::{Value, json};

use crate::support::Fresh;

const CONTACT: &str = "contact";

fn change(field: &str, provider_field: &str) -> Vec<(String, Value)> {
    vec![(
        field.to_owned(),
        json!({ "providerField": provider_field, "transform": null }),
    )]
}

#[tokio::test]
async fn an_end_user_sees_the_organisations_overrides_and_its_own() {
    let fresh = Fresh::open().await;
    let acme = fresh.organisation("Acme").await;
    let put = async |resource, end_user, changes| {
        fresh
            .store
            .put_overrides(acme.as_str(), "hubspot", resource, end_user, changes)
            .await
            .unwrap();
    };
    put(
        CONTACT,
        None,
        [change("phone", "mobile"), change("email", "work")].concat(),
    )
    .await;
    put(CONTACT, Some("user-1"), change("email", "private")).await;
    put(CONTACT, Some("user-2"), change("email", "none")).await;
    put("deal", None, change("name", "title")).await;
    let see = async |end_user| {
        let found = fresh
            .store
            .overrides(acme.as_str(), "hubspot", CONTACT, end_user)
            .await
            .unwrap();
        let show = |one: &routemcp_store::StoredOverride| {
            let end_user = one.end_user.as_deref().unwrap_or("all");
            format!(
                "{end_user} {} {}",
                one.unified_field,
                one.change["providerField"].as_str().unwrap()
            )
        };
        found.iter().map(show).collect::<Vec<_>>()
    };
    assert_eq!(see(None).await, ["all email work", "all phone mobile"]);
    assert_eq!(
        see(Some("user-1")).await,
        ["all email work", "all phone mobile", "user-1 email private"]
    );
    assert_eq!(see(Some("user-3")).await, ["all email work", "all phone mobile"]);
}

#[tokio::test]
async fn an_override_is_replaced_whole_and_can_be_taken_back() {
    let fresh = Fresh::open().await;
    let acme = fresh.organisation("Acme").await;
    let put = |changes| {
        fresh
            .store
            .put_overrides(acme.as_str(), "hubspot", CONTACT, None, changes)
    };
    put(change("email", "work")).await.unwrap();
    let disabled = json!({ "disabled": true, "note": "ünï" });
    put(vec![("email".to_owned(), disabled.clone())]).await.unwrap();
    let found = fresh
        .store
        .overrides(acme.as_str(), "hubspot", CONTACT, None)
        .await
        .unwrap();
    assert_eq!((found.len(), &found[0].change), (1, &disabled));
    let delete = |end_user| {
        fresh
            .store
            .delete_override(acme.as_str(), "hubspot", CONTACT, end_user, "email")
    };
    assert!(!delete(Some("user-1")).await.unwrap());
    assert!(delete(None).await.unwrap());
    assert!(!delete(None).await.unwrap());
    assert_eq!(
        fresh
            .store
            .overrides(acme.as_str(), "hubspot", CONTACT, None)
            .await
            .unwrap(),
        []
    );
}

#[tokio::test]
async fn the_version_goes_up_with_each_change_and_only_then() {
    let fresh = Fresh::open().await;
    let acme = fresh.organisation("Acme").await;
    let version = async |provider| {
        fresh
            .store
            .overrides_version(acme.as_str(), provider)
            .await
            .unwrap()
    };
    let put = |changes| {
        fresh
            .store
            .put_overrides(acme.as_str(), "hubspot", CONTACT, None, changes)
    };
    assert_eq!(version("hubspot").await, 0);
    put(vec![]).await.unwrap();
    assert_eq!(version("hubspot").await, 0);
    put([change("email", "work"), change("phone", "mobile")].concat())
        .await
        .unwrap();
    assert_eq!(version("hubspot").await, 1);
    put(change("email", "private")).await.unwrap();
    assert_eq!(version("hubspot").await, 2);
    fresh
        .store
        .delete_override(acme.as_str(), "hubspot", CONTACT, None, "company")
        .await
        .unwrap();
    assert_eq!(version("hubspot").await, 2);
    fresh
        .store
        .delete_override(acme.as_str(), "hubspot", CONTACT, None, "email")
        .await
        .unwrap();
    assert_eq!((version("hubspot").await, version("pipedrive").await), (3, 0));
}

#[tokio::test]
async fn overrides_are_put_all_or_none() {
    let fresh = Fresh::open().await;
    let acme = fresh.organisation("Acme").await;
    let put = |organisation, end_user, changes| {
        fresh
            .store
            .put_overrides(organisation, "hubspot", CONTACT, end_user, changes)
    };
    let half_bad = [change("email", "work"), change("", "mobile")].concat();
    let refused = put(acme.as_str(), None, half_bad).await;
    assert!(
        matches!(
            refused,
            Err(StoreError::Invalid {
                field: "unifiedField",
                ..
            })
        ),
        "{refused:?}"
    );
    assert_eq!(
        fresh
            .store
            .overrides(acme.as_str(), "hubspot", CONTACT, None)
            .await
            .unwrap(),
        []
    );
    assert_eq!(
        fresh
            .store
            .overrides_version(acme.as_str(), "hubspot")
            .await
            .unwrap(),
        0
    );
    // An empty end user would mean the whole organisation.
    let refused = put(acme.as_str(), Some(""), change("email", "work")).await;
    assert!(matches!(
        refused,
        Err(StoreError::Invalid {
            field: "endUserId",
            ..
        })
    ));
    let refused = put("org_0", None, change("email", "work")).await;
    assert!(
        matches!(refused, Err(StoreError::NotFound("organisation"))),
        "{refused:?}"
    );
}
