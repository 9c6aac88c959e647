//! Which bodies Pipedrive takes. The API v2 is strict: nothing is converted, and nothing unknown is passed over.

use routemcp_sdk::sandbox::State;
use routemcp_sdk::time;
use serde_json::{Map, Value};

use crate::sandbox::error::Wrong;
use crate::sandbox::schema::{CustomField, CustomKind, Kind, PIPELINES, Type};
use crate::sandbox::{store, users};

const ADDRESS_PARTS: [&str; 10] = [
    "value",
    "country",
    "admin_area_level_1",
    "admin_area_level_2",
    "locality",
    "sublocality",
    "route",
    "street_number",
    "subpremise",
    "postal_code",
];
const VALUE_PARTS: [&str; 3] = ["value", "primary", "label"];
const PARTICIPANT_PARTS: [&str; 2] = ["person_id", "primary"];
const ATTENDEE_PARTS: [&str; 6] = ["email", "name", "status", "is_organizer", "person_id", "user_id"];

/// Everything that is wrong with a body.
pub(crate) fn check(state: &dyn State, of: Type, body: &Map<String, Value>, creating: bool) -> Vec<Wrong> {
    let mut wrong = Vec::new();
    if let (true, Some(name)) = (creating, of.required())
        && !body.contains_key(name)
    {
        wrong.push(Wrong::new(name, "Required"));
    }
    for (name, value) in body {
        let field = of.fields().iter().find(|(known, ..)| known == name);
        match (name.as_str(), field) {
            ("add_time", _) if creating => wrong.extend(fault(state, name, Kind::Time, value)),
            ("custom_fields", _) if !of.custom_fields().is_empty() => wrong.extend(custom(of, value)),
            (_, Some((_, true, _))) if value.is_null() => {}
            (_, Some((_, _, kind))) => wrong.extend(fault(state, name, *kind, value)),
            _ => wrong.push(Wrong::not_allowed(name)),
        }
    }
    wrong
}

fn custom(of: Type, value: &Value) -> Vec<Wrong> {
    let Value::Object(values) = value else {
        return vec![Wrong::new("custom_fields", "Expected object")];
    };
    let check = |(key, value): (&String, &Value)| {
        let place = format!("custom_fields.{key}");
        match of.custom_fields().iter().find(|field| field.key == key) {
            None => Some(Wrong::not_allowed(&place)),
            Some(field) => custom_fault(field, value).map(|why| Wrong::new(place, why)),
        }
    };
    values.iter().filter_map(check).collect()
}

/// What is wrong with the value of a custom field.
pub(crate) fn custom_fault(field: &CustomField, value: &Value) -> Option<String> {
    let fits = match field.kind {
        _ if value.is_null() => true,
        CustomKind::Text => value.is_string(),
        CustomKind::Number => value.is_number(),
        CustomKind::Date => is_date(value),
        CustomKind::Option(options) => options.iter().any(|(id, _)| value.as_u64() == Some(*id)),
    };
    let wanted = match field.kind {
        CustomKind::Text => "string",
        CustomKind::Number => "number",
        CustomKind::Date => "date",
        CustomKind::Option(_) => "number, the id of an option,",
    };
    (!fits).then(|| format!("Expected {wanted} as value for '{}'", field.name))
}

/// What is wrong with the value of a field.
pub(crate) fn fault(state: &dyn State, name: &str, kind: Kind, value: &Value) -> Option<Wrong> {
    let id = value.as_u64();
    let wanted = match kind {
        Kind::Text => value.is_string().then_some(()).ok_or("Expected string"),
        Kind::Integer => id.map(drop).ok_or("Expected integer"),
        Kind::Number => value.is_number().then_some(()).ok_or("Expected number"),
        Kind::Boolean => value.is_boolean().then_some(()).ok_or("Expected boolean"),
        Kind::Date => is_date(value)
            .then_some(())
            .ok_or("Expected date in the form YYYY-MM-DD"),
        Kind::Clock => is_clock(value)
            .then_some(())
            .ok_or("Expected time in the form HH:MM or HH:MM:SS"),
        Kind::Time => value
            .as_str()
            .is_some_and(is_time)
            .then_some(())
            .ok_or("not a valid datetime"),
        Kind::OneOf(known) => {
            let fits = value.as_str().is_some_and(|value| known.contains(&value));
            return (!fits).then(|| Wrong::new(name, format!("Expected one of {}", known.join(", "))));
        }
        Kind::Address => return parts(name, value, &ADDRESS_PARTS, Value::is_string),
        Kind::Labels(known) => {
            let is_label = |label: &Value| label.as_u64().is_some_and(|id| known.contains(&id));
            let fits = value.as_array().is_some_and(|labels| labels.iter().all(is_label));
            fits.then_some(()).ok_or("Expected array of ids of labels")
        }
        Kind::Values => {
            return each(name, value, &VALUE_PARTS, |element| {
                element.get("value").is_some_and(Value::is_string)
            });
        }
        Kind::Attendees => {
            return each(name, value, &ATTENDEE_PARTS, |element| {
                element.get("email").is_some_and(Value::is_string)
            });
        }
        Kind::Participants => {
            let is_there = |element: &Value| {
                let id = element.get("person_id").and_then(Value::as_u64);
                id.is_some_and(|id| store::living(state, Type::Persons, id).is_some())
            };
            return each(name, value, &PARTICIPANT_PARTS, is_there);
        }
        Kind::User => id
            .filter(|id| users::exists(*id))
            .map(drop)
            .ok_or("Expected id of a user"),
        Kind::Record(of) => id
            .filter(|id| store::living(state, of, *id).is_some())
            .map(drop)
            .ok_or("Expected id of a record that exists"),
        Kind::Lead => {
            let lead = value.as_str().and_then(|id| store::lead(state, id));
            lead.map(drop).ok_or("Expected id of a lead that exists")
        }
        Kind::Pipeline => PIPELINES
            .iter()
            .find(|(own, ..)| id == Some(*own))
            .map(drop)
            .ok_or("Expected id of a pipeline"),
        Kind::Stage => id.and_then(pipeline_of).map(drop).ok_or("Expected id of a stage"),
    };
    wanted.err().map(|why| Wrong::new(name, why))
}

/// The pipeline that a stage belongs to.
pub(crate) fn pipeline_of(stage: u64) -> Option<u64> {
    let pipeline = PIPELINES
        .iter()
        .find(|(_, _, stages)| stages.iter().any(|(id, _)| *id == stage))?;
    Some(pipeline.0)
}

/// RFC 3339 in whole seconds.
pub(crate) fn is_time(text: &str) -> bool {
    text.contains('T') && !text.contains('.') && time::from_iso(text).is_some()
}

fn is_date(value: &Value) -> bool {
    value
        .as_str()
        .is_some_and(|text| text.len() == 10 && time::from_iso(text).is_some())
}

fn is_clock(value: &Value) -> bool {
    let Some(text) = value.as_str() else {
        return false;
    };
    let parts: Vec<Option<u32>> = text
        .split(':')
        .map(|part| part.parse().ok().filter(|_| part.len() >= 2))
        .collect();
    matches!(
        parts.as_slice(),
        [Some(_), Some(0..=59)] | [Some(_), Some(0..=59), Some(0..=59)]
    )
}

fn parts(place: &str, value: &Value, known: &[&str], fits: fn(&Value) -> bool) -> Option<Wrong> {
    let Value::Object(members) = value else {
        return Some(Wrong::new(place, "Expected object"));
    };
    members.iter().find_map(|(name, value)| {
        let place = format!("{place}.{name}");
        if !known.contains(&name.as_str()) {
            return Some(Wrong::not_allowed(&place));
        }
        (!fits(value)).then(|| Wrong::new(place, "Expected string"))
    })
}

fn each(name: &str, value: &Value, known: &[&str], fits: impl Fn(&Value) -> bool) -> Option<Wrong> {
    let Value::Array(elements) = value else {
        return Some(Wrong::new(name, "Expected array"));
    };
    elements.iter().enumerate().find_map(|(index, element)| {
        let place = format!("{name}[{index}]");
        let unknown = parts(&place, element, known, |value| !value.is_null());
        unknown.or_else(|| {
            (!fits(element)).then(|| Wrong::new(place, "Expected an element of the documented form"))
        })
    })
}
