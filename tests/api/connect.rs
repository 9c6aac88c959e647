//! Connect: end users give a product access to their accounts, and it stays theirs to use.

mod authorisation;
mod durability;
mod pages;
mod refresh;
mod revoke;
mod rotation;
mod secrets;
mod session;
mod stand_in;
mod token;

use serde_json::json;

use crate::harness::{Client, Sandbox, Server, Setup, connector};

/// All providers, as slugs.
const PROVIDERS: [&str; 4] = ["hubspot", "zoho-crm", "pipedrive", "gohighlevel"];

/// The end user who connects. Development connections belong to another one.
const END_USER: &str = "user-7";

/// A server with the connectors of all providers.
fn all_providers() -> Setup {
    Server::setup().connectors(&PROVIDERS.map(connector))
}

/// A server whose live traffic to one provider goes to that provider's sandbox, and knows an OAuth app there.
async fn server_to(sandbox: &Sandbox) -> Server {
    let server = Server::setup()
        .connectors(&[connector(sandbox.slug)])
        .provider(sandbox.slug, &sandbox.url)
        .start();
    set_app(&server.live_client(), sandbox.slug, "client-7", "client-secret-7").await;
    server
}

/// Sets an organisation's OAuth app.
async fn set_app(client: &Client, provider: &str, id: &str, secret: &str) {
    let app = json!({ "clientId": id, "clientSecret": secret });
    client
        .put(&format!("/oauth-apps/{provider}"), &app)
        .await
        .expect(200);
}

/// The path of a list of contacts that only the end user's connection answers.
fn contacts(provider: &str) -> String {
    format!("/contact?provider={provider}&endUserId={END_USER}&limit=1")
}
