//! `/lead`. HubSpot keeps a lead's person in a contact, which the connector hides.

use serde_json::json;

use crate::harness::{LifeCycle, Server, assert_walks_exactly_once, shared, walk};

#[tokio::test]
async fn walking_all_pages_gives_every_lead_exactly_once() {
    assert_walks_exactly_once(&shared().client(), "/lead?provider=hubspot", 60, &[7, 25, 100]).await;
}

#[tokio::test]
async fn a_lead_lives_from_create_to_delete() {
    let life = LifeCycle {
        resource: "lead",
        created: json!({
            "firstName": "Lee", "lastName": "Ad", "email": "lee.ad@example.com", "phone": "+1 555 0101",
            "company": "Kite", "status": "new-stage-id",
        }),
        replacement: json!({ "firstName": "Leah", "email": "leah@example.com", "status": "attempting-stage-id" }),
        cleared: &["lastName", "phone", "company", "ownerId"],
        change: json!({ "company": "Kite & Sons" }),
    };
    life.run().await;
}

#[tokio::test]
async fn the_plural_spelling_answers_the_same() {
    let client = shared().client();
    let singular = client.get("/lead?limit=5").await.expect(200);
    let plural = client.get("/leads?limit=5").await.expect(200);
    assert_eq!(singular.records(), plural.records());
    let one = client
        .get(&format!("/leads/{}", singular.ids()[0]))
        .await
        .expect(200);
    assert_eq!(one.record(), &singular.records()[0]);
}

#[tokio::test]
async fn leads_have_their_people() {
    for lead in walk(&shared().client(), "/lead?provider=hubspot", 100).await {
        assert!(
            lead["email"].is_string() && lead["firstName"].is_string(),
            "{lead}"
        );
        assert!(lead["status"].is_string(), "{lead}");
        for absent in ["jobTitle", "address", "lifecycleStage"] {
            assert!(lead.get(absent).is_none(), "a lead has no {absent}");
        }
    }
}

#[tokio::test]
async fn declared_filters_work_and_others_say_what_does() {
    let client = shared().client();
    let found = walk(&client, "/lead?filter[status]=new-stage-id", 5).await;
    assert_eq!(found.len(), 12);
    assert!(
        found
            .iter()
            .all(|lead| lead["status"] == "new-stage-id" && lead["email"].is_string())
    );
    let refused = client
        .get("/lead?filter[email]=a%40example.com")
        .await
        .invalid(&["filter[email]"]);
    assert!(
        refused.errors()["filter[email]"].ends_with("supported: ownerId, status"),
        "{}",
        refused.text
    );
}

#[tokio::test]
async fn a_lead_of_a_known_person_does_not_make_a_second_contact() {
    let server = Server::start();
    let client = server.client();
    let body = json!({ "email": "mara.lind.0@example.com", "company": "New Company" });
    let lead = client.post("/lead", &body).await.expect(201);
    assert_eq!(lead.record()["firstName"], "Mara");
    let contacts = client
        .get("/contact?filter[email]=mara.lind.0%40example.com")
        .await
        .expect(200);
    assert_eq!(contacts.records().len(), 1);
    assert_eq!(contacts.records()[0]["company"], "New Company");
}

#[tokio::test]
async fn a_lead_without_a_person_is_refused_and_makes_no_contact() {
    let server = Server::start();
    let client = server.client();
    let refused = client.post("/lead", &json!({ "status": "new-stage-id" })).await;
    let refused = refused.refused(422, "PROVIDER_REJECTED");
    assert!(refused.errors().contains_key("email"), "{}", refused.text);
    let body = json!({ "email": "orphan@example.com", "status": "no-such-stage" });
    client
        .post("/lead", &body)
        .await
        .refused(422, "PROVIDER_REJECTED");
    let contacts = client
        .get("/contact?filter[email]=orphan%40example.com")
        .await
        .expect(200);
    assert!(contacts.records().is_empty(), "{}", contacts.text);
}

#[tokio::test]
async fn fields_that_the_provider_does_not_have_are_refused() {
    let refused = shared()
        .client()
        .post(
            "/lead",
            &json!({ "email": "x@example.com", "value": 5, "tags": ["vip"] }),
        )
        .await
        .invalid(&["tags", "value"]);
    assert!(
        refused.errors()["value"].contains("no writable field"),
        "{}",
        refused.text
    );
}
