//! The connector against its sandbox, in one process.

mod errors;
mod leads;
mod meetings;
mod reading;
mod writing;

use routemcp_sdk::prelude::*;
use routemcp_sdk::sandbox::{MemoryState, Request, Sandbox, State};
use routemcp_sdk::testing::{self, Host};
use serde_json::{Map, Value};

use crate::Pipedrive;
use crate::sandbox::PipedriveSandbox;

const TOKEN: &str = "5d0c8a1e5d0c8a1e5d0c8a1e5d0c8a1e5d0c8a1e";
const NOW_MS: u64 = 1_790_000_000_250;

fn connect() {
    connect_with(TOKEN);
}

fn connect_with(token: &'static str) {
    Host::new()
        .clock(NOW_MS)
        .sandbox::<PipedriveSandbox>("x-api-token", token)
        .install();
}

/// A sandbox whose switch at `path` was set before.
fn connect_switched(path: &str, body: &Value) {
    let mut state = MemoryState::default();
    let set = Request {
        method: "PUT".to_owned(),
        path: format!("/_sandbox/{path}"),
        body: body.to_string().into_bytes(),
        ..Request::default()
    };
    assert_eq!(
        PipedriveSandbox::handle(&set, &mut state as &mut dyn State).status,
        200
    );
    let host = Host::new().clock(NOW_MS);
    host.provider(move |request| {
        let mut request = request.clone();
        request.headers.push(("x-api-token".to_owned(), TOKEN.to_owned()));
        PipedriveSandbox::handle(&request, &mut state)
    })
    .install();
}

fn page_of(limit: u32) -> Query {
    Query {
        limit,
        ..Query::default()
    }
}

fn filter(field: &str, value: impl Into<Value>) -> Filter {
    Filter {
        field: field.to_owned(),
        operator: "eq".to_owned(),
        value: value.into(),
    }
}

fn manifest() -> Value {
    serde_json::from_str(Pipedrive::manifest()).unwrap()
}

/// The provider fields that the manifest's mappings read.
fn mapped(resource: &str) -> Vec<String> {
    let mappings = manifest()["resources"][resource]["mappings"]
        .as_array()
        .unwrap()
        .clone();
    let names = mappings
        .iter()
        .map(|mapping| mapping["providerField"].as_str().unwrap().to_owned());
    names.collect()
}

fn values(json: Value) -> Map<String, Value> {
    json.as_object().unwrap().clone()
}

/// All records, with the number of pages. `limits` come in turn, again and again.
fn walk_with(resource: &str, mut query: Query, limits: &[u32]) -> (Vec<Value>, usize) {
    let mut records = Vec::new();
    for pages in 1..300 {
        query.limit = limits[pages % limits.len()];
        let page = Pipedrive::list(resource, &query).unwrap();
        let found = page.resolve();
        assert!(found.len() <= query.limit as usize);
        records.extend(found);
        match page.next() {
            Some(next) => query.cursor = Some(next.to_owned()),
            None => return (records, pages),
        }
    }
    panic!("the walk does not end");
}

fn walk(resource: &str, query: Query) -> (Vec<Value>, usize) {
    let limit = query.limit;
    walk_with(resource, query, &[limit])
}

fn get(resource: &str, id: &str) -> Result<Value, Failure> {
    Pipedrive::get(resource, id, &mapped(resource)).map(|document| document.resolve().unwrap())
}

fn create(resource: &str, given: Value) -> Result<Value, Failure> {
    let made = Pipedrive::create(resource, values(given), &mapped(resource));
    made.map(|document| document.resolve().unwrap())
}

fn update(resource: &str, id: &str, given: Value) -> Result<Value, Failure> {
    let changed = Pipedrive::update(resource, id, values(given), &mapped(resource));
    changed.map(|document| document.resolve().unwrap())
}

fn id(record: &Value) -> String {
    record["id"]
        .as_str()
        .map_or_else(|| record["id"].to_string(), str::to_owned)
}

fn sent() -> Vec<String> {
    let one = |request: &Request| format!("{} {}", request.method, request.path);
    testing::take_requests().iter().map(one).collect()
}
