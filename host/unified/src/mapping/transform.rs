//! Named conversions between a provider's value and a unified one.
//!
//! Each can be undone: what `write` makes of a unified value, `read` turns back into it. Only [`Transform::Join`]
//! and [`Transform::Expression`] are one-way. Null (no value) stays null both ways unless a transform says otherwise.

mod boolean;
mod date;
mod expression;
mod join;
mod list;
mod number;
mod table;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::schema::FieldKind;

pub use date::DateTimeFormat;
pub(crate) use expression::Expression;

/// A named conversion with its parameters, as manifests and overrides write it.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(
    tag = "name",
    rename_all = "camelCase",
    rename_all_fields = "camelCase",
    deny_unknown_fields
)]
pub enum Transform {
    /// A number that the provider keeps as text, or in other units.
    Number {
        /// What the provider takes; text unless said otherwise.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        provider: Option<Representation>,
        /// Unified value = provider's value times this.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        scale: Option<f64>,
    },
    /// A boolean that the provider writes as something else.
    Boolean {
        /// The provider's word for true.
        r#true: Value,
        /// The provider's word for false.
        r#false: Value,
    },
    /// Provider: `2026-03-09`; unified: its midnight in UTC. A time of day is dropped on writing.
    Date {},
    /// A date time in a format of the provider's, precise as far as the format goes.
    DateTime {
        /// The format.
        format: DateTimeFormat,
        /// What the provider takes; numbers for the epoch formats and text for the others unless said otherwise.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        provider: Option<Representation>,
    },
    /// Provider's word to unified word. Others pass unchanged both ways.
    Table {
        /// Provider's word to unified word, one to one.
        values: BTreeMap<String, String>,
    },
    /// A list of which the first element counts. Null is an empty list.
    Primary {
        /// The member of that element that counts; none: the element itself.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        member: Option<String>,
    },
    /// An object of which one member counts.
    Member {
        /// That member.
        member: String,
    },
    /// A text that is a list.
    Split {
        /// What stands between the elements.
        separator: String,
    },
    /// A list of objects of which one member counts.
    Members {
        /// That member.
        member: String,
    },
    /// Read only: the provider field and further ones as one text; absent parts are left out.
    Join {
        /// The further provider fields, in order.
        with: Vec<String>,
        /// What goes between the parts.
        separator: String,
    },
    /// Read only: what a `JSONata` expression makes of the record. `$` is the object with the provider's fields, `$value`
    /// the value of the provider field. No result is null.
    Expression {
        /// The expression, at most 2000 characters. Which part of the language can be used, and why this language: see
        /// the module `expression`.
        expression: String,
        /// The further provider fields that it reads, so that the provider is asked for them.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        with: Vec<String>,
    },
}

/// How the provider writes a value.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Representation {
    /// As a JSON string.
    Text,
    /// As a JSON number.
    Number,
}

impl Transform {
    /// Every name, for messages and documentation.
    pub const NAMES: [&'static str; 11] = [
        "number",
        "boolean",
        "date",
        "dateTime",
        "table",
        "primary",
        "member",
        "split",
        "members",
        "join",
        "expression",
    ];

    /// The name in JSON.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Number { .. } => "number",
            Self::Boolean { .. } => "boolean",
            Self::Date {} => "date",
            Self::DateTime { .. } => "dateTime",
            Self::Table { .. } => "table",
            Self::Primary { .. } => "primary",
            Self::Member { .. } => "member",
            Self::Split { .. } => "split",
            Self::Members { .. } => "members",
            Self::Join { .. } => "join",
            Self::Expression { .. } => "expression",
        }
    }

    /// Whether it reads date times as ISO 8601.
    pub(crate) fn is_iso8601(&self) -> bool {
        let Self::DateTime { format, .. } = self else {
            return false;
        };
        *format == DateTimeFormat::Iso8601
    }

    /// Whether it can only be used for reading.
    pub const fn read_only(&self) -> bool {
        matches!(self, Self::Join { .. } | Self::Expression { .. })
    }

    /// Whether its unified values have this type.
    pub const fn fits(&self, kind: FieldKind) -> bool {
        match (self, kind) {
            (_, FieldKind::CustomFields) | (Self::Member { .. } | Self::Expression { .. }, _) => true,
            (Self::Number { .. }, kind) => matches!(kind, FieldKind::Number),
            (Self::Boolean { .. }, kind) => matches!(kind, FieldKind::Boolean),
            (Self::Date {} | Self::DateTime { .. }, kind) => matches!(kind, FieldKind::DateTime),
            (Self::Table { .. } | Self::Primary { .. } | Self::Join { .. }, kind) => {
                matches!(kind, FieldKind::Text)
            }
            (Self::Split { .. } | Self::Members { .. }, kind) => matches!(kind, FieldKind::TextList),
        }
    }

    /// Whether the parameters make sense. An error says what would be right.
    pub fn check(&self) -> Result<(), String> {
        match self {
            Self::Number { scale, .. } => number::check(*scale),
            Self::Boolean { r#true, r#false } => boolean::check(r#true, r#false),
            Self::Date {} | Self::Primary { member: None } => Ok(()),
            Self::DateTime { format, provider } => format.check(*provider),
            Self::Table { values } => table::check(values),
            Self::Primary { member: Some(member) } | Self::Member { member } | Self::Members { member } => {
                list::check_member(member)
            }
            Self::Split { separator } => list::check_separator(separator),
            Self::Join { with, .. } => join::check(with),
            Self::Expression { expression, with } => expression::check(expression, with),
        }
    }

    /// The further provider fields that reading needs.
    pub fn further_fields(&self) -> &[String] {
        match self {
            Self::Join { with, .. } | Self::Expression { with, .. } => with,
            _ => &[],
        }
    }

    /// From the provider's value to the unified one. [`Transform::Join`] takes the list of its parts,
    /// [`Transform::Expression`] a value that is also its whole record; a compiled mapping gives it the record and parses
    /// it once.
    pub fn read(&self, value: &Value) -> Result<Value, String> {
        match self {
            Self::Number { scale, .. } => number::read(value, *scale),
            Self::Boolean { r#true, r#false } => boolean::read(value, r#true, r#false),
            Self::Date {} => date::read_date(value),
            Self::DateTime { format, .. } => format.read(value),
            Self::Table { values } => table::read(value, values),
            Self::Primary { member } => list::read_primary(value, member.as_deref()),
            Self::Member { member } => list::read_member(value, member),
            Self::Split { separator } => list::read_split(value, separator),
            Self::Members { member } => list::read_members(value, member),
            Self::Join { separator, .. } => join::read(value, separator),
            Self::Expression { expression, .. } => Expression::parse(expression)?.evaluate(value, value),
        }
    }

    /// From the unified value to the provider's.
    pub fn write(&self, value: &Value) -> Result<Value, String> {
        match self {
            Self::Number { provider, scale } => number::write(value, *provider, *scale),
            Self::Boolean { r#true, r#false } => boolean::write(value, r#true, r#false),
            Self::Date {} => date::write_date(value),
            Self::DateTime { format, provider } => format.write(value, *provider),
            Self::Table { values } => table::write(value, values),
            Self::Primary { member } => Ok(list::write_primary(value, member.as_deref())),
            Self::Member { member } => Ok(list::write_member(value, member)),
            Self::Split { separator } => list::write_split(value, separator),
            Self::Members { member } => list::write_members(value, member),
            Self::Expression { .. } => {
                Err("is what an expression makes of the record and can only be read".to_owned())
            }
            Self::Join { .. } => {
                Err("is put together from several provider fields and can only be read".to_owned())
            }
        }
    }
}

#[cfg(test)]
mod tests;
