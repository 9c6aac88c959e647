//! Publishers' signatures, where an operator demands them.

use std::path::{Path, PathBuf};

use super::{A, B, put};
use crate::harness::{Client, Production, TestDatabase, routemcp, twin};

/// A publisher with a key of its own.
struct Publisher {
    folder: tempfile::TempDir,
    line: String,
}

impl Publisher {
    fn new(name: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let key = folder.path().join("publisher.pem");
        let line = routemcp(&["keys", "publisher", name, "--output", key.to_str().unwrap()])
            .first_line()
            .to_owned();
        Self { folder, line }
    }

    /// Signs a component and gives the signature's text.
    fn sign(&self, bytes: &[u8]) -> String {
        let file = self.folder.path().join("file.wasm");
        std::fs::write(&file, bytes).unwrap();
        let key = self.folder.path().join("publisher.pem");
        let signed = routemcp(&[
            "connector",
            "sign",
            file.to_str().unwrap(),
            "--key",
            key.to_str().unwrap(),
        ]);
        signed.first_line();
        std::fs::read_to_string(file.with_extension("wasm.sig"))
            .unwrap()
            .trim()
            .to_owned()
    }
}

fn keys_file(folder: &Path, publisher: &Publisher) -> PathBuf {
    let file = folder.join("publishers");
    std::fs::write(&file, format!("# ours\n{}\n", publisher.line)).unwrap();
    file
}

async fn put_signed(operator: &Client, bytes: Vec<u8>, signature: &str) -> crate::harness::Answer {
    let call = operator.call(http::Method::PUT, "//admin/v1/connectors?grant=*");
    call.component(bytes)
        .header("x-signature", signature)
        .send()
        .await
}

#[tokio::test]
async fn only_what_a_known_publisher_signed_is_taken() {
    let (acme, other) = (Publisher::new("Acme Ltd"), Publisher::new("Other"));
    let keys = tempfile::tempdir().unwrap();
    let keys_file = keys_file(keys.path(), &acme);
    let arguments = [
        "--publisher-keys".to_owned(),
        keys_file.to_str().unwrap().to_owned(),
    ];
    let files: [(&str, &[u8]); 1] = [("twin.wasm", &twin(A))];
    let (mut production, folder) = Production::with_files(&files, &arguments);
    let operator = production.operator();
    let log = production.process.errors();
    assert!(
        log.contains("it is not signed") && log.contains("Acme Ltd"),
        "{log}"
    );

    let refused = put(&operator, "?grant=*", twin(A))
        .await
        .refused(403, "SIGNATURE_REFUSED");
    assert!(refused.message().contains("X-Signature"), "{}", refused.text);
    for signature in [other.sign(&twin(A)), acme.sign(&twin(B))] {
        let refused = put_signed(&operator, twin(A), &signature)
            .await
            .refused(403, "SIGNATURE_REFUSED");
        assert!(refused.message().contains("Acme Ltd"), "{}", refused.text);
    }
    put_signed(&operator, twin(A), "nonsense")
        .await
        .refused(403, "SIGNATURE_REFUSED");
    put_signed(&operator, twin(A), &acme.sign(&twin(A)))
        .await
        .expect(200);
    let shown = super::twin_of(&operator).await;
    assert_eq!(shown["versions"][0]["publisher"], "Acme Ltd", "{shown}");

    // Saving the signature beside the file is enough.
    std::fs::write(folder.path().join("b.wasm"), twin(B)).unwrap();
    production.process.wait_for("refusal of b.wasm", |process| {
        let log = process.errors();
        log.lines()
            .any(|line| line.contains("b.wasm") && line.contains("not signed"))
            .then_some(())
    });
    std::fs::write(folder.path().join("b.wasm.sig"), acme.sign(&twin(B))).unwrap();
    production.process.wait_for("the swap", |process| {
        (process.errors().matches("connector is live").count() >= 2).then_some(())
    });
}

#[tokio::test]
async fn a_key_that_is_taken_back_takes_its_connectors_along() {
    let (acme, other) = (Publisher::new("Acme"), Publisher::new("Other"));
    let keys = tempfile::tempdir().unwrap();
    let text = keys_file(keys.path(), &acme).to_str().unwrap().to_owned();
    let (production, _folder) = Production::with_files(&[], &["--publisher-keys".to_owned(), text]);
    put_signed(&production.operator(), twin(A), &acme.sign(&twin(A)))
        .await
        .expect(200);
    keys_file(keys.path(), &other);
    let production = production.restart(&[]);
    assert_eq!(super::twin_of(&production.operator()).await["status"], "failed");
    let log = production.process.errors();
    assert!(
        log.contains("not made for this file by any of the known publishers: Other"),
        "{log}"
    );
}

#[test]
fn keys_that_cannot_be_used_stop_the_start() {
    let folder = tempfile::tempdir().unwrap();
    let keys = folder.path().join("publishers");
    for (text, hint) in [
        ("", "no publisher"),
        ("Acme\n", "line 1"),
        ("Acme AAAA", "Ed25519"),
    ] {
        std::fs::write(&keys, text).unwrap();
        let mut arguments =
            crate::harness::arguments(folder.path(), folder.path(), &TestDatabase::file(folder.path()));
        arguments.extend(["--publisher-keys".to_owned(), keys.to_str().unwrap().to_owned()]);
        arguments.extend(["--master-key".to_owned(), crate::harness::MASTER_KEY.to_owned()]);
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        let finished = routemcp(&arguments);
        assert!(finished.complaint().contains(hint), "{text:?}: {finished:?}");
    }
}

#[test]
fn a_private_key_is_made_for_its_owner_only_and_never_over_another() {
    use std::os::unix::fs::PermissionsExt as _;
    let publisher = Publisher::new("Acme");
    let key = publisher.folder.path().join("publisher.pem");
    assert_eq!(key.metadata().unwrap().permissions().mode() & 0o777, 0o600);
    let again = routemcp(&["keys", "publisher", "Acme", "--output", key.to_str().unwrap()]);
    assert!(again.complaint().contains("exists already"), "{again:?}");
}
