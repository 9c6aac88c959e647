//! The database of a server under test: a SQLite file, or a database of its own where the run is on PostgreSQL.

use std::path::{Path, PathBuf};

use super::{postgres, routemcp};

/// Under which servers in production are tested.
pub(crate) const MASTER_KEY: &str = "jzoc2St+ZPBVGcii5wRr0TyedfKoC01hFv6Dxyla0Es=";

/// A database that is gone when this is dropped.
pub(crate) enum TestDatabase {
    File(PathBuf),
    Server(postgres::Database),
}

impl TestDatabase {
    /// A fresh one. If it is a file, it will be in this folder.
    pub(crate) fn fresh(folder: &Path) -> Self {
        match postgres::Cluster::wanted() {
            Some(cluster) => Self::Server(migrated(cluster)),
            None => Self::file(folder),
        }
    }

    /// A SQLite file, whatever the run is on.
    pub(crate) fn file(folder: &Path) -> Self {
        Self::File(folder.join("routemcp.db"))
    }

    /// A database on PostgreSQL, where one is at hand, whatever the run is on.
    pub(crate) fn on_a_server() -> Option<Self> {
        postgres::Cluster::at_hand().map(|cluster| Self::Server(migrated(cluster)))
    }

    /// A database on this server.
    pub(crate) fn on(cluster: &'static postgres::Cluster) -> Self {
        let database = cluster.empty();
        migrate(&database.url());
        Self::Server(database)
    }

    /// Leads to it.
    pub(crate) fn url(&self) -> String {
        match self {
            Self::File(path) => format!("sqlite:{}", path.display()),
            Self::Server(database) => database.url(),
        }
    }

    /// Everything that is in it.
    pub(crate) fn bytes(&self) -> Vec<u8> {
        match self {
            Self::File(path) => {
                let mut bytes = std::fs::read(path).unwrap();
                bytes.extend(std::fs::read(path.with_extension("db-wal")).unwrap_or_default());
                bytes
            }
            Self::Server(database) => database.dump(),
        }
    }

    /// The database on PostgreSQL, for tests that are about one.
    pub(crate) fn server(&self) -> &postgres::Database {
        match self {
            Self::File(path) => panic!("{} is a file", path.display()),
            Self::Server(database) => database,
        }
    }
}

fn migrated(cluster: &'static postgres::Cluster) -> postgres::Database {
    cluster.fresh(migrate)
}

fn migrate(url: &str) {
    let listed = routemcp(&["org", "list", "--database-url", url, "--master-key", MASTER_KEY]);
    assert!(listed.success, "{listed:?}");
}
