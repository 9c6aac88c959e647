//! A Redis of a test's own.

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::time::{Duration, Instant};

use tempfile::TempDir;

use super::Process;

const PASSWORD: &str = "the-password-of-redis";

/// A running Redis that asks for a password. It is killed when this is dropped.
pub(crate) struct Redis {
    process: Option<Process>,
    folder: TempDir,
    port: u16,
}

impl Redis {
    /// On a free port; none, and a word about it, where Redis is not installed.
    pub(crate) fn start() -> Option<Self> {
        if std::process::Command::new("redis-server")
            .arg("--version")
            .output()
            .is_err()
        {
            eprintln!("SKIPPED, no Redis: there is no redis-server in the path");
            return None;
        }
        let port = TcpListener::bind("127.0.0.1:0")
            .unwrap()
            .local_addr()
            .unwrap()
            .port();
        let mut this = Self {
            process: None,
            folder: tempfile::tempdir().unwrap(),
            port,
        };
        this.run();
        Some(this)
    }

    /// With the password.
    pub(crate) fn url(&self) -> String {
        format!("redis://:{PASSWORD}@127.0.0.1:{}", self.port)
    }

    /// What must not be seen anywhere.
    pub(crate) fn password(&self) -> &'static str {
        PASSWORD
    }

    /// Ends it at once.
    pub(crate) fn kill(&mut self) {
        self.process = None;
    }

    /// Starts it, with nothing in it, and waits until it answers.
    pub(crate) fn run(&mut self) {
        let port = self.port.to_string();
        let arguments = [
            "--port",
            &port,
            "--bind",
            "127.0.0.1",
            "--save",
            "",
            "--requirepass",
            PASSWORD,
        ];
        let arguments = arguments.map(str::to_owned);
        self.process = Some(Process::program(
            "redis-server",
            self.folder.path(),
            &arguments,
            &[],
        ));
        let deadline = Instant::now() + Duration::from_secs(20);
        while !self.answers() {
            assert!(Instant::now() < deadline, "Redis does not answer");
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    /// Sends it a signal: `STOP` makes it hang.
    pub(crate) fn signal(&self, name: &str) {
        self.process.as_ref().unwrap().signal(name);
    }

    fn answers(&self) -> bool {
        let Ok(mut stream) = TcpStream::connect(("127.0.0.1", self.port)) else {
            return false;
        };
        let mut answer = [0; 1];
        stream.write_all(b"PING\r\n").is_ok() && stream.read_exact(&mut answer).is_ok()
    }
}
