//! Access tokens are renewed when they have to be, once for however many callers.

mod beside;
mod failures;
mod processes;
mod refused;
mod unsaved;

use std::time::Duration;

use futures::future::join_all;
use serde_json::json;

use super::{END_USER, PROVIDERS, contacts, server_to};
use crate::harness::{Answer, Client, Sandbox, Server, Widget};

/// A connection whose access token has expired, and the product's client.
async fn expired_at(sandbox: &Sandbox) -> (Server, Client) {
    let server = server_to(sandbox).await;
    let product = server.live_client();
    sandbox.set("token-lifetime", json!({ "seconds": 1 })).await;
    Widget::open(&product, END_USER).await.connect(sandbox.slug).await;
    sandbox.reset("token-lifetime").await;
    until_none_is_live(sandbox).await;
    (server, product)
}

/// Waits for the end of every access token that is out.
async fn until_none_is_live(sandbox: &Sandbox) {
    for _ in 0..200 {
        if sandbox.count("live").await == 0 {
            return;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("tokens do not expire at the sandbox");
}

/// So many calls at once.
async fn crowd(product: &Client, path: &str, calls: usize) -> Vec<Answer> {
    join_all((0..calls).map(|_| product.get(path))).await
}

fn assert_all_succeeded(answers: &[Answer]) {
    for answer in answers {
        assert_eq!(answer.status, 200, "{}", answer.text);
        assert_eq!(answer.records().len(), 1, "{}", answer.text);
        assert!(answer.data()["errors"].is_null(), "{}", answer.text);
    }
}

async fn two_hundred_callers(provider: &'static str) {
    let sandbox = Sandbox::start(provider).unlimited().await;
    let (_server, product) = expired_at(&sandbox).await;
    assert_eq!(sandbox.count("refreshes").await, 0);
    let answers = crowd(&product, &contacts(provider), 200).await;
    assert_all_succeeded(&answers);
    assert_eq!(
        (sandbox.count("refreshes").await, sandbox.count("refused").await),
        (1, 0)
    );
}

#[tokio::test]
async fn two_hundred_callers_make_one_refresh() {
    two_hundred_callers("hubspot").await;
}

/// A second use of a rotated refresh token would end the connection.
#[tokio::test]
async fn two_hundred_callers_make_one_refresh_where_refresh_tokens_rotate() {
    two_hundred_callers("gohighlevel").await;
}

/// Zoho gives no refresh token with a refresh, so the first one has to last; Pipedrive and HighLevel give another each time.
#[tokio::test]
async fn each_refresh_leaves_what_the_next_one_needs() {
    join_all(PROVIDERS.map(twice)).await;
}

async fn twice(provider: &'static str) {
    let sandbox = Sandbox::start(provider).unlimited().await;
    let (_server, product) = expired_at(&sandbox).await;
    // Pipedrive says a second less.
    sandbox.set("token-lifetime", json!({ "seconds": 5 })).await;
    for time in 1..=2 {
        until_none_is_live(&sandbox).await;
        let page = product.get(&contacts(provider)).await.expect(200);
        assert_eq!(page.records().len(), 1, "{provider}: {}", page.text);
        assert_eq!(sandbox.count("refreshes").await, time, "{provider}");
    }
    assert_eq!(sandbox.count("refused").await, 0, "{provider}");
}
