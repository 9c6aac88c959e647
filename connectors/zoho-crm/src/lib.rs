//! Zoho CRM (API v8): contacts, leads, deals, meetings and owners.

mod cursor;
mod errors;
mod fields;
mod list;
mod meeting;
mod modules;
mod query;
mod read;
pub mod sandbox;
#[cfg(test)]
mod tests;
mod users;
mod write;

use modules::Module;
use routemcp_sdk::prelude::*;
use serde_json::{Map, Value};

/// The connector.
#[derive(Debug)]
pub struct ZohoCrm;

impl Connector for ZohoCrm {
    fn manifest() -> &'static str {
        include_str!("../manifest.json")
    }

    fn list(resource: &str, query: &Query) -> Result<Page, Failure> {
        match resource {
            "owner" => users::list(query),
            _ => list::list(Module::of(resource)?, query),
        }
    }

    // A single record comes with all its fields: only Zoho's lists have to be told which.
    fn get(resource: &str, id: &str, _fields: &[String]) -> Result<Document, Failure> {
        match resource {
            "owner" => users::get(id),
            _ => read::get(Module::of(resource)?, id),
        }
    }

    fn create(resource: &str, values: Map<String, Value>, _fields: &[String]) -> Result<Document, Failure> {
        write::create(Module::of(resource)?, values)
    }

    fn update(
        resource: &str,
        id: &str,
        values: Map<String, Value>,
        _fields: &[String],
    ) -> Result<Document, Failure> {
        write::update(Module::of(resource)?, id, values)
    }

    fn delete(resource: &str, id: &str) -> Result<(), Failure> {
        write::delete(Module::of(resource)?, id)
    }
}

routemcp_sdk::export_connector!(ZohoCrm, sandbox: sandbox::ZohoCrmSandbox);
