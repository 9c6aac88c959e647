//! `keys rotate-master`: a new master key, while servers serve.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use futures::future::join_all;
use http::Method;
use serde_json::json;

use super::stand_in::StandIn;
use super::{END_USER, set_app};
use crate::harness::{Browser, Client, MASTER_KEY, Replica, Site, Widget, hubspot};

const NEW_KEY: &str = "m0vQ8y2sXl4b0pYqkT1c9Wf3hJr6uEoZ5aNd7gKiVtM=";

/// Connections that the rotation has to go through.
const CONNECTIONS: usize = 120;

fn path(end_user: &str) -> String {
    format!("/contact?provider=hubspot&endUserId={end_user}&limit=1")
}

async fn assert_answers(client: &Client, end_user: &str) {
    let page = client.get(&path(end_user)).await.expect(200);
    assert!(page.data()["errors"].is_null(), "{}", page.text);
    assert_eq!(page.records().len(), 1, "{}", page.text);
}

/// A database under the old key, with connections whose tokens have to be renewed, and an authorisation under way.
struct Written {
    site: Site,
    provider: StandIn,
    key: String,
    browser: Browser,
    state: String,
}

impl Written {
    async fn under_the_old_key() -> Self {
        let provider = StandIn::start(true).await;
        let site = Site::new(&[hubspot()]);
        let key = site.create_live_key();
        let arguments = Self::arguments(&provider);
        let server = site.serve(&arguments, &[]);
        let client = server.client(&key);
        set_app(&client, "hubspot", "client-7", "s").await;
        for number in 0..CONNECTIONS {
            provider.import_expired(&client, &format!("user-{number}")).await;
        }
        let browser = Browser::new();
        let attempt = Widget::open(&client, "late").await.begin("hubspot").await;
        let state = browser.get(&attempt.launch).await.parameter("state").unwrap();
        Self {
            site,
            provider,
            key,
            browser,
            state,
        }
    }

    fn arguments(provider: &StandIn) -> Vec<String> {
        let public = ["--public-url", "http://localhost:5001"].map(str::to_owned);
        [provider.arguments(), public].concat()
    }

    fn serve(&self, environment: &[(&str, &str)]) -> Replica {
        self.site.serve(&Self::arguments(&self.provider), environment)
    }
}

/// Calls of all kinds, one after the other, until it is over: how many there were.
async fn load(written: &Written, client: &Client, worker: usize, over: &AtomicBool) -> usize {
    let mut calls = 0;
    while !over.load(Ordering::Relaxed) {
        // Every other one: the rest is left to the rotation.
        let number = 2 * ((worker * 31 + calls * 7) % (CONNECTIONS / 2));
        assert_answers(client, &format!("user-{number}")).await;
        let fresh = format!("fresh-{worker}-{calls}");
        written.provider.import_expired(client, &fresh).await;
        assert_answers(client, &fresh).await;
        Widget::open(client, &fresh).await.begin("hubspot").await;
        calls += 4;
    }
    calls
}

#[tokio::test]
async fn a_master_key_is_changed_under_load() {
    let written = Arc::new(Written::under_the_old_key().await);
    let both = [
        ("ROUTEMCP_MASTER_KEY", NEW_KEY),
        ("ROUTEMCP_PREVIOUS_MASTER_KEYS", MASTER_KEY),
    ];
    let server = written.serve(&both);
    let client = server.client(&written.key);
    let over = AtomicBool::new(false);
    let rotation = async {
        tokio::time::sleep(Duration::from_millis(200)).await;
        let rotating = Arc::clone(&written);
        let previous = ["keys", "rotate-master", "--previous-master-key", MASTER_KEY];
        let run = move || rotating.site.command(NEW_KEY, &previous);
        let finished = tokio::task::spawn_blocking(run).await.unwrap();
        tokio::time::sleep(Duration::from_millis(200)).await;
        over.store(true, Ordering::Relaxed);
        finished
    };
    let workers = (0..4).map(|worker| load(&written, &client, worker, &over));
    let (finished, calls) = futures::future::join(rotation, join_all(workers)).await;
    assert!(calls.iter().all(|calls| *calls >= 4), "{calls:?}");
    let credentials = finished
        .stdout
        .lines()
        .find(|line| line.starts_with("connections.credential:"));
    let anew: usize = credentials
        .and_then(|line| line.split(' ').nth(1)?.parse().ok())
        .unwrap();
    assert!(
        anew >= CONNECTIONS / 2,
        "the untouched ones were under the old key: {finished:?}"
    );
    assert!(
        finished.stdout.contains("Everything is under master key"),
        "{finished:?}"
    );
    drop(server);

    assert_only_the_new_key_opens_it(&written).await;
}

async fn assert_only_the_new_key_opens_it(written: &Written) {
    let (mut refused, _folder) = written.site.begin(&Written::arguments(&written.provider), &[]);
    assert!(!refused.wait(Duration::from_secs(20)).success());
    let complaint = refused.output();
    assert!(complaint.contains("master key"), "{complaint}");
    assert!(
        !complaint.contains(MASTER_KEY) && !complaint.contains("panicked"),
        "{complaint}"
    );

    let server = written.serve(&[("ROUTEMCP_MASTER_KEY", NEW_KEY)]);
    let client = server.client(&written.key);
    for number in 0..CONNECTIONS {
        assert_answers(&client, &format!("user-{number}")).await;
    }
    // The authorisation that was begun under the old key ends under the new one.
    let query = format!("code=code-7&state={}", written.state);
    let callback = format!("{}/api/v1/auth/callback?{query}", server.url);
    written.browser.get(&callback).await.expect(200);
    assert_answers(&client, "late").await;
    let again = written.site.command(NEW_KEY, &["keys", "rotate-master"]);
    let anew: Vec<&str> = again
        .stdout
        .lines()
        .filter(|line| line.contains("encrypted anew"))
        .collect();
    assert!(again.success && !anew.is_empty(), "{again:?}");
    assert!(
        anew.iter().all(|line| line.ends_with(": 0 encrypted anew")),
        "nothing was left behind: {again:?}"
    );
}

#[tokio::test]
async fn keys_that_do_not_fit_are_refused_with_a_word_on_what_to_do() {
    let site = Site::new(&[hubspot()]);
    let key = site.create_live_key();
    let server = site.serve(&[], &[]);
    let client = server.client(&key);
    client.connect("hubspot", END_USER, Some("pat-7")).await;
    let refused = site.command(NEW_KEY, &["keys", "rotate-master"]);
    let complaint = refused.complaint();
    assert!(complaint.contains("ROUTEMCP_PREVIOUS_MASTER_KEYS"), "{complaint}");
    for (master, previous) in [
        (NEW_KEY, ""),
        (NEW_KEY, NEW_KEY),
        ("short", MASTER_KEY),
        (NEW_KEY, "short"),
    ] {
        let environment = [
            ("ROUTEMCP_MASTER_KEY", master),
            ("ROUTEMCP_PREVIOUS_MASTER_KEYS", previous),
        ];
        let (mut process, _folder) = site.begin(&[], &environment);
        assert!(
            !process.wait(Duration::from_secs(20)).success(),
            "{master} {previous}"
        );
        let complaint = process.output();
        assert!(complaint.to_lowercase().contains("master"), "{complaint}");
        assert!(!complaint.contains("panicked"), "{complaint}");
    }
    // Nothing of that did any harm.
    let shown = client.call(Method::GET, "/connections").send().await.expect(200);
    assert_eq!(shown.records()[0]["status"], json!("active"));
}
