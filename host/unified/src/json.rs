//! JSON from outside, parsed within a budget.
//!
//! A parsed value takes up to a hundred times the bytes of its text (`[[0],[0],…]`). What counts is the number of values, so
//! that is bounded before anything is built.

mod document;
mod node;
mod written;

use serde_json::Value;

pub use document::Document;
pub use node::{Node, PlainText};

/// The most values in one document. A page of a hundred records with two hundred fields each has 20,000.
pub const MAX_VALUES: usize = 200_000;

/// Documents are small while they take no more than this part of the budget together.
const SMALL: usize = 8;

/// With the feature `raw_value`, which axum switches on, `serde_json` parses the text under this name and puts the outcome in
/// the place of the object: values that no budget has seen.
const PRIVATE_NAME: &str = "$serde_json::private::RawValue";

/// Why a text was not parsed.
#[derive(Debug, thiserror::Error)]
pub enum JsonError {
    /// Not JSON, or not even text.
    #[error(transparent)]
    Unreadable(Box<dyn std::error::Error + Send + Sync>),
    /// A name that the parser keeps for itself.
    #[error("holds the name `{PRIVATE_NAME}`, which is not possible here")]
    PrivateName,
    /// More values than there may be.
    #[error("holds more than {limit} values")]
    TooManyValues {
        /// How many there may be.
        limit: usize,
    },
}

impl JsonError {
    fn unreadable(error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self::Unreadable(error.into())
    }
}

/// Parses a document within the budget.
///
/// # Errors
/// [`JsonError`] when it is not JSON or holds too many values.
pub fn parse(text: &[u8]) -> Result<Value, JsonError> {
    Budget::of(MAX_VALUES).parse(text)
}

/// Values that several documents may hold together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Budget {
    limit: usize,
    left: usize,
    /// What may still be charged by the quick count.
    small: usize,
}

impl Budget {
    /// A budget of so many values.
    #[must_use]
    pub const fn of(values: usize) -> Self {
        Self {
            limit: values,
            left: values,
            small: values / SMALL,
        }
    }

    /// Parses one more document.
    ///
    /// # Errors
    /// [`JsonError`] when it is not JSON, or the documents hold too many values together.
    pub fn parse(&mut self, text: &[u8]) -> Result<Value, JsonError> {
        let document = self.document(text)?;
        if document.root().has_name(PRIVATE_NAME) {
            return Err(JsonError::PrivateName);
        }
        Ok(document.root().to_value())
    }

    /// Takes what a document needs, and says how many values it has at most.
    fn spend(&mut self, text: &[u8]) -> Result<usize, JsonError> {
        let too_many = JsonError::TooManyValues { limit: self.limit };
        // The quick count takes punctuation within texts for values. That is nothing to count again for in small documents.
        let quick = at_most(text);
        let count = match self.small.checked_sub(quick) {
            Some(small) => {
                self.small = small;
                quick
            }
            None => values(text),
        };
        self.left = self.left.checked_sub(count).ok_or(too_many)?;
        Ok(count)
    }
}

/// A bound that takes one pass without decisions. Counted by the byte in short runs, the compiler makes of it a few
/// instructions for sixteen bytes.
fn at_most(text: &[u8]) -> usize {
    let mark = |byte: &u8| u8::from(matches!(byte, b',' | b':' | b'[' | b'{'));
    let runs = text.chunks(usize::from(u8::MAX));
    let marks: usize = runs
        .map(|run| usize::from(run.iter().map(mark).sum::<u8>()))
        .sum();
    marks + 1
}

/// An upper bound of the values in a text: every value but the first follows a comma, a colon or an opening bracket.
fn values(text: &[u8]) -> usize {
    let mut count = 1;
    let mut in_text = false;
    let mut escaped = false;
    for byte in text {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_text => escaped = true,
            b'"' => in_text = !in_text,
            b',' | b':' | b'[' | b'{' if !in_text => count += 1,
            _ => {}
        }
    }
    count
}

#[cfg(test)]
mod tests {
    use super::{Budget, JsonError, MAX_VALUES, PRIVATE_NAME, SMALL, at_most, parse, values};

    #[test]
    fn values_are_counted_outside_of_texts_only() {
        for (text, expected) in [("1", 1), ("[1,2]", 3), (r#"{"a,[:":"\\\",,,"}"#, 3), ("[]", 2)] {
            assert_eq!(values(text.as_bytes()), expected, "{text}");
            assert!(at_most(text.as_bytes()) >= expected, "{text}");
        }
    }

    #[test]
    fn a_document_beyond_the_budget_is_not_built() {
        let large = format!("[{}0]", "0,".repeat(MAX_VALUES));
        assert!(matches!(
            parse(large.as_bytes()),
            Err(JsonError::TooManyValues { .. })
        ));
        assert!(matches!(parse(b"{"), Err(JsonError::Unreadable(_))));
        assert_eq!(parse(b"[1]").unwrap(), serde_json::json!([1]));
    }

    #[test]
    fn texts_of_large_documents_are_no_values() {
        let budget = 4 * SMALL;
        let text = format!("[\"{}\"]", ",".repeat(budget * 2));
        assert!(Budget::of(budget).parse(text.as_bytes()).is_ok());
    }

    #[test]
    fn no_name_leads_round_the_budget() {
        let hidden = serde_json::json!({ "a": [{ PRIVATE_NAME: "[1,2,3,4,5]" }] }).to_string();
        let escaped = hidden.replace('$', "\\u0024");
        for text in [hidden, escaped] {
            assert!(
                matches!(parse(text.as_bytes()), Err(JsonError::PrivateName)),
                "{text}"
            );
        }
    }

    #[test]
    fn texts_of_many_small_documents_are_no_values_either() {
        let limit = 32 * 100;
        // Text of a web page: by the quick count each of them takes nearly a thirty-second of the budget.
        let text = format!("[\"{}\"]", ",".repeat(limit / 32 - 2));
        let mut budget = Budget::of(limit);
        for number in 0..100 {
            assert!(budget.parse(text.as_bytes()).is_ok(), "document {number}");
        }
    }

    #[test]
    fn errors_say_where() {
        let error = parse(b"{\"a\": nul}").unwrap_err();
        assert_eq!(error.to_string(), "expected ident at line 1 column 10");
    }

    #[test]
    fn documents_share_a_budget() {
        let mut budget = Budget::of(5);
        assert!(budget.parse(b"[1,2]").is_ok());
        let error = budget.parse(b"[1,2]").unwrap_err();
        assert_eq!(error.to_string(), "holds more than 5 values");
        assert!(budget.parse(b"[1]").is_ok());
    }
}
