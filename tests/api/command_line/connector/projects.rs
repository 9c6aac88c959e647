//! A new project builds and passes the suite before anything in it is changed: `make sdk-test` runs these, since they need
//! the tools of three languages, package registries, and a minute each.

use std::path::Path;
use std::process::Command;

/// Runs the binary as a user does, in a folder and with the environment that there is.
fn routemcp(folder: &Path, arguments: &[&str]) -> String {
    let run = Command::new(env!("CARGO_BIN_EXE_routemcp"))
        .args(arguments)
        .current_dir(folder)
        // Our own connectors have built the same dependencies and standard library there.
        .env(
            "CARGO_TARGET_DIR",
            Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/guests"),
        )
        .output()
        .unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let (out, complaint) = (text(&run.stdout), text(&run.stderr));
    assert!(run.status.success(), "{arguments:?}\n{out}\n{complaint}");
    out
}

fn from_new_to_tested(language: &str) {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    let name = "Project of Zoë's";
    routemcp(
        here,
        &["connector", "new", "--lang", language, name, "--slug", "zoe"],
    );
    let project = here.join("zoe");
    routemcp(&project, &["connector", "build", "."]);
    let tested = routemcp(&project, &["connector", "test", "zoe.wasm"]);
    let first = tested.lines().next().unwrap_or_default();
    assert!(first.starts_with("zoe 0.1.0 (Project of Zoë's)"), "{tested}");
    let passed = |case: &str| tested.contains(&format!("pass  {case}"));
    assert!(
        passed("walk") && passed("create") && passed("expired-token"),
        "{tested}"
    );
}

#[test]
#[ignore = "`make sdk-test` runs it: cargo gets packages and compiles them"]
fn a_new_project_in_rust_passes_the_suite() {
    from_new_to_tested("rust");
}

#[test]
#[ignore = "`make sdk-test` runs it: npm gets the tools"]
fn a_new_project_in_javascript_passes_the_suite() {
    from_new_to_tested("javascript");
}

#[test]
#[ignore = "`make sdk-test` runs it: pip gets the tools"]
fn a_new_project_in_python_passes_the_suite() {
    from_new_to_tested("python");
}
