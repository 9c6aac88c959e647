//! Round trips that end in no connection.

use serde_json::{Value, json};

use super::super::{END_USER, PROVIDERS, all_providers, server_to};
use crate::harness::{Attempt, Browser, Client, Sandbox, Server, Widget};

async fn assert_no_connection(product: &Client) {
    let path = format!("/connections?endUserId={END_USER}");
    let listed = product.get(&path).await.expect(200);
    assert!(listed.records().is_empty(), "{}", listed.text);
}

/// The end of an authorisation that failed with this code.
async fn failed(widget: &Widget, attempt: &Attempt, code: &str) -> Value {
    let outcome = widget.outcome(attempt).await;
    assert_eq!(
        (
            &outcome["status"],
            &outcome["error"]["code"],
            &outcome["connection"]
        ),
        (&json!("failed"), &json!(code), &json!(null)),
        "{outcome}"
    );
    outcome
}

#[tokio::test]
async fn an_end_user_who_says_no_is_told_from_an_error() {
    let server = all_providers().start();
    let product = server.client();
    let widget = Widget::open(&product, END_USER).await;
    for provider in PROVIDERS {
        let browser = Browser::new();
        let attempt = widget.begin(provider).await;
        let redirect = attempt.decide(&browser, "deny").await;
        browser.follow(&redirect).await.expect(400);
        failed(&widget, &attempt, "ACCESS_DENIED").await;
    }
    assert_no_connection(&product).await;
    // A refusal uses nothing up.
    widget.connect("hubspot").await;
}

#[tokio::test]
async fn a_state_is_good_once() {
    let server = Server::start();
    let product = server.client();
    let widget = Widget::open(&product, END_USER).await;
    let browser = Browser::new();
    let attempt = widget.begin("hubspot").await;
    let redirect = attempt.decide(&browser, "allow").await;
    browser.follow(&redirect).await.expect(200);
    let before = widget.outcome(&attempt).await;
    let again = browser.follow(&redirect).await.expect(400);
    assert!(again.text.contains("used already"), "{}", again.text);
    assert_eq!(
        widget.outcome(&attempt).await,
        before,
        "the success stays a success"
    );
    // Many at once: one gets through.
    let widget = Widget::open(&product, "user-8").await;
    let attempt = widget.begin("hubspot").await;
    let redirect = attempt.decide(&browser, "allow").await;
    let crowd = (0..10).map(|_| browser.follow(&redirect));
    let mut statuses: Vec<u16> = futures::future::join_all(crowd)
        .await
        .iter()
        .map(|page| page.status)
        .collect();
    statuses.sort_unstable();
    assert_eq!((statuses[0], statuses[1], statuses[9]), (200, 400, 400));
    assert_eq!(widget.outcome(&attempt).await["status"], "succeeded");
}

#[tokio::test]
async fn a_redirect_is_of_no_use_in_another_browser() {
    let server = Server::start();
    let widget = Widget::open(&server.client(), END_USER).await;
    let own = Browser::new();
    let attempt = widget.begin("hubspot").await;
    let redirect = attempt.decide(&own, "allow").await;
    // One without a cookie, and one that was launched for somebody else.
    let stranger = Browser::new();
    let others = Widget::open(&server.client(), "user-8").await;
    let launch = others.begin("hubspot").await.launch;
    stranger.get(&launch).await.expect(302);
    for browser in [&Browser::new(), &stranger] {
        let refused = browser.follow(&redirect).await.expect(400);
        assert!(refused.text.contains("another browser"), "{}", refused.text);
        assert_eq!(widget.look(&attempt).await["status"], "pending");
    }
    own.follow(&redirect).await.expect(200);
    assert_eq!(widget.outcome(&attempt).await["status"], "succeeded");
}

#[tokio::test]
async fn a_window_is_launched_once() {
    let server = Server::start();
    let widget = Widget::open(&server.client(), END_USER).await;
    let browser = Browser::new();
    let attempt = widget.begin("hubspot").await;
    let launched = browser.get(&attempt.launch).await.expect(302);
    let cookie = launched.header("set-cookie");
    assert!(
        cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax"),
        "{cookie}"
    );
    assert_eq!(
        (
            launched.header("cache-control"),
            launched.header("referrer-policy")
        ),
        ("no-store", "no-referrer")
    );
    for browser in [&browser, &Browser::new()] {
        let gone = browser.get(&attempt.launch).await.expect(410);
        assert_eq!(gone.header("set-cookie"), "");
    }
    let nowhere = attempt.launch.replace(&attempt.id, "aut_0");
    browser.get(&nowhere).await.expect(410);
}

#[tokio::test]
async fn a_redirect_that_lacks_something_fails_alone() {
    let server = Server::start();
    let product = server.client();
    let widget = Widget::open(&product, END_USER).await;
    let callback = format!("{}/api/v1/auth/callback", server.url);
    for query in [
        "",
        "?code=x",
        "?state=",
        "?code=x&state=made-up",
        "?error=access_denied",
    ] {
        Browser::new()
            .get(&format!("{callback}{query}"))
            .await
            .expect(400);
    }
    for (more, code) in [
        ("", "AUTHORIZATION_FAILED"),
        ("&code=", "AUTHORIZATION_FAILED"),
        ("&code=made-up", "AUTHORIZATION_FAILED"),
        ("&error=invalid_scope", "AUTHORIZATION_FAILED"),
        ("&error=access_denied&code=made-up", "ACCESS_DENIED"),
    ] {
        let browser = Browser::new();
        let attempt = widget.begin("hubspot").await;
        let launched = browser.get(&attempt.launch).await;
        let state = launched.parameter("state").unwrap();
        browser
            .get(&format!("{callback}?state={state}{more}"))
            .await
            .expect(400);
        failed(&widget, &attempt, code).await;
    }
    assert_no_connection(&product).await;
}

/// Somebody who steals a code cannot redeem it in a round trip of their own: it is bound to a verifier that never left us.
#[tokio::test]
async fn a_code_of_another_round_trip_does_not_pass() {
    let sandbox = Sandbox::start("hubspot");
    let server = server_to(&sandbox).await;
    let product = server.live_client();
    let (victim, thief) = (
        Widget::open(&product, END_USER).await,
        Widget::open(&product, "user-8").await,
    );
    let (theirs, own) = (Browser::new(), Browser::new());
    let redirect = victim.begin("hubspot").await.decide(&theirs, "allow").await;
    let stolen = redirect.parameter("code").unwrap();
    let attempt = thief.begin("hubspot").await;
    let launched = own.get(&attempt.launch).await.expect(302);
    assert_eq!(
        launched.parameter("code_challenge_method").as_deref(),
        Some("S256")
    );
    assert_eq!(launched.parameter("code_challenge").unwrap().len(), 43);
    assert_eq!(launched.parameter("code_verifier"), None);
    let state = launched.parameter("state").unwrap();
    let callback = format!("{}/api/v1/auth/callback?code={stolen}&state={state}", server.url);
    own.get(&callback).await.expect(400);
    let outcome = failed(&thief, &attempt, "AUTHORIZATION_FAILED").await;
    let message = outcome["error"]["message"].as_str().unwrap();
    assert!(message.contains("code_verifier"), "{message}");
    // The code was not burnt, so its owner still gets there.
    theirs.follow(&redirect).await.expect(200);
}

#[tokio::test]
async fn a_provider_in_trouble_is_not_the_end_users_fault() {
    let sandbox = Sandbox::start("hubspot");
    let server = server_to(&sandbox).await;
    let widget = Widget::open(&server.live_client(), END_USER).await;
    sandbox
        .set("token-failure", json!({ "status": 500, "times": 100 }))
        .await;
    let attempt = widget.begin("hubspot").await;
    attempt.agree(&Browser::new()).await.expect(400);
    failed(&widget, &attempt, "PROVIDER_ERROR").await;
    sandbox.reset("token-failure").await;
    widget.connect("hubspot").await;
}
