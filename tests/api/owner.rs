//! `/owner`, which is read only.

use http::Method;
use serde_json::json;

use crate::harness::{assert_walks_exactly_once, shared};

#[tokio::test]
async fn walking_all_pages_gives_every_owner_exactly_once() {
    assert_walks_exactly_once(&shared().client(), "/owner?provider=hubspot", 6, &[1, 7, 25, 100]).await;
}

#[tokio::test]
async fn an_owner_has_a_name_made_of_both() {
    let client = shared().client();
    let page = client.get("/owners").await.expect(200);
    for owner in page.records() {
        let joined = format!(
            "{} {}",
            owner["firstName"].as_str().unwrap(),
            owner["lastName"].as_str().unwrap()
        );
        assert_eq!(owner["name"], joined);
        assert_eq!(owner["active"], true);
        let one = client
            .get(&format!("/owner/{}", owner["id"].as_str().unwrap()))
            .await
            .expect(200);
        assert_eq!(one.record(), owner);
    }
}

#[tokio::test]
async fn a_deactivated_owner_can_be_looked_up() {
    let client = shared().client();
    let page = client.get("/owner").await.expect(200);
    let ids: Vec<u64> = page.ids().iter().map(|id| id.parse().unwrap()).collect();
    // The sandbox's owners are equally spaced, and the one after the last is archived.
    let archived = ids[5] + (ids[5] - ids[4]);
    let one = client.get(&format!("/owner/{archived}")).await.expect(200);
    assert_eq!(one.record()["active"], false);
}

#[tokio::test]
async fn writes_are_not_allowed_whatever_they_say() {
    let client = shared().client();
    for path in ["/owner", "/owners"] {
        let refused = client.post(path, &json!({ "name": "x" })).await;
        let refused = refused.refused(405, "READ_ONLY_RESOURCE");
        assert_eq!(refused.header("allow"), "GET, HEAD");
    }
    for method in [Method::PUT, Method::PATCH, Method::DELETE] {
        for body in ["", "not JSON", "{}"] {
            let refused = client
                .call(method.clone(), "/owner/41234567")
                .text(body)
                .send()
                .await;
            let refused = refused.refused(405, "READ_ONLY_RESOURCE");
            assert_eq!(refused.header("allow"), "GET, HEAD");
        }
    }
}

#[tokio::test]
async fn what_is_not_there_is_not_found() {
    let client = shared().client();
    for id in ["1", "abc"] {
        client
            .get(&format!("/owner/{id}"))
            .await
            .refused(404, "OWNER_NOT_FOUND");
    }
}

#[tokio::test]
async fn filters_sorts_and_updated_since_are_refused() {
    let client = shared().client();
    let query = "filter[email]=a&sort=name&updatedSince=2026-01-01T00:00:00Z";
    let refused = client.get(&format!("/owner?{query}")).await;
    let refused = refused.invalid(&["filter[email]", "sort", "updatedSince"]);
    for message in refused.errors().values() {
        assert_eq!(message, "is not supported by HubSpot for this resource");
    }
}
