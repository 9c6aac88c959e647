//! The connector against its sandbox, without WebAssembly.

use std::collections::BTreeSet;

use routemcp_sdk::prelude::*;
use routemcp_sdk::testing::{self, Host};
use serde_json::{Map, Value, json};

use crate::Provider;
use crate::sandbox::{ProviderSandbox, TOKEN};
use crate::seed::SEEDED;

/// A fresh sandbox, with the credential that the host would add.
fn install() {
    let credential = format!("Bearer {TOKEN}");
    Host::new()
        .sandbox::<ProviderSandbox>("authorization", credential.leak())
        .install();
}

fn walk(resource: &str, query: Query) -> Vec<Value> {
    let mut query = query;
    let mut records = Vec::new();
    loop {
        let page = Provider::list(resource, &query).unwrap();
        records.extend(page.resolve());
        query.cursor = page.next().map(str::to_owned);
        if query.cursor.is_none() {
            return records;
        }
    }
}

fn object(value: Value) -> Map<String, Value> {
    value.as_object().unwrap().clone()
}

#[test]
fn a_walk_gives_every_record_once() {
    install();
    for (resource, records) in [("contact", SEEDED), ("owner", 3)] {
        let query = Query {
            limit: 7,
            ..Query::default()
        };
        let found = walk(resource, query);
        let ids: BTreeSet<&str> = found.iter().filter_map(|record| record["id"].as_str()).collect();
        assert_eq!((found.len() as u64, ids.len() as u64), (records, records));
    }
}

#[test]
fn a_filter_goes_to_the_provider_and_keeps_the_rest_out() {
    install();
    let filter = Filter {
        field: "owner_id".to_owned(),
        operator: "eq".to_owned(),
        value: json!("user-2"),
    };
    let query = Query {
        limit: 100,
        filters: vec![filter],
        ..Query::default()
    };
    let found = walk("contact", query);
    assert!(!found.is_empty() && found.iter().all(|person| person["owner_id"] == "user-2"));
    assert_eq!(testing::take_requests()[0].parameter("owner_id"), Some("user-2"));
}

#[test]
fn what_is_written_is_read_and_null_clears() {
    install();
    let values = object(json!({ "last_name": "Lind", "/address/city": "Malmö", "phone": "1" }));
    let made = Provider::create("contact", values, &[])
        .unwrap()
        .resolve()
        .unwrap();
    let id = made["id"].as_str().unwrap();
    Provider::update("contact", id, object(json!({ "phone": null })), &[]).unwrap();
    let read = Provider::get("contact", id, &[]).unwrap().resolve().unwrap();
    assert_eq!(
        [&read["last_name"], &read["address"]["city"], &read["phone"]],
        [&json!("Lind"), &json!("Malmö"), &Value::Null]
    );
    Provider::delete("contact", id).unwrap();
    assert!(Provider::get("contact", id, &[]).unwrap_err().is("not-found"));
}

#[test]
fn a_refusal_names_the_fields_at_fault() {
    install();
    let values = object(json!({ "last_name": "Lind", "email": "nobody", "owner_id": "user-9" }));
    let failure = Provider::create("contact", values, &[]).unwrap_err();
    assert!(failure.is("rejected"), "{failure}");
    let names: Vec<&str> = failure.fields.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["email", "owner_id"]);
}

#[test]
fn a_wrong_key_is_told_as_such() {
    Host::new()
        .sandbox::<ProviderSandbox>("authorization", "Bearer wrong")
        .install();
    let query = Query {
        limit: 1,
        ..Query::default()
    };
    assert!(Provider::list("owner", &query).unwrap_err().is("unauthorized"));
}
