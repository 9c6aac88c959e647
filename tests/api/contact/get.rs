//! `GET /contact/{id}`

use crate::harness::{redacted, shared};

/// The first seeded contact.
const FIRST: &str = "20100370451";

#[tokio::test]
async fn the_envelope_of_one_record() {
    let answer = shared()
        .client()
        .get(&format!("/contact/{FIRST}"))
        .await
        .expect(200);
    insta::assert_json_snapshot!("one_record", redacted(&answer.body, false));
}

#[tokio::test]
async fn a_list_and_a_get_show_the_same_record() {
    let client = shared().client();
    let page = client.get("/contact?limit=3").await.expect(200);
    for record in page.records() {
        let id = record["id"].as_str().unwrap();
        for path in [format!("/contact/{id}"), format!("/contacts/{id}")] {
            let one = client.get(&path).await.expect(200);
            assert_eq!(one.record(), record);
        }
    }
}

#[tokio::test]
async fn raw_and_fields_work_here_too() {
    let client = shared().client();
    let path = format!("/contact/{FIRST}?raw=true&fields=email");
    let answer = client.get(&path).await.expect(200);
    assert_eq!(answer.record()["email"], "mara.lind.0@example.com");
    assert_eq!(answer.record()["raw"]["id"], FIRST);
    assert!(answer.record().get("lastName").is_none(), "{}", answer.text);
}

#[tokio::test]
async fn parameters_of_lists_are_refused_here() {
    let client = shared().client();
    for parameter in ["limit", "cursor", "updatedSince", "sort", "filter[email]"] {
        let path = format!("/contact/{FIRST}?{parameter}=1");
        let refused = client.get(&path).await.invalid(&[parameter]);
        assert!(
            refused.errors()[parameter].contains("provider, endUserId, raw, fields"),
            "{}",
            refused.text
        );
    }
}

#[tokio::test]
async fn what_is_no_id_is_not_found() {
    let client = shared().client();
    let long = "9".repeat(300);
    for id in [
        "999",
        "abc",
        "-1",
        "20100370451x",
        "..%2Fowners",
        "1%3Fx=1",
        "%F0%9F%98%80",
        "%00",
        &long,
    ] {
        let gone = client.get(&format!("/contact/{id}")).await;
        gone.refused(404, "CONTACT_NOT_FOUND");
    }
}

#[tokio::test]
async fn the_record_of_another_resource_is_not_found() {
    let client = shared().client();
    let deal = client.get("/deal?limit=1").await.expect(200);
    let path = format!("/contact/{}", deal.ids()[0]);
    client.get(&path).await.refused(404, "CONTACT_NOT_FOUND");
}
