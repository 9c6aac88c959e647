//! Lists, single records and searches.

use std::collections::BTreeSet;

use serde_json::json;

use super::*;

const COUNTS: [(&str, usize); 5] = [
    ("contact", 250),
    ("lead", 60),
    ("deal", 80),
    ("meeting", 40),
    ("owner", 7),
];

#[test]
fn walking_all_pages_meets_every_record_once_whatever_the_limits() {
    for (resource, count) in COUNTS {
        for limits in [&[30][..], &[100], &[7, 1, 23, 2]] {
            connect();
            let query = Query {
                fields: mapped(resource),
                ..page_of(1)
            };
            let (records, _) = walk_with(resource, query, limits);
            let ids: BTreeSet<String> = records.iter().map(id).collect();
            assert_eq!(
                (records.len(), ids.len()),
                (count, count),
                "{resource} {limits:?}"
            );
        }
    }
}

#[test]
fn every_seeded_record_can_be_read_by_its_id() {
    for (resource, _) in COUNTS {
        connect();
        let (records, _) = walk(
            resource,
            Query {
                fields: mapped(resource),
                ..page_of(20)
            },
        );
        for record in records.iter().step_by(7) {
            assert_eq!(get(resource, &id(record)).unwrap(), *record, "{resource}");
        }
    }
}

#[test]
fn versions_are_mixed_as_pipedrive_mixes_them() {
    connect();
    for resource in ["contact", "lead", "deal", "meeting", "owner"] {
        Pipedrive::list(resource, &page_of(5)).unwrap();
    }
    let expected = ["v2/persons", "v1/leads", "v2/deals", "v2/activities", "v1/users"];
    assert_eq!(sent(), expected.map(|path| format!("GET /api/{path}")));
}

#[test]
fn a_page_of_deals_is_one_request_and_stays_in_the_host() {
    connect();
    let page = Pipedrive::list(
        "deal",
        &Query {
            fields: mapped("deal"),
            ..page_of(25)
        },
    )
    .unwrap();
    assert_eq!(sent(), ["GET /api/v2/deals"]);
    assert!(format!("{page:?}").contains("At("));
    assert!(page.next().is_some());
}

#[test]
fn the_primary_email_comes_first_wherever_pipedrive_has_it() {
    connect();
    let (contacts, _) = walk("contact", page_of(100));
    let with_email = contacts.iter().filter(|contact| contact["emails"] != json!([]));
    assert!(
        with_email
            .clone()
            .all(|contact| contact["emails"][0]["primary"] == true)
    );
    assert!(
        with_email
            .clone()
            .any(|contact| contact["emails"].as_array().unwrap().len() == 2)
    );
    assert!(contacts.iter().any(|contact| contact["emails"] == json!([])));
}

#[test]
fn a_contact_carries_its_organisation_in_one_more_request() {
    connect();
    let page = Pipedrive::list(
        "contact",
        &Query {
            fields: mapped("contact"),
            ..page_of(40)
        },
    )
    .unwrap();
    assert_eq!(sent(), ["GET /api/v2/persons", "GET /api/v2/organizations"]);
    for contact in page.resolve() {
        assert_eq!(contact["organization"]["id"], contact["org_id"]);
        assert_eq!(
            contact["organization"]["name"].is_string(),
            contact["org_id"].is_u64()
        );
    }
    Pipedrive::list(
        "contact",
        &Query {
            fields: vec!["emails".to_owned()],
            ..page_of(40)
        },
    )
    .unwrap();
    assert_eq!(sent(), ["GET /api/v2/persons"]);
}

#[test]
fn owners_come_in_the_order_of_their_ids_and_cost_one_request_a_page() {
    connect();
    let (owners, pages) = walk("owner", page_of(2));
    assert_eq!(pages, 4);
    assert!(owners.is_sorted_by_key(|owner| owner["id"].as_u64()));
    assert!(owners.iter().any(|owner| owner["active_flag"] == false));
    assert_eq!(sent().len(), 4);
    assert_eq!(get("owner", &id(&owners[3])).unwrap(), owners[3]);
}

#[test]
fn an_email_filter_finds_the_primary_address_in_any_case() {
    connect();
    let (contacts, _) = walk("contact", page_of(100));
    let [old, primary] =
        [1, 0].map(|index| contacts[5]["emails"][index]["value"].as_str().unwrap().to_owned());
    let find = |email: &str| {
        let query = Query {
            filters: vec![filter("emails", email)],
            fields: mapped("contact"),
            ..page_of(1)
        };
        walk("contact", query).0
    };
    let found = find(&primary.to_uppercase());
    assert_eq!(found.iter().map(id).collect::<Vec<_>>(), [id(&contacts[5])]);
    assert!(found[0]["organization"]["name"].is_string());
    assert!(find(&old).is_empty());
    assert!(find("nobody@example.com").is_empty());
    assert!(find("").is_empty());
}

#[test]
fn two_contacts_with_one_email_are_both_found_on_two_pages() {
    connect();
    let twin =
        json!({ "first_name": "Twin", "emails": [{ "value": "twin@example.com" }], "owner_id": "20000103" });
    let ids = [
        create("contact", twin.clone()).unwrap(),
        create("contact", twin).unwrap(),
    ]
    .map(|twin| id(&twin));
    let query = |owner: &str| Query {
        filters: vec![filter("emails", "twin@example.com"), filter("owner_id", owner)],
        ..page_of(1)
    };
    let (found, pages) = walk("contact", query("20000103"));
    assert_eq!(
        (found.iter().map(id).collect::<Vec<_>>(), pages),
        (ids.to_vec(), 2)
    );
    assert!(walk("contact", query("20000104")).0.is_empty());
}

#[test]
fn filters_find_what_equals() {
    for (resource, field, value) in [
        ("contact", "owner_id", "20000103"),
        ("lead", "owner_id", "20000102"),
        ("deal", "stage_id", "2"),
        ("deal", "pipeline_id", "2"),
        ("deal", "person_id", "1004"),
        ("deal", "org_id", "503"),
        ("meeting", "owner_id", "20000105"),
        ("meeting", "person_id", "1001"),
        ("meeting", "deal_id", "3005"),
    ] {
        connect();
        let (all, _) = walk(resource, page_of(100));
        let expected: Vec<String> = all
            .iter()
            .filter(|record| record[field].as_u64() == value.parse().ok())
            .map(id)
            .collect();
        let (found, _) = walk(
            resource,
            Query {
                filters: vec![filter(field, value)],
                ..page_of(3)
            },
        );
        assert!(!expected.is_empty(), "{resource} {field}");
        assert_eq!(
            found.iter().map(id).collect::<Vec<_>>(),
            expected,
            "{resource} {field}"
        );
    }
}

#[test]
fn updated_since_loses_its_fraction_and_misses_nothing() {
    for resource in ["contact", "lead", "deal", "meeting"] {
        connect();
        let (all, _) = walk(resource, page_of(100));
        let mut times: Vec<&str> = all
            .iter()
            .map(|record| record["update_time"].as_str().unwrap())
            .collect();
        times.sort_unstable();
        let whole = &times[times.len() / 2][..19];
        let since = format!("{whole}.000Z");
        let expected = times.iter().filter(|time| time[..19] >= *whole).count();
        let (found, _) = walk(
            resource,
            Query {
                updated_since: Some(since),
                ..page_of(9)
            },
        );
        assert_eq!(found.len(), expected, "{resource}");
        assert!(expected < all.len());
        let sent = testing::take_requests();
        let sent = sent.last().unwrap().parameter("updated_since").unwrap();
        assert_eq!(sent, format!("{whole}Z"));
    }
}

#[test]
fn leads_are_compared_to_the_millisecond() {
    connect();
    let (leads, _) = walk("lead", page_of(100));
    let newest = leads
        .iter()
        .map(|lead| lead["update_time"].as_str().unwrap())
        .max()
        .unwrap();
    assert!(newest.ends_with(".120Z"));
    let count = |since: String| {
        walk(
            "lead",
            Query {
                updated_since: Some(since),
                ..page_of(10)
            },
        )
        .0
        .len()
    };
    assert!(count(newest.to_owned()) > 0);
    assert_eq!(count(newest.replace(".120Z", ".121Z")), 0);
}

#[test]
fn sorts_go_both_ways_over_page_borders() {
    for resource in ["contact", "deal", "meeting"] {
        for field in ["add_time", "update_time"] {
            for descending in [false, true] {
                connect();
                let sort = Some(Sort {
                    field: field.to_owned(),
                    descending,
                });
                let (records, _) = walk_with(resource, Query { sort, ..page_of(1) }, &[9, 4]);
                let times: Vec<&str> = records
                    .iter()
                    .map(|record| record[field].as_str().unwrap())
                    .collect();
                let sorted = |one: &&str, two: &&str| if descending { one >= two } else { one <= two };
                assert!(times.is_sorted_by(sorted), "{resource} {field}");
                let ids: BTreeSet<String> = records.iter().map(id).collect();
                assert_eq!(ids.len(), records.len());
            }
        }
    }
}

#[test]
fn foreign_cursors_are_refused() {
    connect();
    for resource in ["contact", "lead", "deal", "meeting", "owner"] {
        for cursor in [
            "no-cursor",
            "two words",
            "",
            "search:x",
            "-1",
            "99999999999999999999999",
        ] {
            let query = Query {
                cursor: Some(cursor.to_owned()),
                ..page_of(5)
            };
            let failure = Pipedrive::list(resource, &query).unwrap_err();
            assert!(failure.is("invalid-cursor"), "{resource} {cursor}: {failure}");
        }
    }
    let next = Pipedrive::list("deal", &page_of(5))
        .unwrap()
        .next()
        .unwrap()
        .to_owned();
    let sort = Some(Sort {
        field: "add_time".to_owned(),
        descending: false,
    });
    let of_another_order = Query {
        cursor: Some(next),
        sort,
        ..page_of(5)
    };
    assert!(
        Pipedrive::list("deal", &of_another_order)
            .unwrap_err()
            .is("invalid-cursor")
    );
}

#[test]
fn an_id_that_none_can_have_is_not_found_without_asking() {
    connect();
    for resource in ["contact", "lead", "deal", "meeting", "owner"] {
        for id in ["../users", "", "x", "1/2", "5a1f7c1e-7f0b-4d6f-9d3b-2a9d1c3e4f5z"] {
            assert!(get(resource, id).unwrap_err().is("not-found"), "{resource} {id}");
        }
    }
    assert!(sent().is_empty());
    for (resource, id) in [
        ("contact", "999999"),
        ("owner", "7"),
        ("lead", "5a1f7c1e-7f0b-4d6f-9d3b-2a9d1c3e4f50"),
    ] {
        assert!(get(resource, id).unwrap_err().is("not-found"), "{resource}");
    }
}

#[test]
fn the_manifest_names_the_sandboxs_token() {
    assert_eq!(manifest()["sandbox"]["token"], TOKEN);
}
