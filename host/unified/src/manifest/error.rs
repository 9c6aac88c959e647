//! What is wrong with a manifest.

use std::fmt;

use crate::describe::clip;

/// More are no help to anyone, and a manifest is not to be trusted with the size of its errors.
const MAX_PROBLEMS: usize = 50;
const MAX_MESSAGE: usize = 400;

/// A manifest that cannot be used, with every problem that was found.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("the manifest is not usable: {}", listed(.problems))]
pub struct ManifestError {
    /// What is wrong; never empty.
    pub problems: Vec<Problem>,
}

/// One thing that is wrong with a manifest.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Problem {
    /// RFC 6901 pointer into the manifest.
    pub pointer: String,
    /// What is wrong there and what would be right.
    pub message: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let place = if self.pointer.is_empty() {
            "(root)"
        } else {
            &self.pointer
        };
        write!(formatter, "{place}: {}", self.message)
    }
}

impl ManifestError {
    pub(super) fn single(pointer: &str, message: String) -> Self {
        Self {
            problems: vec![Problem::new(pointer.to_owned(), &message)],
        }
    }

    /// An error if there is any problem.
    pub(super) fn unless_none(mut problems: Vec<Problem>) -> Result<(), Self> {
        problems.truncate(MAX_PROBLEMS);
        if problems.is_empty() {
            Ok(())
        } else {
            Err(Self { problems })
        }
    }
}

impl Problem {
    /// Pointer and message contain the connector's own words, so both are cut.
    pub(super) fn new(pointer: String, message: &str) -> Self {
        Self {
            pointer: clip(&pointer, MAX_MESSAGE),
            message: clip(message, MAX_MESSAGE),
        }
    }
}

fn listed(problems: &[Problem]) -> String {
    problems
        .iter()
        .map(Problem::to_string)
        .collect::<Vec<_>>()
        .join("; ")
}
