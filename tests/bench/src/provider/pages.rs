//! Pages as HubSpot writes them, of made-up people.

use bytes::Bytes;
use serde_json::{Value, json};

const FIRST_NAMES: [&str; 8] = [
    "Mara", "Jonas", "Noor", "Émile", "Aiko", "Tomás", "Ingrid", "Femi",
];
const LAST_NAMES: [&str; 7] = [
    "Lindqvist",
    "Haddad",
    "O'Brien",
    "Tanaka",
    "Müller",
    "Okafor",
    "Silva",
];
const COMPANIES: [&str; 5] = [
    "Kite & Sons",
    "Lumen Optics",
    "Northwind",
    "Aldgate Partners",
    "Ferris",
];
const CITIES: [(&str, &str, &str, &str); 4] = [
    ("Zürich", "ZH", "8002", "Switzerland"),
    ("Berlin", "BE", "10115", "Germany"),
    ("Austin", "TX", "73301", "United States"),
    ("Lisboa", "Lisboa", "1100-148", "Portugal"),
];
const OWNER_IDS: [&str; 3] = ["41234567", "41235576", "41238899"];

/// A page of so many contacts, with a next page.
pub(super) fn contacts(size: u32) -> Bytes {
    let results: Vec<Value> = (0..size).map(contact).collect();
    let last = 20_100_370_000_u64 + u64::from(size);
    let page = json!({
        "results": results,
        "paging": { "next": {
            "after": last.to_string(),
            "link": format!("https://api.hubapi.com/crm/objects/2026-03/contacts?after={last}"),
        } },
    });
    page.to_string().into()
}

/// All owners, on one page.
pub(super) fn owners() -> Bytes {
    let owner = |(number, id): (usize, &&str)| {
        json!({
            "id": id,
            "email": format!("owner{number}@example.com"),
            "type": "PERSON",
            "firstName": pick(&FIRST_NAMES, number),
            "lastName": pick(&LAST_NAMES, number),
            "userId": 7_000_000 + number,
            "createdAt": "2023-01-15T08:00:00.000Z",
            "updatedAt": "2025-06-02T12:30:00.000Z",
            "archived": false,
        })
    };
    let results: Vec<Value> = OWNER_IDS.iter().enumerate().map(owner).collect();
    json!({ "results": results }).to_string().into()
}

fn contact(index: u32) -> Value {
    let number = index as usize;
    let (first, last) = (pick(&FIRST_NAMES, number), pick(&LAST_NAMES, number));
    let (city, state, zip, country) = pick(&CITIES, number);
    let id = (20_100_370_000_u64 + u64::from(index)).to_string();
    let minute = index % 60;
    let (created, updated) = (
        format!("2025-03-{:02}T09:{minute:02}:11.402Z", index % 28 + 1),
        format!("2026-10-{:02}T16:{minute:02}:45.017Z", index % 28 + 1),
    );
    json!({
        "id": id,
        "properties": {
            "address": format!("Seestrasse {}", number + 1),
            "city": city,
            "company": pick(&COMPANIES, number),
            "country": country,
            "createdate": created,
            "email": format!("person{number}@example.com"),
            "firstname": first,
            "hs_analytics_source": "OFFLINE",
            "hs_object_id": id,
            "hubspot_owner_id": pick(&OWNER_IDS, number),
            "jobtitle": "Head of Purchasing",
            "lastmodifieddate": updated,
            "lastname": last,
            "lifecyclestage": "opportunity",
            // Some people have no number: an empty text and null are what HubSpot gives.
            "mobilephone": match number % 5 {
                0 => Value::Null,
                1 => json!(""),
                _ => json!(format!("+41 79 555 {number:04}")),
            },
            "state": state,
            "zip": zip,
        },
        "createdAt": created,
        "updatedAt": updated,
        "archived": false,
        "url": format!("https://app.hubspot.com/contacts/4711/record/0-1/{id}"),
    })
}

fn pick<T: Copy + Default>(from: &[T], number: usize) -> T {
    from.get(number % from.len().max(1)).copied().unwrap_or_default()
}
