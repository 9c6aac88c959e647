//! `PUT /contact/{id}`

use serde_json::json;

use crate::harness::Server;

#[tokio::test]
async fn a_replacement_with_nothing_clears_all_that_can_be_written() {
    let server = Server::start();
    let client = server.client();
    let page = client.get("/contact?limit=1").await.expect(200);
    let path = format!("/contact/{}", page.ids()[0]);
    let replaced = client.put(&path, &json!({})).await.expect(200);
    for field in [
        "firstName",
        "lastName",
        "email",
        "phone",
        "company",
        "jobTitle",
        "address",
        "lifecycleStage",
        "ownerId",
        "ownerName",
        "ownerEmail",
    ] {
        assert!(replaced.record()[field].is_null(), "{field}: {}", replaced.text);
    }
    let before = &page.records()[0];
    assert_eq!(
        replaced.record()["source"],
        before["source"],
        "what only reads is left alone"
    );
    assert_eq!(replaced.record()["createdAt"], before["createdAt"]);
    assert!(replaced.record()["updatedAt"].as_str() > before["updatedAt"].as_str());
}

#[tokio::test]
async fn a_part_of_an_address_replaces_the_whole() {
    let server = Server::start();
    let client = server.client();
    let page = client.get("/contact?limit=1").await.expect(200);
    let path = format!("/contact/{}", page.ids()[0]);
    let replaced = client
        .put(&path, &json!({ "address": { "city": "Oslo" } }))
        .await
        .expect(200);
    let address = &replaced.record()["address"];
    assert_eq!(address["city"], "Oslo");
    for member in ["street", "state", "postalCode", "country"] {
        assert!(address[member].is_null(), "{member}: {}", replaced.text);
    }
}

#[tokio::test]
async fn a_refused_replacement_changes_nothing() {
    let server = Server::start();
    let client = server.client();
    let page = client.get("/contact?limit=1").await.expect(200);
    let path = format!("/contact/{}", page.ids()[0]);
    let body = json!({ "firstName": "Changed", "lifecycleStage": "friend" });
    client.put(&path, &body).await.refused(422, "PROVIDER_REJECTED");
    client
        .put(&path, &json!({ "firstName": 7 }))
        .await
        .invalid(&["firstName"]);
    let after = client.get(&path).await.expect(200);
    assert_eq!(after.record(), &page.records()[0]);
}
