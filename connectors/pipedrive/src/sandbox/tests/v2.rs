//! The API v2: lists, strict bodies, soft deletion, search and definitions.

use super::*;

#[test]
fn a_list_has_an_opaque_cursor_until_its_last_page() {
    let mut pipedrive = Simulator::new();
    let (status, first) = pipedrive.get("/api/v2/persons?limit=3");
    assert_eq!((status, ids(&first)), (200, vec![1001, 1002, 1003]));
    let cursor = first["additional_data"]["next_cursor"]
        .as_str()
        .unwrap()
        .to_owned();
    let (_, second) = pipedrive.get(&format!("/api/v2/persons?limit=500&cursor={cursor}"));
    assert_eq!((ids(&second)[0], ids(&second).len()), (1004, 247));
    assert_eq!(second["additional_data"]["next_cursor"], Value::Null);
    assert_eq!(ids(&pipedrive.get("/api/v2/persons").1).len(), 100);
}

#[test]
fn parameters_that_do_not_fit_are_all_named() {
    let mut pipedrive = Simulator::new();
    for (query, wrong) in [
        ("limit=501", "limit"),
        ("cursor=abc", "cursor"),
        ("sort_by=name", "sort_by"),
        ("sort_direction=up", "sort_direction"),
        (
            "updated_since=2026-01-01T00:00:00.000Z",
            "updated_since: not a valid datetime",
        ),
        ("owner_id=x", "owner_id"),
        (
            "type=meeting",
            "type: Parameter 'type' is not allowed for this request",
        ),
        ("filter_id=1", "filter_id"),
    ] {
        let (status, error) = pipedrive.get(&format!("/api/v2/activities?{query}"));
        assert_eq!(
            (status, &error["success"], &error["code"]),
            (400, &json!(false), &json!("ERR_SCHEMA_VALIDATION_FAILED"))
        );
        assert!(
            error["error"]
                .as_str()
                .unwrap()
                .starts_with(&format!("Validation failed: {wrong}")),
            "{query}: {error}"
        );
    }
}

#[test]
fn lists_are_narrowed_by_ids_times_and_custom_fields() {
    let mut pipedrive = Simulator::new();
    assert_eq!(
        ids(&pipedrive.get("/api/v2/organizations?ids=503,501,999").1),
        [501, 503]
    );
    let (_, all) = pipedrive.get("/api/v2/deals");
    let middle = all["data"][40]["update_time"].as_str().unwrap().to_owned();
    let since = ids(&pipedrive.get(&format!("/api/v2/deals?updated_since={middle}")).1);
    let until = ids(&pipedrive.get(&format!("/api/v2/deals?updated_until={middle}")).1);
    assert!(since.contains(&3041) && since.len() + until.len() == 80);
    let key = "1b7f04d2c8a95e6630f1b2a4d7e98c5f60314a2d";
    let (_, chosen) = pipedrive.get(&format!("/api/v2/persons?limit=2&custom_fields={key}"));
    assert_eq!(chosen["data"][1]["custom_fields"], json!({ key: 7 }));
}

#[test]
fn bodies_are_taken_strictly() {
    let mut pipedrive = Simulator::new();
    let unknown = "0".repeat(40);
    let wrong = json!({ "title": 5, "owner_id": "20000101", "value": "12", "stage_id": 99, "expected_close_date": "2026-02-30",
                        "colour": 1, "custom_fields": { &unknown: "x" } });
    let (status, error) = pipedrive.json("POST", "/api/v2/deals", wrong);
    let text = error["error"].as_str().unwrap();
    assert_eq!(status, 400);
    for part in [
        "title: Expected string",
        "owner_id: ",
        "value: Expected number",
        "stage_id: ",
        "expected_close_date: ",
        "colour: Parameter 'colour' is not allowed",
        &format!("custom_fields.{unknown}: Parameter '{unknown}'"),
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
    let misplaced = json!({ "title": "x", "pipeline_id": 1, "stage_id": 7 });
    assert_eq!(pipedrive.json("POST", "/api/v2/deals", misplaced).0, 400);
    assert_eq!(
        pipedrive.json("POST", "/api/v2/deals", json!({})).1["error"],
        "Validation failed: title: Required"
    );
    assert_eq!(
        pipedrive
            .json("PATCH", "/api/v2/deals/3001", json!({ "owner_id": null }))
            .0,
        400
    );
}

#[test]
fn a_create_answers_200_with_the_whole_record() {
    let mut pipedrive = Simulator::new();
    let given = json!({ "name": "Mara van den Berg", "emails": [{ "value": "a@example.com" }, { "value": "b@example.com", "primary": true, "label": "home" }] });
    let (status, made) = pipedrive.json("POST", "/api/v2/persons", given);
    let person = &made["data"];
    assert_eq!((status, &person["id"]), (200, &json!(9001)));
    assert_eq!(
        (&person["first_name"], &person["last_name"]),
        (&json!("Mara"), &json!("van den Berg"))
    );
    assert_eq!(
        person["emails"][0],
        json!({ "value": "a@example.com", "primary": false, "label": "work" })
    );
    assert_eq!(
        (&person["add_time"], &person["update_time"]),
        (&json!("2026-09-21T14:13:20Z"), &json!("2026-09-21T14:13:20Z"))
    );
    assert_eq!(person["custom_fields"].as_object().unwrap().len(), 3);
    assert_eq!(pipedrive.get("/api/v2/persons/9001").1, made);
}

#[test]
fn a_deal_follows_its_stage_and_its_status() {
    let mut pipedrive = Simulator::new();
    let (_, made) = pipedrive.json("POST", "/api/v2/deals", json!({ "title": "x" }));
    assert_eq!(
        (
            &made["data"]["pipeline_id"],
            &made["data"]["stage_id"],
            &made["data"]["currency"]
        ),
        (&json!(1), &json!(1), &json!("EUR"))
    );
    let (_, moved) = pipedrive.json("PATCH", "/api/v2/deals/9001", json!({ "stage_id": 7 }));
    assert_eq!(
        (&moved["data"]["pipeline_id"], &moved["data"]["stage_id"]),
        (&json!(2), &json!(7))
    );
    let (_, back) = pipedrive.json("PATCH", "/api/v2/deals/9001", json!({ "pipeline_id": 1 }));
    assert_eq!(
        (&back["data"]["pipeline_id"], &back["data"]["stage_id"]),
        (&json!(1), &json!(1))
    );
    let (_, lost) = pipedrive.json(
        "PATCH",
        "/api/v2/deals/9001",
        json!({ "status": "lost", "lost_reason": "price" }),
    );
    assert!(lost["data"]["lost_time"].is_string() && lost["data"]["won_time"].is_null());
    let (_, open) = pipedrive.json("PATCH", "/api/v2/deals/9001", json!({ "status": "open" }));
    assert!(open["data"]["lost_time"].is_null() && open["data"]["close_time"].is_null());
}

#[test]
fn deletion_is_soft() {
    let mut pipedrive = Simulator::new();
    let deleted = pipedrive.json("DELETE", "/api/v2/persons/1002", Value::Null);
    assert_eq!(deleted, (200, json!({ "success": true, "data": { "id": 1002 } })));
    assert_eq!(
        pipedrive.get("/api/v2/persons/1002").1["data"]["is_deleted"],
        true
    );
    assert_eq!(ids(&pipedrive.get("/api/v2/persons?limit=2").1), [1001, 1003]);
    for method in ["DELETE", "PATCH"] {
        let (status, error) = pipedrive.json(method, "/api/v2/persons/1002", json!({}));
        assert_eq!((status, &error["code"]), (404, &json!("ERR_NOT_FOUND")));
    }
}

#[test]
fn a_participant_is_the_person_of_an_activity() {
    let mut pipedrive = Simulator::new();
    let given = json!({ "subject": "x", "type": "meeting", "due_date": "2026-07-01", "due_time": "13:00", "duration": "01:30:00",
                        "participants": [{ "person_id": 1001, "primary": true }] });
    let (_, made) = pipedrive.json("POST", "/api/v2/activities", given);
    let activity = &made["data"];
    assert_eq!(
        (
            &activity["person_id"],
            &activity["due_time"],
            &activity["duration"]
        ),
        (&json!(1001), &json!("13:00:00"), &json!("01:30:00"))
    );
    assert!(activity.get("attendees").is_none());
    assert_eq!(
        pipedrive
            .get("/api/v2/activities/9001?include_fields=attendees")
            .1["data"]["attendees"],
        json!([])
    );
}

#[test]
fn a_search_has_its_own_shape() {
    let mut pipedrive = Simulator::new();
    let email = pipedrive.get("/api/v2/persons/1002").1["data"]["emails"][0]["value"]
        .as_str()
        .unwrap()
        .to_owned();
    let (_, found) = pipedrive.get(&format!(
        "/api/v2/persons/search?term={}&fields=email&exact_match=true",
        email.to_uppercase()
    ));
    let items = found["data"]["items"].as_array().unwrap();
    assert_eq!(
        (items.len(), &items[0]["item"]["id"], &items[0]["item"]["emails"]),
        (1, &json!(1002), &json!([email]))
    );
    let (_, many) = pipedrive.get("/api/v2/persons/search?term=mara&fields=name&limit=2");
    assert_eq!(many["data"]["items"].as_array().unwrap().len(), 2);
    assert!(many["additional_data"]["next_cursor"].is_string());
    assert_eq!(pipedrive.get("/api/v2/persons/search?term=x").0, 400);
}

#[test]
fn definitions_name_what_records_refer_to() {
    let mut pipedrive = Simulator::new();
    assert_eq!(ids(&pipedrive.get("/api/v2/stages").1).len(), 8);
    assert_eq!(ids(&pipedrive.get("/api/v2/pipelines").1), [1, 2]);
    let (_, fields) = pipedrive.get("/api/v2/personFields");
    assert!(
        fields["data"]
            .as_array()
            .unwrap()
            .iter()
            .all(|field| field["field_code"].as_str().unwrap().len() == 40)
    );
    assert_eq!(pipedrive.get("/api/v2/unicorns").0, 404);
    assert_eq!(pipedrive.json("PUT", "/api/v2/persons/1001", json!({})).0, 405);
}
