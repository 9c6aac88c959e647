//! The connector against its sandbox, in one process.

mod errors;
mod querying;
mod reading;
mod writing;

use routemcp_sdk::prelude::*;
use routemcp_sdk::sandbox::Request;
use routemcp_sdk::testing::{self, Host};
use serde_json::{Map, Value};

use crate::ZohoCrm;
use crate::sandbox::ZohoCrmSandbox;

const TOKEN: &str = "Zoho-oauthtoken 1000.sandbox-7c41e09b";
const NOW_MS: u64 = 1_790_000_000_000;
/// Where the host sends a connection's requests: the path of the manifest's base URL goes before theirs.
const BASE_PATH: &str = "/crm/v8";

fn connect() {
    connect_with(TOKEN);
}

fn connect_with(token: &'static str) {
    connect_to(token, |_| {});
}

/// Connects to a sandbox in which something was done before.
fn connect_to(token: &'static str, prepare: impl FnOnce(&mut dyn routemcp_sdk::sandbox::State)) {
    let mut state = routemcp_sdk::sandbox::MemoryState::default();
    prepare(&mut state);
    let host = Host::new().clock(NOW_MS);
    host.provider(move |request| {
        let mut request = request.clone();
        request.path = format!("{BASE_PATH}{}", request.path);
        request
            .headers
            .push(("authorization".to_owned(), token.to_owned()));
        <ZohoCrmSandbox as routemcp_sdk::Sandbox>::handle(&request, &mut state)
    })
    .install();
}

fn manifest() -> Value {
    serde_json::from_str(ZohoCrm::manifest()).unwrap()
}

/// The provider fields that the manifest's mappings read.
fn mapped(resource: &str) -> Vec<String> {
    let mappings = manifest()["resources"][resource]["mappings"].clone();
    let fields = mappings.as_array().unwrap().iter();
    fields
        .map(|mapping| mapping["providerField"].as_str().unwrap().to_owned())
        .collect()
}

fn fields(names: &[&str]) -> Vec<String> {
    names.iter().map(ToString::to_string).collect()
}

fn values(json: Value) -> Map<String, Value> {
    json.as_object().unwrap().clone()
}

fn page_of(limit: u32) -> Query {
    Query {
        limit,
        ..Query::default()
    }
}

/// All records, with the number of pages.
fn walk(resource: &str, query: Query) -> (Vec<Value>, usize) {
    let limit = query.limit;
    walk_with(resource, query, &[limit])
}

/// All records, with limits that change from page to page.
fn walk_with(resource: &str, mut query: Query, limits: &[u32]) -> (Vec<Value>, usize) {
    let mut records = Vec::new();
    for (limit, pages) in limits.iter().cycle().zip(1..500) {
        query.limit = *limit;
        let page = ZohoCrm::list(resource, &query).unwrap();
        let found = page.resolve();
        assert!(found.len() <= *limit as usize);
        records.extend(found);
        match page.next() {
            Some(next) => query.cursor = Some(next.to_owned()),
            None => return (records, pages),
        }
    }
    panic!("the walk does not end");
}

fn get(resource: &str, id: &str) -> Result<Value, Failure> {
    ZohoCrm::get(resource, id, &mapped(resource)).map(|document| document.resolve().unwrap())
}

fn create(resource: &str, given: Value) -> Result<Value, Failure> {
    ZohoCrm::create(resource, values(given), &mapped(resource)).map(|document| document.resolve().unwrap())
}

fn update(resource: &str, id: &str, given: Value) -> Result<Value, Failure> {
    ZohoCrm::update(resource, id, values(given), &mapped(resource))
        .map(|document| document.resolve().unwrap())
}

fn first(resource: &str, count: u32) -> Vec<Value> {
    let query = Query {
        fields: mapped(resource),
        ..page_of(count)
    };
    ZohoCrm::list(resource, &query).unwrap().resolve()
}

fn id(record: &Value) -> &str {
    record["id"].as_str().unwrap()
}

fn sent() -> Vec<String> {
    let one = |request: &Request| format!("{} {}", request.method, request.path);
    testing::take_requests().iter().map(one).collect()
}
