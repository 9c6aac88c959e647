//! A server that is killed at the worst moment loses no connection without saying so.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use futures::future::join_all;

use super::set_app;
use super::stand_in::StandIn;
use crate::harness::{Client, Replica, Site, hubspot};

/// Connections that are being renewed when the server dies.
const CONNECTIONS: usize = 6;

/// The answers come spread over so many milliseconds, and the server dies somewhere among them.
const SPREAD: u64 = 60;

struct Scene {
    site: Site,
    provider: StandIn,
    key: String,
    ids: Vec<String>,
}

fn path(number: usize) -> String {
    format!("/contact?provider=hubspot&endUserId=user-{number}&limit=1")
}

fn random(below: u64) -> u64 {
    getrandom::u64().unwrap() % below
}

impl Scene {
    async fn set(rotates: bool) -> (Self, Replica) {
        let provider = StandIn::start(rotates).await;
        let site = Site::new(&[hubspot()]);
        let key = site.create_live_key();
        let server = site.serve(&provider.arguments(), &[]);
        let client = server.client(&key);
        set_app(&client, "hubspot", "client-7", "s").await;
        let mut ids = Vec::new();
        for number in 0..CONNECTIONS {
            ids.push(provider.import_expired(&client, &format!("user-{number}")).await);
        }
        (
            Self {
                site,
                provider,
                key,
                ids,
            },
            server,
        )
    }

    /// Calls every connection while the server dies: the calls may end in anything.
    async fn die_while_renewing(&self, server: Replica, dying: impl Future<Output = ()>) {
        let calls = (0..CONNECTIONS).map(|number| {
            let url = format!("{}/api/v1{}", server.url, path(number));
            let request = crate::harness::http().get(url).bearer_auth(&self.key);
            async move { drop(request.send().await) }
        });
        futures::future::join(join_all(calls), async {
            dying.await;
            server.process.signal("KILL");
        })
        .await;
        drop(server);
    }

    /// After a restart each connection works or says that it does not: how many work.
    async fn survivors(&self) -> usize {
        self.provider.set_manner(|reply| reply);
        let server = self.site.serve(&self.provider.arguments(), &[]);
        let client = server.client(&self.key);
        let looks = self
            .ids
            .iter()
            .enumerate()
            .map(|(number, id)| works(&client, number, id));
        let works = join_all(looks).await;
        works.into_iter().filter(|works| *works).count()
    }
}

async fn works(client: &Client, number: usize, id: &str) -> bool {
    let one = format!("/contact/101?provider=hubspot&endUserId=user-{number}");
    let begun = Instant::now();
    let mut answer = client.get(&path(number)).await;
    // A lease of the dead process ends by itself; until then a caller is told to wait.
    while answer.status == 502 && begun.elapsed() < Duration::from_secs(30) {
        assert!(!answer.header("retry-after").is_empty(), "{answer:?}");
        tokio::time::sleep(Duration::from_millis(200)).await;
        answer = client.get(&path(number)).await;
    }
    let shown = client.get(&format!("/connections/{id}")).await.expect(200);
    let status = shown.record()["status"].as_str().unwrap();
    if answer.status == 200 && answer.data()["errors"].is_null() {
        assert_eq!(
            (answer.records().len(), status),
            (1, "active"),
            "{} {}",
            answer.text,
            shown.text
        );
        return true;
    }
    client.get(&one).await.refused(409, "CONNECTION_NEEDS_REAUTH");
    assert_eq!(status, "needs_reauth", "{} {}", answer.text, shown.text);
    assert!(shown.record()["lastError"].is_string(), "{}", shown.text);
    false
}

/// The server dies while answers are coming in: some are on their way, some are being written, some have been.
async fn dies_among_the_answers(rotates: bool) -> usize {
    let (scene, server) = Scene::set(rotates).await;
    let answered = Arc::new(AtomicBool::new(false));
    let first = Arc::clone(&answered);
    scene.provider.set_manner(move |reply| {
        first.store(true, Ordering::Relaxed);
        reply.after(Duration::from_millis(random(SPREAD)))
    });
    let dying = async {
        while !answered.load(Ordering::Relaxed) {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        tokio::time::sleep(Duration::from_millis(random(SPREAD))).await;
    };
    scene.die_while_renewing(server, dying).await;
    scene.survivors().await
}

#[tokio::test]
async fn killed_while_refreshing_a_connection_lives_on() {
    let rounds = join_all((0..4).map(|_| dies_among_the_answers(false))).await;
    assert!(
        rounds.iter().all(|works| *works == CONNECTIONS),
        "no connection may be lost: {rounds:?}"
    );
}

#[tokio::test]
async fn killed_while_refreshing_a_connection_works_or_says_that_it_does_not() {
    // How many survive is chance; that each is one or the other is looked at inside.
    join_all((0..4).map(|_| dies_among_the_answers(true))).await;
}

/// The one moment in which a rotated refresh token is nowhere: the provider has answered, and nobody was there to read it.
#[tokio::test]
async fn an_answer_that_nobody_read_ends_in_needing_the_end_user() {
    let (scene, server) = Scene::set(true).await;
    let answers = Arc::new(AtomicU64::new(0));
    let counted = Arc::clone(&answers);
    scene.provider.set_manner(move |reply| {
        counted.fetch_add(1, Ordering::Relaxed);
        reply.after(Duration::from_secs(5))
    });
    let dying = async {
        while answers.load(Ordering::Relaxed) < CONNECTIONS as u64 {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    };
    scene.die_while_renewing(server, dying).await;
    assert_eq!(scene.survivors().await, 0);
}
