//! JSON from outside, parsed within a budget.
//!
//! A parsed value takes up to a hundred times the bytes of its text (`[[0],[0],…]`). What counts is the number of values, so
//! that is bounded before anything is built.

use serde_json::Value;

/// The most values in one document. A page of a hundred records with two hundred fields each has 20,000.
pub const MAX_VALUES: usize = 200_000;

/// Why a text was not parsed.
#[derive(Debug, thiserror::Error)]
pub enum JsonError {
    /// Not JSON.
    #[error(transparent)]
    Syntax(#[from] serde_json::Error),
    /// More values than [`MAX_VALUES`].
    #[error("holds more than {MAX_VALUES} values")]
    TooManyValues,
}

/// Parses a document within the budget.
///
/// # Errors
/// [`JsonError`] when it is not JSON or holds too many values.
pub fn parse(text: &[u8]) -> Result<Value, JsonError> {
    if values(text) > MAX_VALUES {
        return Err(JsonError::TooManyValues);
    }
    Ok(serde_json::from_slice(text)?)
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
    use super::{JsonError, MAX_VALUES, parse, values};

    #[test]
    fn values_are_counted_outside_of_texts_only() {
        for (text, expected) in [("1", 1), ("[1,2]", 3), (r#"{"a,[:":"\\\",,,"}"#, 3), ("[]", 2)] {
            assert_eq!(values(text.as_bytes()), expected, "{text}");
        }
    }

    #[test]
    fn a_document_beyond_the_budget_is_not_built() {
        let large = format!("[{}0]", "0,".repeat(MAX_VALUES));
        assert!(matches!(parse(large.as_bytes()), Err(JsonError::TooManyValues)));
        assert!(matches!(parse(b"{"), Err(JsonError::Syntax(_))));
        assert_eq!(parse(b"[1]").unwrap(), serde_json::json!([1]));
    }
}
