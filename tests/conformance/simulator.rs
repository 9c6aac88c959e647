//! `routemcp sandbox serve`, for as long as a test needs it.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};

/// A running simulator.
pub(crate) struct Simulator {
    pub(crate) url: String,
    process: Child,
}

impl Simulator {
    /// Starts one and waits for its address.
    pub(crate) fn start(provider: &str) -> Self {
        let connectors = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/connectors");
        let mut process = Command::new(env!("CARGO_BIN_EXE_routemcp"))
            .args(["sandbox", "serve", provider, "--port", "0", "--connectors"])
            .arg(connectors)
            .env("ROUTEMCP_LOG", "error")
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(process.stdout.take().unwrap())
            .read_line(&mut line)
            .unwrap();
        let address = line
            .split("sandbox at ")
            .nth(1)
            .and_then(|rest| rest.split_whitespace().next());
        Self {
            url: format!("{}/", address.expect(&line)),
            process,
        }
    }
}

impl Drop for Simulator {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
