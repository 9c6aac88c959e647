//! Lists, single records and searches.

use std::collections::BTreeSet;

use serde_json::json;

use super::*;

fn page_of(limit: u32) -> Query {
    Query {
        limit,
        ..Query::default()
    }
}

#[test]
fn walking_all_pages_meets_every_record_once_in_every_version() {
    for version in ["2026-03", "2026-09", "v3"] {
        for (resource, count, pages) in [
            ("contact", 250, 9),
            ("lead", 60, 2),
            ("deal", 80, 3),
            ("meeting", 40, 2),
            ("owner", 6, 1),
        ] {
            connect(version);
            let (records, walked) = walk(
                resource,
                Query {
                    fields: mapped(resource),
                    ..page_of(30)
                },
            );
            let ids: BTreeSet<&str> = records.iter().map(id).collect();
            assert_eq!(
                (records.len(), ids.len(), walked),
                (count, count, pages),
                "{version} {resource}"
            );
        }
    }
}

#[test]
fn a_page_of_contacts_is_one_request_and_stays_in_the_host() {
    connect("2026-03");
    let page = HubSpot::list(
        "contact",
        &Query {
            fields: mapped("contact"),
            ..page_of(25)
        },
    )
    .unwrap();
    assert_eq!(sent(), ["GET /crm/objects/2026-03/contacts"]);
    assert_eq!(page.resolve().len(), 25);
    assert_eq!(page.next(), Some("20100371436"));
}

#[test]
fn two_hundred_properties_come_in_two_requests_with_short_urls() {
    connect("2026-03");
    let names: Vec<String> = (1..=200)
        .map(|number| format!("metric_{number:03}"))
        .chain(mapped("contact"))
        .collect();
    let page = HubSpot::list(
        "contact",
        &Query {
            fields: names.clone(),
            ..page_of(3)
        },
    )
    .unwrap();
    let requests = testing::take_requests();
    assert_eq!(requests.len(), 2);
    assert!(requests.iter().all(|request| request.url_length() < 2_200));
    assert_eq!(requests[1].path, "/crm/objects/2026-03/contacts/batch/read");
    for record in page.resolve() {
        let properties = record["properties"].as_object().unwrap();
        assert!(
            names
                .iter()
                .filter(|name| !name.starts_with('/'))
                .all(|name| properties.contains_key(name))
        );
        assert!(properties["metric_200"].is_string());
    }
}

#[test]
fn a_lead_carries_its_contact() {
    connect("2026-09");
    let page = HubSpot::list(
        "lead",
        &Query {
            fields: mapped("lead"),
            ..page_of(10)
        },
    )
    .unwrap();
    assert_eq!(sent().len(), 2);
    let records = page.resolve();
    for lead in &records {
        let contact = &lead["contact"]["properties"];
        let name = [&contact["firstname"], &contact["lastname"]]
            .map(|part| part.as_str().unwrap())
            .join(" ");
        assert!(contact["email"].as_str().unwrap().ends_with("@example.com"));
        let own = get("lead", id(lead), &["hs_lead_name"]).unwrap();
        assert_eq!(own["properties"]["hs_lead_name"], name);
    }
    let one = get("lead", id(&records[0]), &["/contact/properties/email"]).unwrap();
    assert_eq!(
        one["contact"]["properties"]["email"],
        records[0]["contact"]["properties"]["email"]
    );
}

#[test]
fn a_meeting_names_its_attendees() {
    connect("2026-03");
    let (meetings, _) = walk(
        "meeting",
        Query {
            fields: mapped("meeting"),
            ..page_of(100)
        },
    );
    for meeting in &meetings {
        let links = meeting["associations"]["contacts"]["results"].as_array().unwrap();
        assert_eq!(meeting["attendees"].as_array().unwrap().len(), links.len());
        assert!(meeting["attendees"][0]["email"].is_string());
    }
}

#[test]
fn deals_bring_their_links_from_lists_and_from_searches_alike() {
    connect("2026-03");
    let names = mapped("deal");
    let (listed, _) = walk(
        "deal",
        Query {
            fields: names.clone(),
            ..page_of(100)
        },
    );
    let filter = Filter {
        field: "pipeline".to_owned(),
        operator: "eq".to_owned(),
        value: json!("default"),
    };
    let (searched, pages) = walk(
        "deal",
        Query {
            fields: names,
            filters: vec![filter],
            ..page_of(25)
        },
    );
    assert_eq!((searched.len(), pages), (80, 4));
    let first = |record: &Value, to: &str| record["associations"][to]["results"][0]["id"].clone();
    for (one, two) in listed.iter().zip(&searched) {
        assert_eq!(id(one), id(two));
        for to in ["contacts", "companies"] {
            assert_eq!(first(one, to), first(two, to));
        }
    }
    assert!(listed.iter().any(|deal| first(deal, "contacts").is_string()));
    assert!(listed.iter().any(|deal| first(deal, "contacts").is_null()));
}

#[test]
fn filters_find_what_equals() {
    connect("2026-03");
    let (contacts, _) = walk("contact", page_of(50));
    let email = &contacts[17]["properties"]["email"];
    let filter = |field: &str, value: Value| Query {
        filters: vec![Filter {
            field: field.to_owned(),
            operator: "eq".to_owned(),
            value,
        }],
        fields: fields(&["email", "hubspot_owner_id"]),
        ..page_of(50)
    };
    let (found, _) = walk("contact", filter("email", email.clone()));
    assert_eq!(found.iter().map(id).collect::<Vec<_>>(), [id(&contacts[17])]);
    let (owned, _) = walk("contact", filter("hubspot_owner_id", json!("41234567")));
    assert!(
        !owned.is_empty()
            && owned
                .iter()
                .all(|record| record["properties"]["hubspot_owner_id"] == "41234567")
    );
    let (ownerless, _) = walk("contact", filter("hubspot_owner_id", Value::Null));
    assert!(
        !ownerless.is_empty()
            && ownerless
                .iter()
                .all(|record| record["properties"]["hubspot_owner_id"].is_null())
    );
}

#[test]
fn updated_since_and_sort_go_together() {
    for resource in ["contact", "lead", "deal", "meeting"] {
        connect("v3");
        let (all, _) = walk(resource, page_of(100));
        let mut times: Vec<&str> = all
            .iter()
            .map(|record| record["updatedAt"].as_str().unwrap())
            .collect();
        times.sort_unstable();
        let since = times[times.len() / 2].to_owned();
        let expected = times.iter().filter(|time| ***time >= *since).count();
        let sort = Some(Sort {
            field: "/updatedAt".to_owned(),
            descending: true,
        });
        let (found, _) = walk(
            resource,
            Query {
                updated_since: Some(since.clone()),
                sort,
                ..page_of(7)
            },
        );
        assert_eq!(found.len(), expected, "{resource}");
        let found: Vec<&str> = found
            .iter()
            .map(|record| record["updatedAt"].as_str().unwrap())
            .collect();
        assert!(found.is_sorted_by(|one, two| one >= two) && found.iter().all(|time| **time >= *since));
    }
}

#[test]
fn the_two_kinds_of_cursor_are_not_mixed_up() {
    connect("2026-03");
    let sort = Some(Sort {
        field: "/createdAt".to_owned(),
        descending: false,
    });
    let next = |query: &Query| {
        HubSpot::list("contact", query)
            .unwrap()
            .next()
            .unwrap()
            .to_owned()
    };
    let of_search = next(&Query {
        sort: sort.clone(),
        ..page_of(5)
    });
    let of_list = next(&page_of(5));
    for query in [
        Query {
            cursor: Some(of_search),
            ..page_of(5)
        },
        Query {
            cursor: Some(of_list),
            sort,
            ..page_of(5)
        },
        Query {
            cursor: Some("no-cursor".to_owned()),
            ..page_of(5)
        },
        Query {
            cursor: Some("two words".to_owned()),
            ..page_of(5)
        },
    ] {
        assert!(
            HubSpot::list("contact", &query).unwrap_err().is("invalid-cursor"),
            "{query:?}"
        );
    }
}

#[test]
fn a_deactivated_owner_is_found_by_id_but_not_listed() {
    connect("2026-03");
    let (owners, _) = walk("owner", page_of(4));
    assert!(owners.iter().all(|owner| owner["archived"] == false));
    let gone = get("owner", "41240621", &[]).unwrap();
    assert_eq!(gone["archived"], true);
    assert!(get("owner", "1", &[]).unwrap_err().is("not-found"));
}

#[test]
fn an_id_that_is_no_number_is_not_found_without_asking() {
    connect("2026-03");
    for resource in ["contact", "lead", "deal", "meeting", "owner"] {
        assert!(get(resource, "../owners", &[]).unwrap_err().is("not-found"));
    }
    assert!(sent().is_empty());
}
