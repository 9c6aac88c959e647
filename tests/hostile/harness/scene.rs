//! A server with hostile connectors and a good one, the provider, the canary, and callers.

use std::time::{Duration, Instant};

use serde_json::json;
use tokio::sync::{Mutex, MutexGuard};

use super::places::hubspot;
use super::{Answer, Canary, Client, Guests, Memory, Provider, Server};

/// Between two requests of the innocent caller: HubSpot's sandbox has HubSpot's rate limit.
const PAUSE: Duration = Duration::from_millis(150);
const END_USER: &str = "user-hostile";

/// What is measured here is measured alone.
static ALONE: Mutex<()> = Mutex::const_new(());

/// Everything that a test needs.
pub(crate) struct Scene {
    pub(crate) guests: Guests,
    pub(crate) canary: Canary,
    pub(crate) provider: Provider,
    server: Server,
    _alone: MutexGuard<'static, ()>,
}

impl Scene {
    /// A running server with these guests and the HubSpot connector.
    pub(crate) async fn start<'a>(names: impl IntoIterator<Item = &'a str>) -> Self {
        let alone = ALONE.lock().await;
        let canary = Canary::start().await;
        let provider = Provider::start(&canary.address).await;
        let names: Vec<&str> = names.into_iter().collect();
        let guests = Guests::build(names.iter().copied(), &canary.address);
        let mut files = guests.files();
        files.push(hubspot());
        let setup = Server::setup().connectors(&files).environment("NO_COLOR", "1");
        let setup = names.iter().fold(setup, |setup, name| {
            setup.provider(name, &format!("{}/{name}", provider.url))
        });
        Self {
            guests,
            canary,
            provider,
            server: tokio::task::spawn_blocking(|| setup.start()).await.unwrap(),
            _alone: alone,
        }
    }

    /// The caller whose connections lead to the provider.
    pub(crate) fn live(&self) -> Client {
        self.server.live_client()
    }

    /// The caller whose connections lead to sandboxes.
    pub(crate) fn test(&self) -> Client {
        self.server.client()
    }

    /// A caller of another organisation.
    pub(crate) fn stranger(&self, name: &str) -> Client {
        let organisation = self.server.create_organisation(name);
        self.server.client_with(&self.server.create_key(
            &organisation,
            "live",
            &["--scopes", "read,write,connect"],
        ))
    }

    /// Connects a caller to a guest.
    pub(crate) async fn connect(client: &Client, name: &str) -> Answer {
        let body = json!({ "provider": name, "endUserId": END_USER, "token": "sandbox-token" });
        client.post("/connections", &body).await
    }

    /// Asks a guest for contacts.
    pub(crate) async fn list(client: &Client, name: &str) -> Answer {
        client
            .get(&format!("/contact?provider={name}&endUserId={END_USER}"))
            .await
    }

    /// Everything that the server logged so far.
    pub(crate) fn log(&self) -> String {
        self.server.log()
    }

    /// How much memory the server has.
    pub(crate) fn memory(&self) -> Memory {
        Memory::of(&self.server.data().with_file_name("pid"))
    }

    /// Does something while an innocent caller lists contacts, and gives back the longest that this one had to wait.
    pub(crate) async fn meanwhile<T>(&self, sin: impl Future<Output = T>) -> (T, Duration) {
        let innocent = self.test();
        let mut longest = Duration::ZERO;
        let mut sin = std::pin::pin!(sin);
        let mut done = None;
        while done.is_none() {
            let served = async {
                let asked = Instant::now();
                innocent
                    .get("/contact?provider=hubspot&limit=1")
                    .await
                    .expect(200);
                longest = longest.max(asked.elapsed());
                tokio::time::sleep(PAUSE).await;
            };
            let mut served = std::pin::pin!(served);
            // The innocent request is carried to its end, also when the sin ends first.
            tokio::select! {
                outcome = &mut sin => {
                    done = Some(outcome);
                    served.await;
                }
                () = &mut served => {}
            }
        }
        (done.unwrap(), longest)
    }
}
