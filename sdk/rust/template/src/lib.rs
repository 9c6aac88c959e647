//! Between RouteMCP and {{name}}. The manifest says which fields there are and how they map; this file makes the requests.

mod errors;
mod sandbox;
mod seed;
#[cfg(test)]
mod tests;

use errors::accept;
use routemcp_sdk::prelude::*;
use serde_json::{Map, Value};

/// {{name}}.
#[derive(Debug)]
pub struct Provider;

impl Connector for Provider {
    fn manifest() -> &'static str {
        include_str!("../manifest.json")
    }

    fn list(resource: &str, query: &Query) -> Result<Page, Failure> {
        let mut request = http::get(collection(resource)?)
            .query("limit", query.limit)
            .query_some("after", query.cursor.as_ref())
            .query_some("updated_since", query.updated_since.as_ref());
        for filter in &query.filters {
            request = request.query(&filter.field, filter.value.as_str().unwrap_or_default());
        }
        let answer = accept(request.send()?)?;
        let next = answer.at("/next");
        // Records stay in the host: the page only says where they are.
        Ok(Page::at(answer, "/data", next))
    }

    fn get(resource: &str, id: &str, _fields: &[String]) -> Result<Document, Failure> {
        let answer = accept(http::get(record(resource, id)?).send()?)?;
        Ok(Document::at(answer, ""))
    }

    fn create(resource: &str, values: Map<String, Value>, _fields: &[String]) -> Result<Document, Failure> {
        let answer = accept(http::post(collection(resource)?).json(&body(values)).send()?)?;
        Ok(Document::at(answer, ""))
    }

    fn update(
        resource: &str,
        id: &str,
        values: Map<String, Value>,
        _fields: &[String],
    ) -> Result<Document, Failure> {
        let answer = accept(http::patch(record(resource, id)?).json(&body(values)).send()?)?;
        Ok(Document::at(answer, ""))
    }

    fn delete(resource: &str, id: &str) -> Result<(), Failure> {
        accept(http::delete(record(resource, id)?).send()?).map(drop)
    }
}

/// Where {{name}} keeps what we call a contact and an owner.
fn collection(resource: &str) -> Result<&'static str, Failure> {
    match resource {
        "contact" => Ok("/people"),
        "owner" => Ok("/users"),
        _ => Err(Failure::unsupported(format!("there is no {resource} here"))),
    }
}

/// The path of one record. Ids come from outside, so they are encoded.
fn record(resource: &str, id: &str) -> Result<String, Failure> {
    Ok(format!("{}/{}", collection(resource)?, http::segment(id)))
}

/// Provider fields that are pointers ("/address/city") become members of an object.
fn body(values: Map<String, Value>) -> Map<String, Value> {
    let mut body = Map::new();
    for (field, value) in values {
        let steps: Vec<&str> = field.trim_start_matches('/').split('/').collect();
        put(&mut body, &steps, value);
    }
    body
}

fn put(object: &mut Map<String, Value>, steps: &[&str], value: Value) {
    match steps {
        [] => {}
        [field] => drop(object.insert((*field).to_owned(), value)),
        [field, rest @ ..] => {
            let member = object.entry(*field).or_insert_with(|| Value::Object(Map::new()));
            if let Value::Object(member) = member {
                put(member, rest, value);
            }
        }
    }
}

routemcp_sdk::export_connector!(Provider, sandbox: sandbox::ProviderSandbox);
