//! Pipedrive: contacts (persons), deals and meetings (activities) from its API v2, leads and owners (users) from its API v1.

mod deals;
mod errors;
mod joins;
mod leads;
mod meetings;
mod person_body;
mod persons;
pub mod sandbox;
#[cfg(test)]
mod tests;
mod times;
mod users;
mod v2;
mod values;

use routemcp_sdk::prelude::*;
use serde_json::{Map, Value};

/// The connector.
#[derive(Debug)]
pub struct Pipedrive;

impl Connector for Pipedrive {
    fn manifest() -> &'static str {
        include_str!("../manifest.json")
    }

    fn list(resource: &str, query: &Query) -> Result<Page, Failure> {
        match resource {
            "contact" => persons::list(query),
            "lead" => leads::list(query),
            "deal" => deals::list(query),
            "meeting" => meetings::list(query),
            "owner" => users::list(query),
            _ => Err(unknown(resource)),
        }
    }

    fn get(resource: &str, id: &str, fields: &[String]) -> Result<Document, Failure> {
        match resource {
            "contact" => persons::get(id, fields).map(Document::from),
            "lead" => leads::get(id, fields).map(Document::from),
            "deal" => deals::get(id),
            "meeting" => meetings::get(id, fields).map(Document::from),
            "owner" => users::get(id),
            _ => Err(unknown(resource)),
        }
    }

    fn create(resource: &str, values: Map<String, Value>, fields: &[String]) -> Result<Document, Failure> {
        match resource {
            "contact" => persons::create(values, fields).map(Document::from),
            "lead" => leads::create(values, fields).map(Document::from),
            "deal" => deals::create(values),
            "meeting" => meetings::create(values, fields).map(Document::from),
            _ => Err(unknown(resource)),
        }
    }

    fn update(
        resource: &str,
        id: &str,
        values: Map<String, Value>,
        fields: &[String],
    ) -> Result<Document, Failure> {
        match resource {
            "contact" => persons::update(id, values, fields).map(Document::from),
            "lead" => leads::update(id, values, fields).map(Document::from),
            "deal" => deals::update(id, values),
            "meeting" => meetings::update(id, values, fields).map(Document::from),
            _ => Err(unknown(resource)),
        }
    }

    fn delete(resource: &str, id: &str) -> Result<(), Failure> {
        match resource {
            "contact" => v2::delete(v2::Object::Persons, id),
            "lead" => leads::delete(id),
            "deal" => v2::delete(v2::Object::Deals, id),
            "meeting" => meetings::delete(id),
            _ => Err(unknown(resource)),
        }
    }
}

fn unknown(resource: &str) -> Failure {
    Failure::unsupported(format!("the Pipedrive connector cannot do this with {resource}"))
}

routemcp_sdk::export_connector!(Pipedrive, sandbox: sandbox::PipedriveSandbox);
