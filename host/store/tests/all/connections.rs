//! Connections and their credentials.

use std::time::Duration;

use routemcp_store::{
    Connection, ConnectionQuery, ConnectionStatus, Environment, NewConnection, OrganisationId, Store,
    StoreError,
};
use secrecy::ExposeSecret as _;
use sqlx::Executor as _;
use tokio::task::JoinSet;

use crate::support::{Fresh, connection};

const LIVE: Environment = Environment::Live;

async fn find(store: &Store, organisation_id: &OrganisationId) -> Vec<Connection> {
    let query = ConnectionQuery {
        organisation_id,
        environment: LIVE,
        provider: None,
        end_user: None,
    };
    store.find_connections(query).await.unwrap()
}

async fn credential(store: &Store, connection: &Connection) -> String {
    store
        .credential(connection)
        .await
        .unwrap()
        .expose_secret()
        .to_owned()
}

#[tokio::test]
async fn a_connection_is_found_as_it_was_made() {
    let fresh = Fresh::open().await;
    let acme = fresh.tenant("Acme").await;
    let made = fresh
        .store
        .upsert_connection(connection(&acme, LIVE, "hubspot"))
        .await
        .unwrap();
    assert_eq!((&made.organisation_id, made.environment), (&acme, LIVE));
    assert_eq!(
        (&*made.end_user, &*made.provider, &*made.auth_method),
        ("user-1", "hubspot", "token")
    );
    assert_eq!((made.status, &made.last_error), (ConnectionStatus::Active, &None));
    assert_eq!(made.settings.get("companyDomain").unwrap(), "acme");
    assert_eq!(
        fresh.store.find_connection(&acme, LIVE, &made.id).await.unwrap(),
        Some(made.clone())
    );
    assert_eq!(find(&fresh.store, &acme).await, std::slice::from_ref(&made));
    assert_eq!(credential(&fresh.store, &made).await, "secret of hubspot");
}

#[tokio::test]
async fn connecting_again_keeps_the_id_and_heals_the_connection() {
    let fresh = Fresh::open().await;
    let acme = fresh.tenant("Acme").await;
    let first = fresh
        .store
        .upsert_connection(connection(&acme, LIVE, "hubspot"))
        .await
        .unwrap();
    fresh
        .store
        .set_connection_status(&first, ConnectionStatus::NeedsReauth, Some("revoked"))
        .await
        .unwrap();
    let broken = fresh
        .store
        .find_connection(&acme, LIVE, &first.id)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(
        (broken.status, broken.last_error.as_deref()),
        (ConnectionStatus::NeedsReauth, Some("revoked"))
    );
    let again = NewConnection {
        auth_method: "oauth".to_owned(),
        settings: [].into(),
        credential: "new secret".into(),
        ..connection(&acme, LIVE, "hubspot")
    };
    let again = fresh.store.upsert_connection(again).await.unwrap();
    assert_eq!((&again.id, again.created_at), (&first.id, first.created_at));
    assert_eq!(
        (again.status, &again.last_error),
        (ConnectionStatus::Active, &None)
    );
    assert_eq!((&*again.auth_method, again.settings.len()), ("oauth", 0));
    assert_eq!(credential(&fresh.store, &again).await, "new secret");
    assert_eq!(find(&fresh.store, &acme).await.len(), 1);
}

/// What calls of one account share is named by `updated_at`.
#[tokio::test]
async fn only_connecting_again_makes_another_account_of_it() {
    let fresh = Fresh::open().await;
    let acme = fresh.tenant("Acme").await;
    let store = &fresh.store;
    let made = store
        .upsert_connection(connection(&acme, LIVE, "hubspot"))
        .await
        .unwrap();
    for (status, message) in [
        (ConnectionStatus::NeedsReauth, Some("no")),
        (ConnectionStatus::Active, None),
    ] {
        tokio::time::sleep(Duration::from_millis(2)).await;
        assert!(store.set_connection_status(&made, status, message).await.unwrap());
        let now = store.connection_by_id(&made.id).await.unwrap().unwrap();
        assert_eq!((now.status, now.updated_at), (status, made.updated_at));
    }
    // Also within a millisecond, and when the clock was put back.
    fresh
        .execute("UPDATE connections SET updated_at = 99999999999999")
        .await;
    for later in [1, 2] {
        let again = store
            .upsert_connection(connection(&acme, LIVE, "hubspot"))
            .await
            .unwrap();
        assert_eq!(again.updated_at.as_millisecond(), 99_999_999_999_999 + later);
    }
}

#[tokio::test]
async fn of_many_who_are_refused_one_writes_it() {
    let fresh = Fresh::open().await;
    let acme = fresh.tenant("Acme").await;
    let store = &fresh.store;
    let made = store
        .upsert_connection(connection(&acme, LIVE, "hubspot"))
        .await
        .unwrap();
    let writes = (0..10).map(|_| {
        let (store, made) = (store.clone(), made.clone());
        async move {
            let refused = ConnectionStatus::NeedsReauth;
            store.set_connection_status(&made, refused, Some("no")).await
        }
    });
    let written = JoinSet::from_iter(writes).join_all().await;
    let written = written.into_iter().filter(|written| *written.as_ref().unwrap());
    assert_eq!(written.count(), 1);
}

#[tokio::test]
async fn what_is_switched_off_is_not_made_active_by_a_late_answer() {
    let fresh = Fresh::open().await;
    let acme = fresh.tenant("Acme").await;
    let store = &fresh.store;
    let made = store
        .upsert_connection(connection(&acme, LIVE, "hubspot"))
        .await
        .unwrap();
    let off = store.set_connection_status(&made, ConnectionStatus::Disabled, None);
    assert!(off.await.unwrap());
    for status in [ConnectionStatus::Active, ConnectionStatus::NeedsReauth] {
        assert!(!store.set_connection_status(&made, status, None).await.unwrap());
    }
    let now = store.connection_by_id(&made.id).await.unwrap().unwrap();
    assert_eq!(now.status, ConnectionStatus::Disabled);
}

#[tokio::test]
async fn connections_are_filtered_and_ordered_by_end_user_and_provider() {
    let fresh = Fresh::open().await;
    let acme = fresh.organisation("Acme").await;
    for (end_user, provider) in [
        ("b", "zoho"),
        ("é", "hubspot"),
        ("a", "zoho"),
        ("B", "hubspot"),
        ("b", "hubspot"),
    ] {
        fresh
            .store
            .ensure_end_user(&acme, LIVE, end_user, None, None)
            .await
            .unwrap();
        let new = NewConnection {
            end_user: end_user.to_owned(),
            ..connection(&acme, LIVE, provider)
        };
        fresh.store.upsert_connection(new).await.unwrap();
    }
    for (provider, end_user, expected) in [
        (
            None,
            None,
            vec!["B hubspot", "a zoho", "b hubspot", "b zoho", "é hubspot"],
        ),
        (Some("hubspot"), None, vec!["B hubspot", "b hubspot", "é hubspot"]),
        (None, Some("b"), vec!["b hubspot", "b zoho"]),
        (Some("zoho"), Some("b"), vec!["b zoho"]),
        (Some("zoho"), Some("B"), vec![]),
        (Some(""), None, vec![]),
        (None, Some("%"), vec![]),
    ] {
        let query = ConnectionQuery {
            organisation_id: &acme,
            environment: LIVE,
            provider,
            end_user,
        };
        let found = fresh.store.find_connections(query).await.unwrap();
        let found: Vec<String> = found
            .iter()
            .map(|one| format!("{} {}", one.end_user, one.provider))
            .collect();
        assert_eq!(found, expected, "{provider:?} {end_user:?}");
    }
}

#[tokio::test]
async fn a_deleted_connection_is_gone() {
    let fresh = Fresh::open().await;
    let acme = fresh.tenant("Acme").await;
    let made = fresh
        .store
        .upsert_connection(connection(&acme, LIVE, "hubspot"))
        .await
        .unwrap();
    let deleted = fresh.store.delete_connection(&acme, LIVE, &made.id).await;
    assert_eq!(deleted.unwrap().map(|deleted| deleted.id), Some(made.id.clone()));
    assert_eq!(
        fresh
            .store
            .delete_connection(&acme, LIVE, &made.id)
            .await
            .unwrap(),
        None
    );
    assert_eq!(
        fresh.store.find_connection(&acme, LIVE, &made.id).await.unwrap(),
        None
    );
    let status = fresh
        .store
        .set_connection_status(&made, ConnectionStatus::Disabled, None)
        .await;
    assert!(!status.unwrap(), "there is nothing to set it on");
    let again = fresh
        .store
        .upsert_connection(connection(&acme, LIVE, "hubspot"))
        .await
        .unwrap();
    assert_ne!(again.id, made.id);
}

#[tokio::test]
async fn a_connection_needs_an_end_user_of_its_own_tenant() {
    let fresh = Fresh::open().await;
    let (acme, other) = (fresh.tenant("Acme").await, fresh.organisation("Other").await);
    let stranger = NewConnection {
        end_user: "user-2".to_owned(),
        ..connection(&acme, LIVE, "hubspot")
    };
    for new in [stranger, connection(&other, LIVE, "hubspot")] {
        let refused = fresh.store.upsert_connection(new).await;
        assert!(
            matches!(refused, Err(StoreError::NotFound("end user"))),
            "{refused:?}"
        );
    }
    let nameless = NewConnection {
        provider: String::new(),
        ..connection(&acme, LIVE, "")
    };
    let refused = fresh.store.upsert_connection(nameless).await;
    assert!(matches!(
        refused,
        Err(StoreError::Invalid {
            field: "provider",
            ..
        })
    ));
}

#[tokio::test]
async fn simultaneous_connects_make_one_connection() {
    let fresh = Fresh::open().await;
    let acme = fresh.tenant("Acme").await;
    let mut tasks = JoinSet::new();
    for number in 0..20 {
        let (store, acme) = (fresh.store.clone(), acme.clone());
        tasks.spawn(async move {
            let new = NewConnection {
                credential: number.to_string().into(),
                ..connection(&acme, LIVE, "hubspot")
            };
            store.upsert_connection(new).await.unwrap().id
        });
    }
    let mut ids = tasks.join_all().await;
    ids.dedup();
    assert_eq!(ids.len(), 1);
    // Whoever was last: id and credential fit together.
    let [found] = &*find(&fresh.store, &acme).await else {
        panic!("not one")
    };
    assert!(credential(&fresh.store, found).await.parse::<u32>().unwrap() < 20);
}

#[tokio::test]
async fn a_credential_that_is_copied_to_another_row_does_not_decrypt() {
    let fresh = Fresh::open().await;
    let (acme, other) = (fresh.tenant("Acme").await, fresh.tenant("Other").await);
    fresh
        .store
        .upsert_connection(connection(&acme, LIVE, "hubspot"))
        .await
        .unwrap();
    fresh
        .store
        .upsert_connection(connection(&acme, LIVE, "pipedrive"))
        .await
        .unwrap();
    fresh
        .store
        .upsert_connection(connection(&other, LIVE, "hubspot"))
        .await
        .unwrap();
    let copy = "UPDATE connections SET credential = (SELECT credential FROM connections AS victim \
        WHERE victim.provider = 'pipedrive') WHERE provider = 'hubspot'";
    assert_eq!(fresh.raw().await.execute(copy).await.unwrap().rows_affected(), 2);
    for thief in [
        &find(&fresh.store, &acme).await[0],
        &find(&fresh.store, &other).await[0],
    ] {
        let error = fresh.store.credential(thief).await.unwrap_err();
        let named = error.to_string().contains(&fresh.master_key().id());
        assert!(matches!(error, StoreError::Corrupt(_)) && named, "{error}");
    }
}

#[tokio::test]
async fn a_connection_shows_no_credential() {
    let fresh = Fresh::open().await;
    let acme = fresh.tenant("Acme").await;
    let new = connection(&acme, LIVE, "hubspot");
    assert!(!format!("{new:?}").contains("secret of"));
    let made = fresh.store.upsert_connection(new).await.unwrap();
    let debug = format!("{made:?}");
    assert!(!debug.contains("secret of") && !debug.contains("v1."), "{debug}");
}
