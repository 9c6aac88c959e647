//! A serving process of the binary. It ends when this is dropped.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, ChildStdout, Command, Stdio};

/// A process and its output, which is kept open because a process may die of writing to nobody.
pub(super) struct Process {
    child: Child,
    output: BufReader<ChildStdout>,
}

/// The binary, with a folder for temporary files and no other setting of whoever runs the tests.
pub(super) fn routemcp() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_routemcp"));
    command
        .env_clear()
        .env("TMPDIR", std::env::temp_dir())
        .stdin(Stdio::null());
    command
}

impl Process {
    pub(super) fn start(command: &mut Command) -> Self {
        let mut child = command
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let output = BufReader::new(child.stdout.take().unwrap());
        Self { child, output }
    }

    /// Reads up to the line with a text and gives that line.
    pub(super) fn line_with(&mut self, text: &str) -> String {
        let mut before = String::new();
        loop {
            let mut line = String::new();
            let length = self.output.read_line(&mut line).unwrap();
            assert!(length > 0, "the process ended before it said `{text}`: {before}");
            if line.contains(text) {
                return line;
            }
            before.push_str(&line);
        }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
