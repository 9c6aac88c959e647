//! `GET /admin/v1/requests`

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::harness::{Client, Provider, Reply, Server, Setup};

/// Asks until the log has so many requests that fit: they are written a moment after their answers.
async fn logged(operator: &Client, query: &str, count: usize) -> Vec<Value> {
    let deadline = Instant::now() + Duration::from_secs(10);
    loop {
        let page = operator
            .get(&format!("//admin/v1/requests?{query}"))
            .await
            .expect(200);
        let records = page.records().to_vec();
        if records.len() == count {
            return records;
        }
        assert!(Instant::now() < deadline, "{count} wanted: {}", page.text);
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

fn without_log() -> Setup {
    Server::setup().environment("ROUTEMCP_REQUEST_LOG_DAYS", "0")
}

#[tokio::test]
async fn a_finished_request_is_kept_with_its_facts_and_without_what_was_said() {
    let server = Server::start();
    let (client, operator) = (server.client(), server.operator());
    let answer = client
        .get("/contact?limit=2&filter[email]=nobody%40secret.example&provider=hubspot")
        .await
        .expect(200);
    let id = answer.header("x-request-id");
    let kept = logged(&operator, &format!("requestId={id}"), 1).await.remove(0);
    let organisation = kept["organisationId"].as_str().unwrap();
    assert!(organisation.starts_with("org_"), "{kept}");
    assert!(kept["apiKeyId"].as_str().unwrap().starts_with("key_"), "{kept}");
    for (name, value) in [
        ("requestId", json!(id)),
        ("environment", json!("test")),
        ("method", json!("GET")),
        ("route", json!("/api/v1/{resource}")),
        ("path", json!("/api/v1/contact")),
        ("providers", json!(["hubspot"])),
        ("status", json!(200)),
        ("code", Value::Null),
    ] {
        assert_eq!(kept[name], value, "{name}: {kept}");
    }
    let digest = kept["connectors"][0].as_str().unwrap();
    let live = operator.get("//admin/v1/connectors/hubspot").await.expect(200);
    let live = live.data()["digest"].as_str().unwrap().to_owned();
    assert!(live.starts_with(&format!("sha256:{digest}")), "{digest}: {live}");
    let spent = |part: &str| kept["milliseconds"][part].as_f64().unwrap();
    assert!(spent("provider") > 0.0 && spent("connector") > 0.0, "{kept}");
    assert!(
        spent("total") > spent("provider") + spent("connector") - 0.1,
        "{kept}"
    );
    for private in ["secret.example", &server.test_key, "user-001"] {
        assert!(!kept.to_string().contains(private), "{kept}");
    }
}

#[tokio::test]
async fn requests_are_filtered_and_paged_newest_first() {
    let server = Server::start();
    let (client, operator) = (server.client(), server.operator());
    for number in 0..5 {
        client.get(&format!("/contact/{number}")).await.expect(404);
    }
    client
        .post("/contact?provider=hubspot", &json!({ "firstName": "Ada" }))
        .await
        .expect(201);
    client.get("/owner?provider=unheard-of").await.expect(400);
    let all = logged(&operator, "limit=100", 7).await;
    let times: Vec<&str> = all.iter().map(|kept| kept["time"].as_str().unwrap()).collect();
    assert!(times.iter().rev().is_sorted(), "{times:?}");
    for (query, count) in [
        ("status=404", 5),
        ("code=CONTACT_NOT_FOUND", 5),
        ("code=UNKNOWN_PROVIDER", 1),
        ("method=post", 1),
        ("provider=hubspot", 6),
        ("provider=hub", 0),
        (&format!("since={}", times[2]), 3),
        ("until=2020-01-01T00:00:00Z", 0),
    ] {
        logged(&operator, query, count).await;
    }
    let organisation = all[0]["organisationId"].as_str().unwrap();
    logged(&operator, &format!("organisation={organisation}"), 7).await;
    let other = server.create_organisation("Other");
    logged(&operator, &format!("organisation={other}"), 0).await;

    let (mut walked, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = operator
            .get(&format!("//admin/v1/requests?status=404&limit=2{cursor}"))
            .await
            .expect(200);
        walked.extend(
            page.records()
                .iter()
                .map(|kept| kept["path"].as_str().unwrap().to_owned()),
        );
        let Some(next) = page.cursor() else { break };
        cursor = format!("&cursor={next}");
    }
    let expected: Vec<String> = (0..5)
        .rev()
        .map(|number| format!("/api/v1/contact/{number}"))
        .collect();
    assert_eq!(walked, expected);
    operator
        .get(&format!("//admin/v1/requests?status=400{cursor}"))
        .await
        .refused(400, "INVALID_CURSOR");
}

#[tokio::test]
async fn only_the_operator_reads_the_log_and_only_with_known_parameters() {
    let server = without_log().start();
    server
        .client()
        .get("//admin/v1/requests")
        .await
        .refused(401, "INVALID_API_KEY");
    let operator = server.operator();
    operator
        .get("//admin/v1/requests?tenant=1&status=x")
        .await
        .invalid(&["tenant", "status"]);
    operator
        .get("//admin/v1/requests?organisation=Nobody")
        .await
        .invalid(&["organisation"]);
}

#[tokio::test]
async fn a_caller_who_hangs_up_leaves_a_trace() {
    let slow = Duration::from_secs(4);
    let provider =
        Provider::start(move |_| Reply::json(201, &json!({ "id": "1", "properties": {} })).after(slow)).await;
    let server = Server::setup().provider("hubspot", &provider.url()).start();
    let (live, operator) = (server.live_client(), server.operator());
    let ada = json!({ "firstName": "Ada" });
    let write = live.post("/contact?fields=id", &ada);
    assert!(tokio::time::timeout(Duration::from_secs(2), write).await.is_err());
    let kept = logged(&operator, "status=499", 1).await.remove(0);
    for (name, value) in [
        ("method", json!("POST")),
        ("route", json!("/api/v1/{resource}")),
        ("environment", json!("live")),
        ("providers", json!(["hubspot"])),
        ("code", Value::Null),
    ] {
        assert_eq!(kept[name], value, "{name}: {kept}");
    }
    let metrics = operator.without_key().get("//metrics").await.expect(200).text;
    let counted =
        |line: &str| line.starts_with("routemcp_requests_total{") && line.contains("status=\"499\"");
    assert!(metrics.lines().any(counted), "{metrics}");
    assert_eq!(provider.received().len(), 1, "the write went out all the same");
}

#[tokio::test]
async fn strangers_leave_no_trace_and_a_log_that_is_off_keeps_nothing() {
    let server = Server::start();
    server
        .client_with("sk_test_nobody")
        .get("/contact")
        .await
        .expect(401);
    server.client().get("/contact?limit=1").await.expect(200);
    let kept = logged(&server.operator(), "limit=100", 1).await;
    assert_eq!(kept[0]["status"], 200);

    let server = without_log().start();
    server.client().get("/contact?limit=1").await.expect(200);
    tokio::time::sleep(Duration::from_millis(600)).await;
    logged(&server.operator(), "limit=100", 0).await;
}

#[tokio::test]
async fn what_waits_to_be_written_is_written_before_the_server_ends() {
    let mut server = Server::start();
    let answer = server.client().get("/contact?limit=1").await.expect(200);
    server.process().signal("TERM");
    assert!(server.process().wait(Duration::from_secs(10)).success());
    let id = answer.header("x-request-id").as_bytes();
    let holds = |(_, bytes): &(String, Vec<u8>)| bytes.windows(id.len()).any(|part| part == id);
    assert!(server.kept().iter().any(holds), "{}", server.log());
}
