//! Meetings, which Pipedrive keeps among other activities.

use routemcp_sdk::sandbox::Response;
use serde_json::json;

use super::*;

#[test]
fn only_meetings_are_listed_and_pages_may_be_short_or_empty() {
    connect();
    let mut query = page_of(5);
    let mut lengths = Vec::new();
    loop {
        let page = Pipedrive::list("meeting", &query).unwrap();
        let meetings = page.resolve();
        assert!(meetings.iter().all(|meeting| meeting["type"] == "meeting"));
        lengths.push(meetings.len());
        match page.next() {
            Some(next) => query.cursor = Some(next.to_owned()),
            None => break,
        }
    }
    assert_eq!(lengths.iter().sum::<usize>(), 40);
    // 40 other activities in a row are eight of Pipedrive's pages: twice four without a meeting.
    assert!(lengths.contains(&0) && lengths.contains(&3));
}

#[test]
fn a_page_reads_on_until_it_has_something() {
    connect();
    let first = Pipedrive::list("meeting", &page_of(20)).unwrap();
    assert_eq!(sent().len(), 1);
    let query = Query {
        cursor: first.next().map(str::to_owned),
        ..page_of(20)
    };
    let second = Pipedrive::list("meeting", &query).unwrap();
    assert_eq!(sent().len(), 3);
    assert_eq!(second.resolve()[0]["id"], 7062);
}

#[test]
fn start_and_end_are_in_utc_and_may_be_missing() {
    connect();
    let (meetings, _) = walk("meeting", page_of(100));
    for meeting in &meetings {
        let start = meeting["startTime"].as_str().unwrap();
        assert!(start.starts_with(meeting["due_date"].as_str().unwrap()));
        assert_eq!(&start[11..19], meeting["due_time"].as_str().unwrap_or("00:00:00"));
        assert_eq!(meeting["endTime"].is_null(), meeting["duration"].is_null());
    }
    assert!(meetings.iter().any(|meeting| meeting["due_time"].is_null()));
    assert!(meetings.iter().any(|meeting| meeting["endTime"].is_null()));
}

#[test]
fn attendees_come_when_they_are_asked_for() {
    connect();
    let asked = Query {
        fields: vec!["attendees".to_owned()],
        ..page_of(5)
    };
    assert!(
        Pipedrive::list("meeting", &asked)
            .unwrap()
            .resolve()
            .iter()
            .all(|meeting| meeting["attendees"].is_array())
    );
    assert_eq!(
        testing::take_requests()[0].parameter("include_fields"),
        Some("attendees")
    );
    let plain = Pipedrive::list("meeting", &page_of(5)).unwrap().resolve();
    assert!(plain.iter().all(|meeting| meeting.get("attendees").is_none()));
}

#[test]
fn a_meeting_is_made_moved_and_cleared() {
    connect();
    let made = create(
        "meeting",
        json!({ "subject": "Kick-off – 佐藤", "startTime": "2026-12-31T23:30:00.000Z", "endTime": "2027-01-01T00:15:00.000Z",
                "person_id": "1002", "deal_id": "3001", "location": { "value": "Zürich" }, "note": "x".repeat(20_000),
                "attendees": [{ "email": "a@example.com", "name": null }, { "email": "b@example.com", "name": "B" }] }),
    )
    .unwrap();
    assert_eq!(
        (&made["type"], &made["person_id"], &made["deal_id"]),
        (&json!("meeting"), &json!(1002), &json!(3001))
    );
    assert_eq!(
        (&made["due_date"], &made["duration"]),
        (&json!("2026-12-31"), &json!("00:45:00"))
    );
    assert_eq!(made["endTime"], "2027-01-01T00:15:00.000Z");
    assert_eq!(
        made["attendees"],
        json!([{ "email": "a@example.com" }, { "email": "b@example.com", "name": "B" }])
    );
    let moved = update(
        "meeting",
        &id(&made),
        json!({ "startTime": "2027-01-01T00:00:00.000Z" }),
    )
    .unwrap();
    assert_eq!(
        (&moved["endTime"], &moved["duration"]),
        (&made["endTime"], &json!("00:15:00"))
    );
    assert_eq!(moved["attendees"], made["attendees"]);
    let cleared = json!({ "startTime": null, "endTime": null, "person_id": null, "deal_id": null, "location": null,
                          "note": null, "attendees": null });
    let cleared = update("meeting", &id(&made), cleared).unwrap();
    for field in [
        "startTime",
        "endTime",
        "due_date",
        "due_time",
        "duration",
        "person_id",
        "deal_id",
        "location",
        "note",
    ] {
        assert_eq!(cleared[field], Value::Null, "{field}");
    }
    assert_eq!(cleared["attendees"], json!([]));
    assert_eq!(get("meeting", &id(&made)).unwrap(), cleared);
}

#[test]
fn a_new_meeting_without_attendees_says_so() {
    connect();
    let made = create("meeting", json!({ "subject": "x" })).unwrap();
    assert_eq!((&made["attendees"], sent().len()), (&json!([]), 1));
    assert_eq!(get("meeting", &id(&made)).unwrap(), made);
}

#[test]
fn a_new_contact_keeps_the_others_who_take_part() {
    connect();
    let before = get("meeting", "7001").unwrap();
    assert_eq!(before["participants"].as_array().unwrap().len(), 2);
    let after = update("meeting", "7001", json!({ "person_id": "1100" })).unwrap();
    let expected = json!([{ "person_id": 1100, "primary": true }, before["participants"][1]]);
    assert_eq!(
        (&after["person_id"], &after["participants"]),
        (&json!(1100), &expected)
    );
}

#[test]
fn an_activity_that_is_no_meeting_is_out_of_reach() {
    connect();
    let call = "7002";
    assert!(get("meeting", call).unwrap_err().is("not-found"));
    assert!(
        update("meeting", call, json!({ "subject": "x" }))
            .unwrap_err()
            .is("not-found")
    );
    assert!(Pipedrive::delete("meeting", call).unwrap_err().is("not-found"));
    assert!(sent().iter().all(|request| request.starts_with("GET ")));
}

#[test]
fn times_and_contacts_that_do_not_fit_are_named() {
    connect();
    for (given, field) in [
        (json!({ "endTime": "2026-12-01T10:00:00.000Z" }), "endTime"),
        (
            json!({ "startTime": "2026-12-01T10:00:00.000Z", "endTime": "2026-12-01T09:59:59.000Z" }),
            "endTime",
        ),
        (json!({ "person_id": "999999" }), "person_id"),
        (json!({ "deal_id": "abc" }), "deal_id"),
    ] {
        let failure = create("meeting", given).unwrap_err();
        assert_eq!(
            (failure.kind.as_str(), failure.fields[0].0.as_str()),
            ("rejected", field)
        );
    }
}

#[test]
fn a_meeting_that_cannot_be_read_back_was_still_made() {
    let made = json!({ "success": true, "data": { "id": 5, "type": "meeting", "subject": "x" } });
    let answer = move |request: &Request| match request.method.as_str() {
        "POST" => Response::json(200, &made),
        _ => Response::text(503, "down"),
    };
    Host::new().provider(answer).install();
    let given = json!({ "subject": "x", "attendees": [{ "email": "a@example.com" }] });
    assert_eq!(create("meeting", given).unwrap()["id"], 5);
}
