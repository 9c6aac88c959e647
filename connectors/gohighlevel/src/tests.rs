//! The connector against its sandbox, in one process.

mod errors;
mod meetings;
mod reading;
mod writing;

use std::collections::BTreeSet;

use routemcp_sdk::prelude::*;
use routemcp_sdk::sandbox::{MemoryState, Request, Sandbox, State};
use routemcp_sdk::testing::{self, Host};
use serde_json::{Map, Value, json};

use crate::GoHighLevel;
use crate::sandbox::GoHighLevelSandbox;

const TOKEN: &str = "Bearer pit-sandbox-5d0c8a1e";
const NOW_MS: u64 = 1_790_000_000_000;
const VERSIONS: [&str; 2] = ["v3", "2021-07-28"];

fn manifest() -> Value {
    serde_json::from_str(GoHighLevel::manifest()).unwrap()
}

/// With the settings that the manifest gives for the sandbox.
fn host(version: &str) -> Host {
    let settings = manifest()["sandbox"]["settings"].as_object().unwrap().clone();
    let host = Host::new().setting("apiVersion", version).clock(NOW_MS);
    settings.iter().fold(host, |host, (name, value)| {
        host.setting(name, value.as_str().unwrap())
    })
}

fn connect(version: &str) {
    host(version)
        .sandbox::<GoHighLevelSandbox>("authorization", TOKEN)
        .install();
}

/// A connection to a sandbox with some of its switches set: (path below `/_sandbox`, body).
fn connect_switched(version: &str, switches: &[(&str, Value)]) {
    let mut state = MemoryState::default();
    for (name, body) in switches {
        let set = Request {
            method: "PUT".to_owned(),
            path: format!("/_sandbox/{name}"),
            body: body.to_string().into_bytes(),
            ..Request::default()
        };
        assert_eq!(
            GoHighLevelSandbox::handle(&set, &mut state as &mut dyn State).status,
            200
        );
    }
    host(version)
        .provider(move |request| {
            let mut request = request.clone();
            request
                .headers
                .push(("authorization".to_owned(), TOKEN.to_owned()));
            GoHighLevelSandbox::handle(&request, &mut state)
        })
        .install();
}

/// The provider fields that the manifest's mappings read.
fn mapped(resource: &str) -> Vec<String> {
    let mappings = manifest()["resources"][resource]["mappings"]
        .as_array()
        .unwrap()
        .clone();
    let read = mappings.iter().filter(|mapping| mapping["direction"] != "write");
    read.map(|mapping| mapping["providerField"].as_str().unwrap().to_owned())
        .collect()
}

fn fields(names: &[&str]) -> Vec<String> {
    names.iter().map(ToString::to_string).collect()
}

fn page_of(limit: u32) -> Query {
    Query {
        limit,
        ..Query::default()
    }
}

/// All records of a walk whose page size goes through `limits`, with the number of pages.
fn walk_in(resource: &str, mut query: Query, limits: &[u32]) -> (Vec<Value>, usize) {
    let mut records = Vec::new();
    for pages in 1..500 {
        query.limit = limits[(pages - 1) % limits.len()];
        let page = GoHighLevel::list(resource, &query).unwrap();
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

fn walk(resource: &str, query: Query) -> Vec<Value> {
    let limits = [query.limit];
    walk_in(resource, query, &limits).0
}

fn ids(records: &[Value]) -> BTreeSet<&str> {
    records.iter().map(id).collect()
}

fn id(record: &Value) -> &str {
    record["id"].as_str().unwrap()
}

fn values(json: Value) -> Map<String, Value> {
    json.as_object().unwrap().clone()
}

fn get(resource: &str, id: &str) -> Result<Value, Failure> {
    GoHighLevel::get(resource, id, &mapped(resource)).map(|document| document.resolve().unwrap())
}

fn create(resource: &str, given: Value) -> Result<Value, Failure> {
    GoHighLevel::create(resource, values(given), &mapped(resource))
        .map(|document| document.resolve().unwrap())
}

fn update(resource: &str, id: &str, given: Value) -> Result<Value, Failure> {
    GoHighLevel::update(resource, id, values(given), &mapped(resource))
        .map(|document| document.resolve().unwrap())
}

/// The first record of a resource.
fn first(resource: &str) -> Value {
    walk_in(resource, page_of(100), &[100]).0.swap_remove(0)
}

fn sent() -> Vec<String> {
    let one = |request: &Request| format!("{} {}", request.method, request.path);
    testing::take_requests().iter().map(one).collect()
}
