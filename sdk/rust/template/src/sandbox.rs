//! {{name}}, played for test keys and for `routemcp connector test`: the provider's own paths, bodies and errors, over test
//! data. The closer it is to the real one, the more its tests are worth.

use routemcp_sdk::sandbox::{RateLimit, Request, Response, State};
use routemcp_sdk::{Sandbox, clock, time};
use serde_json::{Map, Value, json};

use crate::seed::{self, PEOPLE};

/// As in the manifest. Not a secret: it opens nothing but test data.
pub const TOKEN: &str = "sandbox-key-1";
const CALLS: u64 = 100;
const WINDOW_MS: u64 = 1_000;
/// The state's place for a rate limit that a test has set.
const LIMIT: (&str, &str) = ("control", "rate-limit");

/// The provider.
#[derive(Debug)]
pub struct ProviderSandbox;

impl Sandbox for ProviderSandbox {
    fn handle(request: &Request, state: &mut dyn State) -> Response {
        if request.path == "/_sandbox/rate-limit" {
            return set_limit(request, state);
        }
        seed::once(state);
        if request.token("Bearer") != Some(TOKEN) {
            return refuse(401, "The API key is not valid.");
        }
        if let Some(refusal) = one_too_many(state) {
            return refusal;
        }
        answer(request, state)
    }
}

/// The switch by which tests set the limit: `PUT` with `{"requests": n}`, and `DELETE` to take it back.
fn set_limit(request: &Request, state: &mut dyn State) -> Response {
    let body = request.json().unwrap_or_default();
    match (
        request.method.as_str(),
        body.get("requests").and_then(Value::as_u64),
    ) {
        ("PUT", Some(calls)) => state.put(LIMIT.0, LIMIT.1, &calls),
        ("DELETE", _) => drop(state.delete(LIMIT.0, LIMIT.1)),
        _ => return refuse(400, "PUT with {\"requests\": n}, or DELETE"),
    }
    Response::empty(204)
}

fn one_too_many(state: &mut dyn State) -> Option<Response> {
    let limit = RateLimit {
        calls: state.get(LIMIT.0, LIMIT.1).unwrap_or(CALLS),
        window_ms: WINDOW_MS,
    };
    let taken = limit.take(state, TOKEN, clock::now_ms());
    let seconds = taken.retry_after_ms.div_ceil(1_000).max(1);
    (!taken.allowed).then(|| refuse(429, "Too many calls.").header("retry-after", seconds))
}

fn answer(request: &Request, state: &mut dyn State) -> Response {
    // In unit tests paths are relative to the base URL, and so without its "/v1".
    let segments = request.segments();
    let segments: Vec<&str> = segments
        .iter()
        .map(String::as_str)
        .skip_while(|segment| *segment == "v1")
        .collect();
    match (request.method.as_str(), segments.as_slice()) {
        ("GET", ["people"]) => list(request, state),
        ("POST", ["people"]) => create(request, state),
        ("GET", ["people", id]) => found(state.get(PEOPLE, id)),
        ("PATCH", ["people", id]) => update(id, request, state),
        ("DELETE", ["people", id]) if state.delete(PEOPLE, id) => Response::empty(204),
        ("DELETE", ["people", _]) => found(None),
        ("GET", ["users"]) => page(request, seed::users()),
        ("GET", ["users", id]) => found(seed::users().into_iter().find(|user| text(user, "id") == *id)),
        _ => refuse(404, "There is nothing here."),
    }
}

fn list(request: &Request, state: &dyn State) -> Response {
    let since = request.parameter("updated_since").unwrap_or_default();
    let same = |person: &Value, field| {
        request
            .parameter(field)
            .is_none_or(|wanted| text(person, field) == wanted)
    };
    let people = state.scan_all::<Value>(PEOPLE, "").into_iter();
    let fits = people.map(|(_, person)| person).filter(|person| {
        text(person, "updated_at") >= since && same(person, "email") && same(person, "owner_id")
    });
    page(request, fits.collect())
}

/// Records are in the order of their ids, and `next` is the last id of a page that has another after it.
fn page(request: &Request, records: Vec<Value>) -> Response {
    let after = request.parameter("after").unwrap_or_default();
    let limit = request.parameter("limit").unwrap_or("25");
    let Ok(limit @ 1..=100) = limit.parse::<usize>() else {
        return refuse(400, "limit is a number from 1 to 100.");
    };
    let mut rest: Vec<Value> = records
        .into_iter()
        .filter(|record| text(record, "id") > after)
        .collect();
    let more = rest.len() > limit;
    rest.truncate(limit);
    let next = rest.last().filter(|_| more).map(|last| text(last, "id"));
    Response::json(200, &json!({ "data": rest, "next": next }))
}

fn create(request: &Request, state: &mut dyn State) -> Response {
    let id = seed::next_id(state);
    let now = now();
    let fresh = json!({ "id": id, "created_at": now, "updated_at": now });
    save(state, 201, fresh, request)
}

fn update(id: &str, request: &Request, state: &mut dyn State) -> Response {
    let Some(mut before) = state.get::<Value>(PEOPLE, id) else {
        return found(None);
    };
    merge(&mut before, json!({ "updated_at": now() }));
    save(state, 200, before, request)
}

fn save(state: &mut dyn State, status: u16, mut person: Value, request: &Request) -> Response {
    let Some(change @ Value::Object(_)) = request.json() else {
        return refuse(400, "The body must be a JSON object.");
    };
    merge(&mut person, change);
    let fields = faults(&person);
    if !fields.is_empty() {
        return Response::json(
            422,
            &json!({ "message": "Some fields are not valid.", "fields": fields }),
        );
    }
    state.put(PEOPLE, text(&person, "id"), &person);
    Response::json(status, &person)
}

/// Puts members into an object, and those of objects into the objects that are there.
fn merge(into: &mut Value, change: Value) {
    match (into, change) {
        (Value::Object(into), Value::Object(change)) => {
            for (name, value) in change {
                merge(into.entry(name).or_insert(Value::Null), value);
            }
        }
        (into, change) => *into = change,
    }
}

fn faults(person: &Value) -> Map<String, Value> {
    let mut faults = Map::new();
    let (email, owner) = (text(person, "email"), text(person, "owner_id"));
    if text(person, "last_name").is_empty() {
        faults.insert("last_name".to_owned(), json!("is required"));
    }
    if !email.is_empty() && !email.contains('@') {
        faults.insert("email".to_owned(), json!("is not an email address"));
    }
    if !owner.is_empty() && !seed::users().iter().any(|user| text(user, "id") == owner) {
        faults.insert("owner_id".to_owned(), json!("is not a user"));
    }
    faults
}

fn text<'a>(record: &'a Value, field: &str) -> &'a str {
    record.get(field).and_then(Value::as_str).unwrap_or_default()
}

fn now() -> String {
    time::to_iso(i64::try_from(clock::now_ms()).unwrap_or_default())
}

fn found(record: Option<Value>) -> Response {
    match record {
        Some(record) => Response::json(200, &record),
        None => refuse(404, "There is no such record."),
    }
}

fn refuse(status: u16, message: &str) -> Response {
    Response::json(status, &json!({ "message": message }))
}
