//! A granted name whose owner changes its address to one inside of our network.
//!
//! The server runs with a hosts file of its own, which takes a mount namespace. Where the system does not give one, only
//! `private-name` in the list of sins is left: a name that is private from the start.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::harness::{Canary, Client, Guests, Scene};

/// Never assigned, so nothing is there; public as far as the host can tell.
const PUBLIC: &str = "3ffe::1";
const NAME: &str = "rebind.example";

/// Where the name leads then, and what the host calls it.
const INSIDE: [(&str, &str); 7] = [
    ("127.0.0.1", "loopback"),
    ("::1", "loopback"),
    ("::ffff:127.0.0.1", "loopback"),
    ("10.0.0.1", "private"),
    ("169.254.169.254", "a cloud metadata address"),
    ("64:ff9b::a9fe:a9fe", "a cloud metadata address"),
    ("fd00:ec2::254", "a cloud metadata address"),
];

#[tokio::test(flavor = "multi_thread")]
async fn a_name_is_looked_at_each_time_it_is_resolved() {
    if !namespaces() {
        eprintln!("skipped: this system gives no mount namespace");
        return;
    }
    let canary = Canary::start().await;
    let guests = Guests::build(["rebinding-name"], &canary.address);
    let folder = tempfile::tempdir().unwrap();
    let hosts = folder.path().join("hosts");
    let own =
        |address: &str| std::fs::write(&hosts, format!("127.0.0.1 localhost\n{address} {NAME}\n")).unwrap();
    own(PUBLIC);
    let server = Resolving::start(folder.path(), &guests.files()[0], &hosts);
    let client = server.client().await;
    Scene::connect(&client, "rebinding-name").await.expect(201);

    let first = Scene::list(&client, "rebinding-name").await;
    let first = first.refused(502, "PROVIDER_ERROR");
    assert!(first.message().contains("could not connect"), "{}", first.text);

    for (address, kind) in INSIDE {
        own(address);
        let second = Scene::list(&client, "rebinding-name").await;
        let second = second.refused(502, "CONNECTOR_FAILED");
        let expected = format!("its address is {kind}");
        assert!(second.message().contains(&expected), "{address}: {}", second.text);
    }
    let log = std::fs::read_to_string(folder.path().join("log")).unwrap();
    let digest = guests.digest("rebinding-name");
    let logged = |line: &str| line.contains(digest) && line.contains("its address is loopback");
    assert!(log.lines().any(logged), "{log}");
    assert_eq!(canary.visits(), [""; 0]);
}

/// Puts our own file in the place of the system's before it becomes the server.
const WITH_HOSTS: &str = r#"mount --bind "$HOSTS" /etc/hosts && exec "$@""#;

fn in_namespace() -> Command {
    let mut command = Command::new("unshare");
    command.args(["--map-root-user", "--mount", "--", "sh", "-c", WITH_HOSTS, "sh"]);
    command
}

fn namespaces() -> bool {
    let mut command = in_namespace();
    command
        .arg("true")
        .env("HOSTS", "/etc/hosts")
        .stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}

/// `routemcp dev` with a hosts file of its own. It ends when this is dropped.
struct Resolving {
    process: Child,
    data: PathBuf,
}

impl Resolving {
    fn start(folder: &Path, guest: &Path, hosts: &Path) -> Self {
        let data = folder.join("data");
        let connectors = guest.parent().unwrap();
        let log = std::fs::File::create(folder.join("log")).unwrap();
        let mut command = in_namespace();
        command
            .args([env!("CARGO_BIN_EXE_routemcp"), "dev", "--port", "0", "--data-dir"])
            .arg(&data)
            .arg("--connectors")
            .arg(connectors)
            .env("HOSTS", hosts)
            .env("NO_COLOR", "1")
            .stdout(Stdio::null())
            .stderr(log);
        Self {
            process: command.spawn().unwrap(),
            data,
        }
    }

    /// A caller, once the server serves.
    async fn client(&self) -> Client {
        let deadline = Instant::now() + Duration::from_secs(30);
        loop {
            let settings = std::fs::read_to_string(self.data.join("dev.env")).unwrap_or_default();
            let setting = |name: &str| settings.lines().find_map(|line| line.strip_prefix(name));
            if let (Some(url), Some(key)) = (setting("ROUTEMCP_URL="), setting("ROUTEMCP_LIVE_KEY=")) {
                return Client::new(url, Some(key));
            }
            assert!(Instant::now() < deadline, "the server does not start");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}

impl Drop for Resolving {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
