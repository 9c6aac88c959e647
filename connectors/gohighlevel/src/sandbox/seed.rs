//! The records that are there from the start. They follow from their numbers, so every sandbox begins the same.

use routemcp_sdk::sandbox::{State, person};
use routemcp_sdk::time;
use serde_json::{Value, json};

use crate::sandbox::custom_fields::{COLOUR, CONTRACT};
use crate::sandbox::store::{self, APPOINTMENTS, CONTACTS, OPPORTUNITIES, Record, set};
use crate::sandbox::{calendars, ids, pipelines, users};

const CONTACT_COUNT: u64 = 260;
const DEAL_COUNT: u64 = 80;
const MEETING_COUNT: u64 = 42;

/// 1 June 2025.
const EPOCH_MS: i64 = 1_748_736_000_000;
const HOUR_MS: i64 = 3_600_000;
const DAY_MS: i64 = 24 * HOUR_MS;

const SOURCES: [&str; 4] = ["api", "Website form", "Referral", "Trade fair"];
const TAGS: [&str; 4] = ["vip", "newsletter", "früher kunde", "trial"];
const COLOURS: [&str; 3] = ["red", "green", "blue"];
const STATUSES: [&str; 4] = ["open", "open", "won", "lost"];
const SUBJECTS: [&str; 4] = ["renewal", "pilot – phase 1", "expansion", "Einführung"];
const PLACES: [&str; 3] = ["Video call", "Zürich office, room \"Säntis\"", "Phone"];

/// Fills the state unless that was done before.
pub(crate) fn once(state: &mut dyn State) {
    if state.get::<bool>("control", "seeded").is_some() {
        return;
    }
    (0..CONTACT_COUNT).for_each(|number| put(state, CONTACTS, contact(number)));
    (0..DEAL_COUNT).for_each(|number| put(state, OPPORTUNITIES, deal(number)));
    (0..MEETING_COUNT).for_each(|number| put(state, APPOINTMENTS, meeting(number)));
    state.put("control", "seeded", &true);
}

fn put(state: &mut dyn State, collection: &str, members: Vec<(&str, Value)>) {
    let mut record = Record::new();
    record.insert("locationId".to_owned(), ids::LOCATION.into());
    for (name, value) in members {
        set(&mut record, name, value);
    }
    store::put(state, collection, &record);
}

/// Every third one is a customer, every fifth has no phone, and some have no owner. Seven at a time were added at once,
/// so that a list has to tell them apart by more than the time.
fn contact(number: u64) -> Vec<(&'static str, Value)> {
    let person = person(number);
    let added = EPOCH_MS + signed(number / 7) * 31 * HOUR_MS;
    let changed = added + (signed(number) * 37 % 101 + 1) * 5 * HOUR_MS;
    let colour = json!({ "id": COLOUR.id(), "value": pick(&COLOURS, number) });
    let custom = if number.is_multiple_of(4) {
        json!([])
    } else {
        json!([colour])
    };
    vec![
        ("id", ids::id("contact", number).into()),
        ("type", if number % 3 == 2 { "customer" } else { "lead" }.into()),
        ("firstName", person.first_name.into()),
        ("lastName", person.last_name.into()),
        ("email", person.email.into()),
        ("phone", phone(number, &person.phone)),
        ("companyName", unless(number.is_multiple_of(6), person.company)),
        ("address1", person.street.into()),
        ("city", person.city.into()),
        ("state", person.region.into()),
        ("postalCode", person.postal_code.into()),
        ("country", person.country.into()),
        ("source", pick(&SOURCES, number).into()),
        ("assignedTo", owner(number)),
        ("tags", tags(number)),
        ("dnd", Value::Bool(number.is_multiple_of(50))),
        ("customFields", custom),
        ("dateAdded", time::to_iso(added).into()),
        ("dateUpdated", time::to_iso(changed).into()),
    ]
}

fn deal(number: u64) -> Vec<(&'static str, Value)> {
    let created = EPOCH_MS + signed(number / 3) * 53 * HOUR_MS;
    let changed = created + (signed(number) * 29 % 71) * 7 * HOUR_MS;
    let pipeline = number % 4 / 3;
    let stage = pipelines::stage_id(pipeline, number % if pipeline == 0 { 5 } else { 3 });
    let close = time::to_iso(created + 60 * DAY_MS);
    let contract = json!([{ "id": CONTRACT.id(), "value": format!("D-{:05}", 20_000 + number) }]);
    let contact = number * 3 % CONTACT_COUNT;
    vec![
        ("id", ids::id("opportunity", number).into()),
        (
            "name",
            format!("{}, {}", person(contact).company, pick(&SUBJECTS, number)).into(),
        ),
        (
            "monetaryValue",
            if number % 9 == 8 {
                0.into()
            } else {
                json!(number as f64 * 312.5)
            },
        ),
        ("pipelineId", pipelines::id(pipeline).into()),
        ("pipelineStageId", stage.into()),
        ("status", pick(&STATUSES, number).into()),
        ("source", pick(&SOURCES, number).into()),
        ("contactId", ids::id("contact", contact).into()),
        ("assignedTo", owner(number)),
        (
            "forecastExpectedCloseDate",
            unless(number.is_multiple_of(5), close.get(..10).unwrap_or_default()),
        ),
        (
            "forecastProbability",
            if number % 4 == 1 { 45.into() } else { Value::Null },
        ),
        (
            "customFields",
            if number.is_multiple_of(2) {
                contract
            } else {
                json!([])
            },
        ),
        ("createdAt", time::to_iso(created).into()),
        ("updatedAt", time::to_iso(changed).into()),
        ("lastStatusChangeAt", time::to_iso(created).into()),
        ("lastStageChangeAt", time::to_iso(created).into()),
    ]
}

/// Most within two months, three at a time; the last ones are far apart, and one goes on for longer than a year.
fn meeting(number: u64) -> Vec<(&'static str, Value)> {
    let (start, minutes) = match MEETING_COUNT - number {
        1 => (-400 * DAY_MS, 30),
        2 => (-900 * DAY_MS, 400 * 24 * 60),
        3 => (900 * DAY_MS, 45),
        _ => (signed(number / 3) * 4 * DAY_MS + 9 * HOUR_MS, 45),
    };
    let start = EPOCH_MS + start;
    let (notes, description) = match number % 3 {
        0 => (Value::Null, format!("Agenda & notes no. {number}").into()),
        1 => (format!("Old notes no. {number}").into(), Value::Null),
        _ => (Value::Null, Value::Null),
    };
    vec![
        ("id", ids::id("appointment", number).into()),
        (
            "title",
            format!("Call about the {}", pick(&SUBJECTS, number)).into(),
        ),
        ("calendarId", calendars::id(number % calendars::COUNT).into()),
        ("contactId", ids::id("contact", number * 5 % CONTACT_COUNT).into()),
        ("appointmentStatus", "confirmed".into()),
        ("assignedUserId", owner(number)),
        ("address", unless(number.is_multiple_of(6), pick(&PLACES, number))),
        ("notes", notes),
        ("description", description),
        ("startTime", time::to_iso(start).into()),
        ("endTime", time::to_iso(start + minutes * 60_000).into()),
        ("dateAdded", time::to_iso(EPOCH_MS - DAY_MS).into()),
        ("dateUpdated", time::to_iso(EPOCH_MS - DAY_MS).into()),
    ]
}

/// Unlike the people's numbers these are unique, as a location without duplicates demands.
fn phone(number: u64, text: &str) -> Value {
    let code: String = text
        .chars()
        .take_while(|letter| !letter.is_whitespace())
        .collect();
    unless(number.is_multiple_of(5), &format!("{code}5550{number:05}"))
}

fn tags(number: u64) -> Value {
    let count = usize::try_from(number % 3).unwrap_or_default();
    let tags = TAGS
        .iter()
        .cycle()
        .skip(usize::try_from(number % 4).unwrap_or_default());
    tags.take(count).copied().collect()
}

/// Some records have no owner.
fn owner(number: u64) -> Value {
    unless(number % 7 == 3, &users::id(number))
}

fn unless(absent: bool, text: &str) -> Value {
    if absent { Value::Null } else { text.into() }
}

fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or_default()
}

fn pick<const N: usize>(table: &[&'static str; N], number: u64) -> &'static str {
    let index = usize::try_from(number % N as u64).unwrap_or_default();
    table.get(index).copied().unwrap_or_default()
}
