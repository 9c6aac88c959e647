//! `date` and `dateTime`: the provider's spellings of time.

use jiff::Timestamp;
use jiff::fmt::strtime;
use jiff::tz::Offset;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::Representation;
use crate::describe::sort_of;
use crate::mapping::coerce;
use crate::time;

/// How a provider writes date times.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
pub enum DateTimeFormat {
    /// `2026-03-09T15:00:00.000Z`; other offsets are read, a missing one counts as UTC.
    Iso8601,
    /// Milliseconds since 1970.
    EpochMilliseconds,
    /// Seconds since 1970. A fraction is read, but not written.
    EpochSeconds,
    /// A strftime pattern, in UTC unless it has an offset.
    Pattern(String),
}

impl From<String> for DateTimeFormat {
    fn from(text: String) -> Self {
        match text.as_str() {
            "iso8601" => Self::Iso8601,
            "epochMilliseconds" => Self::EpochMilliseconds,
            "epochSeconds" => Self::EpochSeconds,
            _ => Self::Pattern(text),
        }
    }
}

impl From<DateTimeFormat> for String {
    fn from(format: DateTimeFormat) -> Self {
        match format {
            DateTimeFormat::Iso8601 => "iso8601".to_owned(),
            DateTimeFormat::EpochMilliseconds => "epochMilliseconds".to_owned(),
            DateTimeFormat::EpochSeconds => "epochSeconds".to_owned(),
            DateTimeFormat::Pattern(pattern) => pattern,
        }
    }
}

impl DateTimeFormat {
    pub(super) fn check(&self, provider: Option<Representation>) -> Result<(), String> {
        match self {
            Self::EpochMilliseconds | Self::EpochSeconds => Ok(()),
            _ if provider == Some(Representation::Number) => {
                Err("`provider` can be `number` with `epochMilliseconds` and `epochSeconds` only".to_owned())
            }
            Self::Iso8601 => Ok(()),
            Self::Pattern(pattern) => check_pattern(pattern),
        }
    }

    pub(super) fn read(&self, value: &Value) -> Result<Value, String> {
        let instant = match (self, value) {
            (_, Value::Null) => return Ok(Value::Null),
            (_, Value::String(text)) if text.is_empty() => return Ok(Value::Null),
            (Self::Iso8601, Value::String(text)) => time::parse_lenient(text),
            (Self::Pattern(pattern), Value::String(text)) => parse_pattern(pattern, text),
            (Self::EpochMilliseconds, value) => from_milliseconds(epoch(value)?),
            (Self::EpochSeconds, value) => from_milliseconds(epoch(value)? * 1000.0),
            _ => None,
        };
        instant
            .map(|instant| Value::String(time::format(instant)))
            .ok_or_else(|| {
                format!(
                    "expected a date time as {}, got {}",
                    String::from(self.clone()),
                    sort_of(value)
                )
            })
    }

    pub(super) fn write(&self, value: &Value, provider: Option<Representation>) -> Result<Value, String> {
        let Some(instant) = unified(value)? else {
            return Ok(Value::Null);
        };
        let epoch = match self {
            Self::Iso8601 => return Ok(Value::String(time::format(instant))),
            Self::Pattern(pattern) => {
                let text = strtime::format(pattern, instant);
                return text.map(Value::String).map_err(|error| error.to_string());
            }
            Self::EpochMilliseconds => instant.as_millisecond(),
            Self::EpochSeconds => instant.as_millisecond().div_euclid(1000),
        };
        Ok(match provider.unwrap_or(Representation::Number) {
            Representation::Number => epoch.into(),
            Representation::Text => epoch.to_string().into(),
        })
    }
}

pub(super) fn read_date(value: &Value) -> Result<Value, String> {
    let instant = match value {
        Value::Null => return Ok(Value::Null),
        Value::String(text) if text.is_empty() => return Ok(Value::Null),
        Value::String(text) => time::parse_date(text).and_then(time::midnight),
        _ => None,
    };
    instant
        .map(|instant| Value::String(time::format(instant)))
        .ok_or_else(|| format!("expected a date as YYYY-MM-DD, got {}", sort_of(value)))
}

pub(super) fn write_date(value: &Value) -> Result<Value, String> {
    let instant = unified(value)?;
    Ok(instant.map_or(Value::Null, |instant| {
        Offset::UTC.to_datetime(instant).date().to_string().into()
    }))
}

fn unified(value: &Value) -> Result<Option<Timestamp>, String> {
    match value {
        Value::Null => Ok(None),
        value => value
            .as_str()
            .and_then(time::parse_instant)
            .map(Some)
            .ok_or_else(|| format!("expected an ISO 8601 date time, got {}", sort_of(value))),
    }
}

fn epoch(value: &Value) -> Result<f64, String> {
    let number = coerce::number(value)?;
    number.as_f64().ok_or_else(|| "expected a number".to_owned())
}

fn from_milliseconds(milliseconds: f64) -> Option<Timestamp> {
    // Saturates far outside of what a timestamp can be, which refuses it.
    Timestamp::from_millisecond(milliseconds.round() as i64).ok()
}

fn parse_pattern(pattern: &str, text: &str) -> Option<Timestamp> {
    let parts = strtime::parse(pattern, text).ok()?;
    match parts.offset() {
        Some(_) => parts.to_timestamp().ok(),
        None => time::in_utc(parts.to_datetime().ok()?),
    }
}

/// A pattern is good if the afternoon of a day survives being written and read, or at least its date.
fn check_pattern(pattern: &str) -> Result<(), String> {
    let sample = jiff::civil::date(2026, 3, 9).at(15, 0, 0, 0);
    let midnight = time::in_utc(sample.date().to_datetime(jiff::civil::Time::midnight()));
    let sample = time::in_utc(sample);
    let written = sample.and_then(|sample| strtime::format(pattern, sample).ok());
    match written.and_then(|text| parse_pattern(pattern, &text)) {
        read @ Some(_) if read == sample || read == midnight => Ok(()),
        _ => Err("`format` must be `iso8601`, `epochMilliseconds`, `epochSeconds` or a strftime pattern with a full date, \
                  such as `%Y-%m-%d %H:%M:%S`"
            .to_owned()),
    }
}
