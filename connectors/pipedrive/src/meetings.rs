//! Meetings: Pipedrive's activities of the type `meeting`.

use routemcp_sdk::prelude::*;
use serde_json::{Map, Value, json};

use crate::joins::set;
use crate::v2::{self, Object};
use crate::values::{self, id_text, without_clearing};
use crate::{errors, times};

const TYPE: &str = "meeting";
const ATTENDEES: &str = "attendees";
const PERSON: &str = "person_id";
/// How many pages without a meeting are read before an empty page is answered; the walk goes on from there.
const MAX_REQUESTS: u32 = 4;

/// The list has no condition on the type, so meetings are picked out of all activities. A page has those of one of
/// Pipedrive's pages, and may be short; its cursor is Pipedrive's.
pub(crate) fn list(query: &Query) -> Result<Page, Failure> {
    let mut cursor = query.cursor.clone();
    let mut meetings = Vec::new();
    for _ in 0..MAX_REQUESTS {
        let request =
            v2::list(Object::Activities, query)?.query_some("include_fields", attendees(&query.fields));
        let (answer, next) = v2::page(request, query.limit, cursor.as_deref(), errors::records)?;
        meetings = meetings_of(&answer);
        cursor = next;
        if !meetings.is_empty() || cursor.is_none() {
            break;
        }
    }
    Ok(Page::values(meetings, cursor))
}

fn meetings_of(answer: &Response) -> Vec<Value> {
    let types: Vec<Option<String>> = answer.pluck("/data", "/type");
    let meetings = types
        .iter()
        .enumerate()
        .filter(|(_, kind)| kind.as_deref() == Some(TYPE));
    let records = meetings.filter_map(|(index, _)| answer.at(&format!("/data/{index}")));
    records.map(finished).collect()
}

pub(crate) fn get(id: &str, fields: &[String]) -> Result<Value, Failure> {
    let answer = v2::get(Object::Activities, id, attendees(fields))?;
    if answer.at::<String>("/data/type").as_deref() != Some(TYPE) {
        return Err(Failure::not_found("the activity is not a meeting"));
    }
    Ok(finished(answer.at("/data").unwrap_or_default()))
}

pub(crate) fn create(values: Map<String, Value>, fields: &[String]) -> Result<Value, Failure> {
    let with_attendees = values.contains_key(ATTENDEES);
    let mut body = body(without_clearing(values), &Value::Null)?;
    body.retain(|_, value| !value.is_null());
    body.insert("type".to_owned(), TYPE.into());
    let answer = v2::create(Object::Activities, &body).map_err(named)?;
    let mut created = finished(answer.at("/data").unwrap_or_default());
    if attendees(fields).is_some() && !with_attendees {
        set(&mut created, ATTENDEES, json!([]));
    }
    match (with_attendees, id_text(created.get("id"))) {
        // Attendees come only when they are asked for. The meeting is there even if reading it fails: an error would make
        // the caller create it a second time.
        (true, Some(id)) => Ok(get(&id, fields).unwrap_or(created)),
        _ => Ok(created),
    }
}

pub(crate) fn update(id: &str, values: Map<String, Value>, fields: &[String]) -> Result<Value, Failure> {
    let body = body(values, &get(id, &[])?)?;
    let answer = v2::update(Object::Activities, id, &body).map_err(named)?;
    if attendees(fields).is_some() {
        return get(id, fields);
    }
    Ok(finished(answer.at("/data").unwrap_or_default()))
}

/// Looks first whether it is a meeting, so that no other activity is deleted by its id.
pub(crate) fn delete(id: &str) -> Result<(), Failure> {
    get(id, &[])?;
    v2::delete(Object::Activities, id)
}

fn body(mut values: Map<String, Value>, current: &Value) -> Result<Map<String, Value>, Failure> {
    times::write(&mut values, current)?;
    if let Some(list) = values.get_mut(ATTENDEES) {
        *list = attendees_body(list.take());
    }
    let mut body = values::body(values)?;
    // A person is set as the primary one of the participants.
    if let Some(person) = body.remove(PERSON) {
        body.insert("participants".to_owned(), participants(&person, current));
    }
    Ok(body)
}

/// The person first, and those who take part besides the one before.
fn participants(person: &Value, current: &Value) -> Value {
    let now = current
        .get("participants")
        .and_then(Value::as_array)
        .into_iter()
        .flatten();
    let others = now.filter_map(|participant| participant.get(PERSON));
    let others = others.filter(|other| *other != person && Some(*other) != current.get(PERSON));
    let primary = Some(person)
        .filter(|person| !person.is_null())
        .map(|person| json!({ PERSON: person, "primary": true }));
    primary
        .into_iter()
        .chain(others.map(|other| json!({ PERSON: other, "primary": false })))
        .collect()
}

/// Pipedrive takes no null for a name.
fn attendees_body(list: Value) -> Value {
    let Value::Array(mut attendees) = list else {
        return json!([]);
    };
    for attendee in attendees.iter_mut().filter_map(Value::as_object_mut) {
        attendee.retain(|_, value| !value.is_null());
    }
    attendees.into()
}

fn attendees(fields: &[String]) -> Option<&'static str> {
    fields.iter().any(|field| field == ATTENDEES).then_some(ATTENDEES)
}

fn finished(mut activity: Value) -> Value {
    times::add(&mut activity);
    activity
}

fn named(failure: Failure) -> Failure {
    let names = [
        ("due_date", times::START),
        ("due_time", times::START),
        ("duration", times::END),
        ("participants", PERSON),
    ];
    errors::renamed(failure, &names)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_person_takes_the_place_of_the_one_before() {
        let current = json!({ "person_id": 1, "participants": [{ "person_id": 1, "primary": true }, { "person_id": 2, "primary": false }] });
        for (person, expected) in [
            (
                json!(3),
                json!([{ "person_id": 3, "primary": true }, { "person_id": 2, "primary": false }]),
            ),
            (json!(2), json!([{ "person_id": 2, "primary": true }])),
            (json!(null), json!([{ "person_id": 2, "primary": false }])),
        ] {
            assert_eq!(participants(&person, &current), expected);
        }
        assert_eq!(
            participants(&json!(3), &Value::Null),
            json!([{ "person_id": 3, "primary": true }])
        );
    }
}
