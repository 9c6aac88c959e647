//! Tenants never see each other, and neither do a tenant's two environments.

use jiff::Timestamp;
use routemcp_store::{
    ConnectionQuery, Environment, IdempotencyStart, NewApiKey, OrganisationId, Plan, SandboxChange, Scope,
    StoreError,
};
use secrecy::ExposeSecret as _;
use serde_json::json;

use crate::support::{Fresh, connection};

const LIVE: Environment = Environment::Live;
const TEST: Environment = Environment::Test;

async fn providers(fresh: &Fresh, organisation_id: &OrganisationId, environment: Environment) -> Vec<String> {
    let query = ConnectionQuery {
        organisation_id,
        environment,
        provider: None,
        end_user: None,
    };
    let of_user = ConnectionQuery {
        end_user: Some("user-1"),
        ..query
    };
    let found = fresh.store.find_connections(query).await.unwrap();
    assert_eq!(fresh.store.find_connections(of_user).await.unwrap(), found);
    found.into_iter().map(|connection| connection.provider).collect()
}

#[tokio::test]
async fn connections_belong_to_one_tenant_and_environment() {
    let fresh = Fresh::open().await;
    let (acme, other) = (fresh.tenant("Acme").await, fresh.tenant("Other").await);
    let mine = fresh
        .store
        .upsert_connection(connection(&acme, LIVE, "hubspot"))
        .await
        .unwrap();
    fresh
        .store
        .upsert_connection(connection(&acme, TEST, "zoho"))
        .await
        .unwrap();
    fresh
        .store
        .upsert_connection(connection(&other, LIVE, "pipedrive"))
        .await
        .unwrap();
    assert_eq!(providers(&fresh, &acme, LIVE).await, ["hubspot"]);
    assert_eq!(providers(&fresh, &acme, TEST).await, ["zoho"]);
    assert_eq!(providers(&fresh, &other, LIVE).await, ["pipedrive"]);
    assert!(providers(&fresh, &other, TEST).await.is_empty());
    for (organisation, environment) in [(&other, LIVE), (&acme, TEST)] {
        assert_eq!(
            fresh
                .store
                .find_connection(organisation, environment, &mine.id)
                .await
                .unwrap(),
            None
        );
        assert!(
            fresh
                .store
                .delete_connection(organisation, environment, &mine.id)
                .await
                .unwrap()
                .is_none()
        );
    }
    assert_eq!(
        fresh.store.find_connection(&acme, LIVE, &mine.id).await.unwrap(),
        Some(mine)
    );
}

#[tokio::test]
async fn connecting_never_replaces_another_tenants_connection() {
    let fresh = Fresh::open().await;
    let (acme, other) = (fresh.tenant("Acme").await, fresh.tenant("Other").await);
    let mut ids = Vec::new();
    for (organisation, environment) in [(&acme, LIVE), (&acme, TEST), (&other, LIVE), (&other, TEST)] {
        let mut new = connection(organisation, environment, "hubspot");
        new.credential = format!("secret of {organisation} {environment:?}").into();
        ids.push((
            organisation,
            environment,
            fresh.store.upsert_connection(new).await.unwrap().id,
        ));
    }
    for (organisation, environment, id) in ids {
        let found = fresh
            .store
            .find_connection(organisation, environment, &id)
            .await
            .unwrap()
            .unwrap();
        let credential = fresh.store.credential(&found).await.unwrap();
        assert_eq!(
            credential.expose_secret(),
            format!("secret of {organisation} {environment:?}")
        );
    }
}

#[tokio::test]
async fn keys_overrides_idempotency_and_sandboxes_are_apart() {
    let fresh = Fresh::open().await;
    let (acme, other) = (fresh.tenant("Acme").await, fresh.tenant("Other").await);
    let (store, now) = (&fresh.store, Timestamp::now());
    let new = NewApiKey {
        organisation_id: acme.clone(),
        environment: LIVE,
        name: "backend".to_owned(),
        scopes: vec![Scope::Read],
        plan: Plan::Individual,
    };
    store.create_api_key(new).await.unwrap();
    assert_eq!(store.list_api_keys(&other).await.unwrap(), []);

    let change = vec![("email".to_owned(), json!({}))];
    store
        .put_overrides(acme.as_str(), "hubspot", "contact", Some("user-1"), change)
        .await
        .unwrap();
    assert_eq!(
        store
            .overrides(other.as_str(), "hubspot", "contact", Some("user-1"))
            .await
            .unwrap(),
        []
    );
    assert_eq!(
        store
            .overrides(acme.as_str(), "zoho", "contact", Some("user-1"))
            .await
            .unwrap(),
        []
    );
    assert_eq!(
        store.overrides_version(other.as_str(), "hubspot").await.unwrap(),
        0
    );
    let deleted = store
        .delete_override(other.as_str(), "hubspot", "contact", Some("user-1"), "email")
        .await;
    assert!(!deleted.unwrap());

    for (organisation, environment) in [(&acme, LIVE), (&acme, TEST), (&other, LIVE)] {
        let begun = store
            .begin_idempotent(organisation.as_str(), environment, "key", "a", now)
            .await
            .unwrap();
        assert_eq!(begun, IdempotencyStart::New);
    }
    store
        .finish_idempotent(acme.as_str(), LIVE, "key", 200, "mine")
        .await
        .unwrap();
    let theirs = store
        .begin_idempotent(other.as_str(), LIVE, "key", "a", now)
        .await
        .unwrap();
    assert_eq!(theirs, IdempotencyStart::InProgress);

    let put = SandboxChange::Put {
        collection: "c".to_owned(),
        key: "k".to_owned(),
        value: "v".to_owned(),
    };
    store
        .sandbox_apply(acme.as_str(), "hubspot", vec![put])
        .await
        .unwrap();
    let delete = SandboxChange::Delete {
        collection: "c".to_owned(),
        key: "k".to_owned(),
    };
    for (organisation, provider) in [(&other, "hubspot"), (&acme, "zoho")] {
        assert_eq!(
            store
                .sandbox_get(organisation.as_str(), provider, "c", "k")
                .await
                .unwrap(),
            None
        );
        assert_eq!(
            store
                .sandbox_scan(organisation.as_str(), provider, "c", None, 9)
                .await
                .unwrap(),
            []
        );
        store
            .sandbox_apply(organisation.as_str(), provider, vec![delete.clone()])
            .await
            .unwrap();
    }
    assert_eq!(
        store
            .sandbox_get(acme.as_str(), "hubspot", "c", "k")
            .await
            .unwrap()
            .as_deref(),
        Some("v")
    );
}

#[tokio::test]
async fn what_no_database_can_keep_is_simply_not_found() {
    let fresh = Fresh::open().await;
    let (acme, odd) = (fresh.tenant("Acme").await, "a\0b");
    let store = &fresh.store;
    for (provider, end_user) in [(Some(odd), None), (None, Some(odd))] {
        let query = ConnectionQuery {
            organisation_id: &acme,
            environment: LIVE,
            provider,
            end_user,
        };
        assert_eq!(store.find_connections(query).await.unwrap(), []);
    }
    assert_eq!(
        store.find_connection(&acme, LIVE, &odd.into()).await.unwrap(),
        None
    );
    assert!(
        store
            .delete_connection(&acme, LIVE, &odd.into())
            .await
            .unwrap()
            .is_none()
    );
    assert_eq!(store.find_organisation(odd).await.unwrap(), None);
    assert_eq!(store.authenticate(&odd.into()).await.unwrap(), None);
    assert!(matches!(
        store.revoke_api_key(odd).await,
        Err(StoreError::NotFound(_))
    ));
    assert_eq!(
        store
            .overrides(acme.as_str(), odd, "contact", Some(odd))
            .await
            .unwrap(),
        []
    );
    assert!(
        !store
            .delete_override(acme.as_str(), "hubspot", "contact", None, odd)
            .await
            .unwrap()
    );
    assert_eq!(
        store
            .sandbox_get(acme.as_str(), "hubspot", odd, odd)
            .await
            .unwrap(),
        None
    );
    assert_eq!(
        store
            .sandbox_scan(acme.as_str(), "hubspot", odd, Some(odd), 1)
            .await
            .unwrap(),
        []
    );
    let begun = store
        .begin_idempotent(acme.as_str(), LIVE, odd, "a", Timestamp::now())
        .await
        .unwrap();
    assert_eq!(begun, IdempotencyStart::New);
}
