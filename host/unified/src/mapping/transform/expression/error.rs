//! The engine's errors in our words. Its own texts may repeat values of the record, and its parser names no place.

use jsonata_core::evaluator::EvaluatorError;
use jsonata_core::parser::{self, ParserError};

use super::{MAX_EVALUATION_DEPTH, MAX_MILLISECONDS, MAX_SEQUENCE, limits, subset};

/// What is wrong with the source, and at which character.
pub(super) fn syntax(source: &str, error: &ParserError) -> String {
    if matches!(error, ParserError::Coded { code: "U1002", .. }) {
        return subset::too_deep();
    }
    if unfinished(error) {
        return format!(
            "is no JSONata: it ends too early, after character {}",
            source.chars().count()
        );
    }
    format!("is no JSONata at character {}: {error}", place(source))
}

/// The first character that cannot follow what is before it, counted from 1: the one after the longest beginning that
/// is whole, or could still become so.
fn place(source: &str) -> usize {
    let ends: Vec<usize> = source.char_indices().map(|(index, _)| index).collect();
    let viable = |end: usize| {
        let beginning = source.get(..end).unwrap_or_default();
        parser::parse(beginning)
            .err()
            .is_none_or(|error| unfinished(&error))
    };
    ends.iter()
        .rposition(|end| viable(*end))
        .map_or(1, |before| before + 1)
}

fn unfinished(error: &ParserError) -> bool {
    match error {
        ParserError::UnexpectedEnd
        | ParserError::UnclosedString
        | ParserError::UnclosedComment
        | ParserError::UnclosedBacktick => true,
        ParserError::UnexpectedToken(found) | ParserError::Expected { found, .. } => found == "Eof",
        _ => false,
    }
}

/// Why an evaluation failed: the limit, or the sort of mistake with `JSONata`'s code for it.
pub(super) fn evaluation(error: &EvaluatorError) -> String {
    if let Some(reason) = limits::reason(error.message()) {
        return reason.to_owned();
    }
    let code = error.code().unwrap_or_default();
    match code {
        "D1012" | "U1003" => format!("the expression takes longer than {MAX_MILLISECONDS} ms"),
        "D1011" | "U1001" | "U1002" => {
            format!("the expression goes deeper than {MAX_EVALUATION_DEPTH} levels")
        }
        "D2014" | "D2015" => format!("the expression makes a sequence of more than {MAX_SEQUENCE} elements"),
        "" => "the expression fails on this record".to_owned(),
        code => format!(
            "the expression fails on this record: {} (JSONata {code})",
            words(code)
        ),
    }
}

fn words(code: &str) -> &'static str {
    match code {
        "T2001" | "T2002" => "it calculates with something that is no number",
        "T2009" | "T2010" => "it compares values of different or unsuitable types",
        "D1001" | "D3001" => "a number is out of range",
        "D3030" => "text is no number",
        "D3138" | "D3139" => "`$single` does not find exactly one value",
        "T0410" | "T0411" | "T0412" => "a function is given a value of a type that it does not take",
        _ => "a value is not what it needs",
    }
}
