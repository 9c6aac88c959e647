//! A test connector of which there are two versions that differ in one word, the mark. It stands in the mapping of the
//! manifest and in what the code answers, so an answer that two versions had a hand in shows both marks, or lacks one.
//!
//! The other version is made by replacing the mark in the component's bytes, which is why the word is only in the manifest:
//! a compiler may take a short text in code apart.

use routemcp_sdk::prelude::*;
use serde_json::{Map, Value};

/// The connector.
#[derive(Debug)]
pub struct Twin;

impl Connector for Twin {
    fn manifest() -> &'static str {
        include_str!("../manifest.json")
    }

    fn list(resource: &str, query: &Query) -> Result<Page, Failure> {
        // The provider takes its time, so that a swap falls into calls.
        let answer = http::get(format!("/{resource}"))
            .query("limit", query.limit)
            .send()?
            .accept()?;
        let elsewhere: Option<String> = answer.at("/elsewhere");
        let mut record = Map::new();
        record.insert("id".to_owned(), "1".into());
        record.insert("owner".to_owned(), "1".into());
        record.insert("elsewhere".to_owned(), elsewhere.into());
        record.insert("mark".to_owned(), mark().into());
        record.insert(format!("mark_{}", mark()), mark().into());
        Ok(Page::values(vec![Value::Object(record)], None))
    }
}

/// The mark, out of the name in the manifest.
fn mark() -> &'static str {
    let name = Twin::manifest().split("\"name\": \"Twin ").nth(1);
    name.and_then(|rest| rest.split('"').next()).unwrap_or_default()
}

routemcp_sdk::export_connector!(Twin);
