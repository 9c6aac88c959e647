//! `routemcp serve` in a folder of its own.

use std::path::{Path, PathBuf};

use tempfile::TempDir;

use super::command::Finished;
use super::{Client, MASTER_KEY, Process, TestDatabase, routemcp};

pub(crate) const ADMIN_TOKEN: &str = "an-admin-token-for-tests";

/// A running production server. It ends when this is dropped.
pub(crate) struct Production {
    pub(crate) url: String,
    pub(crate) process: Process,
    pub(crate) folder: TempDir,
    database: TestDatabase,
    arguments: Vec<String>,
}

/// Arguments that lack nothing but the master key.
pub(crate) fn arguments(folder: &Path, connectors: &Path, database: &TestDatabase) -> Vec<String> {
    let text = |path: &Path| path.to_str().unwrap().to_owned();
    [
        "serve",
        "--listen",
        "127.0.0.1:0",
        "--database-url",
        &database.url(),
        // Many servers are tested at a time, and a database server has so many connections.
        "--database-connections",
        "4",
        "--connectors",
        &text(connectors),
        "--cache-dir",
        &text(&folder.join("cache")),
    ]
    .map(str::to_owned)
    .into()
}

impl Production {
    /// Starts with the connectors of a folder.
    pub(crate) fn start(connectors: &Path, more: &[String]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let database = TestDatabase::fresh(folder.path());
        let mut arguments = arguments(folder.path(), connectors, &database);
        arguments.extend_from_slice(more);
        let (process, url) = run(folder.path(), &arguments);
        Self {
            url,
            process,
            folder,
            database,
            arguments,
        }
    }

    /// Starts with these files, by name, in a connectors folder of its own.
    pub(crate) fn with_files(files: &[(&str, &[u8])], more: &[String]) -> (Self, TempDir) {
        let connectors = tempfile::tempdir().unwrap();
        for (name, bytes) in files {
            std::fs::write(connectors.path().join(name), bytes).unwrap();
        }
        (Self::start(connectors.path(), more), connectors)
    }

    /// Ends it and starts it again on the same database.
    pub(crate) fn restart(self, more: &[String]) -> Self {
        let Self {
            process,
            folder,
            database,
            arguments,
            ..
        } = self;
        drop(process);
        let all: Vec<String> = arguments.iter().chain(more).cloned().collect();
        let (process, url) = run(folder.path(), &all);
        Self {
            url,
            process,
            folder,
            database,
            arguments,
        }
    }

    /// The operator.
    pub(crate) fn operator(&self) -> Client {
        Client::new(&self.url, Some(ADMIN_TOKEN))
    }

    /// Runs a command on its database.
    pub(crate) fn run(&self, arguments: &[&str]) -> Finished {
        let database = self.database.url();
        let mut all = arguments.to_vec();
        all.extend(["--database-url", &database, "--master-key", MASTER_KEY]);
        routemcp(&all)
    }

    /// Runs a command on its database that must succeed, and gives back the first line of what it says.
    pub(crate) fn command(&self, arguments: &[&str]) -> String {
        self.run(arguments).first_line().to_owned()
    }

    /// Runs `routemcp connector COMMAND…` against it.
    pub(crate) fn connector(&self, arguments: &[&str]) -> Finished {
        let mut all = vec!["connector"];
        all.extend(arguments);
        all.extend(["--server", &self.url, "--admin-token", ADMIN_TOKEN]);
        routemcp(&all)
    }

    /// A key of a new organisation for live connections.
    pub(crate) fn live_client(&self) -> Client {
        self.command(&["org", "create", "Acme"]);
        let environment = ["--environment", "live", "--scopes", "read,connect"];
        let key = self.command(&[&["keys", "create", "--org", "Acme"][..], &environment].concat());
        Client::new(&self.url, Some(&key))
    }

    /// A file in its folder.
    pub(crate) fn file(&self, name: &str, bytes: &[u8]) -> PathBuf {
        let path = self.folder.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        path
    }
}

fn run(folder: &Path, arguments: &[String]) -> (Process, String) {
    let environment = [
        ("ROUTEMCP_MASTER_KEY".to_owned(), MASTER_KEY.to_owned()),
        ("ROUTEMCP_ADMIN_TOKEN".to_owned(), ADMIN_TOKEN.to_owned()),
    ];
    let mut process = Process::start(folder, arguments, &environment);
    let url = address(&mut process);
    (process, url)
}

/// Waits until a `routemcp serve` says where it listens.
pub(super) fn address(process: &mut Process) -> String {
    process.wait_for("its address", |process| {
        let log = process.errors();
        let line = log.lines().find(|line| line.contains("\"serving\""))?;
        let line: serde_json::Value = serde_json::from_str(line).expect("the log is JSON, line by line");
        Some(format!("http://{}", line["address"].as_str()?))
    })
}
