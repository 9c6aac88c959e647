//! Bodies, parameters and answers.

use serde_json::json;

use super::*;

fn search(simulator: &mut Simulator, body: Value) -> (u16, Value) {
    let mut whole = json!({ "locationId": ids::LOCATION });
    whole
        .as_object_mut()
        .unwrap()
        .extend(body.as_object().unwrap().clone());
    simulator.json("POST", "/contacts/search", whole)
}

#[test]
fn a_search_pages_by_number_or_by_position_but_not_by_both() {
    let mut simulator = Simulator::new("v3");
    let (status, first) = search(&mut simulator, json!({ "pageLimit": 2, "page": 1 }));
    assert_eq!((status, &first["total"]), (200, &json!(260)));
    let after = first["contacts"][1]["searchAfter"].clone();
    let (_, second) = search(&mut simulator, json!({ "pageLimit": 2, "page": 2 }));
    let (_, by_position) = search(&mut simulator, json!({ "pageLimit": 2, "searchAfter": after }));
    assert_eq!(second["contacts"], by_position["contacts"]);
    for wrong in [
        json!({ "pageLimit": 2, "page": 2, "searchAfter": after }),
        json!({ "pageLimit": 2, "page": 5_001 }),
        json!({ "pageLimit": 2, "filters": [{ "field": "shoeSize", "operator": "eq", "value": "42" }] }),
        json!({ "pageLimit": 2, "filters": [{ "field": "email", "operator": "like", "value": "a" }] }),
        json!({ "pageLimit": 2, "sort": [{ "field": "shoeSize", "direction": "asc" }] }),
    ] {
        assert_eq!(search(&mut simulator, wrong.clone()).0, 400, "{wrong}");
    }
    let (status, error) = search(&mut simulator, json!({}));
    assert_eq!(
        (status, &error["message"]),
        (422, &json!(["pageLimit must be a number"]))
    );
    assert_eq!(
        simulator
            .json("POST", "/contacts/search", json!({ "pageLimit": 1 }))
            .0,
        422
    );
}

#[test]
fn a_search_has_its_own_names_and_knows_groups() {
    let mut simulator = Simulator::new("2021-07-28");
    let filters = json!([{ "group": "OR", "filters": [
        { "field": "lastName", "operator": "contains", "value": "lind" },
        { "field": "tags", "operator": "eq", "value": "vip" },
    ] }]);
    let (_, found) = search(&mut simulator, json!({ "pageLimit": 100, "filters": filters }));
    let contacts = found["contacts"].as_array().unwrap();
    assert!(contacts.len() > 10);
    for contact in contacts {
        assert!(contact["lastName"] == "Lind" || contact["tags"].as_array().unwrap().contains(&json!("vip")));
        assert!(contact["address"].is_string() && contact.get("address1").is_none());
    }
    let (_, got) = simulator.get(&format!("/contacts/{}", contacts[0]["id"].as_str().unwrap()));
    assert!(got["contact"]["address1"].is_string() && got["traceId"].is_string());
    let (_, found) = search(&mut simulator, json!({ "pageLimit": 5, "query": "zoë" }));
    assert!(found["total"].as_u64().unwrap() > 0);
}

#[test]
fn v3_has_dropped_the_old_lists() {
    for (version, status) in [("2021-07-28", 200), ("v3", 404)] {
        let mut simulator = Simulator::new(version);
        assert_eq!(simulator.get(&of_location("/contacts/", "locationId")).0, status);
        assert_eq!(simulator.get(&of_location("/users/", "locationId")).0, status);
    }
    let mut simulator = Simulator::new("2021-07-28");
    let (_, page) = simulator.get(&format!("{}&limit=3", of_location("/contacts/", "locationId")));
    let (after, id) = (
        &page["meta"]["startAfter"],
        page["meta"]["startAfterId"].as_str().unwrap(),
    );
    let target = format!(
        "{}&limit=3&startAfter={after}&startAfterId={id}",
        of_location("/contacts/", "locationId")
    );
    let (_, next) = simulator.get(&target);
    assert_ne!(next["contacts"][0]["id"], page["contacts"][2]["id"]);
    assert_eq!(next["contacts"].as_array().unwrap().len(), 3);
}

#[test]
fn flags_are_spelt_as_highlevel_spells_them() {
    for (version, correct) in [("2021-07-28", None), ("v3", Some(&json!(true)))] {
        let mut simulator = Simulator::new(version);
        let (_, made) = simulator.json(
            "POST",
            "/contacts/",
            json!({ "locationId": ids::LOCATION, "firstName": "A" }),
        );
        let path = format!("/contacts/{}", made["contact"]["id"].as_str().unwrap());
        let (status, changed) = simulator.json("PUT", &path, json!({ "city": "Ulm" }));
        assert_eq!(
            (status, &changed["succeded"], changed.get("succeeded")),
            (200, &json!(true), correct)
        );
        let (status, gone) = simulator.json("DELETE", &path, Value::Null);
        assert_eq!(
            (status, &gone["succeded"], gone.get("succeeded")),
            (200, &json!(true), correct)
        );
        assert_eq!(simulator.get(&path).0, 400);
    }
}

#[test]
fn null_is_only_taken_where_the_documentation_allows_it() {
    let mut simulator = Simulator::new("v3");
    let (_, page) = search(&mut simulator, json!({ "pageLimit": 1 }));
    let path = format!("/contacts/{}", page["contacts"][0]["id"].as_str().unwrap());
    for (field, status) in [
        ("city", 200),
        ("assignedTo", 200),
        ("postalCode", 422),
        ("country", 422),
        ("tags", 422),
    ] {
        assert_eq!(
            simulator.json("PUT", &path, json!({ field: null })).0,
            status,
            "{field}"
        );
    }
    let (status, error) = simulator.json("PUT", &path, json!({ "gender": "male" }));
    assert_eq!(
        (status, &error["message"]),
        (422, &json!(["property gender should not exist"]))
    );
}

#[test]
fn a_duplicate_is_found_and_refused() {
    let mut simulator = Simulator::new("v3");
    let (_, page) = search(&mut simulator, json!({ "pageLimit": 1 }));
    let contact = &page["contacts"][0];
    let email = contact["email"].as_str().unwrap();
    let (_, found) = simulator.get(&format!(
        "{}&email={email}",
        of_location("/contacts/search/duplicate", "locationId")
    ));
    assert_eq!(
        (&found["contact"]["id"], &found["matchingField"]),
        (&contact["id"], &json!("email"))
    );
    let (status, error) = simulator.json(
        "POST",
        "/contacts/",
        json!({ "locationId": ids::LOCATION, "email": email }),
    );
    assert_eq!((status, &error["meta"]["contactId"]), (400, &contact["id"]));
}

#[test]
fn opportunities_are_searched_in_each_versions_spelling() {
    for (version, right, wrong) in [
        ("v3", "locationId", "location_id"),
        ("2021-07-28", "location_id", "locationId"),
    ] {
        let mut simulator = Simulator::new(version);
        assert_eq!(simulator.get(&of_location("/opportunities/search", wrong)).0, 422);
        let (status, page) = simulator.get(&of_location("/opportunities/search", right));
        assert_eq!(
            (status, page["opportunities"].as_array().unwrap().len()),
            (200, 20)
        );
        assert_eq!(
            (&page["meta"]["total"], &page["meta"]["nextPage"]),
            (&json!(80), &json!(2))
        );
        assert!(
            page["meta"]["nextPageUrl"]
                .as_str()
                .unwrap()
                .contains("startAfterId=")
        );
        let (_, last) = simulator.get(&format!("{}&page=4", of_location("/opportunities/search", right)));
        assert_eq!(
            (last["meta"].get("nextPageUrl"), &last["meta"]["prevPage"]),
            (None, &json!(3))
        );
        let forecast = page["opportunities"][0].get("effectiveProbability").is_some();
        assert_eq!(forecast, version == "v3");
        assert_eq!(
            simulator
                .get(&format!(
                    "{}&limit=101",
                    of_location("/opportunities/search", right)
                ))
                .0,
            422
        );
        let won = simulator
            .get(&format!(
                "{}&status=won",
                of_location("/opportunities/search", right)
            ))
            .1;
        assert_eq!(won["meta"]["total"], 20);
    }
}

#[test]
fn the_other_search_goes_on_after_sort() {
    let mut simulator = Simulator::new("v3");
    let body = |after: Value| {
        json!({ "locationId": ids::LOCATION, "query": "", "limit": 50, "page": 1, "searchAfter": after,
                                      "additionalDetails": { "notes": false, "tasks": false, "calendarEvents": false, "unReadConversations": false } })
    };
    let (_, first) = simulator.json("POST", "/opportunities/search", body(json!([])));
    let (_, second) = simulator.json(
        "POST",
        "/opportunities/search",
        body(first["opportunities"][49]["sort"].clone()),
    );
    assert_eq!(
        (
            first["total"].clone(),
            second["opportunities"].as_array().unwrap().len()
        ),
        (json!(80), 30)
    );
}

#[test]
fn an_opportunity_has_a_status_of_its_own_path() {
    let mut simulator = Simulator::new("v3");
    let (_, page) = simulator.get(&of_location("/opportunities/search", "locationId"));
    let path = format!(
        "/opportunities/{}",
        page["opportunities"][0]["id"].as_str().unwrap()
    );
    let (status, done) = simulator.json("PUT", &format!("{path}/status"), json!({ "status": "abandoned" }));
    assert_eq!(
        (status, done),
        (200, json!({ "succeded": true, "success": true }))
    );
    assert_eq!(simulator.get(&path).1["opportunity"]["status"], "abandoned");
    assert_eq!(simulator.json("PUT", &path, json!({ "contactId": "x" })).0, 422);
    let (_, pipelines) = simulator.get(&of_location("/opportunities/pipelines", "locationId"));
    assert_eq!(pipelines["pipelines"][0]["stages"].as_array().unwrap().len(), 5);
}

#[test]
fn events_need_a_window_and_somebody_whose_they_are() {
    let mut simulator = Simulator::new("2021-04-15");
    let (_, calendars) = simulator.get(&of_location("/calendars/", "locationId"));
    let calendar = calendars["calendars"][0]["id"].as_str().unwrap().to_owned();
    let base = of_location("/calendars/events", "locationId");
    assert_eq!(simulator.get(&base).0, 400);
    assert_eq!(simulator.get(&format!("{base}&startTime=0&endTime=1")).0, 400);
    let (status, all) = simulator.get(&format!(
        "{base}&calendarId={calendar}&startTime=0&endTime=9000000000000"
    ));
    assert_eq!((status, all["events"].as_array().unwrap().len()), (200, 14));
    assert!(
        all["events"][0]["startTime"]
            .as_str()
            .unwrap()
            .ends_with("+02:00")
    );
    let (status, one) = simulator.get(&format!("/calendars/{calendar}"));
    assert_eq!((status, &one["calendar"]["id"]), (200, &json!(calendar)));
}

#[test]
fn an_appointment_is_written_unwrapped_and_stays_as_deleted() {
    let mut simulator = Simulator::new("v3");
    let (_, page) = search(&mut simulator, json!({ "pageLimit": 1 }));
    let (_, calendars) = simulator.get(&of_location("/calendars/", "locationId"));
    let mut body = json!({ "locationId": ids::LOCATION, "calendarId": calendars["calendars"][0]["id"],
                           "contactId": page["contacts"][0]["id"], "startTime": "2026-10-05T10:00:00+02:00" });
    assert_eq!(
        simulator
            .json("POST", "/calendars/events/appointments", body.clone())
            .0,
        400
    );
    body["ignoreFreeSlotValidation"] = true.into();
    let (status, made) = simulator.json("POST", "/calendars/events/appointments", body);
    assert_eq!(
        (status, &made["endTime"]),
        (200, &json!("2026-10-05T10:30:00+02:00"))
    );
    let path = format!("/calendars/events/appointments/{}", made["id"].as_str().unwrap());
    assert_eq!(simulator.get(&path).1["event"]["appointmentStatus"], "confirmed");
    simulator.version = Some("2021-07-28");
    assert_eq!(
        simulator.get(&path).1["appointment"]["appoinmentStatus"],
        "confirmed"
    );
    let event = format!("/calendars/events/{}", made["id"].as_str().unwrap());
    assert_eq!(
        simulator.json("DELETE", &event, json!({})),
        (201, json!({ "succeeded": true }))
    );
    simulator.version = Some("v3");
    assert_eq!(simulator.get(&path).1["event"]["deleted"], true);
    assert_eq!(simulator.json("PUT", &path, json!({ "title": "x" })).0, 400);
}

#[test]
fn users_are_searched_by_company_and_come_unwrapped_alone() {
    let mut simulator = Simulator::new("v3");
    assert_eq!(simulator.get("/users/search").0, 422);
    let base = format!(
        "/users/search?companyId={}&locationId={}",
        ids::COMPANY,
        ids::LOCATION
    );
    let (status, page) = simulator.get(&format!("{base}&skip=4&limit=4"));
    assert_eq!(
        (status, &page["count"], page["users"].as_array().unwrap().len()),
        (200, &json!(6), 2)
    );
    let id = page["users"][0]["id"].as_str().unwrap();
    assert_eq!(simulator.get(&format!("/users/{id}")).1["id"], id);
    assert_eq!(simulator.get("/users/search?companyId=other").0, 403);
}

#[test]
fn custom_fields_have_definitions() {
    let mut simulator = Simulator::new("v3");
    let base = format!("/locations/{}/customFields", ids::LOCATION);
    let (_, all) = simulator.get(&format!("{base}?model=all"));
    assert_eq!(all["customFields"].as_array().unwrap().len(), 3);
    let id = all["customFields"][0]["id"].as_str().unwrap();
    assert_eq!(
        simulator.get(&format!("{base}/{id}")).1["customField"]["fieldKey"],
        "contact.favourite_colour"
    );
    let (_, contacts) = simulator.get(&base);
    assert_eq!(contacts["customFields"].as_array().unwrap().len(), 2);
}

#[test]
fn unknown_paths_and_broken_bodies_have_highlevels_errors() {
    let mut simulator = Simulator::new("v3");
    let (status, error) = simulator.get("/unicorns");
    assert_eq!((status, &error["message"]), (404, &json!("Cannot GET /unicorns")));
    assert_eq!(error["traceId"].as_str().unwrap().len(), 36);
    assert_eq!(
        simulator
            .call("POST", "/contacts/", "application/json", b"not json")
            .status,
        400
    );
    assert_eq!(
        simulator
            .json("PUT", "/_sandbox/switches", json!({ "missingStatus": 500 }))
            .0,
        422
    );
    assert_eq!(simulator.json("DELETE", "/_sandbox/switches", Value::Null).0, 204);
}
