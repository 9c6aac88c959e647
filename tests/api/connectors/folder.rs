//! The connectors folder of a production server, and what lasts over a restart.

use std::time::{Duration, Instant};

use super::{A, B, mark, put, twin_of, twins_provider};
use crate::harness::{Production, twin, twin_that_asks_for_more};

#[tokio::test]
async fn the_first_file_is_granted_what_it_asks_and_a_later_one_no_more() {
    let provider = twins_provider(Duration::ZERO).await;
    let base = [
        "--provider-base-url".to_owned(),
        format!("twin={}", provider.url()),
    ];
    let (mut production, folder) = Production::with_files(&[("twin.wasm", &twin(A))], &base);
    let caller = production.live_client();
    caller.connect("twin", "user-1", Some("secret")).await;
    assert_eq!(mark(&caller).await, A);

    let save = |bytes: &[u8]| {
        std::fs::write(folder.path().join("twin.new"), bytes).unwrap();
        std::fs::rename(folder.path().join("twin.new"), folder.path().join("twin.wasm")).unwrap();
    };
    save(&twin_that_asks_for_more(B));
    production.process.wait_for("refusal", |process| {
        process
            .errors()
            .contains("asks for one more host than is granted: https://more.example")
            .then_some(())
    });
    assert_eq!(mark(&caller).await, A);
    save(&twin(B));
    let deadline = Instant::now() + Duration::from_secs(30);
    while mark(&caller).await != B {
        assert!(Instant::now() < deadline, "{}", production.process.output());
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test]
async fn what_the_operator_switched_lasts_over_a_restart() {
    let provider = twins_provider(Duration::ZERO).await;
    let base = [
        "--provider-base-url".to_owned(),
        format!("twin={}", provider.url()),
    ];
    let (production, _folder) = Production::with_files(&[("twin.wasm", &twin(A))], &base);
    let caller = production.live_client();
    caller.connect("twin", "user-1", Some("secret")).await;
    put(&production.operator(), "", twin(B)).await.expect(200);
    assert_eq!(mark(&caller).await, B);

    // The folder still holds A, which is no news.
    let production = production.restart(&[]);
    let caller = caller.at(&production.url);
    assert_eq!(mark(&caller).await, B);
    super::post(&production.operator(), "twin/rollback", None)
        .await
        .expect(200);
    super::post(&production.operator(), "twin/disable", None)
        .await
        .expect(200);

    let production = production.restart(&[]);
    let caller = caller.at(&production.url);
    caller
        .get("/contact?provider=twin")
        .await
        .refused(503, "PROVIDER_DISABLED");
    assert_eq!(twin_of(&production.operator()).await["status"], "disabled");
    super::post(&production.operator(), "twin/enable", None)
        .await
        .expect(200);
    assert_eq!(mark(&caller).await, A);
}

#[test]
fn the_command_line_installs_and_switches() {
    let (production, _folder) = Production::with_files(&[], &[]);
    let first = production.file("a.wasm", &twin(A));
    let second = production.file("b.wasm", &twin_that_asks_for_more(B));
    let [first, second] = [first, second].map(|path| path.to_str().unwrap().to_owned());

    let refused = production.connector(&["install", &first]);
    assert!(
        refused.complaint().contains("https://twin.example: API requests"),
        "{refused:?}"
    );
    let installed = production.connector(&["install", &first, "--grant", "https://twin.example"]);
    assert!(
        installed.first_line().starts_with("twin 1.0.0 is live  sha256:"),
        "{installed:?}"
    );
    let installed = production.connector(&["install", &second, "--grant-all"]);
    assert!(
        installed.stdout.contains("hosts +https://more.example"),
        "{installed:?}"
    );

    let listed = production.connector(&["list"]);
    let active: Vec<&str> = listed
        .stdout
        .lines()
        .filter(|line| line.starts_with("  * "))
        .collect();
    assert_eq!(active.len(), 1, "{listed:?}");
    assert!(
        listed.stdout.contains("granted https://more.example"),
        "{listed:?}"
    );

    let back = production.connector(&["rollback", "twin"]);
    assert!(back.stdout.contains("hosts -https://more.example"), "{back:?}");
    let checked = production.connector(&["check", &second]);
    assert!(
        checked
            .stdout
            .contains("https://more.example  for API requests  granted"),
        "{checked:?}"
    );
    production
        .connector(&["revoke", "twin", "more.example"])
        .first_line();
    let checked = production.connector(&["check", &second]);
    assert!(
        checked
            .stdout
            .contains("https://more.example  for API requests  not granted"),
        "{checked:?}"
    );
    let idle = active[0].split_whitespace().nth(1).unwrap();
    let refused = production.connector(&["activate", "twin", idle]);
    assert!(refused.complaint().contains("GRANT_REQUIRED"), "{refused:?}");
    production.connector(&["delete", "twin", idle]).first_line();
    assert!(
        production
            .connector(&["disable", "twin"])
            .first_line()
            .contains("disabled")
    );
    assert!(
        production
            .connector(&["enable", "twin"])
            .first_line()
            .contains("active")
    );
}

#[test]
fn the_command_line_explains_a_server_that_is_not_there_and_a_wrong_token() {
    let (production, _folder) = Production::with_files(&[], &[]);
    let list = |server: &str, token: &str| {
        crate::harness::routemcp(&["connector", "list", "--server", server, "--admin-token", token])
    };
    let nobody = list("http://127.0.0.1:9", "a-token-of-some-length");
    assert!(nobody.complaint().contains("cannot be reached"), "{nobody:?}");
    let wrong = list(&production.url, "a-wrong-token-of-some-length");
    assert!(wrong.complaint().contains("401"), "{wrong:?}");
    assert!(!wrong.stderr.contains("a-wrong-token"), "{wrong:?}");
}
