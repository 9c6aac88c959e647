//! Field mappings: how a provider's record becomes a unified one, and a unified body becomes provider values.
//!
//! A connector's manifest brings [`Mapping`]s, an organisation lays [`MappingOverride`]s over them, and both are
//! compiled into one [`EffectiveMapping`], which then reads and writes records without looking anything up.

mod coerce;
mod effective;
mod layers;
mod overrides;
pub mod path;
mod rules;
mod target;
pub mod transform;

use serde::{Deserialize, Serialize};

pub use crate::write::{FieldErrors, WriteMode};
pub(crate) use coerce::tidy as tidy_number;
pub use effective::{EffectiveMapping, MappingRow, ReadError, Room};
pub use layers::{MappingError, MappingSource, check_overrides};
pub use overrides::{MappingOverride, OverrideChange, parse_overrides};
pub use path::FieldPath;
pub(crate) use rules::find_faults;
pub(crate) use target::check_custom_name;
pub use transform::{DateTimeFormat, Transform};

/// Between one unified field and one provider field.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Mapping {
    /// `firstName`, `address.street` or `customFields.<name>`.
    pub unified_field: String,
    /// A path inside the record: see [`FieldPath`].
    pub provider_field: String,
    /// Which way values go.
    pub direction: Direction,
    /// How values change on the way; none: only as far as the unified field's type asks for.
    #[serde(default)]
    pub transform: Option<Transform>,
}

/// Which way values go.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Direction {
    /// From the provider only.
    Read,
    /// To the provider only.
    Write,
    /// Both ways.
    Bidirectional,
}

impl Direction {
    /// Whether records show the provider's value.
    pub const fn reads(self) -> bool {
        matches!(self, Self::Read | Self::Bidirectional)
    }

    /// Whether bodies may set the provider's value.
    pub const fn writes(self) -> bool {
        matches!(self, Self::Write | Self::Bidirectional)
    }
}
