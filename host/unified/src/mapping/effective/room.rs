//! How large the records of one answer may become.

use super::ReadError;
use crate::record::Cell;

/// What is left for the records of one answer. A tenant can map hundreds of fields to the same large value of a provider, so
/// records can be many times the document that they are read from.
#[derive(Debug)]
pub struct Room {
    limit: usize,
    left: usize,
}

impl Room {
    /// The most bytes that the records of an answer take, about: four times what a connector may get from its provider in
    /// one answer.
    pub const ANSWER: usize = 32 << 20;

    /// Room for so many bytes.
    #[must_use]
    pub const fn of(limit: usize) -> Self {
        Self { limit, left: limit }
    }

    /// The room of one of so many parts of an answer.
    #[must_use]
    pub fn of_one_in(parts: usize) -> Self {
        Self::of(Self::ANSWER / parts.max(1))
    }

    /// Takes what one more field of a record needs.
    ///
    /// # Errors
    /// [`ReadError::TooLarge`] when that is more than is left.
    pub fn take(&mut self, name: &str, cell: &Cell<'_>) -> Result<(), ReadError> {
        let left = self.left.checked_sub(name.len() + cell.weight());
        self.left = left.ok_or(ReadError::TooLarge { limit: self.limit })?;
        Ok(())
    }
}

impl Default for Room {
    fn default() -> Self {
        Self::of(Self::ANSWER)
    }
}
