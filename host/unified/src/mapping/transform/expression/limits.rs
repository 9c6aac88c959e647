//! What the engine does not limit itself: the size of what an expression makes.
//!
//! Values in the engine share their parts, so a short expression can build a tree whose branches are the same few lists
//! over and over, which takes no memory until something walks along every branch. And `$pad` or `$join` can fill any
//! memory within one call. So every value that a constructor, a function or a path of more than names gives is counted
//! in full against one [`Budget`] per evaluation, and the parameters by which a function multiplies are bounded.

use std::cell::Cell;
use std::rc::Rc;

use jsonata_core::evaluator::{Evaluator, EvaluatorError};
use jsonata_core::value::JValue;

/// Bytes of text plus 16 for each value, with the record itself. Several times the largest records of CRMs.
pub(super) const BUDGET: usize = 1 << 20;

/// What each value counts, however short.
const VALUE_COST: usize = 16;

/// Longest separator, replacement, padding or picture, in bytes: each may be repeated for every character of a text.
const MAX_SHORT_TEXT: usize = 64;

/// Widest padding, in characters.
const MAX_WIDTH: f64 = 1_000.0;

/// Longest text to match a pattern with, in bytes: finding all matches can take its square.
const MAX_MATCHED_TEXT: usize = 4_096;

/// Farthest end of a range from 0: the engine fills a range before it looks at its length.
const MAX_BOUND: f64 = super::MAX_SEQUENCE as f64;

/// Counts a value and gives it back. The names begin with a space, so that no source can call or bind them.
pub(super) const CHARGE: &str = " charge";
pub(super) const SHORT: &str = " short";
pub(super) const WIDTH: &str = " width";
pub(super) const MATCHED: &str = " matched";
pub(super) const BOUND: &str = " bound";

const TOO_MUCH: &str = "the expression handles more than 1 MiB of values";
const TOO_LONG: &str = "a separator, replacement, padding or picture is longer than 64 bytes";
const TOO_WIDE: &str = "`$pad` goes wider than 1000 characters";
const TOO_LONG_TO_MATCH: &str = "a text to match with a pattern is longer than 4096 bytes";
const TOO_FAR: &str = "a range goes below -10000 or above 10000";

/// What an evaluation may still make.
#[derive(Clone)]
pub(super) struct Budget(Rc<Cell<usize>>);

impl Default for Budget {
    fn default() -> Self {
        Self(Rc::new(Cell::new(BUDGET)))
    }
}

impl Budget {
    /// Counts a value in full, parts that are shared as often as they are reached. Never takes longer than counting up to
    /// the budget does.
    pub(super) fn charge(&self, value: &JValue) -> Result<(), EvaluatorError> {
        let mut left = self.0.get();
        let mut waiting = vec![value];
        while let Some(value) = waiting.pop() {
            left = left.checked_sub(cost(value)).ok_or_else(|| broken(TOO_MUCH))?;
            match value {
                JValue::Array(elements) if elements.len() * VALUE_COST > left => {
                    return Err(broken(TOO_MUCH));
                }
                JValue::Array(elements) => waiting.extend(elements.iter()),
                JValue::Object(members) => waiting.extend(members.values()),
                _ => {}
            }
        }
        self.0.set(left);
        Ok(())
    }
}

fn cost(value: &JValue) -> usize {
    VALUE_COST
        + match value {
            JValue::String(text) => text.len(),
            JValue::Object(members) => members.keys().map(|name| name.len() + VALUE_COST).sum(),
            _ => 0,
        }
}

/// Whether an error is one of ours.
pub(super) fn reason(message: &str) -> Option<&'static str> {
    let ours = [TOO_MUCH, TOO_LONG, TOO_WIDE, TOO_LONG_TO_MATCH, TOO_FAR];
    ours.into_iter().find(|reason| *reason == message)
}

fn broken(reason: &str) -> EvaluatorError {
    EvaluatorError::EvaluationError(reason.to_owned())
}

/// Makes the checks known to the engine. Each takes one value and gives it back.
pub(super) fn register(evaluator: &mut Evaluator, budget: &Budget) -> Result<(), EvaluatorError> {
    let budget = budget.clone();
    evaluator.register_fn(CHARGE, move |arguments: &[JValue]| {
        let value = only(arguments);
        budget.charge(&value).map(|()| value)
    })?;
    evaluator.register_fn(SHORT, |arguments: &[JValue]| {
        text_within(only(arguments), MAX_SHORT_TEXT, TOO_LONG)
    })?;
    evaluator.register_fn(MATCHED, |arguments: &[JValue]| {
        text_within(only(arguments), MAX_MATCHED_TEXT, TOO_LONG_TO_MATCH)
    })?;
    evaluator.register_fn(WIDTH, |arguments: &[JValue]| {
        number_within(only(arguments), MAX_WIDTH, TOO_WIDE)
    })?;
    evaluator.register_fn(BOUND, |arguments: &[JValue]| {
        number_within(only(arguments), MAX_BOUND, TOO_FAR)
    })
}

fn only(arguments: &[JValue]) -> JValue {
    arguments.first().cloned().unwrap_or(JValue::Undefined)
}

fn text_within(value: JValue, bytes: usize, reason: &str) -> Result<JValue, EvaluatorError> {
    match &value {
        JValue::String(text) if text.len() > bytes => Err(broken(reason)),
        _ => Ok(value),
    }
}

fn number_within(value: JValue, most: f64, reason: &str) -> Result<JValue, EvaluatorError> {
    match value {
        JValue::Number(number) if number.abs() > most => Err(broken(reason)),
        other => Ok(other),
    }
}
