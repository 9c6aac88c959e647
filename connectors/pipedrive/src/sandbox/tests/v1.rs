//! The API v1: leads, users, and what is left of the rest.

use super::*;

#[test]
fn leads_page_by_offset_in_pagination() {
    let mut pipedrive = Simulator::new();
    let (_, page) = pipedrive.get("/v1/leads?start=20&limit=25");
    let paging = json!({ "start": 20, "limit": 25, "more_items_in_collection": true, "next_start": 45 });
    assert_eq!(page["additional_data"], json!({ "pagination": paging }));
    let (_, last) = pipedrive.get("/api/v1/leads?start=45&limit=25");
    assert_eq!(last["data"].as_array().unwrap().len(), 15);
    assert_eq!(
        last["additional_data"]["pagination"]["more_items_in_collection"],
        false
    );
    pipedrive.json("PUT", "/_sandbox/lead-paging", json!({ "direct": true }));
    let (_, page) = pipedrive.get("/api/v1/leads?limit=1");
    assert_eq!(
        page["additional_data"],
        json!({ "start": 0, "limit": 1, "more_items_in_collection": true })
    );
}

#[test]
fn a_lead_lives_as_the_document_says() {
    let mut pipedrive = Simulator::new();
    let (status, made) = pipedrive.json(
        "POST",
        "/api/v1/leads",
        json!({ "title": "Lind AB", "person_id": 1001 }),
    );
    assert_eq!(status, 201);
    let lead = &made["data"];
    assert_eq!(
        (&lead["add_time"], &lead["visible_to"]),
        (&json!("2026-09-21T14:13:20.250Z"), &json!("3"))
    );
    let path = format!("/api/v1/leads/{}", lead["id"].as_str().unwrap());
    let (_, archived) = pipedrive.json(
        "PATCH",
        &path,
        json!({ "is_archived": true, "value": { "amount": 5, "currency": "EUR" } }),
    );
    assert_eq!(archived["data"]["value"]["amount"], 5);
    let (_, listed) = pipedrive.get("/api/v1/leads?limit=500");
    assert_eq!(listed["data"].as_array().unwrap().len(), 60);
    assert_eq!(
        pipedrive.get("/api/v1/leads/archived").1["data"][0]["id"],
        lead["id"]
    );
    assert_eq!(
        pipedrive.json("DELETE", &path, Value::Null).1["data"]["id"],
        lead["id"]
    );
    let (status, error) = pipedrive.get(&path);
    assert_eq!(
        (status, &error["error"], &error["data"]),
        (404, &json!("requested lead not found"), &Value::Null)
    );
}

#[test]
fn a_lead_needs_a_title_and_somebody() {
    let mut pipedrive = Simulator::new();
    for wrong in [
        json!({ "person_id": 1001 }),
        json!({ "title": "x" }),
        json!({ "title": "x", "person_id": 999_999 }),
        json!({ "title": "x", "person_id": 1001, "value": { "amount": 5 } }),
        json!({ "title": "x", "person_id": 1001, "label_ids": ["x"] }),
        json!({ "title": "x", "person_id": 1001, "is_archived": true }),
        json!({ "title": "x", "person_id": 1001, "visible_to": 3 }),
        json!({ "title": "x", "person_id": 1001, "colour": 3 }),
    ] {
        let (status, error) = pipedrive.json("POST", "/api/v1/leads", wrong.clone());
        assert_eq!(
            (status, &error["success"], &error["data"]),
            (400, &json!(false), &Value::Null),
            "{wrong}"
        );
    }
    let lead = pipedrive.get("/api/v1/leads?limit=1").1["data"][0].clone();
    let path = format!("/api/v1/leads/{}", lead["id"].as_str().unwrap());
    assert_eq!(
        pipedrive
            .json(
                "PATCH",
                &path,
                json!({ "person_id": null, "organization_id": null })
            )
            .0,
        400
    );
}

#[test]
fn leads_are_filtered_and_sorted() {
    let mut pipedrive = Simulator::new();
    let (_, all) = pipedrive.get("/api/v1/leads");
    let times = |body: &Value| -> Vec<String> {
        body["data"]
            .as_array()
            .unwrap()
            .iter()
            .map(|lead| lead["update_time"].as_str().unwrap().to_owned())
            .collect()
    };
    let (_, sorted) = pipedrive.get("/api/v1/leads?sort=update_time DESC");
    assert!(times(&sorted).is_sorted_by(|one, two| one >= two));
    let (_, since) = pipedrive.get(&format!("/api/v1/leads?updated_since={}", times(&sorted)[9]));
    let expected = times(&all)
        .iter()
        .filter(|time| **time >= times(&sorted)[9])
        .count();
    assert_eq!(times(&since).len(), expected);
    let (_, owned) = pipedrive.get("/api/v1/leads?owner_id=20000102");
    assert!(
        owned["data"]
            .as_array()
            .unwrap()
            .iter()
            .all(|lead| lead["owner_id"] == 20_000_102)
    );
}

#[test]
fn users_come_all_at_once() {
    let mut pipedrive = Simulator::new();
    let (_, users) = pipedrive.get("/api/v1/users?limit=2&start=1");
    assert_eq!((ids(&users).len(), users.get("additional_data")), (7, None));
    assert_eq!(
        pipedrive.get("/api/v1/users/20000103").1["data"],
        users["data"][4]
    );
    let (_, me) = pipedrive.get("/api/v1/users/me");
    assert_eq!(
        (&me["data"]["is_you"], &me["data"]["company_domain"]),
        (&json!(true), &json!("sandbox"))
    );
    let email = users["data"][2]["email"].as_str().unwrap().to_owned();
    let (_, found) = pipedrive.get(&format!("/api/v1/users/find?term={email}&search_by_email=1"));
    assert_eq!(found["data"], json!([users["data"][2]]));
    let (status, error) = pipedrive.get("/api/v1/users/1");
    assert_eq!(
        (status, &error["error"]),
        (404, &json!("User not found or not accessible."))
    );
}

#[test]
fn what_moved_to_v2_is_gone_from_v1() {
    let mut pipedrive = Simulator::new();
    for path in [
        "persons",
        "deals/1",
        "activities",
        "organizations",
        "stages",
        "pipelines",
    ] {
        assert_eq!(pipedrive.get(&format!("/api/v1/{path}")).0, 410, "{path}");
    }
    assert_eq!(
        pipedrive.get("/api/v1/activityTypes").1["data"][1]["key_string"],
        "meeting"
    );
    assert_eq!(
        pipedrive.get("/api/v1/leadLabels").1["data"]
            .as_array()
            .unwrap()
            .len(),
        3
    );
    assert_eq!(pipedrive.get("/api/v1/unicorns").0, 404);
    assert_eq!(pipedrive.json("PUT", "/api/v1/leads", json!({})).0, 405);
}
