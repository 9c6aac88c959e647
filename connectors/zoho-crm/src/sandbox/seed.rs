//! The records that are there from the start. They follow from their numbers, so every sandbox begins the same, and none of
//! them has to be stored.

use routemcp_sdk::sandbox::{Person, person};
use routemcp_sdk::time::to_iso;
use serde_json::{Map, Value, json};

use crate::sandbox::record::Record;
use crate::sandbox::schema::{CURRENCIES, STAGES, STATUSES, Type};
use crate::sandbox::{time, users};

/// 1 June 2025.
const EPOCH_MS: i64 = 1_748_736_000_000;
const HOUR_MS: i64 = 3_600_000;
const DAY_MS: i64 = 24 * HOUR_MS;

const SOURCES: [&str; 4] = ["Cold Call", "Partner", "Trade Show", "Web Download"];
const COLOURS: [&str; 3] = ["red", "green", "blue"];
const SUBJECTS: [&str; 4] = ["renewal", "pilot – phase 1", "expansion", "Einführung"];
const PLACES: [&str; 3] = ["Video call", "Zürich office, room \"Säntis\"", "Phone"];
const TAGS: [&str; 3] = ["vip", "newsletter", "déjà vu"];

/// How many there are. The contacts go beyond record 2,000, where page numbers end.
pub(crate) const fn count(of: Type) -> u64 {
    match of {
        Type::Accounts => 25,
        Type::Contacts => 2_300,
        Type::Leads => 60,
        Type::Deals => 80,
        Type::Events => 40,
    }
}

/// (first id, distance to the next)
const fn series(of: Type) -> (u64, u64) {
    match of {
        Type::Accounts => (5_512_340_000_000_300_001, 7),
        Type::Contacts => (5_512_340_000_000_417_001, 11),
        Type::Leads => (5_512_340_000_000_520_001, 13),
        Type::Deals => (5_512_340_000_000_610_001, 12),
        Type::Events => (5_512_340_000_000_730_001, 9),
    }
}

fn id(of: Type, number: u64) -> u64 {
    let (first, step) = series(of);
    first + number * step
}

/// Numbers and ids, ascending.
pub(crate) fn ids(of: Type) -> impl Iterator<Item = (u64, u64)> {
    (0..count(of)).map(move |number| (number, id(of, number)))
}

/// The number of the record with this id; none if it was not there from the start.
pub(crate) fn number(of: Type, id: u64) -> Option<u64> {
    let (first, step) = series(of);
    let distance = id.checked_sub(first)?;
    Some(distance / step).filter(|number| distance % step == 0 && *number < count(of))
}

/// When it was made and changed. Times of change do not follow the order of ids, so that sorting by them shows.
pub(crate) fn times(number: u64) -> (i64, i64) {
    let hours = i64::try_from(number).unwrap_or_default();
    let created_ms = EPOCH_MS + hours * 3 * HOUR_MS + hours * 61_000;
    (created_ms, created_ms + (hours * 37 % 101 + 1) * 5 * HOUR_MS)
}

pub(crate) fn record(of: Type, number: u64) -> Record {
    let fields = match of {
        Type::Accounts => account(number),
        Type::Contacts => contact(number),
        Type::Leads => lead(number),
        Type::Deals => deal(number),
        Type::Events => event(number),
    };
    let (created_ms, modified_ms) = times(number);
    let present = |fields: Value| match fields {
        Value::Object(fields) => fields.into_iter().filter(|(_, value)| !value.is_null()).collect(),
        _ => Map::new(),
    };
    Record {
        id: id(of, number),
        fields: present(fields),
        created_ms,
        modified_ms,
        seed: Some(number),
    }
}

fn account(number: u64) -> Value {
    json!({
        "Owner": users::owner(number),
        "Account_Name": account_name(number),
        "Website": format!("https://company-{number}.example.com"),
    })
}

fn account_name(number: u64) -> String {
    format!("{} {}", person(number).company, number / 13 + 1)
}

fn account_reference(number: u64) -> Value {
    let number = number % count(Type::Accounts);
    json!({ "name": account_name(number), "id": id(Type::Accounts, number).to_string() })
}

fn contact(number: u64) -> Value {
    let person = person(number);
    json!({
        "Owner": users::owner(number),
        "First_Name": unless(has_no_first_name(number), person.first_name),
        "Last_Name": person.last_name,
        "Email": unless(has_no_email(number), person.email),
        "Phone": unless(number.is_multiple_of(5), person.phone),
        "Title": person.job_title,
        "Account_Name": unless(number % 3 == 2, account_reference(number)),
        "Mailing_Street": person.street,
        "Mailing_City": person.city,
        "Mailing_State": person.region,
        "Mailing_Zip": person.postal_code,
        "Mailing_Country": person.country,
        "Lead_Source": pick(&SOURCES, number),
        "Favourite_Colour": unless(number.is_multiple_of(4), pick(&COLOURS, number)),
        "Contract_Number": unless(!number.is_multiple_of(3), format!("C-{:05}", 10_000 + number)),
        "Renewal_Date": unless(number.is_multiple_of(2), date(number)),
        "Newsletter": number.is_multiple_of(2),
        "Languages": unless(!number.is_multiple_of(6), json!(["English", "Deutsch"])),
        "Tag": tags(number),
    })
}

fn lead(number: u64) -> Value {
    let person = lead_person(number);
    json!({
        "Owner": users::owner(number),
        "First_Name": person.first_name,
        "Last_Name": person.last_name,
        // Records without a company exist, whatever the layout says.
        "Company": unless(number % 9 == 8, person.company),
        "Email": person.email,
        "Phone": unless(number.is_multiple_of(4), person.phone),
        "Lead_Status": unless(number % 8 == 7, pick(STATUSES, number)),
        "Lead_Source": pick(&SOURCES, number),
        "City": person.city,
        "Country": person.country,
        "Tag": tags(number),
    })
}

/// Leads are other people than contacts.
fn lead_person(number: u64) -> Person {
    person(3_000 + number)
}

fn deal(number: u64) -> Value {
    let (stage, probability) = STAGES
        .get(index(number, STAGES.len()))
        .copied()
        .unwrap_or_default();
    json!({
        "Owner": users::owner(number),
        "Deal_Name": deal_name(number),
        "Amount": unless(number % 11 == 10, json!(900.25 + (number * 1_337 % 90_000) as f64)),
        "Currency": pick(CURRENCIES, number),
        "Stage": stage,
        "Pipeline": "Standard",
        "Probability": probability,
        "Closing_Date": date(number * 2),
        "Contact_Name": unless(number % 4 == 3, contact_reference(number * 3)),
        "Account_Name": unless(number % 2 == 1, account_reference(number)),
        "Contract_Number": unless(number % 2 == 1, format!("D-{:05}", 20_000 + number)),
        "Tag": tags(number),
    })
}

fn deal_name(number: u64) -> String {
    format!("{} {}", person(number * 3).company, pick(&SUBJECTS, number))
}

fn contact_reference(number: u64) -> Value {
    let number = number % count(Type::Contacts);
    json!({ "name": contact_name(number), "id": id(Type::Contacts, number).to_string() })
}

fn contact_name(number: u64) -> String {
    let person = person(number);
    if has_no_first_name(number) {
        return person.last_name.to_owned();
    }
    format!("{} {}", person.first_name, person.last_name)
}

fn has_no_first_name(number: u64) -> bool {
    number % 29 == 28
}

fn has_no_email(number: u64) -> bool {
    number % 17 == 16
}

fn event(number: u64) -> Value {
    let start_ms = EPOCH_MS + i64::try_from(number).unwrap_or_default() * 29 * HOUR_MS + 9 * HOUR_MS;
    // A deal, an account or nothing.
    let (what, module) = match number % 3 {
        1 => {
            let deal = number * 2 % count(Type::Deals);
            (
                json!({ "name": deal_name(deal), "id": id(Type::Deals, deal).to_string() }),
                json!("Deals"),
            )
        }
        2 => (account_reference(number), json!("Accounts")),
        _ => (Value::Null, Value::Null),
    };
    json!({
        "Owner": users::owner(number),
        "Event_Title": format!("Call about the {}", pick(&SUBJECTS, number)),
        "Start_DateTime": time::to_zoho(start_ms),
        "End_DateTime": time::to_zoho(start_ms + HOUR_MS / 2),
        "All_day": false,
        "Venue": unless(number.is_multiple_of(6), pick(&PLACES, number)),
        "Description": format!("Agenda & notes no. {number}"),
        "Who_Id": unless(number % 5 == 4, contact_reference(number * 5)),
        "What_Id": what,
        "$se_module": module,
        "Participants": participants(number),
    })
}

fn participants(number: u64) -> Value {
    let contact = number * 5;
    let known = json!({
        "type": "contact", "participant": id(Type::Contacts, contact).to_string(), "name": contact_name(contact),
        "Email": unless(has_no_email(contact), person(contact).email), "invited": true, "status": "not_known",
    });
    let guest = json!({
        "type": "email", "participant": format!("guest.{number}@example.com"), "name": null,
        "Email": null, "invited": true, "status": "not_known",
    });
    match number % 4 {
        0 => json!([]),
        1 => json!([known]),
        2 => json!([guest]),
        _ => json!([known, guest]),
    }
}

fn tags(number: u64) -> Value {
    let names = TAGS.iter().take(index(number, 4));
    names.map(|name| tag(name)).collect()
}

/// A tag as Zoho writes it.
pub(crate) fn tag(name: &str) -> Value {
    // The id follows from the name, because equal names are the same tag.
    let number = name
        .bytes()
        .fold(7_u64, |number, byte| (number * 31 + u64::from(byte)) % 1_000_000);
    json!({ "name": name, "id": (5_512_340_000_002_000_000 + number).to_string(), "color_code": null })
}

fn date(number: u64) -> String {
    let iso = to_iso(EPOCH_MS + i64::try_from(number).unwrap_or_default() * DAY_MS);
    iso.split('T').next().unwrap_or_default().to_owned()
}

fn unless(absent: bool, value: impl Into<Value>) -> Value {
    if absent { Value::Null } else { value.into() }
}

fn pick<'a>(table: &[&'a str], number: u64) -> &'a str {
    table.get(index(number, table.len())).copied().unwrap_or_default()
}

fn index(number: u64, length: usize) -> usize {
    usize::try_from(number).unwrap_or_default() % length.max(1)
}
