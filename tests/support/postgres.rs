//! PostgreSQL for tests: a server, and databases on it that are there for one test. Part of more than one test binary, so
//! what the others need looks unused in each.

use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Mutex, OnceLock};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// Where the tests take a server from: a URL, or `private` for one that they start themselves.
const VARIABLE: &str = "ROUTEMCP_TEST_DATABASE_URL";
/// Where a developer's machine or CI may have one.
const USUAL: &str = "postgres://postgres@127.0.0.1/test";
/// Begins the names of databases that are for one test. A UUID of version 7 follows, which says when it was made.
const PREFIX: &str = "routemcp_test_";
/// Longer than any run takes.
const A_RUN: Duration = Duration::from_secs(3_600);
const MIGRATIONS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../store/migrations");

/// Starts a server and ends it when our end of its standard input closes: when this process ends, however it does. A line
/// with the name of a signal ends the server by that signal and starts it again.
const KEEPER: &str = r#"
    exec 3<&0
    start() { "$@" </dev/null >>"$FOLDER/log" 2>&1 3<&- & server=$!; }
    start "$@"
    while read -r signal <&3; do
        kill -"$signal" "$server"; wait "$server"
        sleep 1
        start "$@"
    done
    kill -QUIT "$server"; wait "$server"
    rm -rf "$FOLDER"
"#;

/// A server.
pub(crate) struct Cluster {
    url: String,
    /// Of a server of our own. It ends with us.
    keeper: Option<Mutex<Child>>,
}

/// A database of one test. It goes when this is dropped.
pub(crate) struct Database {
    cluster: &'static Cluster,
    name: String,
}

impl Cluster {
    /// The server that the run is to use; none for a run on SQLite.
    pub(crate) fn wanted() -> Option<&'static Self> {
        static WANTED: OnceLock<Option<Cluster>> = OnceLock::new();
        let find = || match std::env::var(VARIABLE).ok()?.as_str() {
            "private" => Some(Self::private().unwrap_or_else(|why| panic!("{VARIABLE}: {why}"))),
            url => {
                psql(url, "SELECT 1").unwrap_or_else(|why| panic!("{VARIABLE}: {why}"));
                Some(Self::at(url))
            }
        };
        WANTED.get_or_init(find).as_ref()
    }

    /// The server that the run is to use, or else this machine's, or else one of our own if PostgreSQL is installed.
    pub(crate) fn at_hand() -> Option<&'static Self> {
        static AT_HAND: OnceLock<Option<Cluster>> = OnceLock::new();
        let find = || match psql(USUAL, "SELECT 1") {
            Ok(_) => Some(Self::at(USUAL)),
            Err(_) => Self::private()
                .inspect_err(|why| eprintln!("SKIPPED, no PostgreSQL: {why}"))
                .ok(),
        };
        Self::wanted().or_else(|| AT_HAND.get_or_init(find).as_ref())
    }

    /// A fresh database with nothing in it.
    pub(crate) fn empty(&'static self) -> Database {
        self.create("template1")
    }

    /// A fresh database with the tables of this version. `migrate` makes them in an empty one: once, because the result is
    /// kept on the server under a name that depends on the migrations.
    pub(crate) fn fresh(&'static self, migrate: impl FnOnce(&str)) -> Database {
        static TEMPLATE: OnceLock<String> = OnceLock::new();
        let template = TEMPLATE.get_or_init(|| {
            let name = format!("routemcp_template_{:016x}", migrations());
            if !self.has(&name) {
                let made = self.create("template1");
                migrate(&made.url());
                // Another run may have been quicker, and then this one goes.
                let _ = self.run(&format!("ALTER DATABASE {} RENAME TO {name}", made.name));
                assert!(self.has(&name), "the template is not there");
            }
            name
        });
        self.create(template)
    }

    /// A server for one test alone, which may restart it. What it acknowledged outlives its process, as in production.
    pub(crate) fn own() -> Option<&'static Self> {
        let started =
            Self::start("on").inspect_err(|why| eprintln!("SKIPPED, no PostgreSQL of our own: {why}"));
        // Its keeper ends it with this process.
        started.ok().map(|cluster| &*Box::leak(Box::new(cluster)))
    }

    /// Ends the server by a signal, `INT` for a clean end or `QUIT` for a crash, and starts it again a second later.
    pub(crate) fn restart(&self, signal: &str) {
        let mut keeper = self.keeper.as_ref().unwrap().lock().unwrap();
        writeln!(keeper.stdin.as_mut().unwrap(), "{signal}").unwrap();
    }

    /// Runs a statement on the server.
    pub(crate) fn run(&self, statement: &str) -> Result<String, String> {
        psql(&self.url, statement)
    }

    fn at(url: &str) -> Self {
        let cluster = Self {
            url: url.to_owned(),
            keeper: None,
        };
        cluster.sweep();
        cluster
    }

    /// Drops what earlier runs have left: a run that is cut off drops nothing, and what lives as long as the process is never
    /// dropped. Databases in use stay in any case.
    fn sweep(&self) {
        let names = format!("SELECT datname FROM pg_database WHERE datname LIKE '{PREFIX}%'");
        for name in self.run(&names).unwrap_or_default().lines() {
            let made = name.strip_prefix(PREFIX).and_then(made_at);
            if made.is_some_and(|made| made.elapsed().is_ok_and(|age| age > A_RUN)) {
                let _ = self.run(&format!("DROP DATABASE IF EXISTS {name}"));
            }
        }
    }

    fn create(&'static self, template: &str) -> Database {
        let name = format!("{PREFIX}{}", uuid::Uuid::now_v7().simple());
        self.run(&format!("CREATE DATABASE {name} TEMPLATE {template}"))
            .unwrap_or_else(|why| panic!("no database for a test: {why}"));
        Database { cluster: self, name }
    }

    fn has(&self, name: &str) -> bool {
        let found = self.run(&format!("SELECT 1 FROM pg_database WHERE datname = '{name}'"));
        found.is_ok_and(|rows| rows.trim() == "1")
    }

    /// A server of our own, from what is installed; fast, since nothing in it must last.
    fn private() -> Result<Self, String> {
        Self::start("off")
    }

    fn start(synchronous_commit: &str) -> Result<Self, String> {
        let programs = installed().ok_or("there is no initdb in /usr/lib/postgresql/*/bin")?;
        let folder = tempfile::tempdir().map_err(|error| error.to_string())?.keep();
        let data = folder.join("data");
        // The server refuses to run as root.
        let user = is_root().then(|| give_away(&folder)).transpose()?;
        let program = |name: &str| {
            let path = programs.join(name).display().to_string();
            let prefix = user.as_ref().map(|user| {
                ["setpriv", "--reuid", user, "--regid", user, "--clear-groups"].map(str::to_owned)
            });
            prefix
                .into_iter()
                .flatten()
                .chain([path])
                .collect::<Vec<String>>()
        };
        let initdb = program("initdb");
        let made = Command::new(&initdb[0])
            .args(&initdb[1..])
            .args([
                "--username=postgres",
                "--auth=trust",
                "--encoding=UTF8",
                "--locale=C.UTF-8",
            ])
            .args(["--no-sync", "--pgdata"])
            .arg(&data)
            .output()
            .map_err(|error| format!("{initdb:?}: {error}"))?;
        if !made.status.success() {
            return Err(String::from_utf8_lossy(&made.stderr).into_owned());
        }
        let port = free_port();
        let server = program("postgres");
        let settings = [
            "listen_addresses=127.0.0.1",
            "unix_socket_directories=",
            "max_connections=300",
            "fsync=off",
            &format!("synchronous_commit={synchronous_commit}"),
            "full_page_writes=off",
        ];
        let keeper = Command::new("sh")
            .args(["-c", KEEPER, "sh"])
            .args(&server)
            .args(["-D", &data.display().to_string(), "-p", &port.to_string()])
            .args(settings.iter().flat_map(|setting| ["-c", setting]))
            .env("FOLDER", &folder)
            .stdin(Stdio::piped())
            .spawn()
            .map_err(|error| error.to_string())?;
        let cluster = Self {
            url: format!("postgres://postgres@127.0.0.1:{port}/postgres"),
            keeper: Some(Mutex::new(keeper)),
        };
        cluster.wait_until_it_answers(&folder)?;
        Ok(cluster)
    }

    fn wait_until_it_answers(&self, folder: &Path) -> Result<(), String> {
        let deadline = Instant::now() + Duration::from_secs(60);
        while let Err(why) = self.run("SELECT 1") {
            if Instant::now() > deadline {
                let log = std::fs::read_to_string(folder.join("log")).unwrap_or_default();
                return Err(format!("the server does not answer: {why}\n{log}"));
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        Ok(())
    }
}

impl Database {
    /// Leads to it.
    pub(crate) fn url(&self) -> String {
        with_database(&self.cluster.url, &self.name)
    }

    /// Runs a statement in it, and gives back its rows.
    pub(crate) fn run(&self, statement: &str) -> String {
        psql(&self.url(), statement).unwrap_or_else(|why| panic!("{statement}: {why}"))
    }

    /// Everything that is in it.
    pub(crate) fn dump(&self) -> Vec<u8> {
        let dump = Command::new("pg_dump").arg(self.url()).output().unwrap();
        assert!(dump.status.success(), "{}", String::from_utf8_lossy(&dump.stderr));
        dump.stdout
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        let _ = self
            .cluster
            .run(&format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", self.name));
    }
}

fn with_database(url: &str, name: &str) -> String {
    let (base, parameters) = url
        .split_once('?')
        .map_or((url, None), |(base, rest)| (base, Some(rest)));
    let (server, _) = base.rsplit_once('/').unwrap();
    let parameters = parameters
        .map(|parameters| format!("?{parameters}"))
        .unwrap_or_default();
    format!("{server}/{name}{parameters}")
}

fn psql(url: &str, statement: &str) -> Result<String, String> {
    let mut command = Command::new("psql");
    command.args([
        url,
        "--no-psqlrc",
        "--no-password",
        "--quiet",
        "--tuples-only",
        "--no-align",
    ]);
    command.args(["--set=ON_ERROR_STOP=1", "--command", statement]);
    let run = command.env("PGCONNECT_TIMEOUT", "3").output();
    let run = run.map_err(|error| format!("psql: {error}"))?;
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    if run.status.success() {
        Ok(text(&run.stdout))
    } else {
        Err(text(&run.stderr))
    }
}

/// A number that is another one when a migration is.
fn migrations() -> u64 {
    use std::hash::{DefaultHasher, Hasher as _};
    let mut files: Vec<PathBuf> = std::fs::read_dir(MIGRATIONS)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    files.sort();
    let mut hasher = DefaultHasher::new();
    for file in files {
        let mut bytes = Vec::new();
        std::fs::File::open(file)
            .unwrap()
            .read_to_end(&mut bytes)
            .unwrap();
        hasher.write(&bytes);
    }
    hasher.finish()
}

/// The programs of the newest version that is installed.
fn installed() -> Option<PathBuf> {
    let versions = std::fs::read_dir("/usr/lib/postgresql").ok()?;
    let programs = versions.filter_map(|entry| Some(entry.ok()?.path().join("bin")));
    programs.filter(|programs| programs.join("initdb").exists()).max()
}

/// When a database was made, by the UUID in its name.
fn made_at(uuid: &str) -> Option<SystemTime> {
    let (seconds, nanoseconds) = uuid::Uuid::parse_str(uuid).ok()?.get_timestamp()?.to_unix();
    Some(UNIX_EPOCH + Duration::new(seconds, nanoseconds))
}

fn is_root() -> bool {
    use std::os::unix::fs::MetadataExt as _;
    std::fs::metadata("/proc/self").is_ok_and(|process| process.uid() == 0)
}

/// Gives a folder to a user without rights, and says to whom.
fn give_away(folder: &Path) -> Result<&'static str, String> {
    let to = |user: &str| {
        let given = Command::new("chown").arg(user).arg(folder).output();
        given.is_ok_and(|given| given.status.success())
    };
    let user = ["postgres", "nobody"].into_iter().find(|user| to(user));
    user.ok_or_else(|| "the folder can be given to no user without rights".to_owned())
}

fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().port()
}
