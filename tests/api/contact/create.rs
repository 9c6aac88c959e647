//! `POST /contact`

use serde_json::json;

use crate::harness::{LifeCycle, Server, redacted, shared};

#[tokio::test]
async fn a_contact_lives_from_create_to_delete() {
    let life = LifeCycle {
        resource: "contact",
        created: json!({
            "firstName": "Jane", "lastName": "Doe", "email": "jane.doe@example.com", "phone": "+49 30 1234",
            "company": "Kite", "jobTitle": "CTO", "lifecycleStage": "lead",
            "address": { "street": "1 Main Street", "city": "Berlin", "postalCode": "10115", "country": "Germany" },
        }),
        replacement: json!({ "firstName": "Janet", "email": "janet@example.com" }),
        cleared: &[
            "lastName",
            "phone",
            "company",
            "jobTitle",
            "lifecycleStage",
            "address",
            "ownerId",
        ],
        change: json!({ "phone": "+1 555 0100" }),
    };
    life.run().await;
}

#[tokio::test]
async fn the_envelope_of_a_create() {
    let body = json!({ "firstName": "Jane", "email": "jane.envelope@example.com" });
    let created = Server::start()
        .client()
        .post("/contacts", &body)
        .await
        .expect(201);
    insta::assert_json_snapshot!("created", redacted(&created.body, true));
}

#[tokio::test]
async fn every_letter_survives() {
    let server = Server::start();
    let client = server.client();
    for (index, name) in [
        "Žofie Ďurďová",
        "山田 太郎",
        "عمر",
        "👩‍👩‍👧 Family",
        "O'Neill \"Quote\" \\ back",
        "<script>alert(1)</script>",
        "e\u{301} combining",
        "line\nbreak",
        "{{braces}} %s %00 ../..",
    ]
    .into_iter()
    .enumerate()
    {
        let email = format!("unicode{index}@example.com");
        let body = json!({ "firstName": name, "email": email });
        let created = client.post("/contact", &body).await.expect(201);
        let read = client
            .get(&format!("/contact/{}", created.id()))
            .await
            .expect(200);
        assert_eq!(read.record()["firstName"], name);
        let found = client
            .get(&format!("/contact?filter[email]={}", email.replace('@', "%40")))
            .await
            .expect(200);
        assert_eq!(found.ids(), [created.id()]);
    }
}

#[tokio::test]
async fn a_second_contact_with_the_email_is_a_duplicate() {
    let server = Server::start();
    let body = json!({ "email": "mara.lind.0@example.com" });
    let refused = server
        .client()
        .post("/contact", &body)
        .await
        .refused(409, "DUPLICATE_RECORD");
    assert_eq!(
        refused.errors().keys().collect::<Vec<_>>(),
        ["email"],
        "{}",
        refused.text
    );
    assert_eq!(refused.body["provider"], "hubspot");
    assert_eq!(refused.body["providerError"]["status"], 409);
}

#[tokio::test]
async fn values_that_the_provider_refuses_are_named_by_unified_field() {
    let server = Server::start();
    let body = json!({ "email": "new@example.com", "lifecycleStage": "friend", "ownerId": "1" });
    let refused = server
        .client()
        .post("/contact", &body)
        .await
        .refused(422, "PROVIDER_REJECTED");
    let errors = refused.errors();
    assert_eq!(
        errors.keys().collect::<Vec<_>>(),
        ["lifecycleStage", "ownerId"],
        "{}",
        refused.text
    );
    assert_eq!(refused.body["providerError"]["status"], 400);
}

#[tokio::test]
async fn the_envelope_of_a_validation_error() {
    let body = json!({ "firstName": 7, "email": "nobody", "fristName": "Jane", "ownerName": "Me",
        "address": { "planet": "Mars" } });
    let refused = shared()
        .client()
        .post("/contact", &body)
        .await
        .refused(400, "VALIDATION_ERROR");
    insta::assert_json_snapshot!("validation_error", redacted(&refused.body, false));
}

#[tokio::test]
async fn a_body_must_be_an_object_with_something_in_it() {
    let client = shared().client();
    for body in [json!({}), json!([]), json!("Jane"), json!(7), json!(null)] {
        client.post("/contact", &body).await.invalid(&["body"]);
    }
}

#[tokio::test]
async fn a_refused_create_leaves_nothing() {
    let server = Server::start();
    let client = server.client();
    let body = json!({ "email": "half@example.com", "ownerId": "1" });
    client
        .post("/contact", &body)
        .await
        .refused(422, "PROVIDER_REJECTED");
    let found = client
        .get("/contact?filter[email]=half%40example.com")
        .await
        .expect(200);
    assert!(found.records().is_empty(), "{}", found.text);
}
