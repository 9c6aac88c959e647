//! Lists and single records.

use std::collections::BTreeSet;

use serde_json::json;

use super::*;

#[test]
fn walking_all_pages_meets_every_record_once() {
    for (resource, count, pages) in [
        ("contact", 2_300, 77),
        ("lead", 60, 2),
        ("deal", 80, 3),
        ("meeting", 40, 2),
        ("owner", 7, 1),
    ] {
        connect();
        let query = Query {
            fields: mapped(resource),
            ..page_of(30)
        };
        let (records, walked) = walk(resource, query);
        let ids: BTreeSet<&str> = records.iter().map(id).collect();
        assert_eq!(
            (records.len(), ids.len(), walked),
            (count, count, pages),
            "{resource}"
        );
    }
}

#[test]
fn limits_may_change_on_the_way_beyond_record_two_thousand() {
    for limits in [[100, 7, 33], [13, 100, 1], [100, 100, 99]] {
        connect();
        let (records, _) = walk_with("contact", page_of(100), &limits);
        let ids: Vec<&str> = records.iter().map(id).collect();
        assert_eq!(ids.len(), 2_300, "{limits:?}");
        assert!(ids.is_sorted_by(|one, two| one < two), "{limits:?}");
    }
    connect();
    let (owners, _) = walk_with("owner", page_of(3), &[3, 2, 1, 100]);
    let ids: BTreeSet<&str> = owners.iter().map(id).collect();
    assert_eq!((owners.len(), ids.len()), (7, 7));
}

#[test]
fn pages_after_the_first_go_by_token_and_never_by_number() {
    connect();
    let query = page_of(100);
    let next = ZohoCrm::list("contact", &query)
        .unwrap()
        .next()
        .unwrap()
        .to_owned();
    let query = Query {
        cursor: Some(next),
        ..query
    };
    ZohoCrm::list("contact", &query).unwrap();
    let requests = testing::take_requests();
    let has = |index: usize, name: &str| requests[index].parameter(name).is_some();
    assert_eq!([has(0, "page"), has(0, "page_token")], [false, false]);
    assert_eq!([has(1, "page"), has(1, "page_token")], [false, true]);
    assert_eq!(requests[1].parameter("fields"), Some("id"));
}

#[test]
fn a_page_is_one_request_and_stays_in_the_host() {
    connect();
    let query = Query {
        fields: mapped("contact"),
        ..page_of(25)
    };
    let page = ZohoCrm::list("contact", &query).unwrap();
    assert_eq!(sent(), ["GET /Contacts"]);
    let records = page.resolve();
    assert_eq!(records.len(), 25);
    assert_eq!(
        records[1]["Owner"]["email"],
        json!(records[1].pointer("/Owner/email").unwrap())
    );
    assert!(records[0]["Created_Time"].as_str().unwrap().ends_with("+03:00"));
    assert!(records.iter().any(|record| record["Phone"].is_null()));
}

#[test]
fn more_than_fifty_fields_come_by_further_requests() {
    connect();
    let names: Vec<String> = (1..=120)
        .map(|number| format!("Metric_{number:03}"))
        .chain(mapped("contact"))
        .collect();
    let query = Query {
        fields: names.clone(),
        ..page_of(60)
    };
    let (mut query, mut records, limits) = (query, Vec::new(), [60, 60, 45, 100]);
    for limit in limits {
        query.limit = limit;
        let page = ZohoCrm::list("contact", &query).unwrap();
        records.extend(page.resolve());
        query.cursor = page.next().map(str::to_owned);
    }
    // The page size stays what it was at first.
    assert_eq!(records.len(), 60 + 60 + 45 + 15);
    assert!(records.is_sorted_by(|one, two| id(one) < id(two)));
    let requests = testing::take_requests();
    assert!(requests.len() <= limits.len() * 5);
    let parameters = |name: &'static str| requests.iter().filter_map(move |request| request.parameter(name));
    assert!(parameters("fields").all(|names| names.split(',').count() <= 50 && names.len() <= 1_024));
    assert!(parameters("ids").all(|ids| ids.len() <= 1_024));
    for record in &records {
        let all = record.as_object().unwrap();
        assert!(
            names
                .iter()
                .filter(|name| !name.starts_with('/'))
                .all(|name| all.contains_key(name))
        );
        assert!(record["Metric_120"].is_number());
    }
}

#[test]
fn a_missing_record_and_an_empty_list_are_204_and_nothing_else() {
    connect();
    for resource in ["contact", "lead", "deal", "meeting", "owner"] {
        let failure = get(resource, "5512340000009999999").unwrap_err();
        assert!(failure.is("not-found"), "{resource}");
    }
    connect_to(TOKEN, |state| {
        for number in 0..60 {
            let id = (5_512_340_000_000_520_001_u64 + number * 13).to_string();
            state.put("Leads", &format!("{id:0>20}"), &Value::Null);
        }
    });
    let page = ZohoCrm::list("lead", &page_of(10)).unwrap();
    assert_eq!((page.resolve().len(), page.next()), (0, None));
}

#[test]
fn an_id_that_zoho_cannot_have_given_is_not_found_without_asking() {
    connect();
    for resource in ["contact", "lead", "deal", "meeting", "owner"] {
        for id in ["../users", "search", "", "1 or 1", &"9".repeat(40)] {
            assert!(get(resource, id).unwrap_err().is("not-found"), "{resource} {id}");
        }
    }
    assert!(sent().is_empty());
}

#[test]
fn a_single_record_has_what_the_list_shows() {
    connect();
    for resource in ["contact", "lead", "deal", "meeting", "owner"] {
        for listed in first(resource, 6) {
            let single = get(resource, id(&listed)).unwrap();
            for (name, value) in listed.as_object().unwrap() {
                assert_eq!(&single[name], value, "{resource} {name}");
            }
        }
    }
}

#[test]
fn a_meeting_has_its_deal_and_attendees_ready() {
    connect();
    let meetings = first("meeting", 40);
    let of_module = |module: Value| {
        meetings
            .iter()
            .filter(move |meeting| meeting["$se_module"] == module)
    };
    assert!(of_module(json!("Deals")).count() > 5 && of_module(json!("Accounts")).count() > 5);
    assert!(of_module(json!("Deals")).all(|meeting| meeting["$deal"] == meeting["What_Id"]));
    assert!(of_module(json!("Accounts")).all(|meeting| meeting["$deal"].is_null()));
    let mut attendees = Vec::new();
    for meeting in &meetings {
        let [people, ready] = ["Participants", "attendees"].map(|name| meeting[name].as_array().unwrap());
        assert_eq!(people.len(), ready.len());
        for (one, attendee) in people.iter().zip(ready) {
            let address = if one["type"] == "email" {
                &one["participant"]
            } else {
                &one["Email"]
            };
            assert_eq!((address, &one["name"]), (&attendee["email"], &attendee["name"]));
            attendees.push(attendee);
        }
    }
    assert!(attendees.iter().any(|attendee| attendee["name"].is_string()));
    assert!(attendees.iter().any(|attendee| attendee["name"].is_null()));
}

#[test]
fn meetings_without_their_ready_values_stay_in_the_host() {
    connect();
    let query = Query {
        fields: fields(&["Event_Title", "Who_Id"]),
        ..page_of(5)
    };
    let page = ZohoCrm::list("meeting", &query).unwrap();
    assert!(
        page.resolve()
            .iter()
            .all(|meeting| meeting.get("attendees").is_none())
    );
    assert_eq!(
        testing::take_requests()[0].parameter("fields"),
        Some("Event_Title,Who_Id")
    );
}

#[test]
fn a_deactivated_user_is_listed_as_such() {
    connect();
    let (owners, _) = walk("owner", page_of(100));
    let active = owners.iter().filter(|owner| owner["active"] == true).count();
    assert_eq!((owners.len(), active), (7, 6));
    assert_eq!(get("owner", id(&owners[6])).unwrap()["active"], false);
}
