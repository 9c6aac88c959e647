//! A token that will end soon is renewed beside the calls that still use it.

use std::time::{Duration, Instant};

use serde_json::json;

use super::super::{END_USER, contacts, set_app};
use crate::harness::{Provider, Received, Reply, Server, Widget};

/// The first token lives for 28 seconds: due for the last quarter, and given up 5 seconds before its end.
fn script(request: &Received) -> Reply {
    let contact = json!({ "id": "101", "properties": {}, "createdAt": "2026-01-01T00:00:00.000Z",
        "updatedAt": "2026-01-02T00:00:00.000Z", "archived": false });
    let tokens = |token, seconds| json!({ "access_token": token, "refresh_token": "refresh-7", "expires_in": seconds, "token_type": "bearer" });
    match (
        request.path.ends_with("/token"),
        request.body.contains("refresh-7"),
    ) {
        (true, false) => Reply::json(200, &tokens("first", 28)),
        (true, true) => Reply::json(200, &tokens("second", 1_800)).after(Duration::from_millis(400)),
        _ => Reply::json(200, &json!({ "results": [contact] })),
    }
}

#[tokio::test]
async fn a_token_that_is_due_is_renewed_beside_the_calls() {
    let provider = Provider::start(script).await;
    let server = Server::setup().provider("hubspot", &provider.url()).start();
    let product = server.live_client();
    set_app(&product, "hubspot", "client-7", "s").await;
    let widget = Widget::open(&product, END_USER).await;
    let browser = crate::harness::Browser::new();
    let launched = browser.get(&widget.begin("hubspot").await.launch).await;
    let state = launched.parameter("state").unwrap();
    let callback = format!("{}/api/v1/auth/callback?code=c&state={state}", server.url);
    browser.get(&callback).await.expect(200);

    let path = contacts("hubspot");
    let sent_with = |token: &str| {
        let bearer = format!("Bearer {token}");
        provider
            .received()
            .iter()
            .rposition(|request| request.header("authorization") == bearer)
    };
    let deadline = Instant::now() + Duration::from_secs(40);
    while sent_with("second").is_none() {
        assert!(Instant::now() < deadline, "it is never renewed");
        let answer = product.get(&path).await.expect(200);
        assert!(answer.data()["errors"].is_null(), "{}", answer.text);
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let received = provider.received();
    let renewals: Vec<usize> = received
        .iter()
        .enumerate()
        .filter(|(_, request)| request.path.ends_with("/token") && request.body.contains("refresh-7"))
        .map(|(index, _)| index)
        .collect();
    assert_eq!(renewals.len(), 1);
    assert!(
        sent_with("first") > Some(renewals[0]),
        "calls went on with the old token while the new one was on its way"
    );
}
