//! One run of the command line.

use std::process::Command;

/// What came of it.
#[derive(Debug)]
pub(crate) struct Finished {
    pub(crate) success: bool,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Finished {
    /// The first line of the output; panics if the command failed.
    pub(crate) fn first_line(&self) -> &str {
        assert!(self.success, "{self:?}");
        self.stdout.lines().next().unwrap_or_default()
    }

    /// The first word of the first line: the id that commands print first.
    pub(crate) fn first_word(&self) -> &str {
        self.first_line().split_whitespace().next().unwrap_or_default()
    }

    /// What it complained about; panics if it did not.
    pub(crate) fn complaint(&self) -> &str {
        assert!(!self.success && !self.stderr.trim().is_empty(), "{self:?}");
        &self.stderr
    }
}

/// Runs the binary to its end, with an environment that has nothing but `PATH`.
pub(crate) fn routemcp(arguments: &[&str]) -> Finished {
    let run = Command::new(env!("CARGO_BIN_EXE_routemcp"))
        .args(arguments)
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
        .output()
        .unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
    Finished {
        success: run.status.success(),
        stdout: text(run.stdout),
        stderr: text(run.stderr),
    }
}
