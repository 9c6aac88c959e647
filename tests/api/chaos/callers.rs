//! Callers who do what callers do: repeat a write under its idempotency key until they know how it ended.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use http::Method;
use serde_json::json;

use super::flaky::below;
use super::fleet::Fleet;
use super::ledger::{Fate, Ledger};
use super::{END_USER, TOKEN};
use crate::harness::{Answer, Client};

/// How often a write is tried.
const TRIES: u32 = 6;

/// One caller with a key of its own.
pub(super) struct Caller {
    number: u32,
    key: String,
    fleet: Arc<Fleet>,
    ledger: Arc<Ledger>,
    /// The only server that it asks; either if there is none.
    server: Option<usize>,
}

impl Caller {
    pub(super) fn new(number: u32, fleet: &Arc<Fleet>, ledger: &Arc<Ledger>) -> Self {
        Self {
            number,
            key: fleet.key(),
            fleet: Arc::clone(fleet),
            ledger: Arc::clone(ledger),
            server: None,
        }
    }

    pub(super) fn at(mut self, server: usize) -> Self {
        self.server = Some(server);
        self
    }

    fn client(&self) -> Client {
        let url = self
            .server
            .map_or_else(|| self.fleet.any(), |server| self.fleet.url(server));
        Client::new(&url, Some(&self.key))
    }

    /// Connects an end user, until that is acknowledged.
    pub(super) async fn connect(&self, end_user: &str) -> bool {
        let body = json!({ "provider": "hubspot", "endUserId": end_user, "token": TOKEN });
        for _ in 0..TRIES {
            let call = self.client().call(Method::POST, "/connections").json(&body);
            match call.attempt().await {
                Ok(answer) if answer.status == 201 => return true,
                Ok(answer) => self.ledger.excuse(&answer),
                Err(_) => self.ledger.lost(),
            }
            tokio::time::sleep(Duration::from_millis(300)).await;
        }
        false
    }

    /// Connects end users who are not used further: they live in our own database.
    pub(super) async fn connect_until(self, over: Arc<AtomicBool>) {
        for number in 0.. {
            if over.load(Ordering::Relaxed) {
                break;
            }
            let end_user = format!("chaos-{number}");
            if self.connect(&end_user).await {
                self.ledger.connected(end_user);
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }

    /// Creates contacts and deletes every third.
    pub(super) async fn write_until(self, over: Arc<AtomicBool>) {
        for count in 0.. {
            if over.load(Ordering::Relaxed) {
                break;
            }
            let mark = format!("chaos-{}-{count}", self.number);
            let stays = below(3) > 0;
            let fate = self.create(&mark).await;
            let id = fate.id();
            self.ledger.created(&mark, fate, stays);
            if let (false, Some(id)) = (stays, id) {
                let fate = self.delete(&id, &mark).await;
                self.ledger.deleted(&mark, fate);
            }
        }
    }

    async fn create(&self, mark: &str) -> Fate {
        let path = format!("/contact?endUserId={END_USER}");
        self.write(mark, |client| {
            let body = json!({ "firstName": "Chaos", "lastName": mark });
            client.call(Method::POST, &path).json(&body)
        })
        .await
    }

    async fn delete(&self, id: &str, mark: &str) -> Fate {
        let path = format!("/contact/{id}?endUserId={END_USER}");
        self.write(&format!("delete-{mark}"), |client| {
            client.call(Method::DELETE, &path)
        })
        .await
    }

    /// Repeats a write under one idempotency key until its fate is known, or the answer says that it is not known.
    async fn write(&self, key: &str, call: impl Fn(&Client) -> crate::harness::Call) -> Fate {
        let mut fate = Fate::Refused;
        for _ in 0..TRIES {
            let call = call(&self.client()).header("idempotency-key", key);
            match call.attempt().await {
                Ok(answer) if answer.status < 300 => {
                    let id = answer.body["data"]["data"]["id"].as_str().unwrap().to_owned();
                    return Fate::Acknowledged { id };
                }
                Ok(answer) if answer.code() == "IDEMPOTENCY_CONFLICT" => return Fate::Unknown,
                Ok(answer) => {
                    self.ledger.excuse(&answer);
                    if answer.body["outcome"] == "unknown" {
                        return Fate::Unknown;
                    }
                    fate = Fate::Refused;
                }
                Err(_) => {
                    self.ledger.lost();
                    fate = Fate::Unknown;
                }
            }
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
        fate
    }

    /// Reads pages, and records that were acknowledged.
    pub(super) async fn read_until(self, over: Arc<AtomicBool>) {
        while !over.load(Ordering::Relaxed) {
            match self.ledger.any_that_stays() {
                Some((id, mark)) if below(2) == 0 => self.read_one(&id, &mark).await,
                _ => self.read_page().await,
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    async fn read_one(&self, id: &str, mark: &str) {
        let path = format!("/contact/{id}?endUserId={END_USER}");
        if let Some(answer) = self.read(&path).await {
            assert_eq!(answer.record()["lastName"], mark, "{}", answer.text);
            assert_eq!(answer.id(), id);
            self.ledger.read();
        }
    }

    async fn read_page(&self) {
        let path = format!("/contact?endUserId={END_USER}&limit=50");
        if let Some(answer) = self.read(&path).await {
            let mut ids = answer.ids();
            let all = ids.len();
            ids.sort_unstable();
            ids.dedup();
            assert_eq!(ids.len(), all, "none twice: {}", answer.text);
            let whole = |record: &serde_json::Value| {
                record["provider"] == "hubspot" && record["createdAt"].is_string()
            };
            assert!(all > 0 && answer.records().iter().all(whole), "{}", answer.text);
            self.ledger.read();
        }
    }

    async fn read(&self, path: &str) -> Option<Answer> {
        match self.client().call(Method::GET, path).attempt().await {
            Ok(answer) if answer.status == 200 => return Some(answer),
            Ok(answer) => self.ledger.excuse(&answer),
            Err(_) => self.ledger.lost(),
        }
        None
    }

    /// After all is over: this server has every record and connection that was acknowledged by either.
    pub(super) async fn sees_what_was_acknowledged(&self) {
        for (id, mark) in self.ledger.that_stay().iter().rev().take(20) {
            let answer = self
                .client()
                .get(&format!("/contact/{id}?endUserId={END_USER}"))
                .await
                .expect(200);
            assert_eq!(answer.record()["lastName"], **mark, "{}", answer.text);
        }
        let mut connected = Vec::new();
        let mut path = "/connections?provider=hubspot&limit=100".to_owned();
        loop {
            let page = self.client().get(&path).await.expect(200);
            connected.extend(
                page.records()
                    .iter()
                    .map(|one| one["endUserId"].as_str().unwrap().to_owned()),
            );
            let Some(cursor) = page.cursor() else { break };
            path = format!("/connections?provider=hubspot&limit=100&cursor={cursor}");
        }
        for end_user in self.ledger.connections() {
            let times = connected.iter().filter(|one| **one == end_user).count();
            assert_eq!(times, 1, "the connection of {end_user}");
        }
    }
}
