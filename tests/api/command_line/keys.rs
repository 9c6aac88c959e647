//! `routemcp org` and `routemcp keys`

use crate::harness::{Client, Server, routemcp, within_a_second};

/// Another process has revoked the key, so the server learns of it.
async fn until_refused(client: &Client) {
    within_a_second(async || client.get("/connections").await.status == 401).await;
    client.get("/connections").await.refused(401, "INVALID_API_KEY");
}

#[tokio::test]
async fn organisations_are_created_and_listed() {
    let server = Server::start();
    let id = server.create_organisation("Acme & Söhne");
    let listed = server.command(&["org", "list"]);
    assert!(listed.success, "{listed:?}");
    for name in ["Acme & Söhne", "Development", &id] {
        assert!(listed.stdout.contains(name), "{listed:?}");
    }
    let again = server.command(&["org", "create", "Acme & Söhne"]);
    assert!(again.complaint().contains("this name already"), "{again:?}");
}

#[tokio::test]
async fn a_key_works_until_it_is_revoked() {
    let server = Server::start();
    let id = server.create_organisation("Acme");
    // By id as well as by name.
    let key = server.create_key(
        &id,
        "test",
        &["--scopes", "connect", "--name", "laptop", "--plan", "team"],
    );
    assert!(key.starts_with("sk_test_"), "{key}");
    let client = server.client_with(&key);
    client.get("/connections").await.expect(200);

    let listed = server.command(&["keys", "list", "--org", "Acme"]);
    let line = listed.first_line();
    for part in ["laptop", "connect", "team", "active", &key[..12]] {
        assert!(line.contains(part), "{part}: {line}");
    }
    assert!(!listed.stdout.contains(&key), "a key is shown once only");

    let revoked = server.command(&["keys", "revoke", listed.first_word()]);
    assert!(revoked.first_line().starts_with("revoked"), "{revoked:?}");
    until_refused(&client).await;
    let after = server.command(&["keys", "list", "--org", "Acme"]);
    assert!(after.first_line().contains("revoked"), "{after:?}");
}

#[tokio::test]
async fn a_key_can_be_revoked_by_its_beginning() {
    let server = Server::start();
    server.create_organisation("Acme");
    let key = server.create_key("Acme", "live", &["--scopes", "connect"]);
    assert!(key.starts_with("sk_live_"), "{key}");
    server.command(&["keys", "revoke", &key[..12]]).first_line();
    until_refused(&server.client_with(&key)).await;
}

#[tokio::test]
async fn mistakes_are_explained() {
    let server = Server::start();
    for (arguments, hint) in [
        (
            vec!["keys", "create", "--org", "Nobody", "--environment", "test"],
            "org list",
        ),
        (
            vec!["keys", "create", "--org", "Development", "--environment", "prod"],
            "prod",
        ),
        (
            vec![
                "keys",
                "create",
                "--org",
                "Development",
                "--environment",
                "test",
                "--scopes",
                "all",
            ],
            "all",
        ),
        (
            vec![
                "keys",
                "create",
                "--org",
                "Development",
                "--environment",
                "test",
                "--plan",
                "gold",
            ],
            "gold",
        ),
        (vec!["keys", "list", "--org", "Nobody"], "Nobody"),
        (vec!["keys", "revoke", "key_nope"], "no such API key"),
    ] {
        let finished = server.command(&arguments);
        assert!(finished.complaint().contains(hint), "{arguments:?}: {finished:?}");
        assert!(!finished.stderr.contains("panicked"), "{finished:?}");
    }
    let nowhere = tempfile::tempdir().unwrap();
    let nowhere = nowhere.path().to_str().unwrap();
    let finished = routemcp(&["org", "list", "--data-dir", nowhere]);
    assert!(finished.complaint().contains("--data-dir"), "{finished:?}");
}
