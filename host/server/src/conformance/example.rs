//! Bodies to write, made of the manifest's example.

use routemcp_unified::manifest::ResourceManifest;
use routemcp_unified::schema::{FieldKind, Resource, Rule};
use serde_json::{Map, Value};

use super::answer::Record;

/// Fields that can hold any text at every provider; others are names of stages, owners and the like.
const FREE: [&str; 8] = [
    "lastName",
    "firstName",
    "title",
    "name",
    "company",
    "jobTitle",
    "description",
    "location",
];
/// How many digits at the end of a phone number tell the records of a run apart.
const PHONE_DIGITS: usize = 4;

/// Fields of a resource that can be set to any text, in the order of preference.
pub(super) fn free_texts(resource: Resource, declared: &ResourceManifest) -> Vec<&'static str> {
    let plain = plain_texts(resource, declared);
    FREE.into_iter().filter(|name| plain.contains(name)).collect()
}

/// Text fields that are mapped both ways as they are.
pub(super) fn plain_texts(resource: Resource, declared: &ResourceManifest) -> Vec<&'static str> {
    let plain = |name: &str| {
        let mut mappings = declared.mappings.iter();
        mappings.any(|mapping| {
            let both = mapping.direction.writes() && mapping.direction.reads();
            mapping.unified_field == name && both && mapping.transform.is_none()
        })
    };
    let fields = resource
        .fields()
        .iter()
        .filter(|field| field.kind == FieldKind::Text);
    fields
        .map(|field| field.name)
        .filter(|name| plain(name))
        .collect()
}

/// The first field that bodies can have and that is text.
pub(super) fn any_text(resource: Resource) -> Option<&'static str> {
    let mut fields = resource.fields().iter();
    fields
        .find(|field| field.writable() && field.kind == FieldKind::Text)
        .map(|field| field.name)
}

/// The example with an email address and a phone number that no other record of the run has: many providers refuse a
/// second record with the same ones.
pub(super) fn vary(resource: Resource, example: &Record, run: u32, number: u32) -> Record {
    let mut body = example.clone();
    for (name, value) in &mut body {
        let rule = resource.field(name).map(|field| field.rule);
        let Value::String(text) = value else {
            continue;
        };
        if rule == Some(Rule::Email) {
            *text = varied_email(text, run, number);
        } else if name == "phone" {
            *text = varied_phone(text, run.wrapping_add(number));
        }
    }
    body
}

fn varied_email(email: &str, run: u32, number: u32) -> String {
    match email.split_once('@') {
        Some((name, host)) => format!("{name}+{run:x}.{number}@{host}"),
        None => email.to_owned(),
    }
}

/// Digits are replaced from the end; their number and everything between them stays.
fn varied_phone(phone: &str, number: u32) -> String {
    let digits = phone.chars().filter(char::is_ascii_digit).count();
    if digits <= PHONE_DIGITS {
        return phone.to_owned();
    }
    let replacement = format!("{:0width$}", number % 10_u32.pow(4), width = PHONE_DIGITS);
    let mut replacement = replacement.chars();
    let mut place = 0;
    let replaced = phone.chars().map(|character| {
        if !character.is_ascii_digit() {
            return character;
        }
        place += 1;
        if place > digits - PHONE_DIGITS {
            replacement.next().unwrap_or(character)
        } else {
            character
        }
    });
    replaced.collect()
}

/// What a record keeps when everything optional is left out: the required fields, or one free text where nothing is.
pub(super) fn minimal(body: &Record, required: &[String], free: &[&str]) -> Record {
    let wanted = |field: &str| {
        if required.is_empty() {
            free.iter()
                .find(|name| body.contains_key(**name))
                .is_some_and(|name| *name == field)
        } else {
            required.iter().any(|name| name == field)
        }
    };
    only(body, wanted)
}

/// The fields of a body for which it holds, members of an object asked for as `address.city`.
pub(super) fn only(body: &Record, wanted: impl Fn(&str) -> bool) -> Record {
    let mut kept = Record::new();
    for (name, value) in body {
        match value {
            Value::Object(members) if !wanted(name) => {
                let members = members
                    .iter()
                    .filter(|(member, _)| wanted(&format!("{name}.{member}")));
                let members: Map<String, Value> = members
                    .map(|(member, value)| (member.clone(), value.clone()))
                    .collect();
                if !members.is_empty() {
                    kept.insert(name.clone(), Value::Object(members));
                }
            }
            value if wanted(name) => drop(kept.insert(name.clone(), value.clone())),
            _ => {}
        }
    }
    kept
}

/// Every field with its value, members of an object as `address.city`.
pub(super) fn leaves(body: &Record) -> Vec<(String, Value)> {
    let mut leaves = Vec::new();
    for (name, value) in body {
        match value {
            Value::Object(members) => {
                leaves.extend(
                    members
                        .iter()
                        .map(|(member, value)| (format!("{name}.{member}"), value.clone())),
                );
            }
            value => leaves.push((name.clone(), value.clone())),
        }
    }
    leaves
}

/// The value of a field, null if there is none; members as `address.city`.
pub(super) fn leaf(record: &Record, field: &str) -> Value {
    let found = record.get(field).or_else(|| {
        let (name, member) = field.split_once('.')?;
        record.get(name)?.get(member)
    });
    found.cloned().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use routemcp_unified::schema::Resource;
    use serde_json::{Value, json};

    use super::{Record, leaf, leaves, minimal, only, vary};

    fn body() -> Record {
        let body = json!({
            "firstName": "Mara", "lastName": "Lind", "email": "mara@example.com", "phone": "+41 44 555 01 23",
            "address": { "city": "Zürich", "country": "CH" }
        });
        body.as_object().unwrap().clone()
    }

    #[test]
    fn every_record_of_a_run_has_its_own_email_and_phone_and_the_rest_stays() {
        let varied = vary(Resource::Contact, &body(), 0xab_cdef, 3);
        assert_eq!(varied["email"], "mara+abcdef.3@example.com");
        let other = vary(Resource::Contact, &body(), 0xab_cdef, 4);
        assert_ne!(varied["phone"], other["phone"]);
        let form = |phone: &Value| phone.as_str().unwrap().replace(|c: char| c.is_ascii_digit(), "0");
        assert_eq!(form(&varied["phone"]), "+00 00 000 00 00");
        assert!(varied["phone"].as_str().unwrap().starts_with("+41 44 555"));
        assert_eq!(
            (&varied["lastName"], &varied["address"]),
            (&body()["lastName"], &body()["address"])
        );
    }

    #[test]
    fn a_minimal_body_has_what_is_required_or_one_text() {
        let required = ["email".to_owned(), "address.city".to_owned()];
        let kept = minimal(&body(), &required, &["lastName"]);
        assert_eq!(
            Value::Object(kept),
            json!({ "email": "mara@example.com", "address": { "city": "Zürich" } })
        );
        let kept = minimal(&body(), &[], &["title", "lastName", "firstName"]);
        assert_eq!(Value::Object(kept), json!({ "lastName": "Lind" }));
    }

    #[test]
    fn bodies_come_apart_by_field_and_member() {
        let names: Vec<String> = leaves(&body()).into_iter().map(|(name, _)| name).collect();
        assert_eq!(
            names,
            [
                "firstName",
                "lastName",
                "email",
                "phone",
                "address.city",
                "address.country"
            ]
        );
        assert_eq!(leaf(&body(), "address.city"), "Zürich");
        assert_eq!(leaf(&body(), "address.street"), Value::Null);
        let without = only(&body(), |field| {
            field != "email" && field != "address.country" && field != "address"
        });
        assert_eq!(without.len(), 4);
        assert_eq!(without["address"], json!({ "city": "Zürich" }));
    }
}
