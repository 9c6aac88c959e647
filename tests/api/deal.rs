//! `/deal`

use serde_json::{Value, json};

use crate::harness::{LifeCycle, Server, assert_walks_exactly_once, shared, walk};

#[tokio::test]
async fn walking_all_pages_gives_every_deal_exactly_once() {
    assert_walks_exactly_once(&shared().client(), "/deal?provider=hubspot", 80, &[7, 25, 100]).await;
}

#[tokio::test]
async fn a_deal_lives_from_create_to_delete() {
    let page = shared().client().get("/contact?limit=2").await.expect(200);
    let (first, second) = (page.ids()[0], page.ids()[1]);
    let life = LifeCycle {
        resource: "deal",
        created: json!({
            "name": "Big one", "value": 12500.5, "currency": "EUR", "stage": "qualifiedtobuy", "pipeline": "default",
            "contactId": first, "closeDate": "2026-12-24T18:00:00.000Z",
        }),
        replacement: json!({ "name": "Bigger one", "pipeline": "default", "stage": "closedwon", "contactId": second }),
        cleared: &["value", "currency", "closeDate", "ownerId", "companyId"],
        change: json!({ "value": 99 }),
    };
    life.run().await;
}

#[tokio::test]
async fn the_plural_spelling_answers_the_same() {
    let client = shared().client();
    let singular = client.get("/deal?limit=5").await.expect(200);
    let plural = client.get("/deals?limit=5").await.expect(200);
    assert_eq!(singular.records(), plural.records());
}

#[tokio::test]
async fn numbers_are_numbers_and_percent_is_percent() {
    let deals = walk(&shared().client(), "/deal?provider=hubspot", 100).await;
    assert!(
        deals.iter().any(|deal| deal["value"].is_null()),
        "some have no amount"
    );
    for deal in deals {
        assert!(deal["value"].is_number() || deal["value"].is_null(), "{deal}");
        let probability = deal["probability"].as_f64().unwrap();
        assert!((0.0..=100.0).contains(&probability), "{deal}");
        assert_eq!(deal["currency"].as_str().map(str::len), Some(3), "{deal}");
    }
}

#[tokio::test]
async fn amount_is_taken_for_value_but_not_beside_it() {
    let server = Server::start();
    let client = server.client();
    let body = json!({ "name": "By amount", "amount": 7.25, "stage": "closedwon" });
    let created = client.post("/deal", &body).await.expect(201);
    assert_eq!(created.record()["value"], 7.25);
    assert!(created.record().get("amount").is_none(), "{}", created.text);
    client
        .post("/deal", &json!({ "name": "Both", "amount": 1, "value": 2 }))
        .await
        .invalid(&["amount"]);
}

#[tokio::test]
async fn links_can_be_made_moved_and_removed() {
    let server = Server::start();
    let client = server.client();
    let contacts = client.get("/contact?limit=2").await.expect(200);
    let (first, second) = (contacts.ids()[0], contacts.ids()[1]);
    let created = client
        .post("/deal", &json!({ "name": "Linked", "contactId": first }))
        .await
        .expect(201);
    assert_eq!(created.record()["contactId"], first);
    let path = format!("/deal/{}", created.id());
    let moved = client
        .patch(&path, &json!({ "contactId": second }))
        .await
        .expect(200);
    assert_eq!(moved.record()["contactId"], second);
    let kept = client
        .patch(&path, &json!({ "name": "Renamed" }))
        .await
        .expect(200);
    assert_eq!(kept.record()["contactId"], second);
    let removed = client
        .patch(&path, &json!({ "contactId": null }))
        .await
        .expect(200);
    assert_eq!(removed.record()["contactId"], Value::Null);
}

#[tokio::test]
async fn a_link_to_nothing_is_refused_by_field() {
    let server = Server::start();
    let client = server.client();
    for id in ["abc", "../1"] {
        let body = json!({ "name": "Lost", "contactId": id });
        let refused = client
            .post("/deal", &body)
            .await
            .refused(422, "PROVIDER_REJECTED");
        assert!(refused.errors().contains_key("contactId"), "{}", refused.text);
    }
    let body = json!({ "name": "Lost", "contactId": "999" });
    client
        .post("/deal", &body)
        .await
        .refused(422, "PROVIDER_REJECTED");
    let deal = client.get("/deal?limit=1").await.expect(200);
    let path = format!("/deal/{}", deal.ids()[0]);
    let refused = client
        .patch(&path, &json!({ "contactId": "999" }))
        .await
        .refused(422, "PROVIDER_REJECTED");
    assert!(refused.errors().contains_key("contactId"), "{}", refused.text);
}

#[tokio::test]
async fn searches_bring_links_too() {
    let client = shared().client();
    let listed = walk(&client, "/deal?fields=id,contactId,companyId", 100).await;
    let searched = walk(
        &client,
        "/deal?fields=id,contactId,companyId&updatedSince=2000-01-01T00:00:00Z",
        100,
    )
    .await;
    assert_eq!(listed, searched);
    assert!(listed.iter().any(|deal| deal["contactId"].is_string()));
    assert!(listed.iter().any(|deal| deal["companyId"].is_string()));
}

#[tokio::test]
async fn declared_filters_work() {
    let won = walk(
        &shared().client(),
        "/deal?filter[stage]=closedwon&filter[pipeline]=default",
        7,
    )
    .await;
    assert!(!won.is_empty());
    for deal in won {
        assert_eq!(
            (&deal["stage"], &deal["probability"]),
            (&json!("closedwon"), &json!(100)),
            "{deal}"
        );
    }
}

#[tokio::test]
async fn wrong_values_are_named() {
    let body =
        json!({ "name": "x", "value": "12", "currency": "EURO", "closeDate": "soon", "probability": 101 });
    let refused = shared().client().post("/deal", &body).await;
    refused.invalid(&["closeDate", "currency", "probability", "value"]);
}
