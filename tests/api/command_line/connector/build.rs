//! `routemcp connector build` of a project: what it says where something is missing. That it builds is in `projects`.

use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::Command;

/// Runs a build with a `PATH` that has these programs and no others; each is a script of the shell.
fn build(project: &Path, programs: &[(&str, &str)]) -> (bool, String) {
    let tools = tempfile::tempdir().unwrap();
    for (name, script) in programs {
        let program = tools.path().join(name);
        std::fs::write(&program, format!("#!/bin/sh\n{script}\n")).unwrap();
        std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755)).unwrap();
    }
    let run = Command::new(env!("CARGO_BIN_EXE_routemcp"))
        .args(["connector", "build"])
        .arg(project)
        .env_clear()
        .env("PATH", tools.path())
        .output()
        .unwrap();
    (
        run.status.success(),
        String::from_utf8_lossy(&run.stderr).into_owned(),
    )
}

/// A folder with files whose content does not matter here.
fn project(files: &[&str]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("manifest.json"), r#"{"slug": "acme"}"#).unwrap();
    for file in files {
        std::fs::write(folder.path().join(file), "").unwrap();
    }
    folder
}

fn complaint(files: &[&str], programs: &[(&str, &str)]) -> String {
    let folder = project(files);
    let (success, complaint) = build(folder.path(), programs);
    assert!(!success, "{complaint}");
    assert!(!folder.path().join("acme.wasm").exists());
    complaint
}

#[test]
fn what_is_missing_is_said_with_where_to_get_it() {
    let (javascript, python) = (&["package.json", "package-lock.json"], &["requirements.txt"]);
    let node = ("node", "echo v20.11.1");
    for (files, programs, parts) in [
        (
            &[][..],
            &[][..],
            &["no connector's project", "routemcp connector new"][..],
        ),
        (javascript, &[], &["`node` is not installed", "nodejs.org"]),
        (
            javascript,
            &[("node", "echo v18.19.0")],
            &["version 18.19", "20.10 or newer"],
        ),
        (
            javascript,
            &[node],
            &["`npm` is not installed", "apt-get install npm"],
        ),
        (python, &[], &["`python3` is not installed", "python3-venv"]),
        (
            python,
            &[("python3", "echo Python 3.9.2")],
            &["version 3.9", "3.11 or newer"],
        ),
        (&["pyproject.toml"], &[], &["requirements.txt is missing"]),
    ] {
        let complaint = complaint(files, programs);
        for part in parts {
            assert!(complaint.contains(part), "{part}: {complaint}");
        }
    }
}

#[test]
fn what_a_tool_says_is_shown_and_its_failure_is_ours() {
    let npm = ("npm", "echo no network >&2; exit 7");
    let complaint = complaint(
        &["package.json", "package-lock.json"],
        &[("node", "echo v22.1.0"), npm],
    );
    assert!(complaint.contains("no network"), "{complaint}");
    assert!(
        complaint.contains("`npm ci --no-audit --no-fund` failed (exit status: 7)"),
        "{complaint}"
    );

    let folder = project(&["requirements.txt"]);
    let venv = (
        "python3",
        "case $1 in --version) echo Python 3.11.2;; *) exit 1;; esac",
    );
    let (success, complaint) = build(folder.path(), &[venv]);
    assert!(
        !success && complaint.contains("apt-get install python3-venv"),
        "{complaint}"
    );
}

#[test]
fn a_module_needs_a_place_to_go() {
    let folder = project(&["module.wasm"]);
    let (success, complaint) = build(&folder.path().join("module.wasm"), &[]);
    assert!(!success && complaint.contains("--output FILE"), "{complaint}");
}
