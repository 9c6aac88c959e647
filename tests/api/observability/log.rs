//! The log of `serve`: JSON, line by line.

use serde_json::{Value, json};

use crate::harness::{Provider, Reply, Site, hubspot};

#[tokio::test]
async fn each_request_has_one_line_with_its_facts_and_every_line_of_it_names_it() {
    let provider = Provider::start(|request| match request.path.ends_with("/1") {
        true => Reply::json(200, &json!({ "id": "1", "properties": {} })),
        false => Reply::json(500, &json!({ "message": "in its words" })),
    })
    .await;
    let site = Site::new(&[hubspot()]);
    let key = site.create_live_key();
    let more = [
        "--provider-base-url".to_owned(),
        format!("hubspot={}", provider.url()),
    ];
    let replica = site.serve(&more, &[("ROUTEMCP_LOG", "info,routemcp_broker=debug")]);
    let client = replica.client(&key);
    client
        .connect("hubspot", "user-1", Some("pat-not-for-the-log"))
        .await;
    let good = client
        .get("/contact/1?endUserId=user-1&fields=id")
        .await
        .expect(200);
    let bad = client
        .get("/contact/2?fields=id")
        .await
        .refused(502, "PROVIDER_ERROR");
    let log = replica.process.errors();
    let lines: Vec<Value> = log
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let about = |id: &str| -> Vec<&Value> {
        lines
            .iter()
            .filter(|line| line["span"]["request_id"] == id)
            .collect()
    };
    for (answer, status, code) in [(&good, 200, Value::Null), (&bad, 502, json!("PROVIDER_ERROR"))] {
        let lines = about(answer.header("x-request-id"));
        let answered: Vec<_> = lines
            .iter()
            .filter(|line| line["message"] == "answered")
            .collect();
        assert_eq!(answered.len(), 1, "{lines:#?}");
        let line = answered[0];
        assert_eq!(
            (&line["status"], &line["code"]),
            (&json!(status), &code),
            "{line:#}"
        );
        assert_eq!(
            (&line["provider"], &line["environment"]),
            (&json!("hubspot"), &json!("live")),
            "{line:#}"
        );
        for (name, beginning) in [
            ("organisation", "org_"),
            ("key", "key_"),
            ("route", "/api/v1/{resource}/{id}"),
        ] {
            assert!(
                line[name].as_str().unwrap().starts_with(beginning),
                "{name}: {line:#}"
            );
        }
        assert_eq!(line["digest"].as_str().map(str::len), Some(12), "{line:#}");
        for name in ["milliseconds", "provider_milliseconds", "connector_milliseconds"] {
            assert!(line[name].as_f64().unwrap() > 0.0, "{name}: {line:#}");
        }
        assert!(
            lines.iter().any(|line| line["message"] == "provider request"),
            "the broker's: {lines:#?}"
        );
    }
    let failed = about(bad.header("x-request-id"));
    assert!(
        failed.iter().any(|line| line["message"] == "call failed"),
        "{failed:#?}"
    );
    for secret in [key.as_str(), "pat-not-for-the-log", "user-1"] {
        assert!(!log.contains(secret), "{secret}: {log}");
    }
}
