//! `table`: the provider's words and the unified ones.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::mapping::coerce;

pub(super) fn check(values: &BTreeMap<String, String>) -> Result<(), String> {
    if values.is_empty() {
        return Err("`values` must have at least one entry".to_owned());
    }
    if values
        .iter()
        .any(|(provider, unified)| provider.is_empty() || unified.is_empty())
    {
        return Err("`values` must not contain empty text, which means that there is no value".to_owned());
    }
    let mut seen = BTreeSet::new();
    match values.values().find(|unified| !seen.insert(unified.as_str())) {
        Some(unified) => Err(format!(
            "two entries of `values` lead to `{unified}`: it could not be written back"
        )),
        None => Ok(()),
    }
}

pub(super) fn read(value: &Value, values: &BTreeMap<String, String>) -> Result<Value, String> {
    translate(value, |word| values.get(word))
}

pub(super) fn write(value: &Value, values: &BTreeMap<String, String>) -> Result<Value, String> {
    translate(value, |word| {
        values
            .iter()
            .find(|(_, unified)| *unified == word)
            .map(|(provider, _)| provider)
    })
}

fn translate<'table>(value: &Value, find: impl Fn(&str) -> Option<&'table String>) -> Result<Value, String> {
    if value.is_null() {
        return Ok(Value::Null);
    }
    let text = coerce::text(value.clone())?;
    Ok(text
        .as_str()
        .and_then(find)
        .map_or_else(|| value.clone(), |word| Value::String(word.clone())))
}
