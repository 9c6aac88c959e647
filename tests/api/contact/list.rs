//! `GET /contact`

mod cursor;
mod search;

use std::collections::BTreeSet;

use serde_json::Value;

use crate::harness::{assert_walks_exactly_once, redacted, shared, walk};

#[tokio::test]
async fn walking_all_pages_gives_every_contact_exactly_once() {
    assert_walks_exactly_once(
        &shared().client(),
        "/contact?provider=hubspot",
        250,
        &[7, 25, 100],
    )
    .await;
}

#[tokio::test]
async fn the_default_page_has_25_contacts() {
    let page = shared().client().get("/contact").await.expect(200);
    assert_eq!((page.records().len(), page.message()), (25, "Contacts retrieved"));
    assert_eq!(page.data()["pagination"]["limit"], 25);
}

#[tokio::test]
async fn the_envelope_of_a_list() {
    let page = shared().client().get("/contact?limit=1").await.expect(200);
    insta::assert_json_snapshot!("list", redacted(&page.body, false));
}

#[tokio::test]
async fn the_plural_spelling_answers_the_same_and_shares_cursors() {
    let client = shared().client();
    let singular = client.get("/contact?limit=3").await.expect(200);
    let plural = client.get("/contacts?limit=3").await.expect(200);
    assert_eq!(singular.records(), plural.records());
    let cursor = singular.cursor().unwrap();
    let next = client
        .get(&format!("/contacts?limit=3&cursor={cursor}"))
        .await
        .expect(200);
    assert!(next.ids().iter().all(|id| !singular.ids().contains(id)));
}

#[tokio::test]
async fn the_limit_may_be_1_to_100() {
    let client = shared().client();
    for limit in [1, 100] {
        let page = client.get(&format!("/contact?limit={limit}")).await.expect(200);
        assert_eq!(page.records().len(), limit);
    }
    for limit in ["0", "101", "-1", "abc", "1.5", "", "99999999999999999999"] {
        client
            .get(&format!("/contact?limit={limit}"))
            .await
            .invalid(&["limit"]);
    }
}

#[tokio::test]
async fn raw_adds_the_providers_record() {
    let client = shared().client();
    let with = client.get("/contact?limit=2&raw=true").await.expect(200);
    for record in with.records() {
        assert_eq!(record["raw"]["id"], record["id"]);
        assert_eq!(record["raw"]["properties"]["email"], record["email"]);
    }
    for query in ["limit=2", "limit=2&raw=false"] {
        let without = client.get(&format!("/contact?{query}")).await.expect(200);
        assert!(without.records().iter().all(|record| record.get("raw").is_none()));
    }
    client.get("/contact?raw=yes").await.invalid(&["raw"]);
}

#[tokio::test]
async fn fields_picks_fields() {
    let client = shared().client();
    let page = client
        .get("/contact?limit=1&fields=email,ownerName")
        .await
        .expect(200);
    let names: Vec<&String> = page.records()[0].as_object().unwrap().keys().collect();
    let names: BTreeSet<&str> = names.into_iter().map(String::as_str).collect();
    assert!(
        names.contains("email") && names.contains("ownerName"),
        "{names:?}"
    );
    assert!(
        !names.contains("firstName") && !names.contains("address"),
        "{names:?}"
    );
    assert!(page.records()[0]["ownerName"].is_string(), "{}", page.text);
    let refused = client
        .get("/contact?fields=email,shoeSize")
        .await
        .invalid(&["fields"]);
    assert!(
        refused.errors()["fields"].contains("shoeSize"),
        "{}",
        refused.text
    );
}

#[tokio::test]
async fn absent_values_are_null_and_not_left_out() {
    let page = shared().client().get("/contact?limit=1").await.expect(200);
    let record = &page.records()[0];
    assert_eq!(record["phone"], Value::Null);
    assert!(record.as_object().unwrap().contains_key("phone"));
    assert!(record.as_object().unwrap().contains_key("tags"));
}

#[tokio::test]
async fn owners_have_names_and_addresses() {
    let client = shared().client();
    let owners = walk(&client, "/owner?fields=id,name,email", 100).await;
    for contact in walk(&client, "/contact?fields=ownerId,ownerName,ownerEmail,id", 100).await {
        match contact["ownerId"].as_str() {
            None => assert!(contact["ownerName"].is_null() && contact["ownerEmail"].is_null()),
            Some(id) => {
                let owner = owners.iter().find(|owner| owner["id"] == id).unwrap();
                assert_eq!(
                    (&contact["ownerName"], &contact["ownerEmail"]),
                    (&owner["name"], &owner["email"])
                );
            }
        }
    }
}
