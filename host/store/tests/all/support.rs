//! A database of its own for each test.

use std::time::Duration;

use routemcp_store::{
    ConnectSession, Environment, MasterKey, NewConnectSession, NewConnection, OrganisationId, Store,
    sqlite_url,
};
use secrecy::SecretString;
use sqlx::{AnyConnection, Connection as _, Executor as _};
use tempfile::TempDir;

use crate::postgres::{Cluster, Database};

/// A fresh database, and a store on it.
pub(crate) struct Fresh {
    pub(crate) store: Store,
    pub(crate) url: String,
    key_text: SecretString,
    /// Where the SQLite file is; none on a server.
    pub(crate) folder: Option<TempDir>,
    _database: Option<Database>,
}

/// Where a database is.
pub(crate) enum Place {
    /// A SQLite file in a folder.
    Folder(TempDir),
    /// On PostgreSQL.
    Server(Database),
}

impl Place {
    /// One without tables.
    pub(crate) fn empty() -> Self {
        match Cluster::wanted() {
            Some(cluster) => Self::Server(cluster.empty()),
            None => Self::Folder(tempfile::tempdir().unwrap()),
        }
    }

    pub(crate) fn url(&self) -> String {
        match self {
            Self::Folder(folder) => sqlite_url(&folder.path().join("routemcp.db")),
            Self::Server(database) => database.url(),
        }
    }

    /// A connection to it. Makes the file if there is none.
    pub(crate) async fn raw(&self) -> AnyConnection {
        sqlx::any::install_default_drivers();
        let create = match self {
            Self::Folder(_) => "?mode=rwc",
            Self::Server(_) => "",
        };
        AnyConnection::connect(&(self.url() + create)).await.unwrap()
    }
}

impl Fresh {
    pub(crate) async fn open() -> Self {
        match Cluster::wanted() {
            Some(cluster) => Self::on(Place::Server(cluster.fresh(migrate))).await,
            None => Self::on(Place::Folder(tempfile::tempdir().unwrap())).await,
        }
    }

    /// A store on a database that something was done to before.
    pub(crate) async fn on(place: Place) -> Self {
        let url = place.url();
        let (key, key_text) = MasterKey::generate();
        let store = Store::open(&url, key).await.unwrap();
        let (folder, database) = match place {
            Place::Folder(folder) => (Some(folder), None),
            Place::Server(database) => (None, Some(database)),
        };
        Self {
            store,
            url,
            key_text,
            folder,
            _database: database,
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

/// Makes the tables in an empty database.
fn migrate(url: &str) {
    let url = url.to_owned();
    let migrating = std::thread::spawn(move || {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        runtime.block_on(async {
            let store = Store::open(&url, MasterKey::generate().0).await.unwrap();
            store.close().await;
        });
    });
    migrating.join().unwrap();
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
