//! Several servers on one database, and what one of them must know of what happens at another.

mod changes;
mod deaf;
mod rate_limit;
mod warm;

use http::Method;
use serde_json::{Value, json};

use crate::harness::{ADMIN_TOKEN, Answer, Client, Provider, Replica, Reply, Site, twin, within_a_second};

const A: &str = "TWINMARKA";
const B: &str = "TWINMARKB";

/// Two servers, and a provider that both send live traffic to.
struct Pair {
    site: Site,
    provider: Provider,
    key: String,
    replicas: [Replica; 2],
}

impl Pair {
    /// Servers without connectors.
    async fn start(site: Site) -> Self {
        let provider = Provider::start(|_| Reply::json(200, &json!({ "elsewhere": "here" }))).await;
        let key = site.create_live_key();
        let arguments = [
            "--provider-base-url".to_owned(),
            format!("twin={}", provider.url()),
        ];
        let environment = [("ROUTEMCP_ADMIN_TOKEN", ADMIN_TOKEN), ("ROUTEMCP_LOG", "info")];
        let replicas = [(); 2].map(|()| site.serve(&arguments, &environment));
        Self {
            site,
            provider,
            key,
            replicas,
        }
    }

    /// Servers that both have the connector and a connection of `user-1`, and have used it.
    async fn warm(site: Site) -> Self {
        let pair = Self::start(site).await;
        let [one, other] = pair.clients();
        install(&pair.operator(), A).await;
        one.connect("twin", "user-1", Some("token-1")).await;
        for client in [one, other] {
            within_a_second(async || last_name(&client, "user-1").await == Ok(json!(A))).await;
        }
        pair
    }

    fn clients(&self) -> [Client; 2] {
        self.replicas.each_ref().map(|replica| replica.client(&self.key))
    }

    /// The operator, at the first server.
    fn operator(&self) -> Client {
        self.replicas[0].client(ADMIN_TOKEN)
    }

    /// The token of the last request that reached the provider.
    fn last_token(&self) -> String {
        let received = self.provider.received();
        received.last().unwrap().header("authorization").to_owned()
    }
}

/// Makes a version live.
async fn install(operator: &Client, mark: &str) {
    let call = operator.call(Method::PUT, "//admin/v1/connectors?grant=*");
    call.component(twin(mark)).send().await.expect(200);
}

async fn post(operator: &Client, path: &str) -> Answer {
    let path = format!("//admin/v1/connectors/twin/{path}");
    operator.call(Method::POST, &path).send().await.expect(200)
}

/// What the connector under test says, or the code of the error.
async fn last_name(client: &Client, end_user: &str) -> Result<Value, String> {
    let path = format!("/contact?provider=twin&endUserId={end_user}");
    let page = client.get(&path).await;
    match page.status {
        200 => Ok(page.records()[0]["lastName"].clone()),
        _ => Err(page.body["code"].as_str().unwrap_or_default().to_owned()),
    }
}
