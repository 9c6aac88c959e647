//! Lists and single records.

use super::*;

fn eq(field: &str, value: Value) -> Vec<Filter> {
    vec![Filter {
        field: field.to_owned(),
        operator: "eq".to_owned(),
        value,
    }]
}

#[test]
fn walking_all_pages_meets_every_record_once_in_every_version() {
    for version in VERSIONS {
        for (resource, count) in [
            ("contact", 260),
            ("lead", 174),
            ("deal", 80),
            ("meeting", 42),
            ("owner", 6),
        ] {
            for limits in [&[30][..], &[7, 100, 1, 13]] {
                connect(version);
                let query = Query {
                    fields: mapped(resource),
                    ..Query::default()
                };
                let (records, _) = walk_in(resource, query, limits);
                assert_eq!(
                    (records.len(), ids(&records).len()),
                    (count, count),
                    "{version} {resource} {limits:?}"
                );
            }
        }
    }
}

#[test]
fn every_request_carries_its_version() {
    for (version, calendars) in [("v3", "v3"), ("2021-07-28", "2021-04-15")] {
        connect(version);
        for resource in ["contact", "deal", "meeting", "owner"] {
            let record = first(resource);
            get(resource, id(&record)).unwrap();
        }
        let requests = testing::take_requests();
        assert!(requests.len() > 10);
        for request in requests {
            let expected = if request.path.starts_with("/calendars") {
                calendars
            } else {
                version
            };
            assert_eq!(request.header("Version"), Some(expected), "{}", request.path);
        }
    }
}

#[test]
fn what_is_listed_is_what_is_got() {
    for version in VERSIONS {
        for resource in ["contact", "lead", "deal", "meeting", "owner"] {
            connect(version);
            let query = Query {
                fields: mapped(resource),
                ..page_of(40)
            };
            for listed in walk(resource, query).iter().step_by(5) {
                let got = get(resource, id(listed)).unwrap();
                for field in mapped(resource) {
                    let [listed, got] =
                        [listed, &got].map(|record| record.get(&field).unwrap_or(&Value::Null));
                    assert_eq!(listed, got, "{version} {resource} {field}");
                }
            }
        }
    }
}

#[test]
fn a_lead_is_a_contact_of_that_type() {
    connect("v3");
    let contacts = walk("contact", page_of(100));
    let leads = walk("lead", page_of(100));
    assert!(leads.iter().all(|lead| lead["type"] == "lead"));
    assert!(ids(&leads).is_subset(&ids(&contacts)));
    let customer = contacts
        .iter()
        .find(|contact| contact["type"] == "customer")
        .unwrap();
    assert!(get("contact", id(customer)).is_ok());
    assert!(get("lead", id(customer)).unwrap_err().is("not-found"));
}

#[test]
fn a_page_of_leads_may_be_empty_and_still_go_on() {
    connect("v3");
    let by_street = Query {
        fields: fields(&["address1"]),
        ..page_of(1)
    };
    for query in [page_of(1), by_street] {
        let (leads, pages) = walk_in("lead", query, &[1]);
        assert_eq!(leads.len(), 174);
        assert!(pages >= 260);
    }
}

#[test]
fn records_stay_in_the_host_while_nothing_has_to_be_changed() {
    connect("v3");
    let query = Query {
        fields: fields(&["email"]),
        ..page_of(5)
    };
    assert!(format!("{:?}", GoHighLevel::list("contact", &query).unwrap()).contains("records: At"));
    assert!(format!("{:?}", GoHighLevel::list("lead", &query).unwrap()).contains("records: At"));
    assert!(format!("{:?}", GoHighLevel::list("deal", &query).unwrap()).contains("records: At"));
}

#[test]
fn a_street_comes_from_the_search_too() {
    connect("v3");
    let query = Query {
        fields: mapped("contact"),
        ..page_of(5)
    };
    let listed = GoHighLevel::list("contact", &query).unwrap().resolve();
    assert!(
        listed
            .iter()
            .all(|contact| contact["address1"].as_str().unwrap().ends_with("Harbour Street"))
    );
}

#[test]
fn custom_fields_are_reached_by_id_and_by_key() {
    connect("v3");
    let query = Query {
        fields: fields(&["/customFields/contact.favourite_colour"]),
        ..page_of(100)
    };
    let by_key = walk("contact", query);
    assert!(sent().contains(&"GET /locations/Wq7Lm2Zt9RvB1cYdk3Jx/customFields".to_owned()));
    let coloured = by_key
        .iter()
        .filter(|contact| contact["customFields"]["contact.favourite_colour"].is_string());
    assert_eq!(coloured.count(), 195);
    let entries = by_key[1]["customFields"].as_object().unwrap();
    let (colour_id, _) = entries
        .iter()
        .find(|(name, value)| !name.contains('.') && value.is_string())
        .unwrap();
    let pointer = format!("/customFields/{colour_id}");
    let query = Query {
        fields: fields(&[&pointer]),
        ..page_of(100)
    };
    let by_id = GoHighLevel::list("contact", &query).unwrap().resolve();
    assert_eq!(sent(), ["POST /contacts/search"]);
    assert_eq!(
        by_id[1].pointer(&pointer),
        by_key[1].pointer("/customFields/contact.favourite_colour")
    );
    let deal = first("deal");
    let names = fields(&["/customFields/opportunity.contract_number"]);
    let deals = walk(
        "deal",
        Query {
            fields: names.clone(),
            ..page_of(100)
        },
    );
    let numbered = deals
        .iter()
        .filter(|deal| deal["customFields"]["opportunity.contract_number"].is_string());
    assert_eq!(numbered.count(), 40);
    let one = GoHighLevel::get("deal", id(&deal), &names)
        .unwrap()
        .resolve()
        .unwrap();
    assert_eq!(one["customFields"], deals[0]["customFields"]);
}

#[test]
fn contacts_are_filtered_and_sorted_by_the_provider() {
    for version in VERSIONS {
        connect(version);
        let all = walk("contact", page_of(100));
        let wanted = all.iter().find(|contact| contact["phone"].is_string()).unwrap();
        for field in ["email", "phone"] {
            let found = walk(
                "contact",
                Query {
                    filters: eq(field, wanted[field].clone()),
                    ..page_of(1)
                },
            );
            assert_eq!(ids(&found), BTreeSet::from([id(wanted)]));
        }
        let ownerless = walk(
            "lead",
            Query {
                filters: eq("assignedTo", Value::Null),
                ..page_of(30)
            },
        );
        assert!(!ownerless.is_empty() && ownerless.iter().all(|lead| lead["assignedTo"].is_null()));
        let since = "2025-06-20T00:00:00.000Z";
        let sort = Some(Sort {
            field: "dateUpdated".to_owned(),
            descending: true,
        });
        let found = walk(
            "contact",
            Query {
                updated_since: Some(since.to_owned()),
                sort,
                ..page_of(13)
            },
        );
        let times: Vec<&str> = found
            .iter()
            .map(|contact| contact["dateUpdated"].as_str().unwrap())
            .collect();
        let expected = all
            .iter()
            .filter(|contact| contact["dateUpdated"].as_str().unwrap() >= since);
        assert_eq!(times.len(), expected.count());
        assert!(times.is_sorted_by(|one, other| one >= other));
    }
}

#[test]
fn deals_are_filtered_in_each_versions_spelling() {
    for version in VERSIONS {
        connect(version);
        let all = walk("deal", page_of(100));
        for field in ["pipelineId", "pipelineStageId", "contactId", "assignedTo"] {
            let value = &all[1][field];
            let found = walk(
                "deal",
                Query {
                    filters: eq(field, value.clone()),
                    ..page_of(9)
                },
            );
            let expected: Vec<Value> = all.iter().filter(|deal| deal[field] == *value).cloned().collect();
            assert_eq!(ids(&found), ids(&expected), "{version} {field}");
        }
        let absent = Query {
            filters: eq("assignedTo", Value::Null),
            ..page_of(9)
        };
        assert!(GoHighLevel::list("deal", &absent).unwrap_err().is("unsupported"));
    }
}

#[test]
fn a_contact_that_comes_during_a_walk_displaces_none() {
    connect("v3");
    let before = walk("contact", page_of(100));
    let mut query = page_of(50);
    let mut seen = Vec::new();
    for number in 0..5 {
        let page = GoHighLevel::list("contact", &query).unwrap();
        seen.extend(page.resolve());
        let email = format!("new-{number}@example.com");
        create("contact", json!({ "email": email })).unwrap();
        query.cursor = page.next().map(str::to_owned);
    }
    seen.extend(walk("contact", query));
    assert_eq!(seen.len(), ids(&seen).len());
    assert!(ids(&seen).is_superset(&ids(&before)));
}

#[test]
fn without_a_company_the_location_tells_it() {
    let host = Host::new()
        .setting("locationId", "Wq7Lm2Zt9RvB1cYdk3Jx")
        .clock(NOW_MS);
    host.sandbox::<GoHighLevelSandbox>("authorization", TOKEN)
        .install();
    let owners = walk("owner", page_of(4));
    assert_eq!(
        sent()[..2],
        ["GET /locations/Wq7Lm2Zt9RvB1cYdk3Jx", "GET /users/search"]
    );
    let deleted: Vec<&Value> = owners.iter().map(|owner| &owner["deleted"]).collect();
    assert_eq!(deleted.iter().filter(|flag| ***flag == json!(true)).count(), 1);
    assert_eq!(get("owner", id(&owners[0])).unwrap()["deleted"], false);
}

#[test]
fn a_cursor_of_another_resource_is_refused() {
    connect("v3");
    for (resource, own) in [
        ("contact", "contacts:[1,\"a\"]"),
        ("deal", "deals:1:a"),
        ("owner", "users:2"),
    ] {
        let query = |cursor: &str| Query {
            cursor: Some(cursor.to_owned()),
            ..page_of(5)
        };
        assert!(GoHighLevel::list(resource, &query(own)).is_ok(), "{resource}");
        for cursor in [
            "",
            "nonsense",
            "meetings:1:2",
            "contacts:[",
            "deals:1",
            "users:-1",
        ] {
            let failure = GoHighLevel::list(resource, &query(cursor)).unwrap_err();
            assert!(failure.is("invalid-cursor"), "{resource} {cursor}");
        }
    }
    let failure = GoHighLevel::list(
        "meeting",
        &Query {
            cursor: Some("users:2".to_owned()),
            ..page_of(5)
        },
    );
    assert!(failure.unwrap_err().is("invalid-cursor"));
}

#[test]
fn an_id_that_cannot_exist_is_not_found_without_asking() {
    connect("v3");
    for resource in ["contact", "lead", "deal", "meeting", "owner"] {
        for wrong in ["../users", "", "a b", "search?x=1"] {
            assert!(
                get(resource, wrong).unwrap_err().is("not-found"),
                "{resource} {wrong}"
            );
        }
    }
    assert!(sent().is_empty());
}

#[test]
fn the_search_may_be_repeated_and_asks_with_the_location() {
    connect("v3");
    GoHighLevel::list("contact", &page_of(5)).unwrap();
    let request = testing::take_requests().remove(0);
    let body = request.json().unwrap();
    assert_eq!(
        (&body["locationId"], &body["pageLimit"]),
        (&json!("Wq7Lm2Zt9RvB1cYdk3Jx"), &json!(5))
    );
}
