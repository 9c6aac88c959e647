//! OAuth apps.

use routemcp_store::StoreError;
use secrecy::ExposeSecret as _;

use crate::support::Fresh;

#[tokio::test]
async fn an_app_is_set_replaced_listed_and_deleted() {
    let fresh = Fresh::open().await;
    let (acme, other) = (
        fresh.organisation("Acme").await,
        fresh.organisation("Other").await,
    );
    let store = &fresh.store;
    store
        .put_oauth_app(&acme, "zoho", "id-z", &"secret-z".into())
        .await
        .unwrap();
    store
        .put_oauth_app(&acme, "hubspot", "id-1", &"secret-1".into())
        .await
        .unwrap();
    let put = store
        .put_oauth_app(&acme, "hubspot", "id-2", &"secret-2".into())
        .await
        .unwrap();
    store
        .put_oauth_app(&other, "hubspot", "id-3", &"secret-3".into())
        .await
        .unwrap();

    let found = store.oauth_app(&acme, "hubspot").await.unwrap().unwrap();
    assert_eq!((&*found.provider, &*found.client_id), ("hubspot", "id-2"));
    assert_eq!(found.client_secret.expose_secret(), "secret-2");
    assert!(!format!("{found:?}").contains("secret-2"));
    let theirs = store.oauth_app(&other, "hubspot").await.unwrap().unwrap();
    assert_eq!(theirs.client_secret.expose_secret(), "secret-3");

    let listed = store.oauth_apps(&acme).await.unwrap();
    let names: Vec<_> = listed
        .iter()
        .map(|app| (&*app.provider, &*app.client_id))
        .collect();
    assert_eq!(names, [("hubspot", "id-2"), ("zoho", "id-z")]);
    assert_eq!(listed.first(), Some(&put));

    assert!(!store.delete_oauth_app(&other, "zoho").await.unwrap());
    assert!(store.delete_oauth_app(&acme, "zoho").await.unwrap());
    assert!(!store.delete_oauth_app(&acme, "zoho").await.unwrap());
    assert!(store.oauth_app(&acme, "zoho").await.unwrap().is_none());
    assert!(store.oauth_app(&acme, "a\0").await.unwrap().is_none());
    assert!(!store.delete_oauth_app(&acme, "a\0").await.unwrap());
}

#[tokio::test]
async fn an_app_needs_an_organisation_an_id_and_a_secret() {
    let fresh = Fresh::open().await;
    let acme = fresh.organisation("Acme").await;
    for (provider, id, secret, expected) in [
        ("", "id", "secret", "provider"),
        ("hubspot", " ", "secret", "clientId"),
        ("hubspot", "id", "", "clientSecret"),
        ("hubspot", "a\0", "secret", "clientId"),
    ] {
        let refused = fresh
            .store
            .put_oauth_app(&acme, provider, id, &secret.into())
            .await;
        assert!(
            matches!(refused, Err(StoreError::Invalid { field, .. }) if field == expected),
            "{refused:?}"
        );
    }
    let homeless = fresh
        .store
        .put_oauth_app(&"org_0".into(), "hubspot", "id", &"secret".into())
        .await;
    assert!(
        matches!(homeless, Err(StoreError::NotFound("organisation"))),
        "{homeless:?}"
    );
}

#[tokio::test]
async fn a_secret_is_encrypted_for_its_tenant_and_provider() {
    let fresh = Fresh::open().await;
    let (acme, other) = (
        fresh.organisation("Acme").await,
        fresh.organisation("Other").await,
    );
    for (organisation, provider) in [(&acme, "hubspot"), (&acme, "zoho"), (&other, "hubspot")] {
        let secret = "the client secret".into();
        fresh
            .store
            .put_oauth_app(organisation, provider, "id", &secret)
            .await
            .unwrap();
    }
    let kept: Vec<String> = sqlx::query_scalar("SELECT client_secret FROM oauth_apps")
        .fetch_all(&mut fresh.raw().await)
        .await
        .unwrap();
    assert!(
        kept.iter()
            .all(|text| text.starts_with("v1.") && !text.contains("secret"))
    );
    fresh
        .execute(format!(
            "UPDATE oauth_apps SET client_secret = (SELECT client_secret FROM oauth_apps AS victim \
             WHERE victim.organisation_id = '{acme}' AND victim.provider = 'zoho')"
        ))
        .await;
    for organisation in [&acme, &other] {
        let stolen = fresh.store.oauth_app(organisation, "hubspot").await;
        assert!(matches!(stolen, Err(StoreError::Corrupt(_))));
    }
    assert!(fresh.store.oauth_app(&acme, "zoho").await.unwrap().is_some());
}
