//! API keys.

use routemcp_store::{ApiKey, Environment, NewApiKey, OrganisationId, Plan, Scope, StoreError};
use secrecy::{ExposeSecret as _, SecretString};
use sqlx::Executor as _;

use crate::support::Fresh;

async fn create(
    fresh: &Fresh,
    organisation_id: &OrganisationId,
    environment: Environment,
) -> (ApiKey, SecretString) {
    let new = NewApiKey {
        organisation_id: organisation_id.clone(),
        environment,
        name: "backend".to_owned(),
        scopes: vec![Scope::Write, Scope::Read, Scope::Write],
        plan: Plan::Team,
    };
    fresh.store.create_api_key(new).await.unwrap()
}

#[tokio::test]
async fn a_key_authenticates_as_what_it_was_created_for() {
    let fresh = Fresh::open().await;
    let acme = fresh.organisation("Acme").await;
    for (environment, lead) in [(Environment::Live, "sk_live_"), (Environment::Test, "sk_test_")] {
        let (key, text) = create(&fresh, &acme, environment).await;
        assert!(text.expose_secret().starts_with(lead));
        assert_eq!(key.scopes, [Scope::Read, Scope::Write]);
        assert_eq!(
            (key.environment, key.plan, &*key.name),
            (environment, Plan::Team, "backend")
        );
        assert_eq!(
            fresh.store.authenticate(&text).await.unwrap().as_deref(),
            Some(&key)
        );
    }
}

#[tokio::test]
async fn malformed_unknown_and_revoked_keys_do_not_authenticate() {
    let fresh = Fresh::open().await;
    let acme = fresh.organisation("Acme").await;
    let (key, text) = create(&fresh, &acme, Environment::Live).await;
    let other = text.expose_secret().replace("sk_live_", "sk_test_");
    for presented in [
        "",
        "sk_live_",
        &other,
        &text.expose_secret()[..39],
        key.id.as_str(),
        "' OR 1=1 --",
    ] {
        assert_eq!(
            fresh.store.authenticate(&presented.into()).await.unwrap(),
            None,
            "{presented}"
        );
    }
    fresh.store.revoke_api_key(key.id.as_str()).await.unwrap();
    assert_eq!(fresh.store.authenticate(&text).await.unwrap(), None);
}

#[tokio::test]
async fn keys_are_listed_with_the_revoked_ones_and_per_organisation() {
    let fresh = Fresh::open().await;
    let (acme, other) = (
        fresh.organisation("Acme").await,
        fresh.organisation("Other").await,
    );
    let first = create(&fresh, &acme, Environment::Live).await.0;
    let second = create(&fresh, &acme, Environment::Test).await.0;
    create(&fresh, &other, Environment::Live).await;
    let revoked = fresh.store.revoke_api_key(&first.prefix).await.unwrap();
    assert!(revoked.revoked_at.is_some());
    assert_eq!(fresh.store.list_api_keys(&acme).await.unwrap(), [revoked, second]);
}

#[tokio::test]
async fn a_key_is_revoked_once_by_id_prefix_or_text() {
    let fresh = Fresh::open().await;
    let acme = fresh.organisation("Acme").await;
    for name in [
        |key: &ApiKey, _: &str| key.id.to_string(),
        |key: &ApiKey, _: &str| key.prefix.clone(),
        |_: &ApiKey, text: &str| text.to_owned(),
    ] {
        let (key, text) = create(&fresh, &acme, Environment::Live).await;
        let name = name(&key, text.expose_secret());
        assert_eq!(fresh.store.revoke_api_key(&name).await.unwrap().id, key.id);
        let again = fresh.store.revoke_api_key(&name).await;
        assert!(matches!(again, Err(StoreError::Conflict(_))), "{again:?}");
    }
    for unknown in ["", "key_0", "sk_live_", "%"] {
        let result = fresh.store.revoke_api_key(unknown).await;
        assert!(
            matches!(result, Err(StoreError::NotFound("API key"))),
            "{unknown}: {result:?}"
        );
    }
}

#[tokio::test]
async fn a_prefix_that_fits_several_working_keys_revokes_none() {
    let fresh = Fresh::open().await;
    let acme = fresh.organisation("Acme").await;
    let (first, first_text) = create(&fresh, &acme, Environment::Live).await;
    let (second, second_text) = create(&fresh, &acme, Environment::Live).await;
    fresh
        .raw()
        .await
        .execute("UPDATE api_keys SET prefix = 'sk_live_same'")
        .await
        .unwrap();
    let error = fresh.store.revoke_api_key("sk_live_same").await.unwrap_err();
    assert!(
        matches!(error, StoreError::Conflict(_)) && error.to_string().contains("give the id"),
        "{error}"
    );
    assert!(fresh.store.authenticate(&first_text).await.unwrap().is_some());
    fresh.store.revoke_api_key(first.id.as_str()).await.unwrap();
    // One of the two is revoked now, so the prefix is clear.
    assert_eq!(
        fresh.store.revoke_api_key("sk_live_same").await.unwrap().id,
        second.id
    );
    assert!(fresh.store.authenticate(&second_text).await.unwrap().is_none());
}

#[tokio::test]
async fn a_key_needs_an_organisation_a_name_and_a_scope() {
    let fresh = Fresh::open().await;
    let acme = fresh.organisation("Acme").await;
    let new = NewApiKey {
        organisation_id: acme,
        environment: Environment::Live,
        name: "backend".to_owned(),
        scopes: vec![Scope::Read],
        plan: Plan::Individual,
    };
    let nameless = NewApiKey {
        name: String::new(),
        ..new.clone()
    };
    let useless = NewApiKey {
        scopes: vec![],
        ..new.clone()
    };
    let homeless = NewApiKey {
        organisation_id: "org_0".into(),
        ..new
    };
    let create = async |new| fresh.store.create_api_key(new).await.map(|(key, _)| key);
    assert!(matches!(
        create(nameless).await,
        Err(StoreError::Invalid { field: "name", .. })
    ));
    assert!(matches!(
        create(useless).await,
        Err(StoreError::Invalid { field: "scopes", .. })
    ));
    assert!(matches!(
        create(homeless).await,
        Err(StoreError::NotFound("organisation"))
    ));
}
