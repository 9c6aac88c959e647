//! The provider refuses an access token that should be good.

use std::time::Duration;

use futures::future::join_all;
use serde_json::json;

use super::super::{END_USER, contacts, server_to};
use super::{assert_all_succeeded, crowd};
use crate::harness::{Sandbox, Widget, walk};

/// Ends every access token that is out, as a provider may do at any time.
async fn end_all_tokens(sandbox: &Sandbox) {
    sandbox.set("token-lifetime", json!({ "seconds": 0 })).await;
    sandbox.reset("token-lifetime").await;
    assert_eq!(sandbox.count("live").await, 0);
}

/// A token that was given out half a minute ago is not refused for its youth.
#[tokio::test]
async fn a_refused_token_is_renewed_and_the_call_repeated_once() {
    join_all(["hubspot", "gohighlevel"].map(refused_after_a_while)).await;
}

async fn refused_after_a_while(provider: &'static str) {
    let sandbox = Sandbox::start(provider).unlimited().await;
    let server = server_to(&sandbox).await;
    let product = server.live_client();
    for end_user in [END_USER, "user-8", "user-9"] {
        Widget::open(&product, end_user).await.connect(provider).await;
    }
    tokio::time::sleep(Duration::from_secs(31)).await;
    end_all_tokens(&sandbox).await;
    product.get(&contacts(provider)).await.expect(200);
    assert_eq!(sandbox.count("refreshes").await, 1, "{provider}");

    let body = json!({ "firstName": "Once", "lastName": "Only", "email": "once.only@example.com" });
    let path = format!("/contact?provider={provider}&endUserId=user-8");
    let created = product.post(&path, &body).await.expect(201);
    assert_eq!(sandbox.count("refreshes").await, 2, "{provider}");
    let same = walk(&product, &path, 100)
        .await
        .iter()
        .filter(|record| record["email"] == "once.only@example.com")
        .count();
    assert_eq!(same, 1, "{provider}: a create is repeated, not done twice");
    product
        .get(&format!(
            "/contact/{}?provider={provider}&endUserId=user-8",
            created.id()
        ))
        .await
        .expect(200);

    let others = format!("/contact?provider={provider}&endUserId=user-9&limit=1");
    assert_all_succeeded(&crowd(&product, &others, 50).await);
    assert_eq!(
        sandbox.count("refreshes").await,
        3,
        "{provider}: many refused calls make one refresh"
    );
}

#[tokio::test]
async fn a_new_token_that_is_refused_is_not_renewed() {
    let sandbox = Sandbox::start("hubspot");
    let server = server_to(&sandbox).await;
    let product = server.live_client();
    let connection = Widget::open(&product, END_USER).await.connect("hubspot").await;
    end_all_tokens(&sandbox).await;
    for _ in 0..5 {
        product
            .get("/contact/1?endUserId=user-7")
            .await
            .refused(409, "CONNECTION_NEEDS_REAUTH");
    }
    assert_eq!(
        (sandbox.count("refreshes").await, sandbox.count("refused").await),
        (0, 0)
    );
    let shown = product
        .get(&format!("/connections/{}", connection["id"].as_str().unwrap()))
        .await;
    assert_eq!(shown.record()["status"], "needs_reauth");
}
