//! The look-ups of each request, in SQLite on this machine's disk. `make micro` runs it.

#![expect(clippy::unwrap_used, reason = "a benchmark that cannot run may stop")]

use std::collections::BTreeMap;

use divan::{Bencher, black_box};
use routemcp_store::{
    ApiKey, Connection, ConnectionQuery, Environment, MasterKey, NewApiKey, NewConnection, Plan, Scope,
    Store, sqlite_url,
};
use secrecy::SecretString;
use tempfile::TempDir;
use tokio::runtime::Runtime;

fn main() {
    divan::main();
}

struct Filled {
    runtime: Runtime,
    store: Store,
    key: ApiKey,
    text: SecretString,
    connection: Connection,
    _folder: TempDir,
}

impl Filled {
    fn new() -> Self {
        let runtime = Runtime::new().unwrap();
        let folder = tempfile::tempdir().unwrap();
        let url = sqlite_url(&folder.path().join("routemcp.db"));
        let (store, key, text, connection) = runtime.block_on(fill(&url));
        Self {
            runtime,
            store,
            key,
            text,
            connection,
            _folder: folder,
        }
    }
}

async fn fill(url: &str) -> (Store, ApiKey, SecretString, Connection) {
    let store = Store::open(url, MasterKey::generate().0).await.unwrap();
    let organisation = store.create_organisation("Bench").await.unwrap();
    let new = NewApiKey {
        organisation_id: organisation.id.clone(),
        environment: Environment::Live,
        name: "bench".to_owned(),
        scopes: vec![Scope::Read],
        plan: Plan::Unlimited,
    };
    let (key, text) = store.create_api_key(new).await.unwrap();
    store
        .ensure_end_user(&organisation.id, Environment::Live, "user-1", None, None)
        .await
        .unwrap();
    let connection = NewConnection {
        organisation_id: organisation.id,
        environment: Environment::Live,
        end_user: "user-1".to_owned(),
        provider: "hubspot".to_owned(),
        auth_method: "privateApp".to_owned(),
        settings: BTreeMap::new(),
        credential: "{\"token\":\"pat-1\"}".into(),
        refresh_due_at: None,
    };
    let connection = store.upsert_connection(connection).await.unwrap();
    (store, key, text, connection)
}

#[divan::bench]
fn look_a_key_up(bencher: Bencher<'_, '_>) {
    let filled = Filled::new();
    bencher.bench_local(|| {
        let found = filled.store.authenticate(black_box(&filled.text));
        filled.runtime.block_on(found).unwrap().unwrap()
    });
}

#[divan::bench]
fn find_a_connection(bencher: Bencher<'_, '_>) {
    let filled = Filled::new();
    let query = || ConnectionQuery {
        organisation_id: &filled.key.organisation_id,
        environment: Environment::Live,
        provider: Some("hubspot"),
        end_user: None,
    };
    bencher.bench_local(|| {
        let found = filled.store.find_connections(black_box(query()));
        filled.runtime.block_on(found).unwrap()
    });
}

#[divan::bench]
fn decrypt_a_credential(bencher: Bencher<'_, '_>) {
    let filled = Filled::new();
    bencher.bench_local(|| {
        let opened = filled.store.credential(black_box(&filled.connection));
        filled.runtime.block_on(opened).unwrap()
    });
}

#[divan::bench]
fn read_the_version_of_overrides(bencher: Bencher<'_, '_>) {
    let filled = Filled::new();
    bencher.bench_local(|| {
        let version = filled
            .store
            .overrides_version(black_box(filled.key.organisation_id.as_str()), "hubspot");
        filled.runtime.block_on(version).unwrap()
    });
}
