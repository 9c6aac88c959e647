//! What makes a connector speak: its sandbox on a socket, and against that the conformance suite and a shorter round for
//! every other choice that a connection has.

mod choices;
mod process;

use std::path::Path;
use std::time::Instant;

use crate::exchange::Exchange;
use crate::provider::Subject;
use crate::recorder::Recorder;
use process::{Process, routemcp};

/// What a tour gave.
pub(crate) struct Recorded {
    pub(crate) exchanges: Vec<Exchange>,
    /// What the suite printed.
    pub(crate) output: String,
    pub(crate) seconds: u64,
}

/// Makes a connector say everything it can to its sandbox, with a recorder between them.
pub(crate) async fn run(subject: &Subject) -> Recorded {
    let started = Instant::now();
    let connector = subject.connector.clone();
    let (_sandbox, url) = blocking(move || sandbox(&connector)).await;
    let recorder = Recorder::start(url).await;
    let (connector, url) = (subject.connector.clone(), recorder.url.clone());
    let output = blocking(move || conformance(&connector, &url)).await;
    choices::run(subject, &recorder.url).await;
    Recorded {
        exchanges: recorder.exchanges(),
        output,
        seconds: started.elapsed().as_secs(),
    }
}

async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    tokio::task::spawn_blocking(work).await.unwrap()
}

/// The connector's sandbox on a free port, and its URL.
fn sandbox(connector: &Path) -> (Process, String) {
    let mut process = Process::start(
        routemcp()
            .args(["sandbox", "serve"])
            .arg(connector)
            .args(["--port", "0"]),
    );
    let greeting = process.line_with("http://localhost:");
    let port = greeting
        .split_once("http://localhost:")
        .and_then(|(_, rest)| rest.split_whitespace().next());
    let url = format!("http://127.0.0.1:{}", port.unwrap());
    (process, url)
}

/// Traffic counts only if the suite that made it passed: over a real socket, as in process.
fn conformance(connector: &Path, provider: &str) -> String {
    let mut command = routemcp();
    let run = command
        .args(["connector", "test"])
        .arg(connector)
        .args(["--base-url", provider])
        .output()
        .unwrap();
    let output = String::from_utf8_lossy(&run.stdout).into_owned();
    let complaint = String::from_utf8_lossy(&run.stderr);
    assert!(
        run.status.success(),
        "the suite did not pass:\n{output}{complaint}"
    );
    output
}
