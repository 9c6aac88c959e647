//! `expression`: what a `JSONata` expression makes of the record.
//!
//! `JSONata` is what people who integrate systems know already: integration platforms and Node-RED users write it. The
//! engine limits time, depth and the length of sequences, which jq's engine in Rust does not. It cannot limit memory, nor
//! stop within one call of a function; so only a part of the language is taken (see [`subset`]), and whatever could be
//! made large is counted while it is made (see [`limits`]).

mod convert;
mod error;
mod limits;
mod subset;

use std::panic::{AssertUnwindSafe, catch_unwind};

use jsonata_core::ast::AstNode;
use jsonata_core::evaluator::{Context, Evaluator, EvaluatorOptions};
use serde_json::Value;

/// Longest expression, in characters. Two screens of text: a mapping, not a program.
pub(super) const MAX_CHARACTERS: usize = 2_000;

/// Longest evaluation, in milliseconds of wall time. Most take a tenth of one; a page has up to hundreds of records,
/// and none of them may keep a thread for long. Several of a scheduler's time slices, so that a busy
/// machine does not fail what is fine.
const MAX_MILLISECONDS: u64 = 50;

/// Deepest evaluation, in the engine's levels, of which one step in the source takes up to four.
const MAX_EVALUATION_DEPTH: usize = 4 * subset::MAX_DEPTH;

/// Longest sequence that a path, a range or a function may give. No list of a CRM's record comes near.
const MAX_SEQUENCE: usize = 10_000;

/// A parsed expression. It can be shared between threads: only its evaluation is bound to one.
#[derive(Debug)]
pub(crate) struct Expression {
    tree: AstNode,
}

impl Expression {
    /// Parses an expression. An error says at which character, or which part of the language cannot be used.
    pub(crate) fn parse(source: &str) -> Result<Self, String> {
        let characters = source.chars().count();
        if characters > MAX_CHARACTERS {
            return Err(format!(
                "`expression` must have at most {MAX_CHARACTERS} characters, it has {characters}"
            ));
        }
        let parsed = without_panic(|| {
            jsonata_core::parser::parse(source)
                .map_err(|error| error::syntax(source, &error))
                .and_then(subset::admit)
        });
        let tree = parsed.unwrap_or_else(|| Err("cannot be parsed: the engine fails on it".to_owned()));
        tree.map(|tree| Self { tree })
            .map_err(|reason| format!("`expression` {reason}"))
    }

    /// What it makes of the record's fields, as `$`, and the mapped field's value, as `$value`. Nothing is null. An error
    /// names the limit or the rule that was broken and never repeats a value.
    pub(crate) fn evaluate(&self, fields: &Value, value: &Value) -> Result<Value, String> {
        without_panic(|| self.evaluate_once(fields, value))
            .unwrap_or_else(|| Err("the engine fails on this expression and record".to_owned()))
    }

    fn evaluate_once(&self, fields: &Value, value: &Value) -> Result<Value, String> {
        let budget = limits::Budget::default();
        let told = |error| error::evaluation(&error);
        let input = convert::to_engine(fields);
        let value = convert::to_engine(value);
        for given in [&input, &value] {
            budget.charge(given).map_err(told)?;
        }
        let mut context = Context::new();
        context.bind(subset::VALUE.to_owned(), value);
        let mut evaluator = Evaluator::with_options(context, options());
        limits::register(&mut evaluator, &budget).map_err(told)?;
        let result = evaluator.evaluate(&self.tree, &input).map_err(told)?;
        budget.charge(&result).map_err(told)?;
        convert::from_engine(&result)
    }
}

/// None if the engine panics: a bug in it must cost one record, and no state of it outlives the call.
fn without_panic<T>(run: impl FnOnce() -> T) -> Option<T> {
    catch_unwind(AssertUnwindSafe(run)).ok()
}

fn options() -> EvaluatorOptions {
    EvaluatorOptions {
        timeout_ms: Some(MAX_MILLISECONDS),
        max_stack_depth: Some(MAX_EVALUATION_DEPTH),
        max_sequence_length: Some(MAX_SEQUENCE),
        cancel: None,
    }
}

pub(super) fn check(expression: &str, with: &[String]) -> Result<(), String> {
    if with.iter().any(String::is_empty) {
        return Err("`with` must name fields of the provider".to_owned());
    }
    Expression::parse(expression).map(drop)
}

#[cfg(test)]
mod tests;
