//! Creating, updating and deleting.

use serde_json::json;

use super::*;

#[test]
fn a_contact_lives_through_create_update_clear_and_delete() {
    connect();
    let made = create(
        "contact",
        json!({ "First_Name": "Zoë", "Last_Name": "佐藤 O'Neill", "Email": "zoe@example.com", "Phone": null,
                "Mailing_City": "Köln", "Favourite_Colour": "green", "Tag": [{ "name": "déjà vu" }] }),
    )
    .unwrap();
    assert_eq!(
        sent(),
        [
            "POST /Contacts".to_owned(),
            format!("GET /Contacts/{}", id(&made))
        ]
    );
    assert_eq!(
        (&made["Last_Name"], &made["Full_Name"]),
        (&json!("佐藤 O'Neill"), &json!("Zoë 佐藤 O'Neill"))
    );
    assert_eq!(
        (&made["Phone"], &made["Favourite_Colour"]),
        (&Value::Null, &json!("green"))
    );
    assert_eq!(made["Tag"][0]["name"], "déjà vu");
    assert!(made["Owner"]["id"].is_string());
    let changed = update(
        "contact",
        id(&made),
        json!({ "Mailing_City": null, "Phone": "+49 1", "Tag": null, "Owner": null }),
    );
    let changed = changed.unwrap();
    assert_eq!(
        (&changed["Mailing_City"], &changed["Phone"], &changed["Tag"]),
        (&Value::Null, &json!("+49 1"), &json!([]))
    );
    assert_eq!(
        (&changed["First_Name"], &changed["Owner"]),
        (&made["First_Name"], &made["Owner"])
    );
    ZohoCrm::delete("contact", id(&made)).unwrap();
    assert!(get("contact", id(&made)).unwrap_err().is("not-found"));
    assert!(
        update("contact", id(&made), json!({ "Title": "x" }))
            .unwrap_err()
            .is("not-found")
    );
    assert!(ZohoCrm::delete("contact", id(&made)).unwrap_err().is("not-found"));
}

#[test]
fn a_new_record_comes_last_in_the_list_and_a_deleted_one_not_at_all() {
    connect();
    let before = first("deal", 3);
    let made = create(
        "deal",
        json!({ "Deal_Name": "New", "Stage": "Closed Won", "Amount": 12.5 }),
    )
    .unwrap();
    assert_eq!(
        (&made["Probability"], &made["Expected_Revenue"]),
        (&json!(100), &json!(12.5))
    );
    ZohoCrm::delete("deal", id(&before[0])).unwrap();
    let (all, _) = walk("deal", page_of(30));
    assert_eq!(all.len(), 80);
    assert_eq!(
        (id(&all[0]), id(all.last().unwrap())),
        (id(&before[1]), id(&made))
    );
}

#[test]
fn lookups_are_written_by_id_and_read_with_their_names() {
    connect();
    let contact = &first("contact", 2)[1];
    let given = json!({ "Deal_Name": "Linked", "Stage": "Qualification", "Closing_Date": "2027-02-28", "Probability": 35,
                        "Contact_Name": { "id": id(contact) }, "Account_Name": { "id": "5512340000000300008" },
                        "Owner": { "id": "5512340000000287001" } });
    let deal = create("deal", given).unwrap();
    let name = format!(
        "{} {}",
        contact["First_Name"].as_str().unwrap(),
        contact["Last_Name"].as_str().unwrap()
    );
    assert_eq!(deal["Contact_Name"], json!({ "name": name, "id": id(contact) }));
    assert!(deal["Account_Name"]["name"].is_string() && deal["Owner"]["email"].is_string());
    assert_eq!(
        (&deal["Closing_Date"], &deal["Probability"]),
        (&json!("2027-02-28"), &json!(35))
    );
    let alone = update("deal", id(&deal), json!({ "Contact_Name": null })).unwrap();
    assert_eq!(
        (&alone["Contact_Name"], &alone["Account_Name"]),
        (&Value::Null, &deal["Account_Name"])
    );
}

fn meeting(more: Value) -> Value {
    let mut given = json!({ "Event_Title": "Kick-off", "Start_DateTime": "2027-01-12T09:00:00+00:00",
                            "End_DateTime": "2027-01-12T10:30:00+00:00" });
    given.as_object_mut().unwrap().extend(values(more));
    given
}

#[test]
fn a_meetings_deal_is_linked_and_taken_away_but_not_its_account() {
    connect();
    let deal = &first("deal", 1)[0];
    let made = create("meeting", meeting(json!({ "/$deal": { "id": id(deal) } }))).unwrap();
    assert_eq!(
        (&made["$se_module"], &made["$deal"]["id"]),
        (&json!("Deals"), &deal["id"])
    );
    assert_eq!(made["Start_DateTime"], "2027-01-12T12:00:00+03:00");
    let alone = update("meeting", id(&made), json!({ "/$deal": null })).unwrap();
    assert_eq!(
        [&alone["What_Id"], &alone["$se_module"], &alone["$deal"]],
        [&Value::Null; 3]
    );
    let meetings = first("meeting", 40);
    let of_account = meetings
        .iter()
        .find(|meeting| meeting["$se_module"] == "Accounts")
        .unwrap();
    let after = update(
        "meeting",
        id(of_account),
        json!({ "/$deal": null, "Venue": "Phone" }),
    )
    .unwrap();
    assert_eq!(
        (&after["What_Id"], &after["Venue"]),
        (&of_account["What_Id"], &json!("Phone"))
    );
    let moved = update("meeting", id(of_account), json!({ "/$deal": { "id": id(deal) } })).unwrap();
    assert_eq!(
        (&moved["$se_module"], &moved["$deal"]["id"]),
        (&json!("Deals"), &deal["id"])
    );
}

#[test]
fn attendees_are_invited_and_those_known_stay_who_they_are() {
    connect();
    let guest = json!([{ "email": "new@example.com", "name": "New" }]);
    let made = create("meeting", meeting(json!({ "/attendees": guest }))).unwrap();
    assert_eq!(made["attendees"][0]["email"], "new@example.com");
    let meetings = first("meeting", 40);
    let with_contact = |meeting: &&Value| {
        let first = &meeting["Participants"][0];
        first["type"] == "contact" && first["Email"].is_string()
    };
    let known = meetings.iter().find(with_contact).unwrap();
    let email = &known["attendees"][0]["email"];
    let both = json!([{ "email": email, "name": null }, { "email": "new@example.com", "name": null }]);
    let after = update("meeting", id(known), json!({ "/attendees": both })).unwrap();
    let types: Vec<&Value> = after["Participants"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| &one["type"])
        .collect();
    assert_eq!(types, ["contact", "email"]);
    let none = update("meeting", id(known), json!({ "/attendees": null })).unwrap();
    assert_eq!(none["attendees"], json!([]));
}

#[test]
fn an_update_of_nothing_is_a_read() {
    connect();
    let lead = &first("lead", 1)[0];
    sent();
    assert_eq!(
        update("lead", id(lead), json!({})).unwrap()["Email"],
        lead["Email"]
    );
    assert_eq!(sent(), [format!("GET /Leads/{}", id(lead))]);
}

#[test]
fn a_new_record_that_cannot_be_read_back_is_not_lost() {
    let outcome = json!({ "data": [{ "code": "SUCCESS", "status": "success", "message": "record added",
                          "details": { "id": "77", "Created_Time": "2026-05-04T11:15:30+03:00" } }] });
    Host::new()
        .provider(move |request| match request.method.as_str() {
            "POST" => routemcp_sdk::sandbox::Response::json(201, &outcome),
            _ => routemcp_sdk::sandbox::Response::empty(503),
        })
        .install();
    let made = create("lead", json!({ "Last_Name": "Lind", "Phone": null })).unwrap();
    assert_eq!(
        made,
        json!({ "Last_Name": "Lind", "id": "77", "Created_Time": "2026-05-04T11:15:30+03:00" })
    );
    assert_eq!(testing::take_log()[0].0, "warn");
}

#[test]
fn the_manifests_examples_are_accepted_with_every_field() {
    connect();
    let manifest = manifest();
    for (resource, example) in manifest["sandbox"]["examples"].as_object().unwrap() {
        let made = create(resource, written(&manifest, resource, example)).unwrap();
        for (field, value) in written(&manifest, resource, example).as_object().unwrap() {
            let read = made
                .pointer(&format!("/{}", field.trim_start_matches('/')))
                .unwrap();
            let same = match (value, read) {
                (Value::Object(reference), read) => read["id"] == reference["id"],
                (Value::Array(people), read) if field == "/attendees" => people == read.as_array().unwrap(),
                (Value::Array(tags), read) => tags
                    .iter()
                    .zip(read.as_array().unwrap())
                    .all(|(one, two)| one["name"] == two["name"]),
                (Value::String(text), Value::String(read)) if text.ends_with("+00:00") => {
                    routemcp_sdk::time::from_iso(text) == routemcp_sdk::time::from_iso(read)
                }
                (value, read) => value == read,
            };
            assert!(same, "{resource} {field}: {value} {read}");
        }
    }
}

/// What the host makes of a unified body, in short.
fn written(manifest: &Value, resource: &str, body: &Value) -> Value {
    let mut given = serde_json::Map::new();
    for mapping in manifest["resources"][resource]["mappings"].as_array().unwrap() {
        let pointer = format!("/{}", mapping["unifiedField"].as_str().unwrap().replace('.', "/"));
        let Some(value) = body.pointer(&pointer).filter(|_| mapping["direction"] != "read") else {
            continue;
        };
        let provider = match mapping["transform"]["name"].as_str() {
            Some("member") => json!({ "id": value }),
            Some("members") => value
                .as_array()
                .unwrap()
                .iter()
                .map(|name| json!({ "name": name }))
                .collect(),
            Some("date") => json!(value.as_str().unwrap().split('T').next()),
            Some("dateTime") => json!(value.as_str().unwrap().replace(".000Z", "+00:00")),
            _ => value.clone(),
        };
        given.insert(mapping["providerField"].as_str().unwrap().to_owned(), provider);
    }
    given.into()
}
