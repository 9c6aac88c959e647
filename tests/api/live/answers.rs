//! What becomes of a provider's answers.

use std::time::Duration;

use http::Method;
use serde_json::json;

use super::{contact, one_contact, server_to};
use crate::harness::{Answer, Provider, Reply};

/// Gets contact 101 from a provider that gives one reply, and says how often it was asked.
async fn get_from(reply: Reply) -> (Answer, usize) {
    let provider = Provider::start(move |_| reply.clone()).await;
    let server = server_to(&provider).await;
    let answer = server.live_client().get("/contact/101").await;
    (answer, provider.received().len())
}

#[tokio::test]
async fn each_status_of_the_provider_has_its_code() {
    for (status, code, ours) in [
        (400, "PROVIDER_REJECTED", 422),
        (401, "CONNECTION_NEEDS_REAUTH", 409),
        (403, "PROVIDER_ERROR", 502),
        (404, "CONTACT_NOT_FOUND", 404),
        (409, "DUPLICATE_RECORD", 409),
        (500, "PROVIDER_ERROR", 502),
        (418, "PROVIDER_REJECTED", 422),
    ] {
        let (answer, _) = get_from(Reply::json(status, &json!({ "message": "in its words" }))).await;
        let answer = answer.refused(ours, code);
        assert_eq!(answer.body["provider"], "hubspot", "{status}");
        assert_eq!(
            answer.body["providerError"],
            json!({ "status": status, "message": "in its words" }),
            "{status}"
        );
    }
}

#[tokio::test]
async fn the_providers_rate_limit_is_passed_on_with_its_time() {
    let limited = Reply::json(429, &json!({ "message": "slow down" })).header("retry-after", "120");
    let (answer, asked) = get_from(limited).await;
    let answer = answer.refused(429, "PROVIDER_RATE_LIMITED");
    assert_eq!(
        (answer.header("retry-after"), asked),
        ("120", 1),
        "a wait that long is the caller's"
    );
}

#[tokio::test]
async fn reads_are_tried_again_where_that_may_help() {
    let (answer, asked) = get_from(Reply::json(503, &json!({}))).await;
    answer.refused(502, "PROVIDER_ERROR");
    assert_eq!(asked, 3);
    let provider = Provider::start(|_| Reply::json(503, &json!({}))).await;
    let server = server_to(&provider).await;
    let created = server
        .live_client()
        .post("/contact", &json!({ "firstName": "x" }))
        .await;
    created.refused(502, "PROVIDER_ERROR");
    assert_eq!(provider.received().len(), 1, "a create is never sent twice");
}

#[tokio::test]
async fn answers_that_are_not_what_is_documented_are_the_providers_error() {
    for reply in [
        Reply::text(200, "text/html", "<html>maintenance</html>"),
        Reply::text(200, "application/json", "{\"id\": \"101\", "),
        Reply::text(200, "application/json", ""),
        Reply::json(200, &json!([])),
        Reply::json(200, &json!({ "properties": {} })),
        Reply::text(200, "application/json", "{\"id\": \"101\"").cut(),
        Reply::text(502, "text/html", "<h1>Bad gateway</h1>"),
        Reply::text(204, "text/plain", ""),
    ] {
        let shown = format!("{reply:?}");
        let (answer, _) = get_from(reply).await;
        assert_eq!(
            (answer.status, answer.code()),
            (502, "PROVIDER_ERROR"),
            "{shown}: {}",
            answer.text
        );
        assert!(
            !answer.text.contains("<h"),
            "no markup of the provider: {}",
            answer.text
        );
    }
}

#[tokio::test]
async fn an_answer_that_is_too_large_is_refused() {
    let (answer, _) = get_from(Reply::text(200, "application/json", &"x".repeat(9 << 20))).await;
    assert_eq!(
        (answer.status, answer.body["provider"].as_str()),
        (502, Some("hubspot")),
        "{}",
        answer.text
    );
}

#[tokio::test]
async fn a_provider_that_is_not_there_is_its_error() {
    let provider = Provider::start(one_contact).await;
    let server = server_to(&provider).await;
    drop(provider);
    let refused = server
        .live_client()
        .get("/contact")
        .await
        .refused(502, "PROVIDER_ERROR");
    assert_eq!(refused.body["provider"], "hubspot");
}

/// Twenty seconds, because that is how long the host waits for the first byte; so both are waited for at once.
#[tokio::test]
async fn a_provider_that_is_slow_times_out_and_its_write_is_not_repeated() {
    let provider = Provider::start(|_| Reply::json(200, &contact()).after(Duration::from_secs(45))).await;
    let server = server_to(&provider).await;
    let client = server.live_client();
    let body = json!({ "firstName": "Slow" });
    let create = || {
        client
            .call(Method::POST, "/contact")
            .header("idempotency-key", "slow")
            .json(&body)
            .send()
    };
    let (read, written) = tokio::join!(client.get("/contact/101"), create());
    read.refused(504, "PROVIDER_TIMEOUT");
    written.refused(504, "PROVIDER_TIMEOUT");
    // Nobody knows whether the contact was made, so the key is not free.
    create().await.refused(409, "IDEMPOTENCY_CONFLICT");
    let posts = provider
        .received()
        .iter()
        .filter(|request| request.method == Method::POST)
        .count();
    assert_eq!(posts, 1);
}
