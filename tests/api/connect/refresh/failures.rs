//! The token URL gives no token.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::super::stand_in::StandIn;
use super::super::{END_USER, contacts, set_app};
use super::{crowd, expired_at};
use crate::harness::{Client, Reply, Sandbox, Server, Widget};

/// The end user's one connection.
async fn connection(product: &Client) -> Value {
    let listed = product
        .get(&format!("/connections?endUserId={END_USER}"))
        .await
        .expect(200);
    assert_eq!(listed.records().len(), 1, "{}", listed.text);
    listed.records()[0].clone()
}

/// What the token URL makes of its answer.
type Manner = fn(Reply) -> Reply;

/// A call that only this connection can answer.
const ONE: &str = "/contact/20100370451?provider=hubspot&endUserId=user-7";

/// Calls until one succeeds.
async fn heals(product: &Client, path: &str) {
    let deadline = Instant::now() + Duration::from_secs(40);
    loop {
        let answer = product.get(path).await;
        if answer.status == 200 {
            return;
        }
        assert!(Instant::now() < deadline, "it does not heal: {}", answer.text);
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}

#[tokio::test]
async fn a_token_url_in_trouble_costs_no_connection() {
    let sandbox = Sandbox::start("hubspot").unlimited().await;
    let (_server, product) = expired_at(&sandbox).await;
    sandbox
        .set("token-failure", json!({ "status": 500, "times": 10_000 }))
        .await;
    let answer = product.get(ONE).await.refused(502, "PROVIDER_ERROR");
    let wait: u64 = answer.header("retry-after").parse().unwrap();
    assert!((1..=60).contains(&wait), "{answer:?}");
    assert_eq!(answer.body["provider"], "hubspot");
    for answer in crowd(&product, ONE, 50).await {
        answer.refused(502, "PROVIDER_ERROR");
    }
    let asked = sandbox.count("refused").await;
    assert!(asked <= 6, "51 calls asked the token URL {asked} times");
    let shown = connection(&product).await;
    assert_eq!(shown["status"], "active", "{shown}");
    sandbox.reset("token-failure").await;
    heals(&product, ONE).await;
    assert_eq!(sandbox.count("refreshes").await, 1);
    assert_eq!(connection(&product).await["status"], "active");
}

/// Where refresh tokens rotate, an answer that was lost may have cost the token; none of these was one.
#[tokio::test]
async fn answers_that_are_none_cost_no_connection() {
    let manners: [(&str, Manner); 6] = [
        ("HTML with status 400", |_| {
            Reply::text(400, "text/html", "<h1>Bad request</h1>")
        }),
        ("HTML with status 200", |_| {
            Reply::text(200, "text/html", "<h1>Maintenance</h1>")
        }),
        ("JSON without a token", |_| Reply::json(200, &json!({}))),
        ("rate limit", |_| {
            Reply::json(429, &json!({ "message": "slow down" })).header("retry-after", "2")
        }),
        ("closed", |_| {
            Reply::text(200, "application/json", "{\"access_token\": \"acc").cut()
        }),
        ("a redirect", |_| {
            Reply::text(302, "text/plain", "").header("location", "/elsewhere/token")
        }),
    ];
    let provider = StandIn::start(false).await;
    let server = Server::setup()
        .provider("hubspot", &provider.provider.url())
        .start();
    let product = server.live_client();
    set_app(&product, "hubspot", "client-7", "s").await;
    for (index, (name, manner)) in manners.into_iter().enumerate() {
        provider.set_manner(manner);
        let end_user = format!("user-{}", index + 10);
        let id = provider.import_expired(&product, &end_user).await;
        let path = format!("/contact/101?provider=hubspot&endUserId={end_user}");
        let refused = product.get(&path).await;
        assert_eq!(
            (refused.status, refused.code()),
            (502, "PROVIDER_ERROR"),
            "{name}: {}",
            refused.text
        );
        assert!(!refused.header("retry-after").is_empty(), "{name}: {refused:?}");
        assert!(!refused.text.contains("<h1>"), "{name}: {}", refused.text);
        let shown = product.get(&format!("/connections/{id}")).await;
        assert_eq!(shown.record()["status"], "active", "{name}: {}", shown.text);
        provider.set_manner(|reply| reply);
        heals(
            &product,
            &format!("/contact?provider=hubspot&endUserId={end_user}&limit=1"),
        )
        .await;
    }
}

#[tokio::test]
async fn a_token_url_that_hangs_or_is_gone_costs_no_connection() {
    let provider = StandIn::start(false).await;
    let server = Server::setup()
        .provider("hubspot", &provider.provider.url())
        .start();
    let product = server.live_client();
    set_app(&product, "hubspot", "client-7", "s").await;
    provider.import_expired(&product, END_USER).await;
    provider.set_manner(|reply| reply.after(Duration::from_secs(30)));
    let path = contacts("hubspot");
    let begun = Instant::now();
    let answers = crowd(&product, ONE, 50).await;
    assert!(
        begun.elapsed() < Duration::from_secs(25),
        "callers wait {:?}",
        begun.elapsed()
    );
    for answer in answers {
        assert!(answer.status == 502 || answer.status == 504, "{}", answer.text);
    }
    assert!(provider.asked() <= 3, "50 calls asked {} times", provider.asked());
    assert_eq!(connection(&product).await["status"], "active");
    provider.set_manner(|reply| reply);
    heals(&product, &path).await;
    // Not there at all.
    let id = provider.import_expired(&product, END_USER).await;
    drop(provider);
    product.get(ONE).await.refused(502, "PROVIDER_ERROR");
    let shown = product.get(&format!("/connections/{id}")).await;
    assert_eq!(shown.record()["status"], "active", "{}", shown.text);
}

#[tokio::test]
async fn an_authorisation_that_ended_needs_the_end_user_again() {
    for provider in ["hubspot", "zoho-crm"] {
        let sandbox = Sandbox::start(provider).unlimited().await;
        let (_server, product) = expired_at(&sandbox).await;
        let before = connection(&product).await;
        sandbox
            .set(
                "token-failure",
                json!({ "status": 400, "error": "invalid_grant", "times": 10_000 }),
            )
            .await;
        let one = format!("/contact/1?provider={provider}&endUserId={END_USER}");
        product.get(&one).await.refused(409, "CONNECTION_NEEDS_REAUTH");
        let shown = connection(&product).await;
        assert_eq!(shown["status"], "needs_reauth", "{shown}");
        assert!(
            shown["lastError"]
                .as_str()
                .is_some_and(|error| error.contains("authorisation")),
            "{shown}"
        );
        for answer in crowd(&product, &one, 50).await {
            answer.refused(409, "CONNECTION_NEEDS_REAUTH");
        }
        assert_eq!(
            sandbox.count("refused").await,
            1,
            "{provider}: the provider is not asked again and again"
        );
        let widget = Widget::open(&product, END_USER).await;
        let offered = widget.session().await["providers"][0]["connection"].clone();
        assert_eq!(offered["status"], "needs_reauth", "{offered}");
        sandbox.reset("token-failure").await;
        let healed = widget.connect(provider).await;
        assert_eq!(
            (&healed["id"], &healed["status"]),
            (&before["id"], &json!("active"))
        );
        product.get(&contacts(provider)).await.expect(200);
        assert_eq!(connection(&product).await["lastError"], json!(null));
    }
}

#[tokio::test]
async fn an_app_that_went_bad_is_not_the_end_users_fault() {
    let sandbox = Sandbox::start("hubspot").unlimited().await;
    let (_server, product) = expired_at(&sandbox).await;
    set_app(&product, "hubspot", "client-7", "wrong").await;
    let refused = product.get(ONE).await.refused(502, "PROVIDER_ERROR");
    assert!(
        refused.message().contains("OAuth app"),
        "it names the cause: {}",
        refused.text
    );
    assert_eq!(connection(&product).await["status"], "active");
    product.delete("/oauth-apps/hubspot").await.expect(200);
    product.get(ONE).await.refused(502, "PROVIDER_ERROR");
    assert_eq!(connection(&product).await["status"], "active");
    set_app(&product, "hubspot", "client-7", "right-again").await;
    heals(&product, ONE).await;
}
