//! Between JSON and the engine's values.

use jsonata_core::value::JValue;
use serde_json::{Map, Number, Value};

use crate::mapping::tidy_number;

/// Numbers become floats, as they are in `JSONata`: whole ones are exact up to 2^53.
pub(super) fn to_engine(value: &Value) -> JValue {
    match value {
        Value::Null => JValue::Null,
        Value::Bool(truth) => JValue::Bool(*truth),
        Value::Number(number) => number.as_f64().map_or(JValue::Null, JValue::Number),
        Value::String(text) => JValue::from(text.as_str()),
        Value::Array(elements) => JValue::array(elements.iter().map(to_engine).collect()),
        Value::Object(members) => {
            let members = members
                .iter()
                .map(|(name, value)| (name.clone(), to_engine(value)));
            JValue::object(members.collect())
        }
    }
}

/// Deepest result: what reads JSON elsewhere refuses more, and walking along it needs stack.
const MAX_DEPTH: usize = 100;

/// Undefined is null. The caller has seen to it that the value is not too large.
pub(super) fn from_engine(value: &JValue) -> Result<Value, String> {
    part(value, MAX_DEPTH)
}

fn part(value: &JValue, levels: usize) -> Result<Value, String> {
    let below = levels
        .checked_sub(1)
        .ok_or_else(|| format!("the expression gives a value of more than {MAX_DEPTH} levels"))?;
    match value {
        JValue::Null | JValue::Undefined => Ok(Value::Null),
        JValue::Bool(truth) => Ok(Value::Bool(*truth)),
        JValue::Number(number) => Number::from_f64(*number)
            .map(|number| Value::Number(tidy_number(&number)))
            .ok_or_else(|| "the expression gives a number that is not finite".to_owned()),
        JValue::String(text) => Ok(Value::String(text.to_string())),
        JValue::Array(elements) => elements.iter().map(|element| part(element, below)).collect(),
        JValue::Object(members) => {
            let members = members
                .iter()
                .map(|(name, value)| Ok((name.clone(), part(value, below)?)));
            members.collect::<Result<Map<_, _>, String>>().map(Value::Object)
        }
        _ => Err("the expression gives a function instead of a value".to_owned()),
    }
}
