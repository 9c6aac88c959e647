//! The records that are there from the start. They follow from their numbers, so every sandbox begins the same.

use std::collections::BTreeMap;

use routemcp_sdk::sandbox::{State, person};
use routemcp_sdk::time;

use crate::sandbox::record::Record;
use crate::sandbox::schema::{DEAL_STAGES, LEAD_PIPELINE, LEAD_STAGES, Type};
use crate::sandbox::validate::LEAD_PRIMARY_CONTACT;
use crate::sandbox::{links, owners, store};

const CONTACTS: u64 = 250;
const COMPANIES: u64 = 25;
const DEALS: u64 = 80;
const LEADS: u64 = 60;
const MEETINGS: u64 = 40;

/// 1 June 2025.
const EPOCH_MS: i64 = 1_748_736_000_000;
const HOUR_MS: i64 = 3_600_000;

const STAGES_OF_LIFE: [&str; 5] = [
    "subscriber",
    "lead",
    "marketingqualifiedlead",
    "opportunity",
    "customer",
];
const SOURCES: [&str; 4] = ["ORGANIC_SEARCH", "DIRECT_TRAFFIC", "REFERRALS", "OFFLINE"];
const CURRENCIES: [&str; 4] = ["EUR", "USD", "GBP", "PLN"];
const COLOURS: [&str; 3] = ["red", "green", "blue"];
const LABELS: [&str; 3] = ["HOT", "WARM", "COLD"];
const SUBJECTS: [&str; 4] = ["renewal", "pilot – phase 1", "expansion", "Einführung"];
const PLACES: [&str; 3] = ["Video call", "Zürich office, room \"Säntis\"", "Phone"];

/// Fills the state unless that was done before.
pub(crate) fn once(state: &mut dyn State) {
    if state.get::<bool>("control", "seeded").is_some() {
        return;
    }
    (0..COMPANIES).for_each(|number| company(state, number));
    (0..CONTACTS).for_each(|number| contact(state, number));
    (0..DEALS).for_each(|number| deal(state, number));
    (0..LEADS).for_each(|number| lead(state, number));
    (0..MEETINGS).for_each(|number| meeting(state, number));
    state.put("control", "seeded", &true);
}

/// Ids look like HubSpot's: long, ascending, with gaps.
fn id(of: Type, number: u64) -> u64 {
    let first = match of {
        Type::Companies => 12_004_500_101,
        Type::Contacts => 20_100_370_451,
        Type::Deals => 31_550_020_007,
        Type::Leads => 40_930_110_310,
        Type::Meetings => 52_800_640_911,
    };
    first + number * 41
}

fn put(state: &mut dyn State, of: Type, number: u64, properties: &[(&str, Option<String>)]) {
    let hours = i64::try_from(number).unwrap_or_default();
    let created_ms = EPOCH_MS + hours * 7 * HOUR_MS + hours * 61_037;
    let present = properties
        .iter()
        .filter_map(|(name, value)| Some(((*name).to_owned(), value.clone()?)));
    let record = Record {
        id: id(of, number),
        properties: present.collect::<BTreeMap<_, _>>(),
        created_ms,
        // Times of change do not follow the order of ids, so that sorting by them shows.
        updated_ms: created_ms + (hours * 37 % 101 + 1) * 5 * HOUR_MS,
        archived_ms: None,
        seed: Some(number),
    };
    store::put(state, of, &record);
}

fn company(state: &mut dyn State, number: u64) {
    let name = person(number).company;
    let domain = format!("company-{number}.example.com");
    put(
        state,
        Type::Companies,
        number,
        &[("name", some(name)), ("domain", Some(domain))],
    );
}

fn contact(state: &mut dyn State, number: u64) {
    let person = person(number);
    let properties = [
        ("firstname", some(person.first_name)),
        ("lastname", some(person.last_name)),
        ("email", Some(person.email)),
        ("phone", unless(number.is_multiple_of(5), person.phone)),
        ("company", some(person.company)),
        ("jobtitle", some(person.job_title)),
        ("address", Some(person.street)),
        ("city", some(person.city)),
        ("state", some(person.region)),
        ("zip", some(person.postal_code)),
        ("country", some(person.country)),
        ("lifecyclestage", some(pick(&STAGES_OF_LIFE, number))),
        ("hs_analytics_source", some(pick(&SOURCES, number))),
        ("hubspot_owner_id", owner(number)),
        (
            "favourite_colour",
            unless(number.is_multiple_of(4), pick(&COLOURS, number).to_owned()),
        ),
        (
            "contract_number",
            unless(!number.is_multiple_of(3), format!("C-{:05}", 10_000 + number)),
        ),
    ];
    put(state, Type::Contacts, number, &properties);
    // None, one or two companies.
    for nth in 0..number % 3 {
        let company = (number + nth * 7) % COMPANIES;
        let type_id = if nth == 0 { 1 } else { 279 };
        links::add(
            state,
            Type::Contacts,
            id(Type::Contacts, number),
            Type::Companies,
            id(Type::Companies, company),
            type_id,
        );
    }
}

fn deal(state: &mut dyn State, number: u64) {
    let (stage, ..) = pick(&DEAL_STAGES, number);
    let name = format!("{} {}", person(number * 3).company, pick(&SUBJECTS, number));
    let amount = format!("{}.{:02}", 900 + number * 1_337 % 90_000, number * 7 % 100);
    let close_ms = EPOCH_MS + i64::try_from(number).unwrap_or_default() * 53 * HOUR_MS;
    let properties = [
        ("dealname", Some(name)),
        ("amount", unless(number % 11 == 10, amount)),
        ("deal_currency_code", some(pick(&CURRENCIES, number))),
        ("dealstage", some(stage)),
        ("pipeline", some("default")),
        ("closedate", Some(time::to_iso(close_ms))),
        ("hubspot_owner_id", owner(number)),
        (
            "contract_number",
            unless(number % 2 == 1, format!("D-{:05}", 20_000 + number)),
        ),
        ("favourite_colour", some(pick(&COLOURS, number))),
    ];
    put(state, Type::Deals, number, &properties);
    let own = id(Type::Deals, number);
    // None, one or two contacts.
    for nth in 0..(number + 1) % 3 {
        let contact = (number * 3 + nth) % CONTACTS;
        links::add(
            state,
            Type::Deals,
            own,
            Type::Contacts,
            id(Type::Contacts, contact),
            3,
        );
    }
    if number.is_multiple_of(2) {
        links::add(
            state,
            Type::Deals,
            own,
            Type::Companies,
            id(Type::Companies, number % COMPANIES),
            5,
        );
    }
}

fn lead(state: &mut dyn State, number: u64) {
    let contact = (number * 4 + 1) % CONTACTS;
    let person = person(contact);
    let properties = [
        (
            "hs_lead_name",
            Some(format!("{} {}", person.first_name, person.last_name)),
        ),
        ("hs_lead_type", some("NEW_BUSINESS")),
        ("hs_lead_label", some(pick(&LABELS, number))),
        ("hs_pipeline", some(LEAD_PIPELINE)),
        (
            "hs_pipeline_stage",
            LEAD_STAGES
                .get(usize::try_from(number % 5).unwrap_or_default())
                .map(ToString::to_string),
        ),
        ("hubspot_owner_id", owner(number)),
    ];
    put(state, Type::Leads, number, &properties);
    let (own, contact) = (id(Type::Leads, number), id(Type::Contacts, contact));
    links::add(
        state,
        Type::Leads,
        own,
        Type::Contacts,
        contact,
        LEAD_PRIMARY_CONTACT,
    );
}

fn meeting(state: &mut dyn State, number: u64) {
    let start_ms = EPOCH_MS + i64::try_from(number).unwrap_or_default() * 29 * HOUR_MS + 9 * HOUR_MS;
    let start = time::to_iso(start_ms);
    let properties = [
        (
            "hs_meeting_title",
            Some(format!("Call about the {}", pick(&SUBJECTS, number))),
        ),
        (
            "hs_meeting_body",
            Some(format!("<p>Agenda &amp; notes no. {number}</p>")),
        ),
        (
            "hs_meeting_location",
            unless(number.is_multiple_of(6), pick(&PLACES, number).to_owned()),
        ),
        ("hs_meeting_start_time", Some(start.clone())),
        ("hs_meeting_end_time", Some(time::to_iso(start_ms + HOUR_MS / 2))),
        ("hs_meeting_outcome", some("SCHEDULED")),
        ("hs_timestamp", Some(start)),
        ("hubspot_owner_id", owner(number)),
    ];
    put(state, Type::Meetings, number, &properties);
    let own = id(Type::Meetings, number);
    for nth in 0..=number % 2 {
        let contact = (number * 5 + nth * 3) % CONTACTS;
        links::add(
            state,
            Type::Meetings,
            own,
            Type::Contacts,
            id(Type::Contacts, contact),
            200,
        );
    }
    if !number.is_multiple_of(3) {
        links::add(
            state,
            Type::Meetings,
            own,
            Type::Deals,
            id(Type::Deals, number * 2 % DEALS),
            212,
        );
    }
}

/// Some records have no owner.
fn owner(number: u64) -> Option<String> {
    unless(number % 7 == 3, owners::id(number).to_string())
}

fn some(text: &str) -> Option<String> {
    Some(text.to_owned())
}

fn unless(absent: bool, text: String) -> Option<String> {
    Some(text).filter(|_| !absent)
}

fn pick<T: Copy + Default, const N: usize>(table: &[T; N], number: u64) -> T {
    let index = usize::try_from(number % N as u64).unwrap_or_default();
    table.get(index).copied().unwrap_or_default()
}
