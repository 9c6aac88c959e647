//! `boolean`: the provider's own words for true and false.

use serde_json::Value;

use crate::describe::sort_of;

pub(super) fn check(when_true: &Value, when_false: &Value) -> Result<(), String> {
    if same(when_true, when_false) {
        return Err("`true` and `false` must differ".to_owned());
    }
    if when_true.is_null() {
        return Err("`true` must not be null, or records without a value would count as true".to_owned());
    }
    Ok(())
}

pub(super) fn read(value: &Value, when_true: &Value, when_false: &Value) -> Result<Value, String> {
    match value {
        value if same(value, when_true) => Ok(Value::Bool(true)),
        value if same(value, when_false) => Ok(Value::Bool(false)),
        Value::Null => Ok(Value::Null),
        Value::String(text) if text.is_empty() => Ok(Value::Null),
        other => Err(format!(
            "expected {when_true} or {when_false}, got {} that is neither",
            sort_of(other)
        )),
    }
}

pub(super) fn write(value: &Value, when_true: &Value, when_false: &Value) -> Result<Value, String> {
    match value {
        Value::Null => Ok(Value::Null),
        Value::Bool(true) => Ok(when_true.clone()),
        Value::Bool(false) => Ok(when_false.clone()),
        other => Err(format!("expected true or false, got {}", sort_of(other))),
    }
}

/// JSON does not tell 1 from 1.0, and providers change between them.
fn same(one: &Value, other: &Value) -> bool {
    match (one, other) {
        (Value::Number(one), Value::Number(other)) => one == other || one.as_f64() == other.as_f64(),
        _ => one == other,
    }
}
