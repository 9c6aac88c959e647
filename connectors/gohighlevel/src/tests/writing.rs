//! Creating, updating and deleting.

use super::*;

const MISSING: &str = "zzzzzzzzzzzzzzzzzzzz";

/// The provider's fields and values for the manifest's example of a resource.
fn example(resource: &str) -> Value {
    let manifest = manifest();
    let example = &manifest["sandbox"]["examples"][resource];
    let mappings = manifest["resources"][resource]["mappings"]
        .as_array()
        .unwrap()
        .clone();
    let mut values = Map::new();
    for mapping in mappings.iter().filter(|mapping| mapping["direction"] != "read") {
        let pointer = format!("/{}", mapping["unifiedField"].as_str().unwrap().replace('.', "/"));
        let mut value = example.pointer(&pointer).cloned().unwrap_or_default();
        if mapping["transform"]["name"] == "date" {
            value = value.as_str().unwrap()[..10].into();
        }
        values.insert(mapping["providerField"].as_str().unwrap().to_owned(), value);
    }
    values.into()
}

#[test]
fn the_manifests_examples_come_back_as_they_were_given() {
    for resource in ["contact", "lead", "deal", "meeting"] {
        connect("v3");
        let given = example(resource);
        let made = create(resource, given.clone()).unwrap();
        let got = get(resource, id(&made)).unwrap();
        for (field, value) in given.as_object().unwrap() {
            let expected = match field.as_str() {
                "startTime" => &json!("2026-10-05T10:00:00+02:00"),
                "endTime" => &json!("2026-10-05T10:45:00+02:00"),
                _ => value,
            };
            assert!(!value.is_null(), "{resource} {field}");
            assert_eq!(
                (&made[field], &got[field]),
                (expected, expected),
                "{resource} {field}"
            );
        }
        assert_eq!(GoHighLevel::delete(resource, id(&made)), Ok(()));
        assert!(get(resource, id(&made)).unwrap_err().is("not-found"));
        assert!(
            GoHighLevel::delete(resource, id(&made))
                .unwrap_err()
                .is("not-found")
        );
        assert!(
            update(resource, id(&made), json!({ "email": "x@example.com" }))
                .unwrap_err()
                .is("not-found")
        );
    }
}

#[test]
fn an_update_changes_the_given_fields_and_null_clears() {
    for version in VERSIONS {
        connect(version);
        for resource in ["contact", "lead"] {
            let before = get(resource, id(&first(resource))).unwrap();
            let cleared = [
                "phone",
                "companyName",
                "address1",
                "city",
                "state",
                "postalCode",
                "country",
                "assignedTo",
                "source",
            ];
            let mut given: Map<String, Value> = cleared
                .iter()
                .map(|field| ((*field).to_owned(), Value::Null))
                .collect();
            given.insert("lastName".to_owned(), "Ørsted".into());
            given.insert("tags".to_owned(), Value::Null);
            let after = update(resource, id(&before), given.into()).unwrap();
            assert_eq!(after, get(resource, id(&before)).unwrap());
            assert!(cleared.iter().all(|field| after[*field].is_null()));
            assert_eq!(
                (&after["lastName"], &after["tags"]),
                (&json!("Ørsted"), &json!([]))
            );
            for field in ["firstName", "email", "type", "dateAdded"] {
                assert_eq!(after[field], before[field], "{field}");
            }
        }
    }
}

#[test]
fn a_customer_is_not_written_by_way_of_the_lead() {
    connect("v3");
    let contacts = walk("contact", page_of(100));
    let customer = id(contacts
        .iter()
        .find(|contact| contact["type"] == "customer")
        .unwrap());
    assert!(
        update("lead", customer, json!({ "city": "Ulm" }))
            .unwrap_err()
            .is("not-found")
    );
    assert!(GoHighLevel::delete("lead", customer).unwrap_err().is("not-found"));
    assert_ne!(get("contact", customer).unwrap()["city"], "Ulm");
}

#[test]
fn a_company_name_is_looked_for_after_an_update() {
    for (switch, kind) in [
        ("accepted", None),
        ("ignored", Some("rejected")),
        ("refused", Some("rejected")),
    ] {
        connect_switched("v3", &[("switches", json!({ "companyUpdate": switch }))]);
        let contact = first("contact");
        let updated = update("contact", id(&contact), json!({ "companyName": "Neue Firma" }));
        match kind {
            None => assert_eq!(updated.unwrap()["companyName"], "Neue Firma"),
            Some(kind) => {
                let failure = updated.unwrap_err();
                assert_eq!(
                    (failure.kind.as_str(), failure.fields[0].0.as_str()),
                    (kind, "companyName"),
                    "{switch}"
                );
            }
        }
    }
}

#[test]
fn custom_fields_are_written_by_id_and_by_key_in_every_version() {
    for version in VERSIONS {
        connect(version);
        let names = fields(&[
            "/customFields/contact.favourite_colour",
            "/customFields/contact.topics",
        ]);
        let given = json!({
            "email": "custom@example.com",
            "/customFields/contact.favourite_colour": "türkis",
            "/customFields/contact.topics": ["News", "Events"],
        });
        let made = GoHighLevel::create("contact", values(given), &names)
            .unwrap()
            .resolve()
            .unwrap();
        let custom = made["customFields"].as_object().unwrap();
        assert_eq!(custom["contact.favourite_colour"], "türkis");
        assert_eq!(custom["contact.topics"], json!(["News", "Events"]));
        let colour_id = custom
            .iter()
            .find(|(name, value)| !name.contains('.') && **value == "türkis")
            .unwrap()
            .0;
        let given = json!({ format!("/customFields/{colour_id}"): null });
        let changed = GoHighLevel::update("contact", id(&made), values(given), &names)
            .unwrap()
            .resolve()
            .unwrap();
        assert_eq!(changed["customFields"].get("contact.favourite_colour"), None);
        assert_eq!(
            changed["customFields"]["contact.topics"],
            json!(["News", "Events"])
        );
        let unknown = update(
            "contact",
            id(&made),
            json!({ "/customFields/contact.shoe_size": "42" }),
        )
        .unwrap_err();
        assert_eq!(unknown.fields[0].0, "/customFields/contact.shoe_size");
        let deal = first("deal");
        let given = json!({ "/customFields/opportunity.contract_number": "D-1" });
        let names = fields(&["/customFields/opportunity.contract_number"]);
        let changed = GoHighLevel::update("deal", id(&deal), values(given), &names)
            .unwrap()
            .resolve()
            .unwrap();
        assert_eq!(changed["customFields"]["opportunity.contract_number"], "D-1");
    }
}

#[test]
fn a_deal_gets_a_status_and_a_pipeline() {
    for version in VERSIONS {
        connect(version);
        let contact = first("contact");
        let deals = walk("deal", page_of(100));
        let made = create("deal", json!({ "name": "A", "contactId": id(&contact) })).unwrap();
        assert_eq!(
            (&made["status"], &made["pipelineId"]),
            (&json!("open"), &json!("bDhEx2m7cpwHgoMzQ9a7"))
        );
        let renewal = deals
            .iter()
            .find(|deal| deal["pipelineId"] != made["pipelineId"])
            .unwrap();
        let given =
            json!({ "name": "B", "contactId": id(&contact), "pipelineStageId": renewal["pipelineStageId"] });
        assert_eq!(
            create("deal", given).unwrap()["pipelineId"],
            renewal["pipelineId"]
        );
        let given = json!({ "name": "C", "contactId": id(&contact), "pipelineStageId": MISSING });
        assert_eq!(create("deal", given).unwrap_err().fields[0].0, "pipelineStageId");
    }
}

#[test]
fn a_deal_keeps_its_contact_and_gets_defaults_for_what_it_cannot_be_without() {
    connect("v3");
    let deals = walk("deal", page_of(100));
    let renewal = deals
        .iter()
        .find(|deal| deal["pipelineId"] != "bDhEx2m7cpwHgoMzQ9a7")
        .unwrap();
    let sale = deals
        .iter()
        .find(|deal| deal["pipelineId"] == "bDhEx2m7cpwHgoMzQ9a7")
        .unwrap();
    let first_stages = |pipeline: &Value| {
        let made = create(
            "deal",
            json!({ "name": "A", "contactId": sale["contactId"], "pipelineId": pipeline }),
        );
        made.unwrap()["pipelineStageId"].clone()
    };
    let [of_sales, of_renewals] = [sale, renewal].map(|deal| first_stages(&deal["pipelineId"]));
    let stage = update("deal", id(renewal), json!({ "pipelineStageId": null })).unwrap();
    assert_eq!(
        (&stage["pipelineId"], &stage["pipelineStageId"]),
        (&renewal["pipelineId"], &of_renewals)
    );
    let emptied = json!({ "contactId": renewal["contactId"], "name": "Neu", "monetaryValue": null, "assignedTo": null,
                          "forecastExpectedCloseDate": null, "pipelineId": null, "pipelineStageId": null });
    let changed = update("deal", id(renewal), emptied).unwrap();
    assert_eq!(
        (&changed["name"], &changed["monetaryValue"]),
        (&json!("Neu"), &json!(0))
    );
    assert!(changed["assignedTo"].is_null() && changed["forecastExpectedCloseDate"].is_null());
    assert_eq!(
        (&changed["pipelineId"], &changed["pipelineStageId"]),
        (&sale["pipelineId"], &of_sales)
    );
    let moved = json!({ "pipelineId": null, "pipelineStageId": of_renewals });
    assert_eq!(
        update("deal", id(sale), moved).unwrap()["pipelineId"],
        renewal["pipelineId"]
    );
    let same = json!({ "contactId": sale["contactId"] });
    assert_eq!(id(&update("deal", id(sale), same).unwrap()), id(sale));
    for given in [
        json!({ "contactId": MISSING }),
        json!({ "contactId": null }),
        json!({ "name": null }),
        json!({ "forecastProbability": null }),
    ] {
        let field = given.as_object().unwrap().keys().next().unwrap().clone();
        let failure = update("deal", id(sale), given).unwrap_err();
        assert_eq!(
            (failure.kind.as_str(), failure.fields[0].0.as_str()),
            ("rejected", field.as_str())
        );
    }
}

#[test]
fn before_v3_a_deal_has_no_forecast() {
    connect("2021-07-28");
    let deal = first("deal");
    assert_eq!(deal.get("forecastExpectedCloseDate"), None);
    let given = json!({ "forecastExpectedCloseDate": "2026-12-31" });
    assert_eq!(
        update("deal", id(&deal), given.clone()).unwrap_err().fields[0].0,
        "forecastExpectedCloseDate"
    );
    let nothing = json!({ "forecastExpectedCloseDate": null, "forecastProbability": null, "name": "Neu" });
    assert_eq!(update("deal", id(&deal), nothing).unwrap()["name"], "Neu");
    let mut given = values(given);
    given.extend(values(json!({ "name": "A", "contactId": deal["contactId"] })));
    assert!(create("deal", given.into()).unwrap_err().message.len() > 10);
}

#[test]
fn a_meeting_is_moved_cleared_and_kept_with_its_contact() {
    for version in VERSIONS {
        connect(version);
        let meetings = walk("meeting", page_of(100));
        let meeting = meetings
            .iter()
            .find(|meeting| meeting["address"] != "" && meeting["assignedUserId"] != "")
            .unwrap();
        let given = json!({ "startTime": "2026-11-02T23:30:00.000Z", "endTime": "2026-11-03T00:15:00.000Z", "address": null,
                            "description": "Neu", "contactId": meeting["contactId"], "assignedUserId": null });
        let moved = update("meeting", id(meeting), given).unwrap();
        assert_eq!(moved["startTime"], "2026-11-03T01:30:00+02:00");
        assert_eq!(
            (&moved["address"], &moved["assignedUserId"]),
            (&json!(""), &json!(""))
        );
        assert_eq!(
            (&moved["description"], &moved["title"]),
            (&json!("Neu"), &meeting["title"])
        );
        let other = update("meeting", id(meeting), json!({ "contactId": MISSING })).unwrap_err();
        assert_eq!(other.fields[0].0, "contactId");
        assert_eq!(
            update("meeting", id(meeting), json!({ "startTime": null }))
                .unwrap_err()
                .fields[0]
                .0,
            "startTime"
        );
        assert_eq!(update("meeting", id(meeting), json!({})).unwrap(), moved);
        let endless = update("meeting", id(meeting), json!({ "endTime": null })).unwrap();
        assert_eq!(endless["endTime"], "2026-11-03T02:00:00+02:00");
    }
}

#[test]
fn a_reference_to_nothing_is_a_wrong_value() {
    for status in [400, 404] {
        connect_switched("v3", &[("switches", json!({ "missingStatus": status }))]);
        for (resource, given) in [
            ("deal", json!({ "name": "A", "contactId": MISSING })),
            (
                "meeting",
                json!({ "contactId": MISSING, "startTime": "2026-11-02T23:30:00.000Z" }),
            ),
        ] {
            let failure = create(resource, given).unwrap_err();
            assert_eq!(
                (failure.kind.as_str(), failure.fields[0].0.as_str()),
                ("rejected", "contactId"),
                "{resource}"
            );
        }
        let deal = first("deal");
        let failure = update("deal", id(&deal), json!({ "pipelineId": MISSING })).unwrap_err();
        assert_eq!(
            (failure.kind.as_str(), failure.fields[0].0.as_str()),
            ("rejected", "pipelineId")
        );
    }
}

#[test]
fn unicode_and_long_values_survive() {
    connect("v3");
    let long = "Ünïcödé 漢字 🙂 ".repeat(2_000);
    let made = create(
        "contact",
        json!({ "firstName": long, "lastName": "a\"b\\c\n/d", "email": "l@example.com" }),
    )
    .unwrap();
    let got = get("contact", id(&made)).unwrap();
    assert_eq!(
        (&got["firstName"], &got["lastName"]),
        (&json!(long), &json!("a\"b\\c\n/d"))
    );
}

#[test]
fn nothing_to_change_is_no_write() {
    connect("v3");
    for resource in ["contact", "lead", "deal", "meeting"] {
        let record = first(resource);
        sent();
        assert_eq!(
            id(&update(resource, id(&record), json!({})).unwrap()),
            id(&record)
        );
        assert!(sent().iter().all(|request| request.starts_with("GET")));
    }
}
