//! From the values of a contact to the body of a person.

use routemcp_sdk::prelude::*;
use serde_json::{Map, Value, json};

use crate::values::{self, text};

const FIRST: &str = "first_name";
const LAST: &str = "last_name";
const ADDRESS: &str = "postal_address";
const ADDRESS_PREFIX: &str = "/postal_address/";
/// Parts of an address in the order in which they are written in one text.
const ADDRESS_PARTS: [&str; 5] = [
    "route",
    "postal_code",
    "locality",
    "admin_area_level_1",
    "country",
];

/// Whether the body can only be made with what the person has now.
pub(crate) fn needs_current(values: &Map<String, Value>) -> bool {
    values.contains_key(FIRST) != values.contains_key(LAST)
        || values.keys().any(|field| field.starts_with(ADDRESS_PREFIX))
}

/// The body. `current` is the person as it is, null for a new one.
pub(crate) fn body(mut values: Map<String, Value>, current: &Value) -> Result<Map<String, Value>, Failure> {
    for list in ["emails", "phones"] {
        if let Some(value) = values.get_mut(list) {
            *value = one_primary(value.take());
        }
    }
    let names = [FIRST, LAST].map(|part| values.remove(part));
    let address = address(&mut values, current);
    let mut body = values::body(values)?;
    if current.is_null() || names.iter().any(Option::is_some) {
        let name = name(&names, current)?;
        body.entry("name").or_insert(name.into());
    }
    if let Some(address) = address {
        body.insert(ADDRESS.to_owned(), address);
    }
    Ok(body)
}

/// The value of a list of `{value, primary, label}` that counts.
pub(crate) fn first_value(list: Option<&Value>) -> Option<String> {
    let first = list?.as_array()?.first()?;
    text(first, "value").map(str::to_owned)
}

/// A list with the primary element first.
pub(crate) fn primary_first(list: &mut Value) {
    if let Value::Array(elements) = list {
        elements.sort_by_key(|element| element.get("primary") != Some(&Value::Bool(true)));
    }
}

/// A write knows one value, which becomes the primary one; a longer list is written as it is.
fn one_primary(list: Value) -> Value {
    let Value::Array(mut elements) = list else {
        return Value::Array(Vec::new());
    };
    if let [Value::Object(only)] = elements.as_mut_slice() {
        only.entry("primary").or_insert(true.into());
        only.entry("label").or_insert("work".into());
        if only.get("value").is_none_or(Value::is_null) {
            elements.clear();
        }
    }
    Value::Array(elements)
}

/// Pipedrive takes the whole name and takes it apart itself: a first name of two words may come back as a first and a last
/// name, which is why the manifest maps it one way for reading and one for writing. A last name alone would come back as the
/// first, so it is refused.
fn name(given: &[Option<Value>; 2], current: &Value) -> Result<String, Failure> {
    let part = |given: &Option<Value>, field: &str| match given {
        Some(given) => given.as_str().map(str::trim).unwrap_or_default().to_owned(),
        None => text(current, field).unwrap_or_default().to_owned(),
    };
    let [first, last] = given;
    match (part(first, FIRST), part(last, LAST)) {
        (first, _) if first.is_empty() => Err(Failure::rejected("A person in Pipedrive needs a name").field(
            FIRST,
            "is needed: Pipedrive would take a last name alone for the first name",
        )),
        (first, last) if last.is_empty() => Ok(first),
        (first, last) => Ok(format!("{first} {last}")),
    }
}

/// The address with the given parts changed, as a whole: Pipedrive has it in one object. None if no part is given.
fn address(values: &mut Map<String, Value>, current: &Value) -> Option<Value> {
    let mut address = current
        .get(ADDRESS)
        .and_then(Value::as_object)
        .cloned()
        .unwrap_or_default();
    let given: Vec<String> = values
        .keys()
        .filter(|field| field.starts_with(ADDRESS_PREFIX))
        .cloned()
        .collect();
    if given.is_empty() {
        return None;
    }
    for field in given {
        let part = field.strip_prefix(ADDRESS_PREFIX).unwrap_or_default().to_owned();
        if part == "route" {
            // A street is read as number and route, and written as route.
            address.remove("street_number");
        }
        address.insert(part, values.remove(&field).unwrap_or_default());
    }
    address.remove("value");
    address.retain(|_, part| !part.is_null());
    if address.is_empty() {
        return Some(Value::Null);
    }
    let parts: Vec<&str> = ADDRESS_PARTS
        .iter()
        .filter_map(|part| address.get(*part)?.as_str())
        .collect();
    let whole = json!(parts.join(", "));
    address.insert("value".to_owned(), whole);
    Some(address.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn made(values: Value, current: Value) -> Result<Value, Failure> {
        body(values.as_object().unwrap().clone(), &current).map(Value::Object)
    }

    #[test]
    fn a_name_is_put_together_with_the_part_that_stays() {
        let current = json!({ "first_name": "Mara", "last_name": "Lind" });
        for (values, name) in [
            (json!({ "first_name": "Zoë" }), "Zoë Lind"),
            (json!({ "last_name": " van den Berg " }), "Mara van den Berg"),
            (json!({ "last_name": null }), "Mara"),
            (json!({ "first_name": "Ada", "last_name": null }), "Ada"),
        ] {
            assert_eq!(
                made(values.clone(), current.clone()).unwrap(),
                json!({ "name": name }),
                "{values}"
            );
        }
        for last in [
            json!({ "last_name": "Lind" }),
            json!({ "first_name": " ", "last_name": "Lind" }),
        ] {
            assert_eq!(made(last, Value::Null).unwrap_err().fields[0].0, "first_name");
        }
        assert!(made(json!({ "first_name": null }), current.clone()).is_err());
        assert_eq!(
            made(json!({ "job_title": "CTO" }), Value::Null)
                .unwrap_err()
                .fields[0]
                .0,
            "first_name"
        );
        assert_eq!(
            made(json!({ "job_title": "CTO" }), current).unwrap(),
            json!({ "job_title": "CTO" })
        );
    }

    #[test]
    fn one_email_is_the_primary_one() {
        let given = json!({ "first_name": "A", "emails": [{ "value": "a@example.com" }] });
        let emails = json!([{ "value": "a@example.com", "primary": true, "label": "work" }]);
        assert_eq!(
            made(given, Value::Null).unwrap(),
            json!({ "emails": emails, "name": "A" })
        );
    }

    #[test]
    fn clearing_an_email_is_an_empty_list() {
        for cleared in [json!(null), json!([]), json!([{ "value": null }])] {
            assert_eq!(
                made(json!({ "emails": cleared }), json!({ "id": 1 })).unwrap(),
                json!({ "emails": [] })
            );
        }
    }

    #[test]
    fn an_address_is_written_as_a_whole() {
        let current = json!({ "postal_address": { "value": "x", "street_number": "1", "route": "Main St", "locality": "Boston" } });
        let moved = made(json!({ "/postal_address/locality": "Köln" }), current.clone()).unwrap();
        let expected =
            json!({ "street_number": "1", "route": "Main St", "locality": "Köln", "value": "Main St, Köln" });
        assert_eq!(moved["postal_address"], expected);
        let street = made(json!({ "/postal_address/route": "2 High St" }), current.clone()).unwrap();
        assert_eq!(street["postal_address"]["street_number"], Value::Null);
        let gone = json!({ "/postal_address/route": null, "/postal_address/locality": null });
        assert_eq!(made(gone, current).unwrap(), json!({ "postal_address": null }));
    }

    #[test]
    fn the_primary_value_comes_first() {
        let mut list =
            json!([{ "value": "b" }, { "value": "c", "primary": false }, { "value": "a", "primary": true }]);
        primary_first(&mut list);
        assert_eq!(first_value(Some(&list)).as_deref(), Some("a"));
    }
}
