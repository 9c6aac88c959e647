//! Why a record cannot be read.

/// A record of a provider that cannot be brought into the unified form. Never repeats a value of the record.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum ReadError {
    /// The connector pointed at something that is no record.
    #[error("the record is {found} instead of an object")]
    NotAnObject {
        /// What it is.
        found: &'static str,
    },
    /// There is no text or number where the id should be.
    #[error("the record has no id at {pointer}")]
    NoId {
        /// The manifest's `idPointer`.
        pointer: String,
    },
    /// What should hold the record's fields holds something else.
    #[error("the fields at {pointer} are {found} instead of an object")]
    FieldsNotAnObject {
        /// The manifest's `fieldsPointer`.
        pointer: String,
        /// What is there.
        found: &'static str,
    },
    /// The mapping makes more of the records than an answer may hold.
    #[error(
        "make the records larger than {limit} bytes together; ask for fewer fields, or for fewer records"
    )]
    TooLarge {
        /// How many bytes there may be.
        limit: usize,
    },
    /// A value that is not of the unified field's type.
    #[error("{unified_field} cannot be read from {provider_field}: {reason}")]
    Value {
        /// The unified field.
        unified_field: String,
        /// The provider field.
        provider_field: String,
        /// What was expected.
        reason: String,
    },
}
