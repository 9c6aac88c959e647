//! What may leave and what may come back: pure functions over parsed values, each with a table of cases.

pub(crate) mod address;
pub(crate) mod allow_list;
pub(crate) mod headers;
pub(crate) mod target;
