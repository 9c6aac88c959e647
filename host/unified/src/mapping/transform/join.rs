//! `join`: several provider fields as one text.

use serde_json::Value;

use crate::describe::sort_of;
use crate::mapping::coerce;

pub(super) fn check(with: &[String]) -> Result<(), String> {
    match with.iter().any(String::is_empty) || with.is_empty() {
        true => Err("`with` must name at least one further field of the provider".to_owned()),
        false => Ok(()),
    }
}

pub(super) fn read(value: &Value, separator: &str) -> Result<Value, String> {
    let Value::Array(parts) = value else {
        return Err(format!("expected the parts, got {}", sort_of(value)));
    };
    let mut texts = Vec::with_capacity(parts.len());
    for part in parts.iter().filter(|part| !part.is_null()) {
        if let Value::String(text) = coerce::text(part.clone())?
            && !text.trim().is_empty()
        {
            texts.push(text.trim().to_owned());
        }
    }
    Ok(if texts.is_empty() {
        Value::Null
    } else {
        Value::String(texts.join(separator))
    })
}
