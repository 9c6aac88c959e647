//! `routemcp connector`

mod build;
mod new;
mod projects;

use crate::harness::{hubspot, routemcp};

#[test]
fn check_says_what_a_connector_is_and_asks_for() {
    let file = hubspot();
    let finished = routemcp(&["connector", "check", file.to_str().unwrap()]);
    assert!(finished.success, "{finished:?}");
    for part in [
        "hubspot 0.1.0 (HubSpot)",
        "https://api.hubapi.com",
        "sandbox       yes",
        "contact: list, get, create, update, delete",
        "owner: list, get",
        "routemcp:connector/http",
    ] {
        assert!(finished.stdout.contains(part), "{part}: {}", finished.stdout);
    }
    assert!(
        !finished.stdout.contains("wasi:"),
        "a connector in Rust needs nothing of WASI: {}",
        finished.stdout
    );
}

#[test]
fn check_explains_files_that_are_no_connectors() {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str, bytes: &[u8]| {
        let path = folder.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let whole = std::fs::read(hubspot()).unwrap();
    for broken in [
        file("empty.wasm", b""),
        file("text.wasm", b"hello"),
        file("module.wasm", b"\0asm\x01\0\0\0"),
        file("component.wasm", b"\0asm\x0d\0\x01\0"),
        file("cut.wasm", &whole[..whole.len() / 2]),
        folder.path().join("missing.wasm").to_str().unwrap().to_owned(),
    ] {
        let finished = routemcp(&["connector", "check", &broken]);
        let complaint = finished.complaint();
        assert!(!complaint.contains("panicked"), "{broken}: {complaint}");
    }
}

#[test]
fn build_refuses_what_is_no_guest_and_leaves_no_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    std::fs::write(path("text.wasm"), b"hello").unwrap();
    for module in [path("text.wasm"), path("missing.wasm")] {
        let finished = routemcp(&["connector", "build", &module, "--output", &path("out.wasm")]);
        assert!(finished.complaint().contains(&module), "{finished:?}");
        assert!(!folder.path().join("out.wasm").exists());
    }
}

#[test]
fn build_makes_the_component_that_the_host_loads() {
    let module = hubspot()
        .parent()
        .unwrap()
        .join("../guests/wasm32-unknown-unknown/guest/routemcp_connector_hubspot.wasm");
    let folder = tempfile::tempdir().unwrap();
    let output = folder.path().join("hubspot.wasm");
    let finished = routemcp(&[
        "connector",
        "build",
        module.to_str().unwrap(),
        "--output",
        output.to_str().unwrap(),
    ]);
    assert!(finished.first_line().contains("bytes"), "{finished:?}");
    let checked = routemcp(&["connector", "check", output.to_str().unwrap()]);
    assert!(checked.first_line().contains("hubspot"), "{checked:?}");
}
