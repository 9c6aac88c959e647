//! HubSpot CRM: contacts, leads, deals, meetings and owners.

mod associations;
mod errors;
mod fields;
mod joins;
mod leads;
mod list;
mod owners;
mod paths;
mod read;
pub mod sandbox;
mod search;
#[cfg(test)]
mod tests;
mod values;
mod write;

use paths::Object;
use routemcp_sdk::prelude::*;
use serde_json::{Map, Value};

/// The connector.
#[derive(Debug)]
pub struct HubSpot;

impl Connector for HubSpot {
    fn manifest() -> &'static str {
        include_str!("../manifest.json")
    }

    fn list(resource: &str, query: &Query) -> Result<Page, Failure> {
        match resource {
            "owner" => owners::list(query),
            _ => list::list(Object::of(resource)?, query),
        }
    }

    fn get(resource: &str, id: &str, fields: &[String]) -> Result<Document, Failure> {
        match resource {
            "owner" => owners::get(id),
            _ => read::get(Object::of(resource)?, id, fields),
        }
    }

    fn create(resource: &str, values: Map<String, Value>, fields: &[String]) -> Result<Document, Failure> {
        match Object::of(resource)? {
            Object::Leads => leads::create(values, fields),
            object => write::create(object, values, fields),
        }
    }

    fn update(
        resource: &str,
        id: &str,
        values: Map<String, Value>,
        fields: &[String],
    ) -> Result<Document, Failure> {
        match Object::of(resource)? {
            Object::Leads => leads::update(id, values, fields),
            object => write::update(object, id, values, fields),
        }
    }

    fn delete(resource: &str, id: &str) -> Result<(), Failure> {
        write::delete(Object::of(resource)?, id)
    }
}

routemcp_sdk::export_connector!(HubSpot, sandbox: sandbox::HubSpotSandbox);
