//! OAuth round trips.

use jiff::{SignedDuration, Timestamp};
use routemcp_store::{
    Authorization, AuthorizationId, AuthorizationOutcome, AuthorizationStatus, ConnectSessionId,
    NewAuthorization, Store, StoreError, TakenAuthorization,
};
use secrecy::{ExposeSecret as _, SecretString};
use sqlx::Row as _;

use crate::support::Fresh;

const URL: &str = "https://provider.example/authorize?state=the-state";

fn new(session_id: &ConnectSessionId, state: &str) -> NewAuthorization {
    NewAuthorization {
        session_id: session_id.clone(),
        provider: "hubspot".to_owned(),
        auth_method: "oauth".to_owned(),
        settings: [("region".to_owned(), "eu".to_owned())].into(),
        state: state.into(),
        verifier: Some("the-verifier".into()),
        redirect_uri: "https://host.example/api/v1/auth/callback".to_owned(),
        authorize_url: URL.to_owned(),
    }
}

fn browser() -> SecretString {
    "the-browser".into()
}

/// A round trip that waits at the provider for the state `the-state`.
async fn launched(fresh: &Fresh) -> Authorization {
    let acme = fresh.tenant("Acme").await;
    let (session, _) = fresh.session(&acme).await;
    let begun = fresh
        .store
        .begin_authorization(new(&session.id, "the-state"))
        .await
        .unwrap();
    let url = fresh
        .store
        .launch_authorization(&begun.id, &browser())
        .await
        .unwrap();
    assert_eq!(url.unwrap().expose_secret(), URL);
    begun
}

async fn take(store: &Store, browser: Option<&SecretString>) -> TakenAuthorization {
    store
        .take_authorization(&"the-state".into(), browser)
        .await
        .unwrap()
}

async fn status(fresh: &Fresh, id: &AuthorizationId) -> AuthorizationStatus {
    fresh.store.authorization_by_id(id).await.unwrap().unwrap().status
}

#[tokio::test]
async fn a_round_trip_goes_from_pending_to_succeeded() {
    let fresh = Fresh::open().await;
    let acme = fresh.tenant("Acme").await;
    let (session, _) = fresh.session(&acme).await;
    let begun = fresh
        .store
        .begin_authorization(new(&session.id, "the-state"))
        .await
        .unwrap();
    assert_eq!(status(&fresh, &begun.id).await, AuthorizationStatus::Pending);
    assert_eq!(
        begun.expires_at.duration_since(begun.created_at),
        SignedDuration::from_mins(10)
    );
    let url = fresh
        .store
        .launch_authorization(&begun.id, &browser())
        .await
        .unwrap();
    assert_eq!(url.unwrap().expose_secret(), URL);
    assert_eq!(status(&fresh, &begun.id).await, AuthorizationStatus::Launched);

    let store = fresh.second_store().await;
    let TakenAuthorization::Taken(taken) = take(&store, Some(&browser())).await else {
        panic!("not taken")
    };
    assert_eq!((&taken.id, &taken.session_id), (&begun.id, &session.id));
    assert_eq!((&*taken.provider, &*taken.auth_method), ("hubspot", "oauth"));
    assert_eq!(taken.settings.get("region").unwrap(), "eu");
    assert_eq!(taken.redirect_uri, "https://host.example/api/v1/auth/callback");
    assert_eq!(taken.verifier.as_ref().unwrap().expose_secret(), "the-verifier");
    assert_eq!(taken.status, AuthorizationStatus::Exchanging);
    assert_eq!(status(&fresh, &begun.id).await, AuthorizationStatus::Exchanging);

    let outcome = AuthorizationOutcome::Succeeded("con_1".into());
    store
        .finish_authorization(&begun.id, outcome.clone())
        .await
        .unwrap();
    let done = fresh
        .store
        .authorization(&session.id, &begun.id)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(done.status, AuthorizationStatus::Succeeded);
    assert_eq!(done.connection_id, Some("con_1".into()));
    assert!(done.verifier.is_none());
    let again = store.finish_authorization(&begun.id, outcome).await;
    assert!(matches!(again, Err(StoreError::NotFound(_))), "{again:?}");
}

#[tokio::test]
async fn a_failure_is_kept_with_its_reason_and_ends_the_round_trip() {
    let fresh = Fresh::open().await;
    let failed = || AuthorizationOutcome::Failed {
        code: "ACCESS_DENIED".to_owned(),
        message: "The end user said no.".to_owned(),
    };
    // Once on its way, once after the provider answered.
    let begun = launched(&fresh).await;
    let second = fresh
        .store
        .begin_authorization(new(&begun.session_id, "second"))
        .await
        .unwrap();
    let early = AuthorizationOutcome::Succeeded("con_1".into());
    for id in [&begun.id, &second.id] {
        let refused = fresh.store.finish_authorization(id, early.clone()).await;
        assert!(
            matches!(refused, Err(StoreError::NotFound(_))),
            "nothing was exchanged"
        );
    }
    assert!(matches!(
        take(&fresh.store, Some(&browser())).await,
        TakenAuthorization::Taken(_)
    ));
    for id in [&begun.id, &second.id] {
        fresh.store.finish_authorization(id, failed()).await.unwrap();
        let ended = fresh.store.authorization_by_id(id).await.unwrap().unwrap();
        assert_eq!(ended.status, AuthorizationStatus::Failed);
        assert_eq!(ended.error_code.as_deref(), Some("ACCESS_DENIED"));
        assert_eq!(ended.error_message.as_deref(), Some("The end user said no."));
        let again = fresh.store.finish_authorization(id, failed()).await;
        assert!(matches!(again, Err(StoreError::NotFound(_))));
    }
    let launch = fresh
        .store
        .launch_authorization(&second.id, &browser())
        .await
        .unwrap();
    assert!(launch.is_none());
    assert!(matches!(
        take(&fresh.store, Some(&browser())).await,
        TakenAuthorization::Used
    ));
}

#[tokio::test]
async fn only_the_browser_that_was_sent_brings_the_answer() {
    let fresh = Fresh::open().await;
    let acme = fresh.tenant("Acme").await;
    let (session, _) = fresh.session(&acme).await;
    let begun = fresh
        .store
        .begin_authorization(new(&session.id, "the-state"))
        .await
        .unwrap();
    // Nobody was sent yet, so nobody can come back.
    for presented in [None, Some(browser())] {
        let taken = take(&fresh.store, presented.as_ref()).await;
        assert!(matches!(taken, TakenAuthorization::OtherBrowser), "{taken:?}");
    }
    fresh
        .store
        .launch_authorization(&begun.id, &browser())
        .await
        .unwrap()
        .unwrap();
    for presented in [None, Some(""), Some("another-browser")] {
        let presented = presented.map(SecretString::from);
        let taken = take(&fresh.store, presented.as_ref()).await;
        assert!(matches!(taken, TakenAuthorization::OtherBrowser), "{taken:?}");
    }
    let unknown = fresh
        .store
        .take_authorization(&"another-state".into(), Some(&browser()))
        .await;
    assert!(matches!(unknown.unwrap(), TakenAuthorization::Unknown));
    assert!(matches!(
        take(&fresh.store, Some(&browser())).await,
        TakenAuthorization::Taken(_)
    ));
    assert!(matches!(
        take(&fresh.store, Some(&browser())).await,
        TakenAuthorization::Used
    ));
}

#[tokio::test]
async fn what_has_expired_is_neither_launched_nor_taken() {
    let fresh = Fresh::open().await;
    let begun = launched(&fresh).await;
    let second = fresh
        .store
        .begin_authorization(new(&begun.session_id, "second"))
        .await
        .unwrap();
    assert!(!begun.is_expired(begun.expires_at - SignedDuration::from_millis(1)));
    assert!(begun.is_expired(begun.expires_at));
    fresh
        .execute("UPDATE authorizations SET expires_at = expires_at - 600000")
        .await;
    assert!(matches!(
        take(&fresh.store, Some(&browser())).await,
        TakenAuthorization::Expired
    ));
    let launch = fresh
        .store
        .launch_authorization(&second.id, &browser())
        .await
        .unwrap();
    assert!(launch.is_none());
    assert_eq!(status(&fresh, &second.id).await, AuthorizationStatus::Pending);

    let expiry = begun.created_at;
    let day = SignedDuration::from_hours(24);
    let purge = async |now: Timestamp| fresh.store.purge_expired_authorizations(now).await.unwrap();
    assert_eq!(purge(expiry + day - SignedDuration::from_millis(1)).await, 0);
    assert_eq!(purge(second.created_at + day).await, 2);
    assert!(matches!(
        take(&fresh.store, Some(&browser())).await,
        TakenAuthorization::Unknown
    ));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_many_simultaneous_answers_one_is_taken() {
    let fresh = Fresh::open().await;
    launched(&fresh).await;
    let stores = [fresh.store.clone(), fresh.second_store().await];
    let mut tasks = tokio::task::JoinSet::new();
    for number in 0..50 {
        let store = stores[number % 2].clone();
        tasks.spawn(async move { take(&store, Some(&browser())).await });
    }
    let answers = tasks.join_all().await;
    let taken = answers
        .iter()
        .filter(|answer| matches!(answer, TakenAuthorization::Taken(_)));
    assert_eq!(taken.count(), 1);
    let used = answers
        .iter()
        .filter(|answer| matches!(answer, TakenAuthorization::Used));
    assert_eq!(used.count(), 49, "{answers:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_many_simultaneous_browsers_one_is_sent_and_only_it_comes_back() {
    let fresh = Fresh::open().await;
    let acme = fresh.tenant("Acme").await;
    let (session, _) = fresh.session(&acme).await;
    let begun = fresh
        .store
        .begin_authorization(new(&session.id, "the-state"))
        .await
        .unwrap();
    let stores = [fresh.store.clone(), fresh.second_store().await];
    let mut tasks = tokio::task::JoinSet::new();
    for number in 0..30 {
        let (store, id) = (stores[number % 2].clone(), begun.id.clone());
        tasks.spawn(async move {
            let browser = SecretString::from(format!("browser {number}"));
            let sent = store.launch_authorization(&id, &browser).await.unwrap();
            sent.map(|_| browser)
        });
    }
    let sent: Vec<_> = tasks.join_all().await.into_iter().flatten().collect();
    let [browser] = &*sent else {
        panic!("{} were sent", sent.len())
    };
    assert!(matches!(
        take(&fresh.store, Some(browser)).await,
        TakenAuthorization::Taken(_)
    ));
}

#[tokio::test]
async fn a_round_trip_belongs_to_its_session() {
    let fresh = Fresh::open().await;
    let (acme, other) = (fresh.tenant("Acme").await, fresh.tenant("Other").await);
    let ((mine, _), (theirs, _)) = (fresh.session(&acme).await, fresh.session(&other).await);
    let begun = fresh
        .store
        .begin_authorization(new(&mine.id, "the-state"))
        .await
        .unwrap();
    assert!(
        fresh
            .store
            .authorization(&mine.id, &begun.id)
            .await
            .unwrap()
            .is_some()
    );
    assert!(
        fresh
            .store
            .authorization(&theirs.id, &begun.id)
            .await
            .unwrap()
            .is_none()
    );
    let by_id = fresh.store.authorization_by_id(&begun.id).await.unwrap().unwrap();
    assert_eq!((by_id.session_id, &*by_id.provider), (mine.id.clone(), "hubspot"));
    for id in ["auth_0", "auth_\0"] {
        assert!(
            fresh
                .store
                .authorization_by_id(&id.into())
                .await
                .unwrap()
                .is_none()
        );
        assert!(
            fresh
                .store
                .launch_authorization(&id.into(), &browser())
                .await
                .unwrap()
                .is_none()
        );
    }
    let homeless = fresh
        .store
        .begin_authorization(new(&"cs_0".into(), "second"))
        .await;
    assert!(
        matches!(homeless, Err(StoreError::NotFound("connect session"))),
        "{homeless:?}"
    );
    let again = fresh
        .store
        .begin_authorization(new(&theirs.id, "the-state"))
        .await;
    assert!(
        matches!(again, Err(StoreError::Conflict(_))),
        "a state is used once: {again:?}"
    );
    let nameless = NewAuthorization {
        redirect_uri: String::new(),
        ..new(&mine.id, "third")
    };
    let refused = fresh.store.begin_authorization(nameless).await;
    assert!(
        matches!(
            refused,
            Err(StoreError::Invalid {
                field: "redirectUri",
                ..
            })
        ),
        "{refused:?}"
    );
}

#[tokio::test]
async fn the_database_holds_no_secret_and_forgets_the_encrypted_ones_once_used() {
    let fresh = Fresh::open().await;
    let acme = fresh.tenant("Acme").await;
    let (session, token) = fresh.session(&acme).await;
    let begun = fresh
        .store
        .begin_authorization(new(&session.id, "the-state"))
        .await
        .unwrap();
    assert!(!format!("{:?}", new(&session.id, "the-state")).contains("the-verifier"));
    let columns = async || {
        let row = sqlx::query("SELECT * FROM authorizations CROSS JOIN connect_sessions")
            .fetch_one(&mut fresh.raw().await)
            .await
            .unwrap();
        let text = |index| row.try_get::<Option<String>, _>(index).ok().flatten();
        (0..row.len()).filter_map(text).collect::<Vec<_>>().join("\n")
    };
    let secret = &token.expose_secret()[36..];
    let secrets = ["the-state", "the-verifier", "the-browser", URL, secret];
    let sealed = async || columns().await.matches("v1.").count();
    assert_eq!(sealed().await, 2, "verifier and URL");
    for _ in 0..2 {
        let text = columns().await;
        assert!(text.contains("hubspot") && secrets.iter().all(|secret| !text.contains(secret)));
        fresh
            .store
            .launch_authorization(&begun.id, &browser())
            .await
            .unwrap();
    }
    assert_eq!(sealed().await, 1, "verifier");
    take(&fresh.store, Some(&browser())).await;
    assert_eq!(sealed().await, 0);
}

#[tokio::test]
async fn a_verifier_that_is_copied_to_another_round_trip_does_not_decrypt() {
    let fresh = Fresh::open().await;
    let begun = launched(&fresh).await;
    fresh
        .store
        .begin_authorization(new(&begun.session_id, "second"))
        .await
        .unwrap();
    fresh
        .execute(format!(
            "UPDATE authorizations SET verifier = \
             (SELECT verifier FROM authorizations AS victim WHERE victim.id <> '{0}') WHERE id = '{0}'",
            begun.id
        ))
        .await;
    let taken = fresh
        .store
        .take_authorization(&"the-state".into(), Some(&browser()))
        .await;
    assert!(matches!(taken, Err(StoreError::Corrupt(_))), "{taken:?}");
}
