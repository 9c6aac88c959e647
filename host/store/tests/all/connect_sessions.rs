//! Connect sessions and their tokens.

use std::collections::BTreeSet;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use routemcp_store::{Environment, NewConnectSession, NewConnection, OrganisationId, StoreError};
use secrecy::ExposeSecret as _;

use crate::support::{Fresh, connection};

const LIVE: Environment = Environment::Live;

fn new(organisation_id: &OrganisationId) -> NewConnectSession {
    NewConnectSession {
        organisation_id: organisation_id.clone(),
        environment: LIVE,
        end_user: "user-1".to_owned(),
        providers: Some(vec!["hubspot".to_owned(), "zoho".to_owned()]),
        lifetime: Duration::from_mins(30),
    }
}

#[tokio::test]
async fn a_session_is_found_by_its_token_and_by_its_id() {
    let fresh = Fresh::open().await;
    let acme = fresh.tenant("Acme").await;
    for providers in [None, Some(vec![]), new(&acme).providers] {
        let new = NewConnectSession {
            providers: providers.clone(),
            ..new(&acme)
        };
        let (session, token) = fresh.store.create_connect_session(new).await.unwrap();
        assert_eq!((&session.organisation_id, session.environment), (&acme, LIVE));
        assert_eq!((&*session.end_user, &session.providers), ("user-1", &providers));
        let lifetime = session.expires_at.duration_since(session.created_at);
        assert_eq!(lifetime, SignedDuration::from_mins(30));
        let store = fresh.second_store().await;
        let by_token = store.connect_session_by_token(&token).await.unwrap();
        assert_eq!(by_token.as_ref(), Some(&session));
        assert_eq!(store.connect_session(&session.id).await.unwrap(), Some(session));
    }
}

#[tokio::test]
async fn nothing_but_the_token_itself_finds_its_session() {
    let fresh = Fresh::open().await;
    let acme = fresh.tenant("Acme").await;
    let (session, token) = fresh.session(&acme).await;
    let (_, other) = fresh.session(&acme).await;
    let (token, other) = (token.expose_secret(), other.expose_secret());
    // Id of the one, secret of the other; then the id alone, and what the database keeps.
    let mixed = format!("{}{}", &token[..36], &other[36..]);
    let hash = sha2_of(&fresh).await;
    let digits = &session.id.as_str()[3..];
    for presented in [
        mixed,
        format!("ct_{digits}_"),
        format!("ct_{digits}_{}", &hash[..43]),
        format!("ct_{digits}_{hash}"),
        session.id.to_string(),
        token[..token.len() - 1].to_owned(),
        token.to_uppercase(),
        String::new(),
        "ct_\0".to_owned(),
    ] {
        let found = fresh
            .store
            .connect_session_by_token(&presented.as_str().into())
            .await;
        assert_eq!(found.unwrap(), None, "{presented}");
    }
    assert_eq!(fresh.store.connect_session(&"cs_0".into()).await.unwrap(), None);
    assert_eq!(fresh.store.connect_session(&"cs_\0".into()).await.unwrap(), None);
}

/// What is kept of the first session's secret.
async fn sha2_of(fresh: &Fresh) -> String {
    let query = sqlx::query_scalar("SELECT secret_hash FROM connect_sessions ORDER BY id LIMIT 1");
    query.fetch_one(&mut fresh.raw().await).await.unwrap()
}

#[tokio::test]
async fn an_expired_session_is_still_known_for_a_day() {
    let fresh = Fresh::open().await;
    let acme = fresh.tenant("Acme").await;
    let (session, token) = fresh.store.create_connect_session(new(&acme)).await.unwrap();
    fresh
        .store
        .upsert_connection_in_session(&session.id, connection(&acme, LIVE, "hubspot"))
        .await
        .unwrap();
    let expiry = session.expires_at;
    assert!(!session.is_expired(expiry - SignedDuration::from_millis(1)));
    assert!(session.is_expired(expiry));
    let day = SignedDuration::from_hours(24);
    let purge = async |now: Timestamp| fresh.store.purge_expired_connect_sessions(now).await.unwrap();
    assert_eq!(purge(expiry + day - SignedDuration::from_millis(1)).await, 0);
    let found = fresh.store.connect_session_by_token(&token).await.unwrap();
    assert_eq!(found.as_ref(), Some(&session));
    assert_eq!(purge(expiry + day).await, 1);
    assert_eq!(fresh.store.connect_session_by_token(&token).await.unwrap(), None);
    assert!(fresh.store.session_uses(&session.id).await.unwrap().is_empty());
}

#[tokio::test]
async fn a_session_needs_an_end_user_of_its_own_tenant() {
    let fresh = Fresh::open().await;
    let (acme, other) = (fresh.tenant("Acme").await, fresh.organisation("Other").await);
    let stranger = NewConnectSession {
        end_user: "user-2".to_owned(),
        ..new(&acme)
    };
    for new in [stranger, new(&other)] {
        let refused = fresh.store.create_connect_session(new).await;
        assert!(
            matches!(refused, Err(StoreError::NotFound("end user"))),
            "{refused:?}"
        );
    }
    let nameless = NewConnectSession {
        end_user: " ".to_owned(),
        ..new(&acme)
    };
    let refused = fresh.store.create_connect_session(nameless).await;
    assert!(
        matches!(
            refused,
            Err(StoreError::Invalid {
                field: "endUserId",
                ..
            })
        ),
        "{refused:?}"
    );
}

#[tokio::test]
async fn a_session_connects_each_provider_once() {
    let fresh = Fresh::open().await;
    let acme = fresh.tenant("Acme").await;
    let (first, _) = fresh.store.create_connect_session(new(&acme)).await.unwrap();
    let (second, _) = fresh.store.create_connect_session(new(&acme)).await.unwrap();
    let connect = async |session, provider, credential: &str| {
        let new = NewConnection {
            credential: credential.into(),
            ..connection(&acme, LIVE, provider)
        };
        let made = fresh.store.upsert_connection_in_session(session, new).await;
        made.unwrap().map(|connection| connection.id)
    };
    let zoho = connect(&first.id, "zoho", "one").await.unwrap();
    assert!(connect(&first.id, "hubspot", "one").await.is_some());
    assert_eq!(connect(&first.id, "zoho", "two").await, None);
    assert_eq!(
        fresh.store.session_uses(&first.id).await.unwrap(),
        ["hubspot", "zoho"]
    );
    let kept = fresh.store.connection_by_id(&zoho).await.unwrap().unwrap();
    assert_eq!(
        fresh.store.credential(&kept).await.unwrap().expose_secret(),
        "one"
    );
    // Another session may connect it again, and deleting it does not give the use back.
    assert_eq!(connect(&second.id, "zoho", "three").await, Some(zoho.clone()));
    assert!(
        fresh
            .store
            .delete_connection(&acme, LIVE, &zoho)
            .await
            .unwrap()
            .is_some()
    );
    assert_eq!(connect(&first.id, "zoho", "four").await, None);
}

#[tokio::test]
async fn a_session_connects_only_what_it_is_for() {
    let fresh = Fresh::open().await;
    let (acme, other) = (fresh.tenant("Acme").await, fresh.tenant("Other").await);
    fresh
        .store
        .ensure_end_user(&acme, LIVE, "user-2", None, None)
        .await
        .unwrap();
    let (session, _) = fresh.store.create_connect_session(new(&acme)).await.unwrap();
    let of_another = NewConnection {
        end_user: "user-2".to_owned(),
        ..connection(&acme, LIVE, "hubspot")
    };
    for (new, expected) in [
        (of_another, "endUserId"),
        (connection(&other, LIVE, "hubspot"), "endUserId"),
        (connection(&acme, Environment::Test, "hubspot"), "endUserId"),
        (connection(&acme, LIVE, "pipedrive"), "provider"),
    ] {
        let refused = fresh.store.upsert_connection_in_session(&session.id, new).await;
        assert!(
            matches!(refused, Err(StoreError::Invalid { field, .. }) if field == expected),
            "{refused:?}"
        );
    }
    let nowhere = fresh
        .store
        .upsert_connection_in_session(&"cs_0".into(), connection(&acme, LIVE, "hubspot"))
        .await;
    assert!(
        matches!(nowhere, Err(StoreError::NotFound("connect session"))),
        "{nowhere:?}"
    );
    assert!(fresh.store.session_uses(&session.id).await.unwrap().is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_many_simultaneous_uses_of_a_session_one_connects() {
    let fresh = Fresh::open().await;
    let acme = fresh.tenant("Acme").await;
    let (session, _) = fresh.session(&acme).await;
    let stores = [fresh.store.clone(), fresh.second_store().await];
    let mut tasks = tokio::task::JoinSet::new();
    for number in 0..40 {
        let (store, acme, id) = (stores[number % 2].clone(), acme.clone(), session.id.clone());
        tasks.spawn(async move {
            let new = NewConnection {
                credential: number.to_string().into(),
                ..connection(&acme, LIVE, "hubspot")
            };
            store.upsert_connection_in_session(&id, new).await.unwrap()
        });
    }
    let made: Vec<_> = tasks.join_all().await.into_iter().flatten().collect();
    let [made] = &*made else { panic!("{made:?}") };
    let kept = fresh.store.connection_by_id(&made.id).await.unwrap();
    assert_eq!(kept.as_ref(), Some(made), "nobody wrote after the one");
    assert_eq!(made.credential_version, 1);
}

#[tokio::test]
async fn a_use_that_is_given_up_is_made_as_a_whole_or_not_at_all() {
    let fresh = Fresh::open().await;
    let acme = fresh.tenant("Acme").await;
    let (session, _) = fresh.session(&acme).await;
    for microseconds in (0..3_000).step_by(100) {
        let new = connection(&acme, LIVE, &format!("provider-{microseconds}"));
        let made = fresh.store.upsert_connection_in_session(&session.id, new);
        let _ = tokio::time::timeout(Duration::from_micros(microseconds), made).await;
    }
    // Queues behind what may still be under way.
    fresh
        .store
        .upsert_connection_in_session(&session.id, connection(&acme, LIVE, "last"))
        .await
        .unwrap();
    let query = routemcp_store::ConnectionQuery {
        organisation_id: &acme,
        environment: LIVE,
        provider: None,
        end_user: None,
    };
    let connected = fresh.store.find_connections(query).await.unwrap();
    let connected: BTreeSet<String> = connected.into_iter().map(|one| one.provider).collect();
    let used = fresh.store.session_uses(&session.id).await.unwrap();
    assert_eq!(connected, used.into_iter().collect());
}
