//! Refresh of credentials, by several processes.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use routemcp_store::{
    Connection, ConnectionStatus, Environment, NewConnection, OrganisationId, RefreshLease, Store,
};
use secrecy::ExposeSecret as _;

use crate::support::{Fresh, connection};

const LIVE: Environment = Environment::Live;
const LONG: Duration = Duration::from_mins(1);

async fn connected(fresh: &Fresh) -> (OrganisationId, Connection) {
    let acme = fresh.tenant("Acme").await;
    let made = fresh
        .store
        .upsert_connection(connection(&acme, LIVE, "hubspot"))
        .await
        .unwrap();
    assert_eq!(made.credential_version, 1);
    (acme, made)
}

async fn lease(store: &Store, connection: &Connection, holder: &str, for_: Duration) -> RefreshLease {
    store
        .lease_refresh(&connection.id, connection.credential_version, holder, for_)
        .await
        .unwrap()
}

async fn store_new(store: &Store, leased: &Connection, credential: &str) -> Option<Connection> {
    store
        .store_refreshed(leased, &credential.into(), None, None)
        .await
        .unwrap()
}

async fn now(fresh: &Fresh, connection: &Connection) -> Connection {
    fresh
        .store
        .connection_by_id(&connection.id)
        .await
        .unwrap()
        .unwrap()
}

async fn credential(store: &Store, connection: &Connection) -> String {
    store
        .credential(connection)
        .await
        .unwrap()
        .expose_secret()
        .to_owned()
}

/// As if the holders of all leases had died a while ago.
async fn end_leases(fresh: &Fresh) {
    fresh
        .execute("UPDATE connections SET refresh_until = 1 WHERE refresh_until IS NOT NULL")
        .await;
}

#[tokio::test]
async fn a_refreshed_credential_takes_the_place_of_the_old_one() {
    let fresh = Fresh::open().await;
    let (_, made) = connected(&fresh).await;
    let second = fresh.second_store().await;
    fresh
        .store
        .set_connection_status(&made, ConnectionStatus::NeedsReauth, Some("refused"))
        .await
        .unwrap();
    let made = now(&fresh, &made).await;
    assert_eq!(lease(&fresh.store, &made, "one", LONG).await, RefreshLease::Taken);
    let busy = lease(&second, &made, "two", LONG).await;
    assert!(
        matches!(busy, RefreshLease::Busy { until } if until > Timestamp::now()),
        "{busy:?}"
    );
    let (due, settings) = (
        Timestamp::from_millisecond(1_900_000_000_000).unwrap(),
        [("apiDomain".to_owned(), "eu".to_owned())].into(),
    );
    let stored = fresh
        .store
        .store_refreshed(&made, &"fresh".into(), Some(&settings), Some(due))
        .await
        .unwrap()
        .unwrap();
    assert_eq!(stored, now(&fresh, &made).await);
    assert_eq!((stored.credential_version, &stored.settings), (2, &settings));
    assert_eq!(
        (stored.status, &stored.last_error),
        (ConnectionStatus::Active, &None)
    );
    assert_eq!(stored.updated_at, made.updated_at, "it is the same client");
    assert_eq!(credential(&second, &stored).await, "fresh");
    // The lease ended with it; settings that are not given stay.
    assert_eq!(lease(&second, &made, "two", LONG).await, RefreshLease::Superseded);
    assert_eq!(lease(&second, &stored, "two", LONG).await, RefreshLease::Taken);
    let stored = store_new(&second, &stored, "fresher").await.unwrap();
    assert_eq!((stored.credential_version, &stored.settings), (3, &settings));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_many_simultaneous_leases_one_is_taken() {
    let fresh = Fresh::open().await;
    let (_, made) = connected(&fresh).await;
    let stores = [fresh.store.clone(), fresh.second_store().await];
    // Once free, once left by somebody who died.
    for round in 0..2 {
        let mut tasks = tokio::task::JoinSet::new();
        for number in 0..50 {
            let (store, made) = (stores[number % 2].clone(), made.clone());
            tasks.spawn(async move { lease(&store, &made, &format!("{round} {number}"), LONG).await });
        }
        let answers = tasks.join_all().await;
        let taken = answers
            .iter()
            .filter(|answer| **answer == RefreshLease::Taken)
            .count();
        let busy = answers
            .iter()
            .filter(|answer| matches!(answer, RefreshLease::Busy { .. }))
            .count();
        assert_eq!((taken, busy), (1, 49), "{answers:?}");
        end_leases(&fresh).await;
    }
}

#[tokio::test]
async fn a_lease_ends_by_itself_or_by_its_holder() {
    let fresh = Fresh::open().await;
    let (_, made) = connected(&fresh).await;
    let store = &fresh.store;
    let short = Duration::from_millis(50);
    assert_eq!(lease(store, &made, "one", short).await, RefreshLease::Taken);
    tokio::time::sleep(short * 2).await;
    assert_eq!(lease(store, &made, "two", LONG).await, RefreshLease::Taken);
    // The first holder is late: the lease is no longer its to end.
    store.release_refresh(&made.id, "one").await.unwrap();
    assert!(matches!(
        lease(store, &made, "three", LONG).await,
        RefreshLease::Busy { .. }
    ));
    store.release_refresh(&made.id, "two").await.unwrap();
    assert_eq!(lease(store, &made, "three", LONG).await, RefreshLease::Taken);
    assert_eq!(
        now(&fresh, &made).await,
        made,
        "leases change nothing that is seen"
    );
}

#[tokio::test]
async fn a_late_credential_is_kept_unless_there_is_a_newer_one() {
    let fresh = Fresh::open().await;
    let (_, made) = connected(&fresh).await;
    let second = fresh.second_store().await;
    // The first is slow: its lease ends, and the provider refuses the second, who comes with the same refresh token.
    assert_eq!(lease(&fresh.store, &made, "one", LONG).await, RefreshLease::Taken);
    end_leases(&fresh).await;
    assert_eq!(lease(&second, &made, "two", LONG).await, RefreshLease::Taken);
    assert!(second.refuse_refresh(&made, "invalid_grant").await.unwrap());
    let refused = now(&fresh, &made).await;
    assert_eq!(refused.status, ConnectionStatus::NeedsReauth);
    assert_eq!(refused.last_error.as_deref(), Some("invalid_grant"));
    assert_eq!(refused.updated_at, made.updated_at);
    let healed = store_new(&fresh.store, &made, "late but good").await.unwrap();
    assert_eq!(
        (healed.status, &healed.last_error),
        (ConnectionStatus::Active, &None)
    );
    // Whoever comes after that with the old version changes nothing.
    assert!(store_new(&second, &made, "older").await.is_none());
    assert!(!second.refuse_refresh(&made, "invalid_grant").await.unwrap());
    assert_eq!(now(&fresh, &made).await, healed);
    assert_eq!(credential(&second, &healed).await, "late but good");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_many_refreshed_credentials_one_is_stored() {
    let fresh = Fresh::open().await;
    let (_, made) = connected(&fresh).await;
    let stores = [fresh.store.clone(), fresh.second_store().await];
    let mut tasks = tokio::task::JoinSet::new();
    for number in 0..40 {
        let (store, made) = (stores[number % 2].clone(), made.clone());
        tasks.spawn(async move { store_new(&store, &made, &number.to_string()).await });
    }
    let stored: Vec<_> = tasks.join_all().await.into_iter().flatten().collect();
    let [stored] = &*stored else { panic!("{stored:?}") };
    assert_eq!(now(&fresh, &made).await, *stored);
    assert_eq!(stored.credential_version, 2);
}

#[tokio::test]
async fn connecting_again_ends_the_lease_and_outdates_the_refresh() {
    let fresh = Fresh::open().await;
    let (acme, made) = connected(&fresh).await;
    assert_eq!(lease(&fresh.store, &made, "one", LONG).await, RefreshLease::Taken);
    let again = NewConnection {
        credential: "new authorisation".into(),
        ..connection(&acme, LIVE, "hubspot")
    };
    let again = fresh.store.upsert_connection(again).await.unwrap();
    assert_eq!((&again.id, again.credential_version), (&made.id, 2));
    assert!(
        store_new(&fresh.store, &made, "of the old authorisation")
            .await
            .is_none()
    );
    assert!(!fresh.store.refuse_refresh(&made, "invalid_grant").await.unwrap());
    assert_eq!(
        lease(&fresh.store, &made, "two", LONG).await,
        RefreshLease::Superseded
    );
    assert_eq!(
        lease(&fresh.store, &again, "two", LONG).await,
        RefreshLease::Taken
    );
    assert_eq!(
        credential(&fresh.store, &now(&fresh, &made).await).await,
        "new authorisation"
    );
}

#[tokio::test]
async fn what_was_deleted_or_switched_off_stays_so() {
    let fresh = Fresh::open().await;
    let (acme, made) = connected(&fresh).await;
    let store = &fresh.store;
    store
        .set_connection_status(&made, ConnectionStatus::Disabled, None)
        .await
        .unwrap();
    assert!(store.refuse_refresh(&made, "invalid_grant").await.unwrap());
    assert_eq!(now(&fresh, &made).await.status, ConnectionStatus::Disabled);
    let stored = store_new(store, &made, "fresh").await.unwrap();
    assert_eq!(stored.status, ConnectionStatus::Disabled);
    store.delete_connection(&acme, LIVE, &made.id).await.unwrap();
    assert!(store_new(store, &stored, "fresher").await.is_none());
    assert!(!store.refuse_refresh(&stored, "invalid_grant").await.unwrap());
    assert_eq!(lease(store, &stored, "one", LONG).await, RefreshLease::Gone);
    store.release_refresh(&made.id, "one").await.unwrap();
    assert_eq!(store.connection_by_id(&made.id).await.unwrap(), None);
    let odd = store
        .lease_refresh(&"con_\0".into(), 1, "one", LONG)
        .await
        .unwrap();
    assert_eq!(odd, RefreshLease::Gone);
}

#[tokio::test]
async fn what_is_due_is_listed_over_all_tenants() {
    let fresh = Fresh::open().await;
    let (acme, other) = (fresh.tenant("Acme").await, fresh.tenant("Other").await);
    let start = Timestamp::from_millisecond(1_000_000).unwrap();
    let at = |seconds| start + SignedDuration::from_secs(seconds);
    let mut made = Vec::new();
    for (organisation, provider, due) in [
        (&acme, "one", Some(30)),
        (&other, "two", Some(10)),
        (&acme, "three", Some(20)),
        (&acme, "never", None),
        (&other, "later", Some(1_000)),
        (&acme, "off", Some(5)),
    ] {
        let new = NewConnection {
            refresh_due_at: due.map(at),
            ..connection(organisation, LIVE, provider)
        };
        made.push(fresh.store.upsert_connection(new).await.unwrap());
    }
    for status in [ConnectionStatus::NeedsReauth, ConnectionStatus::Disabled] {
        fresh
            .store
            .set_connection_status(&made[5], status, None)
            .await
            .unwrap();
        assert_eq!(due(&fresh, at(30), 10).await, ["two", "three", "one"]);
    }
    assert_eq!(due(&fresh, at(30), 2).await, ["two", "three"]);
    assert_eq!(due(&fresh, at(10), 10).await, ["two"]);
    assert!(due(&fresh, start, 10).await.is_empty());
    // Somebody is at one; another is done, or made again without a date; a third is damaged.
    let lease = lease(&fresh.store, &made[1], "one", LONG).await;
    assert_eq!(lease, RefreshLease::Taken);
    let in_time = Timestamp::now();
    assert_eq!(due(&fresh, in_time, 10).await, ["three", "one", "later"]);
    let stored = fresh
        .store
        .store_refreshed(&made[2], &"fresh".into(), None, Some(at(500)))
        .await;
    assert!(stored.unwrap().is_some());
    fresh
        .store
        .upsert_connection(connection(&other, LIVE, "later"))
        .await
        .unwrap();
    assert_eq!(due(&fresh, in_time, 10).await, ["one", "three"]);
    fresh
        .execute("UPDATE connections SET settings = 'somehow' WHERE provider = 'one'")
        .await;
    assert_eq!(due(&fresh, in_time, 10).await, ["three"]);
}

async fn due(fresh: &Fresh, now: Timestamp, limit: u32) -> Vec<String> {
    let providers = ["one", "two", "three", "later", "off"].map(str::to_owned);
    let due = fresh.store.connections_due_for_refresh(&providers, now, limit);
    let due = due.await.unwrap();
    due.into_iter().map(|connection| connection.provider).collect()
}

#[tokio::test]
async fn what_fails_makes_room_for_others() {
    let fresh = Fresh::open().await;
    let (acme, _) = connected(&fresh).await;
    let now = Timestamp::from_millisecond(1_900_000_000_000).unwrap();
    let due = |provider: &str| routemcp_store::NewConnection {
        refresh_due_at: Some(now),
        ..connection(&acme, LIVE, provider)
    };
    for provider in ["pipedrive", "zoho-crm"] {
        fresh.store.upsert_connection(due(provider)).await.unwrap();
    }
    let both = ["pipedrive", "zoho-crm"].map(str::to_owned);
    let first = fresh
        .store
        .connections_due_for_refresh(&both, now, 1)
        .await
        .unwrap()
        .remove(0);
    let later = now + jiff::SignedDuration::from_hours(1);
    fresh.store.postpone_refresh(&first, later).await.unwrap();
    let second = fresh
        .store
        .connections_due_for_refresh(&both, now, 1)
        .await
        .unwrap()
        .remove(0);
    assert_ne!(second.id, first.id);
    let due = async |providers: &[String], limit| {
        let due = fresh.store.connections_due_for_refresh(providers, later, limit);
        due.await.unwrap()
    };
    assert_eq!(due(&both, 9).await.len(), 2);
    // What a server cannot refresh takes nobody's place.
    let [other] = &*due(&both[1..], 1).await else {
        panic!("not one");
    };
    assert_eq!(other.provider, "zoho-crm");
    assert!(due(&[], 9).await.is_empty());
}
