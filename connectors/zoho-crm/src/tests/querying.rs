//! Orders, filters, `updatedSince` and cursors.

use routemcp_sdk::time::from_iso;
use serde_json::json;

use super::*;

fn sort(field: &str, descending: bool) -> Option<Sort> {
    Some(Sort {
        field: field.to_owned(),
        descending,
    })
}

fn filtered(field: &str, value: Value) -> Query {
    let filter = Filter {
        field: field.to_owned(),
        operator: "eq".to_owned(),
        value,
    };
    Query {
        filters: vec![filter],
        ..page_of(100)
    }
}

fn modified(record: &Value) -> i64 {
    from_iso(record["Modified_Time"].as_str().unwrap()).unwrap()
}

#[test]
fn an_order_alone_is_a_list() {
    for descending in [false, true] {
        connect();
        let query = Query {
            fields: fields(&["Modified_Time"]),
            sort: sort("Modified_Time", descending),
            ..page_of(20)
        };
        let (deals, pages) = walk("deal", query);
        assert_eq!((deals.len(), pages), (80, 4));
        let times: Vec<i64> = deals.iter().map(modified).collect();
        assert!(times.is_sorted_by(|one, two| if descending { one >= two } else { one <= two }));
        assert!(sent().iter().all(|request| request == "GET /Deals"));
    }
}

#[test]
fn filters_find_what_equals() {
    connect();
    let contacts = first("contact", 20);
    let (found, _) = walk("contact", filtered("Email", contacts[13]["Email"].clone()));
    assert_eq!(found.iter().map(id).collect::<Vec<_>>(), [id(&contacts[13])]);
    let (none, _) = walk("contact", filtered("Email", json!("o'neill' or id is not null")));
    assert!(none.is_empty());
    let query = Query {
        fields: mapped("deal"),
        ..filtered("Stage", json!("Closed Won"))
    };
    let (won, _) = walk("deal", query);
    assert!(
        won.len() > 5
            && won
                .iter()
                .all(|deal| deal["Stage"] == "Closed Won" && deal["Owner"]["name"].is_string())
    );
    let owner = contacts[2]["Owner"]["id"].clone();
    let (owned, _) = walk(
        "lead",
        Query {
            fields: mapped("lead"),
            ..filtered("Owner", owner.clone())
        },
    );
    assert!(owned.len() > 5 && owned.iter().all(|lead| lead["Owner"]["id"] == owner));
    let (meetings, _) = walk(
        "meeting",
        Query {
            fields: mapped("meeting"),
            ..filtered("Owner", owner)
        },
    );
    assert!(meetings.iter().all(|meeting| meeting["attendees"].is_array()));
}

#[test]
fn every_declared_filter_works() {
    connect();
    for resource in ["contact", "lead", "deal", "meeting"] {
        let declared = manifest()["resources"][resource].clone();
        for unified in declared["filters"].as_array().unwrap() {
            let mapping = declared["mappings"]
                .as_array()
                .unwrap()
                .iter()
                .find(|mapping| mapping["unifiedField"] == *unified);
            let field = mapping.unwrap()["providerField"].as_str().unwrap();
            let records = first(resource, 20);
            let plain = |record: &Value| record[field].get("id").unwrap_or(&record[field]).clone();
            let wanted = records.iter().map(plain).find(|value| !value.is_null()).unwrap();
            let (found, _) = walk(
                resource,
                Query {
                    fields: mapped(resource),
                    ..filtered(field, wanted.clone())
                },
            );
            assert!(!found.is_empty(), "{resource} {field}");
            assert!(
                found.iter().all(|record| plain(record) == wanted),
                "{resource} {field}"
            );
        }
    }
}

#[test]
fn updated_since_finds_each_record_once_in_every_order_and_with_changing_limits() {
    connect();
    let (all, _) = walk(
        "contact",
        Query {
            fields: fields(&["Modified_Time"]),
            ..page_of(100)
        },
    );
    let mut times: Vec<i64> = all.iter().map(modified).collect();
    times.sort_unstable();
    let since = times[times.len() * 24 / 25];
    let expected = times.iter().filter(|time| **time >= since).count();
    for order in [
        None,
        sort("Modified_Time", true),
        sort("Modified_Time", false),
        sort("Created_Time", true),
    ] {
        let query = Query {
            fields: fields(&["Modified_Time"]),
            updated_since: Some(routemcp_sdk::time::to_iso(since)),
            sort: order.clone(),
            ..page_of(100)
        };
        let (found, _) = walk_with("contact", query, &[50, 17, 30]);
        let ids: std::collections::BTreeSet<&str> = found.iter().map(id).collect();
        assert_eq!((found.len(), ids.len()), (expected, expected), "{order:?}");
        let found: Vec<i64> = found.iter().map(modified).collect();
        assert!(found.iter().all(|time| *time >= since));
        if order == sort("Modified_Time", true) {
            assert!(found.is_sorted_by(|one, two| one >= two));
        }
    }
}

#[test]
fn a_foreign_cursor_is_refused() {
    connect();
    let next =
        |resource: &str, query: &Query| ZohoCrm::list(resource, query).unwrap().next().unwrap().to_owned();
    let of_list = next("contact", &page_of(5));
    let of_query = next(
        "deal",
        &Query {
            limit: 2,
            ..filtered("Pipeline", json!("Standard"))
        },
    );
    let of_users = next("owner", &page_of(2));
    let list = |cursor: &str| Query {
        cursor: Some(cursor.to_owned()),
        ..page_of(5)
    };
    let query = |cursor: &str| Query {
        cursor: Some(cursor.to_owned()),
        ..filtered("Stage", json!("x"))
    };
    for (resource, query) in [
        ("contact", list(&of_query)),
        ("contact", list(&of_users)),
        ("owner", list(&of_list)),
        ("owner", list(&of_query)),
        ("deal", query(&of_list)),
        // Zoho knows what its token belongs to.
        ("deal", list(&of_list)),
        (
            "contact",
            Query {
                sort: sort("Created_Time", false),
                ..list(&of_list)
            },
        ),
        ("contact", list("5.0.tmade-up")),
        ("contact", list("no-cursor")),
        ("contact", list("two words")),
    ] {
        let failure = ZohoCrm::list(resource, &query).unwrap_err();
        assert!(failure.is("invalid-cursor"), "{resource} {query:?} {failure}");
    }
}

#[test]
fn a_cursor_is_good_for_a_day() {
    connect();
    let query = page_of(50);
    let next = ZohoCrm::list("contact", &query)
        .unwrap()
        .next()
        .unwrap()
        .to_owned();
    let query = Query {
        cursor: Some(next),
        ..query
    };
    testing::set_clock(NOW_MS + 23 * 3_600_000);
    assert_eq!(ZohoCrm::list("contact", &query).unwrap().resolve().len(), 50);
    testing::set_clock(NOW_MS + 24 * 3_600_000);
    assert!(ZohoCrm::list("contact", &query).unwrap_err().is("invalid-cursor"));
}
