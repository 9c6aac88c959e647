//! The connector against its sandbox, in one process.

mod errors;
mod reading;
mod writing;

use routemcp_sdk::prelude::*;
use routemcp_sdk::sandbox::Request;
use routemcp_sdk::testing::{self, Host};
use serde_json::{Map, Value};

use crate::HubSpot;
use crate::sandbox::HubSpotSandbox;

const TOKEN: &str = "Bearer pat-sandbox-5d0c8a1e";
const NOW_MS: u64 = 1_790_000_000_000;

fn connect(version: &str) {
    connect_with(version, TOKEN);
}

fn connect_with(version: &str, token: &'static str) {
    let host = Host::new().setting("apiVersion", version).clock(NOW_MS);
    host.sandbox::<HubSpotSandbox>("authorization", token).install();
}

fn fields(names: &[&str]) -> Vec<String> {
    names.iter().map(ToString::to_string).collect()
}

/// The provider fields that the manifest's mappings read.
fn mapped(resource: &str) -> Vec<String> {
    let manifest: Value = serde_json::from_str(HubSpot::manifest()).unwrap();
    let mappings = manifest["resources"][resource]["mappings"]
        .as_array()
        .unwrap()
        .clone();
    mappings
        .iter()
        .map(|mapping| mapping["providerField"].as_str().unwrap().to_owned())
        .collect()
}

fn values(json: Value) -> Map<String, Value> {
    json.as_object().unwrap().clone()
}

/// All records, with the number of pages.
fn walk(resource: &str, mut query: Query) -> (Vec<Value>, usize) {
    let mut records = Vec::new();
    for pages in 1..100 {
        let page = HubSpot::list(resource, &query).unwrap();
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

fn get(resource: &str, id: &str, names: &[&str]) -> Result<Value, Failure> {
    HubSpot::get(resource, id, &fields(names)).map(|document| document.resolve().unwrap())
}

fn id(record: &Value) -> &str {
    record["id"].as_str().unwrap()
}

fn sent() -> Vec<String> {
    let one = |request: &Request| format!("{} {}", request.method, request.path);
    testing::take_requests().iter().map(one).collect()
}
