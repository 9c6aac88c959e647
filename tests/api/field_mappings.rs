//! Overrides of field mappings, as far as they show in records.

use serde_json::{Value, json};

use crate::harness::{Client, Server, walk};

const METRICS: usize = 200;

/// Maps two hundred of the sandbox's own properties, more than fit into a URL.
async fn map_metrics(client: &Client) {
    let mapping = |number: usize| {
        let name = format!("metric_{number:03}");
        json!({ "unifiedField": format!("customFields.{name}"), "providerField": name, "direction": "read" })
    };
    let mappings: Vec<Value> = (1..=METRICS).map(mapping).collect();
    let body = json!({ "provider": "hubspot", "resourceType": "contact", "mappings": mappings });
    client.put("/field-mappings", &body).await.expect(200);
}

async fn put(client: &Client, mapping: Value) -> crate::harness::Answer {
    let body = json!({ "provider": "hubspot", "resourceType": "contact", "mappings": [mapping] });
    client.put("/field-mappings", &body).await
}

#[tokio::test]
async fn more_properties_than_fit_into_a_url_are_all_read() {
    let server = Server::start();
    let client = server.client();
    map_metrics(&client).await;
    let page = client.get("/contact?limit=100").await.expect(200);
    assert_eq!(page.records().len(), 100);
    let first = &page.records()[0];
    let custom = first["customFields"].as_object().unwrap();
    assert_eq!(custom.len(), METRICS);
    assert!(custom.values().any(|value| !value.is_null()), "{first}");
    assert_eq!(first["firstName"], "Mara", "what fitted is there as well");
    let one = client
        .get(&format!("/contact/{}", page.ids()[0]))
        .await
        .expect(200);
    assert_eq!(one.record(), first, "a get reads the same as a list");
    let searched = client
        .get("/contact?limit=100&updatedSince=2000-01-01T00:00:00Z")
        .await
        .expect(200);
    assert_eq!(searched.records(), page.records(), "and so does a search");
    let walked = walk(&client, "/contact?provider=hubspot", 100).await;
    assert_eq!(walked.len(), 250);
}

#[tokio::test]
async fn an_override_is_in_force_on_the_next_call_until_it_is_taken_back() {
    let server = Server::start();
    let client = server.client();
    let before = client.get("/contact?limit=1").await.expect(200);
    let path = format!("/contact/{}", before.ids()[0]);
    let crossed = json!({ "unifiedField": "jobTitle", "providerField": "city", "direction": "read" });
    put(&client, crossed).await.expect(200);
    let during = client.get(&path).await.expect(200);
    assert_eq!(
        during.record()["jobTitle"],
        before.records()[0]["address"]["city"]
    );
    let deleted = client
        .delete("/field-mappings/contacts:v1:jobTitle?provider=hubspot")
        .await;
    deleted.expect(200);
    let after = client.get(&path).await.expect(200);
    assert_eq!(after.record(), &before.records()[0]);
}

#[tokio::test]
async fn a_field_of_ones_own_is_written_and_read() {
    let server = Server::start();
    let client = server.client();
    let own = json!({ "unifiedField": "customFields.colour", "providerField": "favourite_colour" });
    put(&client, own).await.expect(200);
    let body = json!({ "firstName": "Painted", "customFields": { "colour": "green" } });
    let created = client.post("/contact", &body).await.expect(201);
    assert_eq!(created.record()["customFields"], json!({ "colour": "green" }));
    let path = format!("/contact/{}", created.id());
    let kept = client
        .patch(&path, &json!({ "firstName": "Repainted" }))
        .await
        .expect(200);
    assert_eq!(kept.record()["customFields"], json!({ "colour": "green" }));
    let unknown = json!({ "firstName": "x", "customFields": { "shape": "round" } });
    client
        .post("/contact", &unknown)
        .await
        .invalid(&["customFields.shape"]);
}

#[tokio::test]
async fn overrides_are_one_organisations_own() {
    let server = Server::start();
    let client = server.client();
    server.create_organisation("Other");
    let other = server.client_with(&server.create_key("Other", "test", &["--scopes", "read,connect,manage"]));
    other.connect("hubspot", "user-001", None).await;
    put(&client, json!({ "unifiedField": "jobTitle", "disabled": true }))
        .await
        .expect(200);
    let mine = client.get("/contact?limit=1").await.expect(200);
    let theirs = other.get("/contact?limit=1").await.expect(200);
    assert_eq!(mine.records()[0]["jobTitle"], Value::Null);
    assert!(theirs.records()[0]["jobTitle"].is_string(), "{}", theirs.text);
    let deleted = other
        .delete("/field-mappings/contacts:v1:jobTitle?provider=hubspot")
        .await;
    deleted.refused(404, "NOT_FOUND");
}

#[tokio::test]
async fn invalid_overrides_are_refused_with_the_reason_and_change_nothing() {
    let server = Server::start();
    let client = server.client();
    let before = client.get("/contact?limit=1").await.expect(200);
    for mapping in [
        json!({ "unifiedField": "shoeSize", "providerField": "shoe_size" }),
        json!({ "unifiedField": "jobTitle" }),
        json!({ "unifiedField": "jobTitle", "providerField": "email" }),
        json!({ "unifiedField": "jobTitle", "providerField": "x", "direction": "sideways" }),
        json!({ "unifiedField": "jobTitle", "providerField": "x", "transform": { "name": "magic" } }),
        json!({ "unifiedField": "id", "providerField": "x" }),
        json!("jobTitle"),
    ] {
        let refused = put(&client, mapping.clone())
            .await
            .refused(400, "VALIDATION_ERROR");
        assert!(!refused.errors().is_empty(), "{mapping}: {}", refused.text);
    }
    let after = client.get("/contact?limit=1").await.expect(200);
    assert_eq!(after.records(), before.records());
}
