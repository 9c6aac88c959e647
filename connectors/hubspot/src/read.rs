//! Reading one record.

use routemcp_sdk::prelude::*;
use serde_json::Value;

use crate::fields::Wanted;
use crate::paths::{Object, Version, check_id};
use crate::{errors, joins};

pub(crate) fn get(object: Object, id: &str, fields: &[String]) -> Result<Document, Failure> {
    check_id(id)?;
    let version = Version::of_connection()?;
    let wanted = Wanted::new(object, fields);
    let (properties, rest) = wanted.split_properties();
    let request = http::get(version.object(object.name(), id))
        .query_some("properties", properties)
        .query_some("associations", wanted.associations_parameter());
    let answer = errors::record(request.send()?)?;
    if rest.is_empty() && !wanted.joins() {
        return Ok(Document::at(answer, ""));
    }
    let mut record: Value = answer.at("").unwrap_or_default();
    joins::complete(version, object, std::slice::from_mut(&mut record), &wanted, rest)?;
    Ok(record.into())
}
