//! Checks what a caller sends before anything is made of it.

mod suggest;
mod value;

use serde_json::{Map, Value};

pub use crate::write::{FieldErrors, WriteMode};

use crate::describe::{one_of, sort_of};
use crate::schema::{Field, Resource};

/// Under this name errors about the body as a whole are told.
const WHOLE: &str = "body";

/// The most fields in a body, far above what any schema has: checking costs time for each.
const MEMBERS: usize = 200;

/// Checks a body and brings it into one form: aliases resolved, date times in UTC with milliseconds, currencies in upper
/// case, empty text as null. The answer has only fields that can be written; what the errors say is for the caller.
pub fn check(resource: Resource, body: &Value, mode: WriteMode) -> Result<Map<String, Value>, FieldErrors> {
    let Value::Object(given) = body else {
        return Err(whole(format!(
            "must be a JSON object with fields of a {resource}, not {}",
            sort_of(body)
        )));
    };
    if given.is_empty() && mode != WriteMode::Replace {
        return Err(whole(format!("must have at least one field of a {resource}")));
    }
    if given.len() > MEMBERS {
        return Err(whole(format!(
            "has {} fields; a {resource} can have at most {MEMBERS}",
            given.len()
        )));
    }
    let mut errors = FieldErrors::new();
    let mut checked = Map::with_capacity(given.len());
    for (name, value) in given {
        match find(resource, name) {
            Err(message) => {
                errors.insert(name.clone(), message);
            }
            Ok(field) if field.name != name && given.contains_key(field.name) => {
                errors.insert(
                    name.clone(),
                    format!("is another name of `{}`: leave one of them out", field.name),
                );
            }
            Ok(field) => {
                let (value, found) = value::check(field, name, value);
                errors.extend(found);
                checked.insert(field.name.to_owned(), value);
            }
        }
    }
    if errors.is_empty() {
        Ok(checked)
    } else {
        Err(errors)
    }
}

fn whole(message: String) -> FieldErrors {
    FieldErrors::from([(WHOLE.to_owned(), message)])
}

/// The field that a body means, if it can be written.
fn find(resource: Resource, name: &str) -> Result<&'static Field, String> {
    let by_name = |field: &&Field| field.name == name || field.alias == Some(name);
    match resource.fields().iter().find(by_name) {
        Some(field) if field.writable() => Ok(field),
        Some(_) => Err("is read-only; leave it out".to_owned()),
        None => Err(unknown(resource, name)),
    }
}

fn unknown(resource: Resource, name: &str) -> String {
    let names = || {
        resource
            .fields()
            .iter()
            .filter(|field| field.writable())
            .map(|field| field.name)
    };
    match suggest::nearest(name, names()) {
        Some(nearest) => format!("is not a field of a {resource}; did you mean `{nearest}`?"),
        None => format!(
            "is not a field of a {resource}; it can have {}; fields of your own go into `customFields`",
            one_of(names())
        ),
    }
}

#[cfg(test)]
mod tests;
