//! Bodies that cannot be taken.

use http::Method;
use serde_json::json;

use crate::harness::{raw, raw_half_closed, shared};

#[tokio::test]
async fn bodies_that_are_no_json_are_refused() {
    let client = shared().client();
    let deep = "[".repeat(100_000);
    for body in [
        "",
        "{",
        "{\"firstName\": }",
        "{} {}",
        "\u{feff}{}",
        "NaN",
        deep.as_str(),
    ] {
        let call = client
            .call(Method::POST, "/contact")
            .header("content-type", "application/json");
        let refused = call.text(body).send().await.invalid(&["body"]);
        assert!(refused.errors()["body"].contains("JSON"), "{}", refused.text);
    }
}

#[tokio::test]
async fn other_media_types_are_unsupported() {
    let client = shared().client();
    for content_type in [
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "json",
    ] {
        let call = client
            .call(Method::POST, "/contact")
            .header("content-type", content_type);
        call.text("{}")
            .send()
            .await
            .refused(415, "UNSUPPORTED_MEDIA_TYPE");
    }
    let none = client.call(Method::POST, "/contact").text("{}").send().await;
    none.refused(415, "UNSUPPORTED_MEDIA_TYPE");
    let utf8 = client
        .call(Method::POST, "/contact")
        .header("content-type", "application/json; charset=utf-8");
    utf8.text("[]").send().await.invalid(&["body"]);
}

/// Sent by hand: a client that is still writing when the answer comes may fail to read it.
#[tokio::test]
async fn a_body_of_two_mebibytes_is_too_large_however_it_comes() {
    let server = shared();
    let json = "content-type: application/json\r\n";
    for target in [
        "POST /api/v1/contact",
        "PATCH /api/v1/contact/1",
        "POST /api/v1/connections",
    ] {
        let announced = format!("{json}content-length: {}\r\n", 2 << 20);
        let refused = raw(server, target, &announced, b"").await;
        refused.refused(413, "PAYLOAD_TOO_LARGE");
        let chunk = format!("{:x}\r\n{}", (1 << 20) + 1, "x".repeat((1 << 20) + 1));
        let chunked = format!("{json}transfer-encoding: chunked\r\n");
        let refused = raw(server, target, &chunked, chunk.as_bytes()).await;
        refused.refused(413, "PAYLOAD_TOO_LARGE");
    }
    // One that is just not too large is read and judged.
    let fits = json!({ "unknown": "x".repeat((1 << 20) - 20) });
    server
        .client()
        .post("/contact", &fits)
        .await
        .invalid(&["unknown"]);
}

#[tokio::test]
async fn a_body_that_ends_early_is_no_success() {
    let headers = "content-type: application/json\r\ncontent-length: 100\r\n";
    let cut = raw_half_closed(shared(), "POST /api/v1/contact", headers, b"{\"email\"").await;
    assert!(
        cut.is_none_or(|answer| answer.status == 400),
        "a cut body was taken"
    );
}
