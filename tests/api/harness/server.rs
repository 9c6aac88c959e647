//! `routemcp dev` in a folder of its own.

use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use tempfile::TempDir;

use super::command::Finished;
use super::places::{compile_cache, copy_atomically, hubspot};
use super::{Client, Process, TestDatabase, routemcp};

/// How a server is to be started.
pub(crate) struct Setup {
    connectors: Vec<PathBuf>,
    arguments: Vec<String>,
    environment: Vec<(String, String)>,
}

/// A running server. It ends when this is dropped.
pub(crate) struct Server {
    // Dropped first, so that nothing writes to the folder any more when that goes.
    process: Process,
    folder: TempDir,
    database: TestDatabase,
    /// Such as `http://localhost:40001`.
    pub(crate) url: String,
    pub(crate) test_key: String,
    pub(crate) live_key: String,
    pub(crate) admin_token: String,
}

/// The server that all reading tests share. Nothing may change its records.
pub(crate) fn shared() -> &'static Server {
    static SHARED: OnceLock<Server> = OnceLock::new();
    SHARED.get_or_init(Server::start)
}

impl Setup {
    /// These connector files instead of HubSpot's.
    pub(crate) fn connectors(mut self, files: &[PathBuf]) -> Self {
        self.connectors = files.to_vec();
        self
    }

    /// Sends a provider's live traffic elsewhere.
    pub(crate) fn provider(mut self, slug: &str, url: &str) -> Self {
        self.arguments
            .extend(["--provider-base-url".to_owned(), format!("{slug}={url}")]);
        self
    }

    pub(crate) fn environment(mut self, name: &str, value: &str) -> Self {
        self.environment.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Starts and waits until it serves.
    pub(crate) fn start(self) -> Server {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().join("data");
        std::fs::create_dir(&data).unwrap();
        symlink(compile_cache(), data.join("cache")).unwrap();
        let connectors = folder.path().join("connectors");
        std::fs::create_dir(&connectors).unwrap();
        for file in &self.connectors {
            copy_atomically(file, &connectors.join(file.file_name().unwrap()));
        }
        let mut arguments: Vec<String> = ["dev", "--port", "0", "--data-dir"].map(str::to_owned).into();
        arguments.extend([text(&data), "--connectors".to_owned(), text(&connectors)]);
        let database = TestDatabase::fresh(&data);
        if let TestDatabase::Server(database) = &database {
            arguments.extend(["--database-url".to_owned(), database.url()]);
        }
        arguments.extend(self.arguments);
        let mut process = Process::start(folder.path(), &arguments, &self.environment);
        let greeted = |process: &Process| process.stdout().contains("RouteMCP listens").then_some(());
        process.wait_for("greeting", greeted);
        let settings = std::fs::read_to_string(data.join("dev.env")).unwrap();
        let setting = |name: &str| {
            let line = settings
                .lines()
                .find_map(|line| line.strip_prefix(name)?.strip_prefix('='));
            line.unwrap_or_else(|| panic!("no {name} in {settings}"))
                .to_owned()
        };
        Server {
            url: setting("ROUTEMCP_URL"),
            test_key: setting("ROUTEMCP_TEST_KEY"),
            live_key: setting("ROUTEMCP_LIVE_KEY"),
            admin_token: setting("ROUTEMCP_ADMIN_TOKEN"),
            process,
            folder,
            database,
        }
    }
}

fn text(path: &Path) -> String {
    path.to_str().unwrap().to_owned()
}

impl Server {
    /// A server with the HubSpot connector alone, so that more connectors change no answer.
    pub(crate) fn start() -> Self {
        Self::setup().start()
    }

    pub(crate) fn setup() -> Setup {
        Setup {
            connectors: vec![hubspot()],
            arguments: Vec::new(),
            environment: Vec::new(),
        }
    }

    /// A client with the development test key.
    pub(crate) fn client(&self) -> Client {
        self.client_with(&self.test_key)
    }

    /// A client with the development live key.
    pub(crate) fn live_client(&self) -> Client {
        self.client_with(&self.live_key)
    }

    /// The operator.
    pub(crate) fn operator(&self) -> Client {
        self.client_with(&self.admin_token)
    }

    /// A client with some key.
    pub(crate) fn client_with(&self, key: &str) -> Client {
        Client::new(&self.url, Some(key))
    }

    /// The folder of the database, the master key and `dev.env`.
    pub(crate) fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// The folder of its connectors, which it watches.
    pub(crate) fn connectors(&self) -> PathBuf {
        self.folder.path().join("connectors")
    }

    /// Its process id.
    pub(crate) fn pid(&self) -> String {
        self.process.pid()
    }

    pub(crate) fn process(&mut self) -> &mut Process {
        &mut self.process
    }

    /// Everything that the server wrote so far.
    pub(crate) fn log(&self) -> String {
        self.process.output()
    }

    /// Makes an organisation with the command line, while the server runs.
    pub(crate) fn create_organisation(&self, name: &str) -> String {
        self.command(&["org", "create", name]).first_word().to_owned()
    }

    /// Makes a key with the command line; `more` are further arguments.
    pub(crate) fn create_key(&self, organisation: &str, environment: &str, more: &[&str]) -> String {
        let mut arguments = vec![
            "keys",
            "create",
            "--org",
            organisation,
            "--environment",
            environment,
        ];
        arguments.extend(more);
        self.command(&arguments).first_line().to_owned()
    }

    /// Runs a command on its database, while it runs.
    pub(crate) fn command(&self, arguments: &[&str]) -> Finished {
        let mut all = arguments.to_vec();
        let (data, url) = (text(&self.data()), self.database.url());
        let key = text(&self.data().join("master.key"));
        match &self.database {
            TestDatabase::File(_) => all.extend(["--data-dir", &data]),
            TestDatabase::Server(_) => all.extend(["--database-url", &url, "--master-key-file", &key]),
        }
        routemcp(&all)
    }

    /// Everything that it keeps, by where it is: the files of its folder, and its database.
    pub(crate) fn kept(&self) -> Vec<(String, Vec<u8>)> {
        let files = std::fs::read_dir(self.data())
            .unwrap()
            .map(|entry| entry.unwrap().path());
        let files = files.filter(|path| path.is_file());
        let mut kept: Vec<_> = files
            .map(|path| (text(&path), std::fs::read(&path).unwrap()))
            .collect();
        kept.push(("the database".to_owned(), self.database()));
        kept
    }

    /// Everything that is in its database.
    pub(crate) fn database(&self) -> Vec<u8> {
        self.database.bytes()
    }
}
