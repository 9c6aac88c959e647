//! Deals. Their records stay in the host as Pipedrive wrote them.

use routemcp_sdk::prelude::*;
use serde_json::{Map, Value};

use crate::errors;
use crate::v2::{self, Object};
use crate::values::{body, without_clearing};

pub(crate) fn list(query: &Query) -> Result<Page, Failure> {
    let request = v2::list(Object::Deals, query)?;
    let (answer, next) = v2::page(request, query.limit, query.cursor.as_deref(), errors::records)?;
    if answer.has("/data/0") {
        Ok(Page::at(answer, "/data", next))
    } else {
        // Also where an empty list is null.
        Ok(Page::values(Vec::new(), next))
    }
}

pub(crate) fn get(id: &str) -> Result<Document, Failure> {
    v2::get(Object::Deals, id, None).map(document)
}

pub(crate) fn create(values: Map<String, Value>) -> Result<Document, Failure> {
    v2::create(Object::Deals, &body(without_clearing(values))?).map(document)
}

pub(crate) fn update(id: &str, values: Map<String, Value>) -> Result<Document, Failure> {
    v2::update(Object::Deals, id, &body(values)?).map(document)
}

fn document(answer: Response) -> Document {
    Document::at(answer, "/data")
}
