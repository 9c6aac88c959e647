//! Changing the master key.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use jiff::Timestamp;
use routemcp_store::{
    AuthorizationId, Environment, IdempotencyStart, MasterKey, MasterKeys, NewAuthorization, NewConnection,
    OrganisationId, RotationReport, Store, StoreError, TakenAuthorization,
};
use secrecy::{ExposeSecret as _, SecretString};

use crate::support::{Fresh, connection};

const LIVE: Environment = Environment::Live;

fn key(text: &SecretString) -> MasterKey {
    MasterKey::parse(text).unwrap()
}

/// A new key as the primary one, with the old one behind it.
fn ring(fresh: &Fresh, new: &SecretString) -> MasterKeys {
    MasterKeys {
        primary: key(new),
        previous: vec![fresh.master_key()],
    }
}

/// The missing and the primary key of the error that opening gives.
async fn refusal(fresh: &Fresh, master_key: MasterKey) -> (String, String) {
    let error = Store::open(&fresh.url, master_key).await.err();
    let refused = match &error {
        Some(StoreError::MasterKey { sealed_under, in_use }) => Some((sealed_under.clone(), in_use.clone())),
        _ => None,
    };
    assert!(refused.is_some(), "{error:?}");
    refused.unwrap()
}

fn rotated(report: &RotationReport) -> Vec<(&'static str, &'static str, u64)> {
    let columns = report.columns.iter();
    columns.map(|one| (one.table, one.column, one.rotated)).collect()
}

/// Something in each encrypted column.
async fn fill(fresh: &Fresh) -> (OrganisationId, AuthorizationId) {
    let acme = fresh.tenant("Acme").await;
    let store = &fresh.store;
    store
        .upsert_connection(connection(&acme, LIVE, "hubspot"))
        .await
        .unwrap();
    store
        .put_oauth_app(&acme, "hubspot", "id", &"client secret".into())
        .await
        .unwrap();
    let now = Timestamp::now();
    store
        .begin_idempotent(acme.as_str(), LIVE, "key", "a", now)
        .await
        .unwrap();
    store
        .finish_idempotent(acme.as_str(), LIVE, "key", 200, "answer")
        .await
        .unwrap();
    store
        .begin_idempotent(acme.as_str(), LIVE, "unfinished", "a", now)
        .await
        .unwrap();
    let (session, _) = fresh.session(&acme).await;
    let new = NewAuthorization {
        session_id: session.id,
        provider: "hubspot".to_owned(),
        auth_method: "oauth".to_owned(),
        settings: [].into(),
        state: "state".into(),
        verifier: Some("verifier".into()),
        redirect_uri: "https://host.example/callback".to_owned(),
        authorize_url: "https://provider.example/authorize".to_owned(),
    };
    let begun = store.begin_authorization(new).await.unwrap();
    (acme, begun.id)
}

async fn check(store: &Store, acme: &OrganisationId, authorization: &AuthorizationId) {
    let query = routemcp_store::ConnectionQuery {
        organisation_id: acme,
        environment: LIVE,
        provider: None,
        end_user: None,
    };
    let found = store.find_connections(query).await.unwrap();
    assert_eq!(found.len(), 1);
    let connection = found.first().unwrap();
    assert_eq!(connection.credential_version, 1, "it is the same credential");
    let credential = store.credential(connection).await.unwrap();
    assert_eq!(credential.expose_secret(), "secret of hubspot");
    let app = store.oauth_app(acme, "hubspot").await.unwrap().unwrap();
    assert_eq!(app.client_secret.expose_secret(), "client secret");
    let done = store
        .begin_idempotent(acme.as_str(), LIVE, "key", "a", Timestamp::now())
        .await
        .unwrap();
    assert!(matches!(done, IdempotencyStart::Done { body, .. } if body == "answer"));
    let browser = "browser".into();
    let url = store
        .launch_authorization(authorization, &browser)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(url.expose_secret(), "https://provider.example/authorize");
    let taken = store
        .take_authorization(&"state".into(), Some(&browser))
        .await
        .unwrap();
    assert!(
        matches!(&taken, TakenAuthorization::Taken(taken)
            if taken.verifier.as_ref().is_some_and(|verifier| verifier.expose_secret() == "verifier")),
        "{taken:?}"
    );
}

#[tokio::test]
async fn everything_is_encrypted_anew_and_the_old_key_can_go() {
    let fresh = Fresh::open().await;
    let (acme, authorization) = fill(&fresh).await;
    let (_, new) = MasterKey::generate();
    let old_id = fresh.master_key().id();
    let store = Store::open(&fresh.url, ring(&fresh, &new)).await.unwrap();
    let report = store.rotate_master().await.unwrap();
    let all = |count| {
        [
            ("connections", "credential", count),
            ("idempotency_keys", "body", count),
            ("oauth_apps", "client_secret", count),
            ("authorizations", "verifier", count),
            ("authorizations", "authorize_url", count),
        ]
    };
    assert_eq!(rotated(&report), all(1));
    assert!(report.is_complete() && report.primary == key(&new).id());
    assert_eq!(
        rotated(&store.rotate_master().await.unwrap()),
        all(0),
        "nothing is left"
    );

    let (missing, in_use) = refusal(&fresh, fresh.master_key()).await;
    assert_eq!((missing, in_use), (key(&new).id(), old_id));
    let alone = Store::open(&fresh.url, key(&new)).await.unwrap();
    check(&alone, &acme, &authorization).await;
}

#[tokio::test]
async fn every_encrypted_column_is_rotated() {
    let fresh = Fresh::open().await;
    fill(&fresh).await;
    let (_, new) = MasterKey::generate();
    let store = Store::open(&fresh.url, ring(&fresh, &new)).await.unwrap();
    store.rotate_master().await.unwrap();
    // Whatever tables and columns there are, now or later.
    let (old, mut sealed) = (format!("v1.{}.", fresh.master_key().id()), 0);
    for text in texts(&fresh).await {
        assert!(!text.starts_with(&old), "something is left under the old key");
        sealed += usize::from(text.starts_with("v1."));
    }
    assert_eq!(sealed, 5);
}

/// All texts in the database.
async fn texts(fresh: &Fresh) -> Vec<String> {
    use sqlx::Row as _;
    let mut raw = fresh.raw().await;
    let tables = match fresh.folder {
        Some(_) => "SELECT name FROM sqlite_master WHERE type = 'table'",
        None => {
            "SELECT CAST(table_name AS TEXT) FROM information_schema.tables WHERE table_schema = current_schema()"
        }
    };
    let tables: Vec<String> = sqlx::query_scalar(tables).fetch_all(&mut raw).await.unwrap();
    assert!(tables.len() > 10, "{tables:?}");
    let mut texts = Vec::new();
    for table in tables.iter().filter(|table| !table.starts_with("_sqlx")) {
        let select = sqlx::AssertSqlSafe(format!("SELECT * FROM {table}"));
        for row in sqlx::query(select).fetch_all(&mut raw).await.unwrap() {
            let text = |index| row.try_get::<Option<String>, _>(index).ok().flatten();
            texts.extend((0..row.len()).filter_map(text));
        }
    }
    texts
}

#[tokio::test]
async fn a_key_that_does_not_fit_is_refused_at_the_start() {
    let fresh = Fresh::open().await;
    let (stranger, text) = MasterKey::generate();
    // As long as nothing is encrypted, no key is wrong.
    drop(Store::open(&fresh.url, key(&text)).await.unwrap());
    let (acme, authorization) = fill(&fresh).await;
    let expected = (fresh.master_key().id(), stranger.id());
    assert_eq!(refusal(&fresh, stranger).await, expected);
    let error = Store::open(&fresh.url, key(&text))
        .await
        .err()
        .unwrap()
        .to_string();
    for part in [
        &*expected.0,
        &expected.1,
        "ROUTEMCP_MASTER_KEY",
        "ROUTEMCP_PREVIOUS_MASTER_KEYS",
    ] {
        assert!(error.contains(part), "{error}");
    }
    // Before anything is rotated, the ring reads what the old key wrote.
    let both = Store::open(&fresh.url, ring(&fresh, &text)).await.unwrap();
    check(&both, &acme, &authorization).await;
}

#[tokio::test]
async fn any_single_value_keeps_its_key_needed() {
    for (table, column) in [
        ("connections", "credential"),
        ("idempotency_keys", "body"),
        ("oauth_apps", "client_secret"),
        ("authorizations", "verifier"),
        ("authorizations", "authorize_url"),
    ] {
        let fresh = Fresh::open().await;
        fill(&fresh).await;
        let (_, new) = MasterKey::generate();
        let store = Store::open(&fresh.url, ring(&fresh, &new)).await.unwrap();
        store.rotate_master().await.unwrap();
        drop(Store::open(&fresh.url, key(&new)).await.unwrap());
        fresh
            .execute(format!(
                "UPDATE {table} SET {column} = 'v1.0badc0de.AAAA' WHERE {column} IS NOT NULL"
            ))
            .await;
        let (missing, _) = refusal(&fresh, key(&new)).await;
        assert_eq!(missing, "0badc0de", "{table}.{column}");
    }
}

#[tokio::test]
async fn what_does_not_decrypt_is_passed_over_and_reported() {
    let fresh = Fresh::open().await;
    let acme = fresh.tenant("Acme").await;
    // More than two batches, with damage in the first.
    for number in 0..230 {
        let new = connection(&acme, LIVE, &format!("provider-{number:03}"));
        fresh.store.upsert_connection(new).await.unwrap();
    }
    fresh
        .execute(
            "UPDATE connections SET credential = (SELECT credential FROM connections AS other \
             WHERE other.provider = 'provider-200') WHERE provider IN ('provider-000', 'provider-001')",
        )
        .await;
    fresh
        .execute("UPDATE connections SET credential = 'somehow' WHERE provider = 'provider-002'")
        .await;
    let (_, new) = MasterKey::generate();
    let store = Store::open(&fresh.url, ring(&fresh, &new)).await.unwrap();
    for expected in [227, 0] {
        let report = store.rotate_master().await.unwrap();
        let credentials = report.columns.first().unwrap();
        assert_eq!((credentials.rotated, credentials.unreadable), (expected, 3));
        assert!(!report.is_complete());
    }
}

#[tokio::test]
async fn a_rotation_that_is_cut_off_is_finished_by_the_next() {
    let fresh = Fresh::open().await;
    let acme = fresh.tenant("Acme").await;
    for number in 0..150 {
        let new = connection(&acme, LIVE, &format!("provider-{number}"));
        fresh.store.upsert_connection(new).await.unwrap();
    }
    let (_, new) = MasterKey::generate();
    let store = Store::open(&fresh.url, ring(&fresh, &new)).await.unwrap();
    // Whatever the moment: before the first batch, in the middle, or when all is written and not yet reported.
    for milliseconds in [1, 4, 8, 15] {
        let cut = std::time::Duration::from_millis(milliseconds);
        let _ = tokio::time::timeout(cut, store.rotate_master()).await;
    }
    let report = store.rotate_master().await.unwrap();
    assert!(report.is_complete());
    let alone = Store::open(&fresh.url, key(&new)).await.unwrap();
    let query = routemcp_store::ConnectionQuery {
        organisation_id: &acme,
        environment: LIVE,
        provider: None,
        end_user: None,
    };
    for one in alone.find_connections(query).await.unwrap() {
        let credential = alone.credential(&one).await.unwrap();
        assert_eq!(credential.expose_secret(), format!("secret of {}", one.provider));
    }
}

/// Each value is written once while its row waits in a batch that was read before, so nothing later hides a loss.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_value_written_between_look_and_replacement_is_not_lost() {
    let fresh = Fresh::open().await;
    let acme = fresh.tenant("Acme").await;
    let (_, new) = MasterKey::generate();
    let ahead = Store::open(&fresh.url, ring(&fresh, &new)).await.unwrap();
    for round in 0..3 {
        let made = |provider: &str, credential: String| NewConnection {
            credential: credential.into(),
            ..connection(&acme, LIVE, provider)
        };
        let providers: Vec<String> = (0..80)
            .map(|number| format!("provider-{round}-{number:02}"))
            .collect();
        for provider in &providers {
            fresh
                .store
                .upsert_connection(made(provider, "old".to_owned()))
                .await
                .unwrap();
        }
        let rotating = tokio::spawn({
            let ahead = ahead.clone();
            async move { ahead.rotate_master().await.unwrap() }
        });
        // From the other end than the rotation.
        for provider in providers.iter().rev() {
            let store = if provider.ends_with('1') {
                &fresh.store
            } else {
                &ahead
            };
            store
                .upsert_connection(made(provider, format!("new {provider}")))
                .await
                .unwrap();
        }
        rotating.await.unwrap();
        for provider in &providers {
            let query = routemcp_store::ConnectionQuery {
                organisation_id: &acme,
                environment: LIVE,
                provider: Some(provider),
                end_user: None,
            };
            let found = ahead.find_connections(query).await.unwrap();
            let credential = ahead.credential(found.first().unwrap()).await.unwrap();
            assert_eq!(credential.expose_secret(), format!("new {provider}"));
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn values_written_during_a_rotation_win() {
    let fresh = Fresh::open().await;
    let acme = fresh.tenant("Acme").await;
    let providers: Vec<String> = (0..60).map(|number| format!("provider-{number}")).collect();
    for provider in &providers {
        fresh
            .store
            .upsert_connection(connection(&acme, LIVE, provider))
            .await
            .unwrap();
    }
    let (_, new) = MasterKey::generate();
    // One process still writes under the old key, one already under the new one. Both know both.
    let old_id = fresh.master_key().id();
    let behind = MasterKeys {
        primary: fresh.master_key(),
        previous: vec![key(&new)],
    };
    let behind = Store::open(&fresh.url, behind).await.unwrap();
    let ahead = Store::open(&fresh.url, ring(&fresh, &new)).await.unwrap();
    let stop = Arc::new(AtomicBool::new(false));
    let mut writers = tokio::task::JoinSet::new();
    for (writer, store) in [behind, ahead.clone()].into_iter().enumerate() {
        // Each provider has one writer, so that what was written last is known.
        let mine: Vec<String> = providers.iter().skip(writer).step_by(2).cloned().collect();
        let (acme, stop) = (acme.clone(), stop.clone());
        writers.spawn(async move {
            let mut round = 0;
            while round == 0 || !stop.load(Ordering::Relaxed) {
                round += 1;
                for provider in &mine {
                    let new = NewConnection {
                        credential: format!("{provider} {round}").into(),
                        ..connection(&acme, LIVE, provider)
                    };
                    let made = store.upsert_connection(new).await.unwrap();
                    let read = store
                        .credential(&store.connection_by_id(&made.id).await.unwrap().unwrap())
                        .await;
                    assert_eq!(read.unwrap().expose_secret(), format!("{provider} {round}"));
                }
            }
            (mine, round)
        });
    }
    let rotating = tokio::spawn({
        let ahead = ahead.clone();
        async move { ahead.rotate_master().await.unwrap() }
    });
    tokio::time::sleep(std::time::Duration::from_millis(700)).await;
    stop.store(true, Ordering::Relaxed);
    let written = writers.join_all().await;
    let report = rotating.await.unwrap();
    // Whatever was written under the old key after the last look.
    ahead.rotate_master().await.unwrap();
    assert!(report.is_complete() && rotated(&report)[0].2 > 0, "{report:?}");
    let alone = Store::open(&fresh.url, key(&new)).await;
    let alone = alone.unwrap_or_else(|error| panic!("something is left under {old_id}: {error}"));
    for (mine, round) in written {
        for provider in mine {
            let query = routemcp_store::ConnectionQuery {
                organisation_id: &acme,
                environment: LIVE,
                provider: Some(&provider),
                end_user: None,
            };
            let found = alone.find_connections(query).await.unwrap();
            let credential = alone.credential(&found[0]).await.unwrap();
            assert_eq!(credential.expose_secret(), format!("{provider} {round}"));
        }
    }
}
