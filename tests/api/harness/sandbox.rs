//! `routemcp sandbox serve SLUG`: a provider's simulator on a real socket.

use serde_json::{Value, json};
use tempfile::TempDir;

use super::places::connector;
use super::{Client, Process};

/// A running sandbox. It ends when this is dropped.
pub(crate) struct Sandbox {
    pub(crate) slug: &'static str,
    /// Such as `http://localhost:40001`.
    pub(crate) url: String,
    _process: Process,
    _folder: TempDir,
}

impl Sandbox {
    pub(crate) fn start(slug: &'static str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let connectors = connector(slug).parent().unwrap().to_str().unwrap().to_owned();
        let arguments = [
            "sandbox",
            "serve",
            slug,
            "--port",
            "0",
            "--connectors",
            &connectors,
        ];
        let mut process = Process::start(folder.path(), &arguments.map(str::to_owned), &[]);
        let url = process.wait_for("its address", |process| {
            let stdout = process.stdout();
            let rest = stdout.split("sandbox at ").nth(1)?;
            rest.contains('\n')
                .then(|| rest.split_whitespace().next().map(str::to_owned))
                .flatten()
        });
        Self {
            slug,
            url,
            _process: process,
            _folder: folder,
        }
    }

    /// Its switches, which need no token, and its API.
    pub(crate) fn client(&self, token: Option<&str>) -> Client {
        Client::new(&self.url, token)
    }

    /// Sets one of its switches.
    pub(crate) async fn set(&self, switch: &str, value: Value) {
        let path = format!("//_sandbox/{switch}");
        self.client(None).put(&path, &value).await.expect(200);
    }

    /// Puts a switch back to what the provider does.
    pub(crate) async fn reset(&self, switch: &str) {
        let answer = self.client(None).delete(&format!("//_sandbox/{switch}")).await;
        assert!(answer.status < 300, "{answer:?}");
    }

    /// Lets it take any number of calls, as far as tests go.
    pub(crate) async fn unlimited(self) -> Self {
        self.set("rate-limit", json!({ "requests": 1_000_000 })).await;
        self
    }

    /// One of the counts of its token URL: `codes`, `refreshes`, `refused`, `live`.
    pub(crate) async fn count(&self, what: &str) -> u64 {
        let counts = self.client(None).get("//_sandbox/tokens").await.expect(200);
        counts.body[what]
            .as_u64()
            .unwrap_or_else(|| panic!("{}", counts.text))
    }
}
