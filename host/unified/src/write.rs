//! What checking a body and turning it into provider values have in common.

use std::collections::BTreeMap;

/// Unified field (dotted for members, such as `address.street`) to what is wrong with it and what would be right.
pub type FieldErrors = BTreeMap<String, String>;

/// What a write means for the fields that the body leaves out.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum WriteMode {
    /// POST: they stay empty. Nulls in the body say the same and are not sent.
    Create,
    /// PUT: they are cleared.
    Replace,
    /// PATCH: they stay as they are.
    Merge,
}
