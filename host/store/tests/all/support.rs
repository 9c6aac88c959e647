//! A database of its own for each test.

use std::time::Duration;

use routemcp_store::{
    ConnectSession, Environment, MasterKey, NewConnectSession, NewConnection, OrganisationId, Store,
    sqlite_url,
};
use secrecy::SecretString;
use sqlx::{AnyConnection, Connection as _, Executor as _};
use tempfile::TempDir;

/// A fresh database, and a store on it.
pub(crate) struct Fresh {
    pub(crate) store: Store,
    pub(crate) url: String,
    key_text: SecretString,
    /// Where the SQLite file is; none on a server.
    pub(crate) folder: Option<TempDir>,
}

impl Fresh {
    pub(crate) async fn open() -> Self {
        let (url, folder) = match std::env::var("ROUTEMCP_TEST_DATABASE_URL") {
            Ok(server) => (schema(&server).await, None),
            Err(_) => {
                let folder = tempfile::tempdir().unwrap();
                (sqlite_url(&folder.path().join("routemcp.db")), Some(folder))
            }
        };
        let (key, key_text) = MasterKey::generate();
        let store = Store::open(&url, key).await.unwrap();
        Self {
            store,
            url,
            key_text,
            folder,
        }
    }

    pub(crate) fn master_key(&self) -> MasterKey {
        MasterKey::parse(&self.key_text).unwrap()
    }

    /// A second store on the same database, as another process would have.
    pub(crate) async fn second_store(&self) -> Store {
        Store::open(&self.url, self.master_key()).await.unwrap()
    }

    /// A connect session of `user-1` in the live environment that lasts an hour, and its token.
    pub(crate) async fn session(&self, organisation_id: &OrganisationId) -> (ConnectSession, SecretString) {
        let new = NewConnectSession {
            organisation_id: organisation_id.clone(),
            environment: Environment::Live,
            end_user: "user-1".to_owned(),
            providers: None,
            lifetime: Duration::from_hours(1),
        };
        self.store.create_connect_session(new).await.unwrap()
    }

    /// Runs a statement past the store.
    pub(crate) async fn execute(&self, sql: impl Into<String>) {
        let sql = sqlx::AssertSqlSafe(sql.into());
        self.raw().await.execute(sql).await.unwrap();
    }

    /// A connection past the store.
    pub(crate) async fn raw(&self) -> AnyConnection {
        AnyConnection::connect(&self.url).await.unwrap()
    }

    pub(crate) async fn organisation(&self, name: &str) -> OrganisationId {
        self.store.create_organisation(name).await.unwrap().id
    }

    /// An organisation with end user `user-1` in both environments.
    pub(crate) async fn tenant(&self, name: &str) -> OrganisationId {
        let id = self.organisation(name).await;
        for environment in [Environment::Live, Environment::Test] {
            self.store
                .ensure_end_user(&id, environment, "user-1", None, None)
                .await
                .unwrap();
        }
        id
    }
}

/// A new schema, and the URL that leads into it.
async fn schema(server: &str) -> String {
    sqlx::any::install_default_drivers();
    let name = format!("test_{}", uuid::Uuid::now_v7().simple());
    let mut connection = AnyConnection::connect(server).await.unwrap();
    let create = sqlx::AssertSqlSafe(format!("CREATE SCHEMA {name}"));
    connection.execute(create).await.unwrap();
    let separator = if server.contains('?') { '&' } else { '?' };
    format!("{server}{separator}options[search_path]={name}")
}

/// A connection of `user-1`.
pub(crate) fn connection(
    organisation_id: &OrganisationId,
    environment: Environment,
    provider: &str,
) -> NewConnection {
    NewConnection {
        organisation_id: organisation_id.clone(),
        environment,
        end_user: "user-1".to_owned(),
        provider: provider.to_owned(),
        auth_method: "token".to_owned(),
        settings: [("companyDomain".to_owned(), "acme".to_owned())].into(),
        credential: format!("secret of {provider}").into(),
        refresh_due_at: None,
    }
}
