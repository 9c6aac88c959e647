//! Whether a record has the form that the API promises, whatever the provider.

use routemcp_unified::schema::{ADDRESS_MEMBERS, ATTENDEE_MEMBERS, Field, FieldKind, Resource};
use serde_json::{Map, Value};

use super::answer::{Record, id, text};
use super::compare::shown;

/// What is wrong with a record's form, if anything.
pub(super) fn faults(resource: Resource, provider: &str, record: &Record) -> Vec<String> {
    let names = || resource.fields().iter().map(|field| field.name);
    let mut faults = Vec::new();
    if !record.keys().map(String::as_str).eq(names()) {
        let found: Vec<&str> = record.keys().map(String::as_str).collect();
        faults.push(format!(
            "the fields are {}; expected {}",
            found.join(", "),
            names().collect::<Vec<_>>().join(", ")
        ));
    }
    if id(record).is_empty() || text(record, "remoteId") != Some(id(record)) {
        faults.push("`id` and `remoteId` must be the same text and not empty".to_owned());
    }
    if text(record, "provider") != Some(provider) {
        faults.push(format!("`provider` must be \"{provider}\""));
    }
    for field in resource.fields() {
        let value = record.get(field.name).unwrap_or(&Value::Null);
        if !value.is_null() && !fits(field.kind, value) {
            faults.push(format!(
                "`{}` is {}, which is no {}",
                field.name,
                shown(value),
                wanted(field.kind)
            ));
        }
    }
    faults
}

fn fits(kind: FieldKind, value: &Value) -> bool {
    match (kind, value) {
        (FieldKind::Text, Value::String(text)) => !text.is_empty(),
        (FieldKind::DateTime, Value::String(text)) => is_time(text),
        (FieldKind::TextList, Value::Array(list)) => list.iter().all(Value::is_string),
        (FieldKind::Attendees, Value::Array(list)) => list.iter().all(|person| {
            person
                .as_object()
                .is_some_and(|person| has_members(person, ATTENDEE_MEMBERS))
        }),
        (FieldKind::Address, Value::Object(address)) => has_members(address, ADDRESS_MEMBERS),
        (FieldKind::Number, Value::Number(_))
        | (FieldKind::Boolean, Value::Bool(_))
        | (FieldKind::CustomFields, Value::Object(_)) => true,
        _ => false,
    }
}

fn has_members(found: &Map<String, Value>, members: &[Field]) -> bool {
    let fits = |value: &Value| value.is_null() || value.as_str().is_some_and(|text| !text.is_empty());
    found
        .keys()
        .map(String::as_str)
        .eq(members.iter().map(|member| member.name))
        && found.values().all(fits)
}

/// ISO 8601 in UTC with milliseconds.
fn is_time(text: &str) -> bool {
    text.parse::<jiff::Timestamp>()
        .is_ok_and(|time| crate::http::envelope::time_text(time) == text)
}

fn wanted(kind: FieldKind) -> &'static str {
    match kind {
        FieldKind::Text => "text, or it is empty text, which should be null",
        FieldKind::Number => "number",
        FieldKind::Boolean => "boolean",
        FieldKind::DateTime => "time in UTC with milliseconds",
        FieldKind::Address => "address with all members",
        FieldKind::TextList => "list of texts",
        FieldKind::Attendees => "list of attendees with all members",
        FieldKind::CustomFields => "object",
    }
}

#[cfg(test)]
mod tests {
    use routemcp_unified::schema::Resource;
    use serde_json::{Value, json};

    use super::{Record, faults};

    fn contact() -> Record {
        let mut record = Record::new();
        for field in Resource::Contact.fields() {
            record.insert(field.name.to_owned(), Value::Null);
        }
        record.insert("id".to_owned(), json!("7"));
        record.insert("remoteId".to_owned(), json!("7"));
        record.insert("provider".to_owned(), json!("acme"));
        record
    }

    #[test]
    fn a_record_of_nulls_and_one_of_good_values_are_sound() {
        assert_eq!(faults(Resource::Contact, "acme", &contact()), [""; 0]);
        let mut record = contact();
        record["createdAt"] = json!("2026-05-04T08:15:30.120Z");
        record["tags"] = json!(["vip"]);
        record["address"] =
            json!({ "street": null, "city": "Bern", "state": null, "postalCode": null, "country": null });
        assert_eq!(faults(Resource::Contact, "acme", &record), [""; 0]);
    }

    #[test]
    fn each_unsound_value_is_one_fault() {
        for (field, value) in [
            ("id", json!("8")),
            ("provider", json!("other")),
            ("lastName", json!("")),
            ("lastName", json!(5)),
            ("createdAt", json!("2026-05-04T08:15:30Z")),
            ("createdAt", json!("2026-05-04")),
            ("tags", json!("vip")),
            ("address", json!({ "city": "Bern" })),
            ("customFields", json!([])),
        ] {
            let mut record = contact();
            record[field] = value.clone();
            assert_eq!(
                faults(Resource::Contact, "acme", &record).len(),
                1,
                "{field} {value}"
            );
        }
        let mut record = contact();
        record.insert("surprise".to_owned(), Value::Null);
        assert_eq!(faults(Resource::Contact, "acme", &record).len(), 1);
    }
}
