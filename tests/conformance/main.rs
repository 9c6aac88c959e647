//! The conformance suite itself, as people run it: `routemcp connector test`.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests"
)]
#![allow(missing_docs, reason = "a test binary")]

mod liar;
mod simulator;

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::{Mutex, PoisonError};

use simulator::Simulator;

static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());

/// What a run said.
struct Run {
    passed: bool,
    text: String,
}

impl Run {
    /// `routemcp connector test FILE ARGUMENTS…`
    fn of(file: &Path, arguments: &[&str]) -> Self {
        // A run keeps both cores busy, and calls of connectors have time limits.
        let _one_at_a_time = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
        let Output {
            status,
            stdout,
            stderr,
        } = Command::new(env!("CARGO_BIN_EXE_routemcp"))
            .args(["connector", "test"])
            .arg(file)
            .args(arguments)
            .output()
            .unwrap();
        let text = [stdout, stderr]
            .map(|bytes| String::from_utf8(bytes).unwrap())
            .concat();
        Self {
            passed: status.success(),
            text,
        }
    }

    fn assert_passed(&self) {
        assert!(self.passed && self.text.contains(" 0 failed,"), "{}", self.text);
    }

    /// The line of a case, with what is indented below it.
    fn case(&self, group: &str, name: &str) -> String {
        let group = self
            .text
            .split(&format!("\n{group}\n"))
            .nth(1)
            .unwrap_or_default();
        let mut lines = group
            .lines()
            .skip_while(|line| line.split_whitespace().nth(1) != Some(name));
        let first = lines.next().unwrap_or_default().to_owned();
        lines
            .take_while(|line| line.starts_with("        "))
            .fold(first, |text, line| text + "\n" + line)
    }
}

fn connectors() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/connectors");
    let entries = std::fs::read_dir(&folder).expect("no connectors are built: `make connectors`");
    let files = entries.map(|entry| entry.unwrap().path());
    let mut files: Vec<PathBuf> = files
        .filter(|file| file.extension().is_some_and(|kind| kind == "wasm"))
        .collect();
    files.sort();
    files
}

fn hubspot() -> PathBuf {
    let mut files = connectors().into_iter();
    files
        .find(|file| file.ends_with("hubspot.wasm"))
        .expect("hubspot is not built: `make connectors`")
}

#[test]
fn every_connector_passes_against_its_own_sandbox() {
    let files = connectors();
    assert!(!files.is_empty(), "no connectors are built: `make connectors`");
    for file in files {
        let run = Run::of(&file, &[]);
        run.assert_passed();
        assert!(run.case("contact", "walk").contains("pass"), "{}", run.text);
    }
}

#[test]
fn hubspot_passes_twice_over_a_real_socket() {
    let simulator = Simulator::start("hubspot");
    for _ in 0..2 {
        let run = Run::of(&hubspot(), &["--base-url", &simulator.url]);
        run.assert_passed();
        assert!(
            run.text.contains(&format!("against {}", simulator.url)),
            "{}",
            run.text
        );
        assert!(
            run.case("connection", "rate-limited").contains("pass"),
            "{}",
            run.text
        );
    }
}

#[test]
fn hubspots_writes_are_all_tried() {
    let run = Run::of(&hubspot(), &["--only", "meeting"]);
    run.assert_passed();
    for case in [
        "create",
        "merge",
        "clear",
        "replace",
        "delete",
        "custom-field",
        "unicode",
        "long-values",
    ] {
        assert!(run.case("meeting", case).contains("pass"), "{case}: {}", run.text);
    }
    assert!(!run.text.contains("\ncontact\n"), "{}", run.text);
}

#[test]
fn a_changed_value_fails_the_cases_that_look_at_it_and_names_it() {
    let simulator = Simulator::start("hubspot");
    let liar = liar::start(&simulator.url, ("Lindqvist", "Lindquist"));
    let run = Run::of(&hubspot(), &["--base-url", &liar, "--only", "contact"]);
    assert!(!run.passed, "{}", run.text);
    let create = run.case("contact", "create");
    assert!(create.contains("FAIL"), "{}", run.text);
    assert!(
        create.contains(r#"lastName: expected "Lindqvist", found "Lindquist""#),
        "{create}"
    );
    assert!(run.case("contact", "list").contains("pass"), "{}", run.text);
    assert!(
        run.text.contains("cases failed") || run.text.contains("case failed"),
        "{}",
        run.text
    );
}

#[test]
fn a_provider_that_nobody_plays_fails_and_a_case_that_does_not_exist_is_named() {
    let run = Run::of(
        &hubspot(),
        &["--base-url", "http://127.0.0.1:9", "--only", "contact/list"],
    );
    assert!(
        !run.passed && run.text.contains("0 passed, 1 failed, 0 skipped"),
        "{}",
        run.text
    );
    let run = Run::of(&hubspot(), &["--only", "juggle"]);
    assert!(!run.passed && run.text.contains("`juggle`"), "{}", run.text);
}
