//! How a server ends when it is told to.

use std::time::{Duration, Instant};

use serde_json::json;

use crate::harness::{Production, Provider, Reply, Server, hubspot};

#[tokio::test]
async fn readiness_goes_first_then_the_door_then_the_process() {
    let connectors = hubspot().parent().unwrap().to_owned();
    let more = ["--drain-delay", "2"].map(str::to_owned);
    let mut production = Production::start(&connectors, &more);
    let client = production.operator();
    client.get("//readyz").await.expect(200);
    let start = Instant::now();
    production.process.signal("TERM");
    let deadline = start + Duration::from_secs(1);
    loop {
        let ready = client.get("//readyz").await;
        if ready.status == 503 {
            assert_eq!(
                (&ready.body["serving"], &ready.body["store"]),
                (&false.into(), &true.into())
            );
            break;
        }
        assert!(
            Instant::now() < deadline,
            "readiness does not go first: {ready:?}"
        );
    }
    let served = client.get("//admin/v1/connectors").await.expect(200);
    assert_eq!(
        served.header("connection"),
        "close",
        "callers are to look for another server"
    );
    assert!(
        start.elapsed() < Duration::from_secs(2),
        "the test took too long to see anything"
    );
    assert!(production.process.wait(Duration::from_secs(10)).success());
    assert!(
        start.elapsed() >= Duration::from_secs(2),
        "it left before others could see it"
    );
}

#[tokio::test]
async fn a_second_signal_ends_it_at_once() {
    let slow =
        |_: &_| Reply::json(200, &json!({ "id": "1", "properties": {} })).after(Duration::from_secs(20));
    let provider = Provider::start(slow).await;
    let mut server = Server::setup().provider("hubspot", &provider.url()).start();
    let waiting = server.live_client();
    let waiting = tokio::spawn(async move { waiting.call(http::Method::GET, "/contact/1").try_send().await });
    while provider.received().is_empty() {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    server.process().signal("TERM");
    tokio::time::sleep(Duration::from_millis(300)).await;
    server.process().signal("TERM");
    let start = Instant::now();
    let ended = server.process().wait(Duration::from_secs(5));
    assert!(
        !ended.success() && start.elapsed() < Duration::from_secs(2),
        "{ended}"
    );
    assert!(waiting.await.unwrap().is_none(), "nobody waited for the provider");
}
