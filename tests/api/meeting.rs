//! `/meeting`

use serde_json::json;

use crate::harness::{LifeCycle, Server, assert_walks_exactly_once, shared, walk};

#[tokio::test]
async fn walking_all_pages_gives_every_meeting_exactly_once() {
    assert_walks_exactly_once(&shared().client(), "/meeting?provider=hubspot", 40, &[7, 25, 100]).await;
}

#[tokio::test]
async fn a_meeting_lives_from_create_to_delete() {
    let page = shared().client().get("/deal?limit=1").await.expect(200);
    let life = LifeCycle {
        resource: "meeting",
        created: json!({
            "title": "Kick-off", "description": "<p>Agenda</p>", "location": "Room 1", "dealId": page.ids()[0],
            "startTime": "2026-06-01T10:00:00.000Z", "endTime": "2026-06-01T11:00:00.000Z",
        }),
        replacement: json!({ "title": "Kick-off, moved", "startTime": "2026-06-02T10:00:00.000Z" }),
        cleared: &[
            "description",
            "location",
            "endTime",
            "dealId",
            "contactId",
            "ownerId",
        ],
        change: json!({ "location": "Room 2" }),
    };
    life.run().await;
}

#[tokio::test]
async fn the_plural_spelling_answers_the_same() {
    let client = shared().client();
    let singular = client.get("/meeting?limit=5").await.expect(200);
    let plural = client.get("/meetings?limit=5").await.expect(200);
    assert_eq!(singular.records(), plural.records());
}

#[tokio::test]
async fn attendees_are_the_linked_people() {
    let client = shared().client();
    for meeting in walk(&client, "/meeting?provider=hubspot", 100).await {
        let attendees = meeting["attendees"].as_array().unwrap();
        let contact = meeting["contactId"].as_str().unwrap();
        let contact = client
            .get(&format!("/contact/{contact}?fields=email"))
            .await
            .expect(200);
        let invited = |attendee: &serde_json::Value| attendee["email"] == contact.record()["email"];
        assert!(attendees.iter().any(invited), "{meeting}");
        assert!(
            attendees.iter().all(|attendee| attendee["name"].is_string()),
            "{meeting}"
        );
    }
}

#[tokio::test]
async fn times_with_an_offset_become_utc() {
    let server = Server::start();
    let body = json!({ "title": "Offset", "startTime": "2026-06-01T10:00:00+02:00", "endTime": "2026-06-01T10:30:00.5+02:00" });
    let created = server.client().post("/meeting", &body).await.expect(201);
    assert_eq!(created.record()["startTime"], "2026-06-01T08:00:00.000Z");
    assert_eq!(created.record()["endTime"], "2026-06-01T08:30:00.500Z");
}

#[tokio::test]
async fn attendees_cannot_be_written_and_the_answer_says_so() {
    let body = json!({ "title": "x", "startTime": "2026-06-01T10:00:00Z", "attendees": [{ "email": "a@example.com" }] });
    shared()
        .client()
        .post("/meeting", &body)
        .await
        .invalid(&["attendees"]);
}

#[tokio::test]
async fn a_meeting_needs_a_start_and_the_answer_says_so() {
    let client = shared().client();
    let refused = client.post("/meeting", &json!({ "title": "Some time" })).await;
    refused.invalid(&["startTime"]);
}
