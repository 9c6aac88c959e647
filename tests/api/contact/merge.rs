//! `PATCH /contact/{id}`

use serde_json::json;

use crate::harness::Server;

#[tokio::test]
async fn null_and_empty_text_clear_a_field_and_nothing_else() {
    let server = Server::start();
    let client = server.client();
    let page = client.get("/contact?limit=2").await.expect(200);
    for (record, nothing) in page.records().iter().zip([json!(null), json!("")]) {
        let path = format!("/contact/{}", record["id"].as_str().unwrap());
        let merged = client
            .patch(&path, &json!({ "jobTitle": nothing }))
            .await
            .expect(200);
        let mut expected = record.clone();
        expected["jobTitle"] = json!(null);
        expected["updatedAt"] = merged.record()["updatedAt"].clone();
        assert_eq!(merged.record(), &expected);
    }
}

#[tokio::test]
async fn a_part_of_an_address_keeps_the_rest() {
    let server = Server::start();
    let client = server.client();
    let page = client.get("/contact?limit=1").await.expect(200);
    let path = format!("/contact/{}", page.ids()[0]);
    let merged = client
        .patch(&path, &json!({ "address": { "city": "Oslo" } }))
        .await
        .expect(200);
    let mut expected = page.records()[0]["address"].clone();
    expected["city"] = json!("Oslo");
    assert_eq!(merged.record()["address"], expected);
}

#[tokio::test]
async fn a_new_owner_brings_its_name() {
    let server = Server::start();
    let client = server.client();
    let owners = client.get("/owner").await.expect(200);
    let owner = owners.records().last().unwrap();
    let contact = client.get("/contact?limit=1").await.expect(200);
    let path = format!("/contact/{}", contact.ids()[0]);
    let merged = client
        .patch(&path, &json!({ "ownerId": owner["id"] }))
        .await
        .expect(200);
    assert_eq!(merged.record()["ownerName"], owner["name"]);
    assert_eq!(merged.record()["ownerEmail"], owner["email"]);
}

#[tokio::test]
async fn an_email_that_another_contact_has_is_a_duplicate() {
    let server = Server::start();
    let client = server.client();
    let page = client.get("/contact?limit=2").await.expect(200);
    let path = format!("/contact/{}", page.ids()[0]);
    let taken = json!({ "email": page.records()[1]["email"] });
    client.patch(&path, &taken).await.refused(409, "DUPLICATE_RECORD");
    let own = json!({ "email": page.records()[0]["email"] });
    client.patch(&path, &own).await.expect(200);
}

#[tokio::test]
async fn fields_narrow_the_answer_and_not_the_write() {
    let server = Server::start();
    let client = server.client();
    let page = client.get("/contact?limit=1").await.expect(200);
    let path = format!("/contact/{}", page.ids()[0]);
    let change = json!({ "firstName": "Changed" });
    let merged = client
        .patch(&format!("{path}?fields=id"), &change)
        .await
        .expect(200);
    assert!(merged.record().get("firstName").is_none(), "{}", merged.text);
    let after = client.get(&path).await.expect(200);
    assert_eq!(after.record()["firstName"], "Changed");
}

#[tokio::test]
async fn nothing_to_change_is_an_error() {
    let server = Server::start();
    let client = server.client();
    let page = client.get("/contact?limit=1").await.expect(200);
    let path = format!("/contact/{}", page.ids()[0]);
    client.patch(&path, &json!({})).await.invalid(&["body"]);
}
