//! `number`: text or other units.

use serde_json::{Number, Value};

use super::Representation;
use crate::describe::sort_of;
use crate::mapping::coerce;

pub(super) fn check(scale: Option<f64>) -> Result<(), String> {
    match scale {
        Some(scale) if !(scale.is_finite() && scale > 0.0) => {
            Err("`scale` must be a number above 0".to_owned())
        }
        _ => Ok(()),
    }
}

pub(super) fn read(value: &Value, scale: Option<f64>) -> Result<Value, String> {
    match value {
        Value::Null => Ok(Value::Null),
        Value::String(text) if text.is_empty() => Ok(Value::Null),
        value => match (coerce::number(value)?, scale) {
            (number, None) => Ok(number),
            (number, Some(scale)) => scaled(&number, |float| round(float * scale)),
        },
    }
}

pub(super) fn write(
    value: &Value,
    provider: Option<Representation>,
    scale: Option<f64>,
) -> Result<Value, String> {
    let number = match (value, scale) {
        (Value::Null, _) => return Ok(Value::Null),
        (value, None) => coerce::number(value)?,
        (value, Some(scale)) => scaled(value, |float| significant(float / scale))?,
    };
    match provider.unwrap_or(Representation::Text) {
        Representation::Text => coerce::text(number),
        Representation::Number => Ok(number),
    }
}

fn scaled(value: &Value, change: impl Fn(f64) -> f64) -> Result<Value, String> {
    let float = value
        .as_f64()
        .ok_or_else(|| format!("expected a number, got {}", sort_of(value)))?;
    let number = Number::from_f64(change(float)).ok_or_else(|| "is too large a number".to_owned())?;
    Ok(Value::Number(coerce::tidy(&number)))
}

/// To ten decimals, and to the digits that a float holds for certain: 0.29 * 100 is 29 and not 28.999999999999996.
fn round(float: f64) -> f64 {
    significant(format!("{float:.10}").parse().unwrap_or(float))
}

/// To the 15 significant digits that survive the way into a float and back.
fn significant(float: f64) -> f64 {
    format!("{float:.14e}").parse().unwrap_or(float)
}
