//! The records that are there from the start. They follow from their numbers, so every sandbox begins the same.

use routemcp_sdk::sandbox::{State, person};
use routemcp_sdk::time;
use serde_json::{Map, Value, json};

use crate::sandbox::schema::{COLOUR, LEAD_LABELS, RENEWAL, SCORE, SEGMENT, Type};
use crate::sandbox::write::{apply, blank};
use crate::sandbox::{leads, store, users};

const ORGANIZATIONS: u64 = 25;
const PERSONS: u64 = 250;
const DEALS: u64 = 80;
const LEADS: u64 = 60;
const ACTIVITIES: u64 = 105;
/// The number that the first lead and its id are made from.
const FIRST_LEAD: u64 = 101;
/// Numbers of activities in a row among which there is no meeting.
const QUIET: std::ops::Range<u64> = 20..60;

/// 1 June 2025.
const EPOCH_MS: i64 = 1_748_736_000_000;
const HOUR_MS: i64 = 3_600_000;

const COLOURS: [&str; 3] = ["red", "green", "blå"];
const CURRENCIES: [&str; 4] = ["EUR", "USD", "GBP", "PLN"];
const SUBJECTS: [&str; 4] = ["renewal", "pilot – phase 1", "expansion", "Einführung"];
const PLACES: [&str; 3] = ["Video call", "Zürich office, room \"Säntis\"", "Phone"];
const STATUSES: [&str; 3] = ["open", "won", "lost"];

/// Fills the state unless that was done before.
pub(crate) fn once(state: &mut dyn State) {
    if state.get::<bool>("control", "seeded").is_some() {
        return;
    }
    (0..ORGANIZATIONS).for_each(|number| put(state, Type::Organizations, number, organization(number)));
    (0..PERSONS).for_each(|number| put(state, Type::Persons, number, contact(number)));
    (0..DEALS).for_each(|number| put(state, Type::Deals, number, deal(number)));
    (0..LEADS).for_each(|number| lead(state, number));
    (0..ACTIVITIES).for_each(|number| put(state, Type::Activities, number, activity(number)));
    state.put("control", "seeded", &true);
}

fn id(of: Type, number: u64) -> u64 {
    let first = match of {
        Type::Organizations => 501,
        Type::Persons => 1_001,
        Type::Deals => 3_001,
        Type::Activities => 7_001,
    };
    first + number
}

/// Through the same door as a caller's body.
fn put(state: &mut dyn State, of: Type, number: u64, body: Value) {
    let id = id(of, number);
    let mut record = blank(of, id, &seconds(number, 0));
    apply(
        of,
        &mut record,
        present(body),
        &seconds(number, 500 + number * 37 % 900),
    );
    store::put(state, of, id, &Value::Object(record));
}

fn present(body: Value) -> Map<String, Value> {
    let Value::Object(mut body) = body else {
        return Map::new();
    };
    body.retain(|_, value| !value.is_null());
    body
}

fn organization(number: u64) -> Value {
    json!({ "name": format!("{} {number}", person(number).company), "owner_id": users::id(number) })
}

fn contact(number: u64) -> Value {
    let it = person(number);
    // Some have one name only.
    let name = if number % 31 == 30 {
        it.first_name.to_owned()
    } else {
        format!("{} {}", it.first_name, it.last_name)
    };
    let mut emails = vec![json!({ "value": it.email, "primary": true, "label": "work" })];
    if number.is_multiple_of(5) {
        // The primary address is not always the first.
        emails.insert(
            0,
            json!({ "value": format!("old.{}", it.email), "primary": false, "label": "home" }),
        );
    }
    let address = json!({
        "value": format!("{}, {}", it.street, it.city), "street_number": it.street.split(' ').next(), "route": "Harbour Street",
        "postal_code": it.postal_code, "locality": it.city, "admin_area_level_1": it.region, "country": it.country,
    });
    let custom = json!({
        COLOUR.key: unless(number.is_multiple_of(4), pick(&COLOURS, number)),
        SCORE.key: unless(number.is_multiple_of(3), number * 7 % 100),
        SEGMENT.key: unless(number % 5 == 2, 41 + number % 3),
    });
    json!({
        "name": name,
        "owner_id": users::id(number),
        "org_id": unless(number % 4 == 3, id(Type::Organizations, number % ORGANIZATIONS)),
        "emails": unless(number % 17 == 16, emails),
        "phones": unless(number % 6 == 5, json!([{ "value": it.phone, "primary": true, "label": "work" }])),
        "job_title": unless(number % 7 == 6, it.job_title),
        "label_ids": unless(!number.is_multiple_of(8), json!([11 + number % 3])),
        "postal_address": unless(number % 3 == 2, address),
        "custom_fields": custom,
    })
}

fn deal(number: u64) -> Value {
    let close = EPOCH_MS + hours(number * 53);
    let custom = json!({
        RENEWAL.key: unless(number % 2 == 1, "2026-12-31"),
        COLOUR.key: pick(&COLOURS, number),
    });
    json!({
        "title": format!("{} {}", person(number * 3).company, pick(&SUBJECTS, number)),
        "owner_id": users::id(number),
        "person_id": unless(number % 3 == 2, id(Type::Persons, number * 3 % PERSONS)),
        "org_id": unless(number % 2 == 1, id(Type::Organizations, number % ORGANIZATIONS)),
        "stage_id": 1 + number % 8,
        "value": (90_000 + number * 133_707 % 9_000_000) as f64 / 100.0,
        "currency": pick(&CURRENCIES, number),
        "status": pick(&STATUSES, number / 4),
        "probability": unless(number % 4 == 1, number * 13 % 101),
        "expected_close_date": unless(number % 5 == 4, time::to_iso(close).get(..10).map(str::to_owned)),
        "label_ids": unless(number % 3 == 1, json!([21 + number % 2])),
        "custom_fields": custom,
    })
}

fn lead(state: &mut dyn State, number: u64) {
    let contact = number * 4 % PERSONS;
    // A few leads are about an organisation only.
    let person_id = unless(number % 20 == 19, id(Type::Persons, contact));
    let it = person(contact);
    let made =
        time::to_iso(EPOCH_MS + hours(number * 11) + i64::try_from(number * 37 % 1_000).unwrap_or_default());
    let mut lead = leads::blank(FIRST_LEAD + number, &made);
    let label = unless(number.is_multiple_of(3), pick(&LEAD_LABELS, number));
    lead.extend(present(json!({
        "title": format!("{} {}, {}", it.first_name, it.last_name, pick(&SUBJECTS, number)),
        "owner_id": users::id(number),
        "person_id": person_id,
        "organization_id": unless(number % 20 != 19 && number % 2 == 1, id(Type::Organizations, number % ORGANIZATIONS)),
        "label_ids": label.map(|label| [label]),
        "value": unless(number % 4 == 3, json!({ "amount": 100 + number * 75, "currency": pick(&CURRENCIES, number) })),
        "update_time": time::to_iso(EPOCH_MS + hours(number * 29 % 900 + 700) + 120),
        RENEWAL.key: unless(number % 2 == 1, "2027-01-31"),
    })));
    store::put_lead(state, FIRST_LEAD + number, &Value::Object(lead));
}

/// Meetings among other activities, so that pages have few of them or none.
fn activity(number: u64) -> Value {
    let is_meeting = !QUIET.contains(&number)
        && if number < QUIET.start {
            number.is_multiple_of(2)
        } else {
            !number.is_multiple_of(3)
        };
    let other = pick(&["call", "task", "email", "lunch", "deadline"], number);
    let start = time::to_iso(EPOCH_MS + hours(number * 29 + 9));
    let contact = number * 5 % PERSONS;
    let mut participants = vec![json!({ "person_id": id(Type::Persons, contact), "primary": true })];
    if number.is_multiple_of(2) {
        participants
            .push(json!({ "person_id": id(Type::Persons, (contact + 3) % PERSONS), "primary": false }));
    }
    let it = person(contact);
    json!({
        "subject": format!("{} about the {}", if is_meeting { "Meeting" } else { "Note" }, pick(&SUBJECTS, number)),
        "type": if is_meeting { "meeting" } else { other },
        "owner_id": users::id(number),
        "deal_id": unless(number.is_multiple_of(3), id(Type::Deals, number * 2 % DEALS)),
        "due_date": start.get(..10),
        // A few last all day.
        "due_time": start.get(11..16).filter(|_| number % 14 != 12),
        "duration": unless(number % 7 == 5, "00:45"),
        "busy": is_meeting,
        "location": unless(number.is_multiple_of(6), json!({ "value": pick(&PLACES, number) })),
        "participants": participants,
        "attendees": [{ "email": it.email, "name": format!("{} {}", it.first_name, it.last_name), "status": "noreply",
                        "is_organizer": false, "person_id": id(Type::Persons, contact) }],
        "note": format!("<p>Agenda &amp; notes no. {number}</p>"),
    })
}

/// In whole seconds, as the API v2 has times.
fn seconds(number: u64, later_hours: u64) -> String {
    time::to_iso(EPOCH_MS + hours(number * 3 + later_hours)).replace(".000Z", "Z")
}

fn hours(count: u64) -> i64 {
    i64::try_from(count).unwrap_or_default() * HOUR_MS
}

fn unless<T>(absent: bool, value: T) -> Option<T> {
    Some(value).filter(|_| !absent)
}

fn pick<T: Copy + Default, const N: usize>(table: &[T; N], number: u64) -> T {
    let index = usize::try_from(number % N as u64).unwrap_or_default();
    table.get(index).copied().unwrap_or_default()
}
