//! A database that outlives the `routemcp serve` processes on it, and may have several at a time.

use std::os::unix::fs::symlink;
use std::path::PathBuf;

use tempfile::TempDir;

use super::command::Finished;
use super::places::{compile_cache, copy_atomically};
use super::postgres::Cluster;
use super::production::address;
use super::{Client, MASTER_KEY, Process, TestDatabase, arguments, routemcp};

/// The database, and what its servers have in common.
pub(crate) struct Site {
    folder: TempDir,
    pub(crate) database: TestDatabase,
}

/// One server. It is killed when this is dropped.
pub(crate) struct Replica {
    pub(crate) url: String,
    pub(crate) process: Process,
    _folder: TempDir,
}

impl Site {
    /// On the kind of database that the run is on.
    pub(crate) fn new(connectors: &[PathBuf]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let database = TestDatabase::fresh(folder.path());
        Self::with(folder, database, connectors)
    }

    /// On a SQLite file.
    pub(crate) fn on_a_file(connectors: &[PathBuf]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let database = TestDatabase::file(folder.path());
        Self::with(folder, database, connectors)
    }

    /// On PostgreSQL, where it is at hand.
    pub(crate) fn on_a_server(connectors: &[PathBuf]) -> Option<Self> {
        let database = TestDatabase::on_a_server()?;
        Some(Self::with(tempfile::tempdir().unwrap(), database, connectors))
    }

    /// On this server.
    pub(crate) fn on(cluster: &'static Cluster, connectors: &[PathBuf]) -> Self {
        let database = TestDatabase::on(cluster);
        Self::with(tempfile::tempdir().unwrap(), database, connectors)
    }

    fn with(folder: TempDir, database: TestDatabase, connectors: &[PathBuf]) -> Self {
        std::fs::create_dir(folder.path().join("connectors")).unwrap();
        for file in connectors {
            let name = file.file_name().unwrap();
            copy_atomically(file, &folder.path().join("connectors").join(name));
        }
        symlink(compile_cache(), folder.path().join("cache")).unwrap();
        Self { folder, database }
    }

    /// Starts a server and waits until it serves.
    pub(crate) fn serve(&self, more: &[String], environment: &[(&str, &str)]) -> Replica {
        let (mut process, folder) = self.begin(more, environment);
        Replica {
            url: address(&mut process),
            process,
            _folder: folder,
        }
    }

    /// Starts a server that may not get far. The master key is [`MASTER_KEY`], unless the environment has another one.
    pub(crate) fn begin(&self, more: &[String], environment: &[(&str, &str)]) -> (Process, TempDir) {
        let connectors = self.folder.path().join("connectors");
        let mut all = arguments(self.folder.path(), &connectors, &self.database);
        all.extend_from_slice(more);
        let keys = [("ROUTEMCP_MASTER_KEY", MASTER_KEY)];
        let environment = keys.iter().chain(environment);
        let environment: Vec<(String, String)> = environment
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect();
        let output = tempfile::tempdir().unwrap();
        (Process::start(output.path(), &all, &environment), output)
    }

    /// Runs a command on the database, under this master key.
    pub(crate) fn command(&self, master_key: &str, arguments: &[&str]) -> Finished {
        let database = self.database.url();
        let mut all = arguments.to_vec();
        all.extend(["--database-url", &database, "--master-key", master_key]);
        routemcp(&all)
    }

    /// A key that may do everything in the live environment, of a new organisation.
    pub(crate) fn create_live_key(&self) -> String {
        self.command(MASTER_KEY, &["org", "create", "Acme"]).first_line();
        let organisation = ["keys", "create", "--org", "Acme", "--environment", "live"];
        let rights = ["--scopes", "read,write,connect,manage", "--plan", "organization"];
        let created = self.command(MASTER_KEY, &[&organisation[..], &rights].concat());
        created.first_line().to_owned()
    }
}

impl Replica {
    pub(crate) fn client(&self, key: &str) -> Client {
        Client::new(&self.url, Some(key))
    }
}
