//! The walk through calendars and windows.

use std::cell::RefCell;
use std::rc::Rc;

use routemcp_sdk::sandbox::Response;
use routemcp_sdk::time;

use super::*;

const DAY_MS: i64 = 86_400_000;
/// Where the connector's windows meet: 1 January 2018 and every 180 days from there.
const EDGE_MS: i64 = 1_514_764_800_000 + 180 * DAY_MS;

type Events = Rc<RefCell<Vec<Value>>>;

fn event(id: &str, calendar: &str, start_ms: i64, end_ms: i64) -> Value {
    json!({ "id": id, "calendarId": calendar, "startTime": time::to_iso(start_ms), "endTime": time::to_iso(end_ms) })
}

/// A provider with these events. `by_start` answers those that begin in the window, its begin left out and its end taken
/// in; otherwise all that touch it, edges included.
fn provide(calendars: &'static [&'static str], events: &Events, by_start: bool) {
    let events = Rc::clone(events);
    let of = |event: &Value, member: &str| time::from_iso(event[member].as_str().unwrap()).unwrap();
    let provider = move |request: &Request| {
        if request.path == "/calendars/" {
            let calendars: Vec<Value> = calendars.iter().map(|id| json!({ "id": id })).collect();
            return Response::json(200, &json!({ "calendars": calendars }));
        }
        let edge = |name: &str| request.parameter(name).unwrap().parse::<i64>().unwrap();
        let (start, end) = (edge("startTime"), edge("endTime"));
        let mut found = events.borrow().clone();
        found.retain(|event| {
            let (begins, ends) = (of(event, "startTime"), of(event, "endTime"));
            let inside = if by_start {
                start < begins && begins <= end
            } else {
                begins <= end && ends >= start
            };
            inside && Some(event["calendarId"].as_str().unwrap()) == request.parameter("calendarId")
        });
        Response::json(200, &json!({ "events": found }))
    };
    host("v3").provider(provider).install();
}

#[test]
fn events_at_the_edges_of_windows_come_once_whatever_the_provider_counts_in() {
    let events: Events = Rc::default();
    for (number, start) in [
        EDGE_MS - 1,
        EDGE_MS,
        EDGE_MS + 1,
        EDGE_MS - DAY_MS,
        EDGE_MS - 400 * DAY_MS,
    ]
    .iter()
    .enumerate()
    {
        let id = format!("e{number}");
        events
            .borrow_mut()
            .push(event(&id, "a", *start, EDGE_MS + DAY_MS));
    }
    for by_start in [false, true] {
        for limit in [1, 2, 100] {
            provide(&["a"], &events, by_start);
            let found = walk("meeting", page_of(limit));
            assert_eq!((found.len(), ids(&found).len()), (5, 5), "{by_start} {limit}");
        }
    }
}

#[test]
fn many_events_at_one_moment_are_sliced() {
    let events: Events = Rc::default();
    for number in 0..250 {
        let id = format!("e{:03}", number * 7 % 250);
        events.borrow_mut().push(event(
            &id,
            if number < 230 { "a" } else { "b" },
            EDGE_MS + 5,
            EDGE_MS + 9,
        ));
    }
    for by_start in [false, true] {
        provide(&["b", "a"], &events, by_start);
        let (found, _) = walk_in("meeting", page_of(1), &[100, 3, 17]);
        assert_eq!((found.len(), ids(&found).len()), (250, 250));
    }
}

#[test]
fn events_deleted_and_made_during_a_walk_shift_nothing() {
    let events: Events = Rc::default();
    for number in 0..30 {
        let start = EDGE_MS + number * DAY_MS;
        events
            .borrow_mut()
            .push(event(&format!("e{number:02}"), "a", start, start + 1));
    }
    provide(&["a"], &events, false);
    let page = GoHighLevel::list("meeting", &page_of(10)).unwrap();
    assert_eq!(page.resolve().len(), 10);
    events.borrow_mut().drain(..5);
    events
        .borrow_mut()
        .insert(0, event("new", "a", EDGE_MS + 1, EDGE_MS + 2));
    let rest = Query {
        cursor: page.next().map(str::to_owned),
        ..page_of(10)
    };
    let rest = walk("meeting", rest);
    let expected: Vec<String> = (10..30).map(|number| format!("e{number:02}")).collect();
    assert_eq!(rest.iter().map(id).collect::<Vec<_>>(), expected);
}

#[test]
fn the_horizon_stays_where_it_was_on_the_first_page() {
    let events: Events = Rc::default();
    let now_ms = i64::try_from(NOW_MS).unwrap();
    let horizon = now_ms + 3_650 * DAY_MS;
    for (name, start) in [
        ("inside", horizon - 1),
        ("at", horizon),
        ("before1970", -5 * DAY_MS),
    ] {
        events
            .borrow_mut()
            .push(event(name, "a", start, start + DAY_MS / 2));
    }
    // It touches the first window only because it goes on for so long.
    events.borrow_mut()[2]["endTime"] = time::to_iso(DAY_MS).into();
    provide(&["a"], &events, false);
    let page = GoHighLevel::list("meeting", &page_of(1)).unwrap();
    assert_eq!(page.resolve()[0]["id"], "before1970");
    testing::set_clock(NOW_MS + 1_000_000);
    let rest = walk(
        "meeting",
        Query {
            cursor: page.next().map(str::to_owned),
            ..page_of(10)
        },
    );
    assert_eq!(ids(&rest), BTreeSet::from(["inside"]));
}

#[test]
fn empty_windows_do_not_use_up_a_call() {
    let events: Events = Rc::default();
    provide(&["a", "b"], &events, false);
    let mut query = page_of(10);
    loop {
        let page = GoHighLevel::list("meeting", &query).unwrap();
        assert!(page.resolve().is_empty());
        assert!(sent().len() <= 10);
        match page.next() {
            Some(next) => query.cursor = Some(next.to_owned()),
            None => break,
        }
    }
    provide(&[], &events, false);
    let page = GoHighLevel::list("meeting", &query).unwrap_or_else(|failure| panic!("{failure}"));
    assert_eq!(page.next(), None);
}

#[test]
fn a_calendar_that_goes_away_during_a_walk_ends_no_walk() {
    connect("v3");
    let cursor = format!("meetings:{NOW_MS}:0:00000000000000000000:");
    let rest = walk(
        "meeting",
        Query {
            cursor: Some(cursor),
            ..page_of(20)
        },
    );
    assert_eq!(rest.len(), 42);
}

#[test]
fn deleted_and_broken_events_are_left_out() {
    let events: Events = Rc::default();
    let mut deleted = event("gone", "a", EDGE_MS, EDGE_MS);
    deleted["deleted"] = true.into();
    events.borrow_mut().push(deleted);
    events.borrow_mut().push(event("good", "a", EDGE_MS, EDGE_MS));
    events.borrow_mut().push(event("../bad", "a", EDGE_MS, EDGE_MS));
    provide(&["a"], &events, false);
    let found = walk("meeting", page_of(10));
    assert_eq!(ids(&found), BTreeSet::from(["good"]));
    assert!(testing::take_log().iter().any(|(level, _)| level == "warn"));
}

#[test]
fn an_appointment_is_found_in_either_wrapping() {
    let appointment = json!({ "id": "x1", "appoinmentStatus": "confirmed", "notes": "old" });
    for body in [
        json!({ "event": appointment }),
        json!({ "appointment": appointment }),
    ] {
        host("v3").provider(move |_| Response::json(200, &body)).install();
        let got = get("meeting", "x1").unwrap();
        assert_eq!(
            (&got["appointmentStatus"], &got["description"]),
            (&json!("confirmed"), &json!("old"))
        );
    }
}

#[test]
fn a_new_meeting_goes_into_the_set_calendar_or_the_first() {
    let contact = {
        connect("v3");
        first("contact")
    };
    let given = json!({ "contactId": id(&contact), "startTime": "2026-10-05T08:00:00.000Z" });
    let made = create("meeting", given.clone()).unwrap();
    assert_eq!(made["calendarId"], "IpPyHiNWiUDiptnPbCjL");
    assert_eq!(made["endTime"], "2026-10-05T10:30:00+02:00");
    let chosen = host("v3").setting("calendarId", "zNbAPlLEudK2Lk2BkBK0");
    chosen
        .sandbox::<GoHighLevelSandbox>("authorization", TOKEN)
        .install();
    assert_eq!(
        create("meeting", given).unwrap()["calendarId"],
        "zNbAPlLEudK2Lk2BkBK0"
    );
    assert!(!sent().contains(&"GET /calendars/".to_owned()));
}
