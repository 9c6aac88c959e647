//! `/admin/v1/connectors` and the folder of a production server: how connectors become live, and what stops them.

mod folder;
mod hostile_compile;
mod load;
mod signatures;
mod switching;
mod upload;

use std::time::Duration;

use http::Method;
use serde_json::{Value, json};

use crate::harness::{Answer, Client, Provider, Reply, Server};

const A: &str = "TWINMARKA";
const B: &str = "TWINMARKB";
const HOST: &str = "https://twin.example";

/// Uploads a component with these parameters.
async fn put(operator: &Client, query: &str, bytes: Vec<u8>) -> Answer {
    let path = format!("//admin/v1/connectors{query}");
    operator.call(Method::PUT, &path).component(bytes).send().await
}

async fn post(operator: &Client, path: &str, body: Option<&Value>) -> Answer {
    let call = operator.call(Method::POST, &format!("//admin/v1/connectors/{path}"));
    match body {
        Some(body) => call.json(body).send().await,
        None => call.send().await,
    }
}

/// What the operator sees of the connector under test.
async fn twin_of(operator: &Client) -> Value {
    operator
        .get("//admin/v1/connectors/twin")
        .await
        .expect(200)
        .data()
        .clone()
}

/// The provider behind the connector under test.
async fn twins_provider(delay: Duration) -> Provider {
    Provider::start(move |_| Reply::json(200, &json!({ "elsewhere": "here" })).after(delay)).await
}

/// A development server without connectors, its operator, and a caller whose connection to the connector under test is
/// made once that is there.
async fn server(provider: &Provider) -> (Server, Client, Client) {
    let server = Server::setup()
        .connectors(&[])
        .provider("twin", &provider.url())
        .start();
    let (operator, caller) = (server.operator(), server.live_client());
    (server, operator, caller)
}

/// The mark of the version that answers.
async fn mark(caller: &Client) -> String {
    let page = caller.get("/contact?provider=twin").await.expect(200);
    marks_of(&page).unwrap_or_else(|| panic!("two versions had a hand in {}", page.text))
}

/// The mark of an answer; none if it shows more than one, or lacks one.
fn marks_of(page: &Answer) -> Option<String> {
    let record = &page.records()[0];
    let marks =
        ["firstName", "lastName", "ownerName"].map(|field| record[field].as_str().unwrap_or_default());
    let first = marks[0];
    (!first.is_empty() && marks.iter().all(|mark| *mark == first)).then(|| first.to_owned())
}
