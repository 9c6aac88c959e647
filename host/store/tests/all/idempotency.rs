//! Idempotency keys.

use jiff::{SignedDuration, Timestamp};
use routemcp_store::{Environment, IdempotencyStart, OrganisationId, Store, StoreError};
use sqlx::Executor as _;

use crate::support::Fresh;

const LIVE: Environment = Environment::Live;

async fn begin(
    store: &Store,
    organisation_id: &OrganisationId,
    fingerprint: &str,
    now: Timestamp,
) -> IdempotencyStart {
    store
        .begin_idempotent(organisation_id.as_str(), LIVE, "key", fingerprint, now)
        .await
        .unwrap()
}

#[tokio::test]
async fn a_key_goes_from_new_over_in_progress_to_done() {
    let fresh = Fresh::open().await;
    let acme = fresh.organisation("Acme").await;
    let (store, now) = (&fresh.store, Timestamp::now());
    assert_eq!(begin(store, &acme, "a", now).await, IdempotencyStart::New);
    assert_eq!(begin(store, &acme, "a", now).await, IdempotencyStart::InProgress);
    assert_eq!(begin(store, &acme, "b", now).await, IdempotencyStart::Mismatch);
    store
        .finish_idempotent(acme.as_str(), LIVE, "key", 201, "{\"é\":1}")
        .await
        .unwrap();
    let done = IdempotencyStart::Done {
        status: 201,
        body: "{\"é\":1}".to_owned(),
    };
    assert_eq!(begin(store, &acme, "a", now).await, done);
    assert_eq!(begin(store, &acme, "b", now).await, IdempotencyStart::Mismatch);
    let again = store.finish_idempotent(acme.as_str(), LIVE, "key", 500, "").await;
    assert!(matches!(again, Err(StoreError::NotFound(_))));
    store.forget_idempotent(acme.as_str(), LIVE, "key").await.unwrap();
    assert_eq!(begin(store, &acme, "a", now).await, done);
}

#[tokio::test]
async fn a_forgotten_key_is_free_again() {
    let fresh = Fresh::open().await;
    let acme = fresh.organisation("Acme").await;
    let now = Timestamp::now();
    assert_eq!(begin(&fresh.store, &acme, "a", now).await, IdempotencyStart::New);
    fresh
        .store
        .forget_idempotent(acme.as_str(), LIVE, "key")
        .await
        .unwrap();
    assert_eq!(begin(&fresh.store, &acme, "b", now).await, IdempotencyStart::New);
}

#[tokio::test]
async fn a_key_expires_after_24_hours() {
    let fresh = Fresh::open().await;
    let acme = fresh.organisation("Acme").await;
    let (store, start) = (&fresh.store, Timestamp::now());
    assert_eq!(begin(store, &acme, "a", start).await, IdempotencyStart::New);
    store
        .finish_idempotent(acme.as_str(), LIVE, "key", 200, "{}")
        .await
        .unwrap();
    let almost = start + SignedDuration::from_hours(24) - SignedDuration::from_millis(1);
    assert!(matches!(
        begin(store, &acme, "a", almost).await,
        IdempotencyStart::Done { .. }
    ));
    assert_eq!(store.purge_expired_idempotency(almost).await.unwrap(), 0);
    let expired = start + SignedDuration::from_hours(24);
    assert_eq!(begin(store, &acme, "b", expired).await, IdempotencyStart::New);
    assert_eq!(
        begin(store, &acme, "b", expired).await,
        IdempotencyStart::InProgress
    );
    let purged = store
        .purge_expired_idempotency(expired + SignedDuration::from_hours(24))
        .await
        .unwrap();
    assert_eq!(purged, 1);
    assert_eq!(begin(store, &acme, "c", expired).await, IdempotencyStart::New);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_fifty_simultaneous_requests_one_is_new() {
    let fresh = Fresh::open().await;
    let acme = fresh.organisation("Acme").await;
    let stores = [fresh.store.clone(), fresh.second_store().await];
    // Twice: on a free key, and on one that has expired.
    for now in [
        Timestamp::now(),
        Timestamp::now() + SignedDuration::from_hours(25),
    ] {
        let mut tasks = tokio::task::JoinSet::new();
        for number in 0..50 {
            let (store, acme) = (stores[number % 2].clone(), acme.clone());
            tasks.spawn(async move { begin(&store, &acme, "a", now).await });
        }
        let (new, others): (Vec<_>, Vec<_>) = tasks
            .join_all()
            .await
            .into_iter()
            .partition(|start| *start == IdempotencyStart::New);
        assert_eq!(new.len(), 1);
        assert!(
            others.iter().all(|start| *start == IdempotencyStart::InProgress),
            "{others:?}"
        );
    }
}

#[tokio::test]
async fn an_answer_that_is_copied_to_another_key_does_not_decrypt() {
    let fresh = Fresh::open().await;
    let acme = fresh.organisation("Acme").await;
    let (store, now) = (&fresh.store, Timestamp::now());
    for key in ["one", "two"] {
        store
            .begin_idempotent(acme.as_str(), LIVE, key, "a", now)
            .await
            .unwrap();
        store
            .finish_idempotent(acme.as_str(), LIVE, key, 200, key)
            .await
            .unwrap();
    }
    let copy = "UPDATE idempotency_keys SET body = (SELECT MAX(body) FROM idempotency_keys)";
    fresh.raw().await.execute(copy).await.unwrap();
    let mut damaged = 0;
    for key in ["one", "two"] {
        damaged += u32::from(
            store
                .begin_idempotent(acme.as_str(), LIVE, key, "a", now)
                .await
                .is_err(),
        );
    }
    assert_eq!(damaged, 1);
}

#[tokio::test]
async fn an_unknown_organisation_has_no_keys() {
    let fresh = Fresh::open().await;
    let begun = fresh
        .store
        .begin_idempotent("org_0", LIVE, "key", "a", Timestamp::now())
        .await;
    assert!(
        matches!(begun, Err(StoreError::NotFound("organisation"))),
        "{begun:?}"
    );
}
