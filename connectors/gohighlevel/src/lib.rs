//! HighLevel (GoHighLevel): contacts, leads, opportunities, appointments and users of one location.
//!
//! HighLevel has no leads. A contact has a `type`, which is "lead" until HighLevel itself makes it "customer", so the
//! unified lead is a contact of the type "lead": same id, same fields, and deleting it deletes the contact. The other
//! reading, an open opportunity, would make every deal a lead too.

mod api;
mod contacts;
mod custom_fields;
mod errors;
mod meetings;
mod opportunities;
mod pipelines;
pub mod sandbox;
mod search;
#[cfg(test)]
mod tests;
mod users;
mod values;

use api::Api;
use contacts::Kind;
use routemcp_sdk::prelude::*;
use serde_json::{Map, Value};

/// The connector.
#[derive(Debug)]
pub struct GoHighLevel;

impl Connector for GoHighLevel {
    fn manifest() -> &'static str {
        include_str!("../manifest.json")
    }

    fn list(resource: &str, query: &Query) -> Result<Page, Failure> {
        let api = Api::of_connection()?;
        match resource {
            "contact" => contacts::list(&api, Kind::Contact, query),
            "lead" => contacts::list(&api, Kind::Lead, query),
            "deal" => opportunities::list(&api, query),
            "meeting" => meetings::list(&api, query),
            "owner" => users::list(&api, query),
            _ => Err(unknown(resource)),
        }
    }

    fn get(resource: &str, id: &str, fields: &[String]) -> Result<Document, Failure> {
        let api = Api::of_connection()?;
        match resource {
            "contact" => contacts::get(&api, Kind::Contact, id, fields),
            "lead" => contacts::get(&api, Kind::Lead, id, fields),
            "deal" => opportunities::get(&api, id, fields),
            "meeting" => meetings::get(&api, id).map(Document::from),
            "owner" => users::get(&api, id),
            _ => Err(unknown(resource)),
        }
    }

    fn create(resource: &str, values: Map<String, Value>, fields: &[String]) -> Result<Document, Failure> {
        let api = Api::of_connection()?;
        match resource {
            "contact" | "lead" => contacts::create(&api, values, fields),
            "deal" => opportunities::create(&api, values, fields),
            "meeting" => meetings::create(&api, values),
            _ => Err(unknown(resource)),
        }
    }

    fn update(
        resource: &str,
        id: &str,
        values: Map<String, Value>,
        fields: &[String],
    ) -> Result<Document, Failure> {
        let api = Api::of_connection()?;
        match resource {
            "contact" => contacts::update(&api, Kind::Contact, id, values, fields),
            "lead" => contacts::update(&api, Kind::Lead, id, values, fields),
            "deal" => opportunities::update(&api, id, values, fields),
            "meeting" => meetings::update(&api, id, values),
            _ => Err(unknown(resource)),
        }
    }

    fn delete(resource: &str, id: &str) -> Result<(), Failure> {
        let api = Api::of_connection()?;
        match resource {
            "contact" => contacts::delete(&api, Kind::Contact, id),
            "lead" => contacts::delete(&api, Kind::Lead, id),
            "deal" => opportunities::delete(&api, id),
            "meeting" => meetings::delete(&api, id),
            _ => Err(unknown(resource)),
        }
    }
}

fn unknown(resource: &str) -> Failure {
    Failure::unsupported(format!(
        "the HighLevel connector cannot do this with the resource {resource}"
    ))
}

routemcp_sdk::export_connector!(GoHighLevel, sandbox: sandbox::GoHighLevelSandbox);
