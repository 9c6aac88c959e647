//! The functions that can be called, and what is bounded about their arguments.

use jsonata_core::ast::AstNode;
use jsonata_core::evaluator::Evaluator;
use jsonata_core::functions::string::build_regex;
use jsonata_core::value::JValue;

use super::{Admitted, Scope, VALUE, charged};
use crate::mapping::transform::expression::limits::{MATCHED, SHORT, WIDTH};

/// Those that a function is given to. Their results are counted, like all results.
const HIGHER_ORDER: [&str; 7] = ["each", "filter", "map", "reduce", "sift", "single", "sort"];

/// Those whose second argument may be a pattern.
const MATCHING: [&str; 4] = ["contains", "match", "replace", "split"];

/// Those that take one value, and so can also be given to another.
const OF_ONE_VALUE: [&str; 32] = [
    "abs",
    "average",
    "base64decode",
    "base64encode",
    "boolean",
    "ceil",
    "count",
    "decodeUrl",
    "decodeUrlComponent",
    "encodeUrl",
    "encodeUrlComponent",
    "exists",
    "floor",
    "keys",
    "length",
    "lowercase",
    "max",
    "merge",
    "min",
    "not",
    "number",
    "reverse",
    "round",
    "spread",
    "sqrt",
    "string",
    "sum",
    "trim",
    "type",
    "uppercase",
    "formatBase",
    "join",
];

const OTHERS: [&str; 10] = [
    "append",
    "formatNumber",
    "fromMillis",
    "lookup",
    "pad",
    "power",
    "substring",
    "substringAfter",
    "substringBefore",
    "toMillis",
];

/// Longest pattern, in characters.
const MAX_PATTERN: usize = 200;

/// How often counts such as `{4}` may repeat something within one pattern, multiplied: each makes a copy of it.
const MAX_REPETITIONS: usize = 64;

pub(super) fn exists(name: &str) -> bool {
    [&HIGHER_ORDER[..], &MATCHING, &OF_ONE_VALUE, &OTHERS]
        .iter()
        .any(|names| names.contains(&name))
}

/// Whether the engine knows such a function, or will in a later version.
pub(super) fn known_to_engine(name: &str) -> bool {
    let nothing = |_: &[JValue]| Ok(JValue::Undefined);
    Evaluator::new().register_fn(name, nothing).is_err()
}

/// Whether a variable or parameter may be called so: the limits go by the names of functions.
pub(super) fn check_new_name(name: &str) -> Result<(), String> {
    if name.is_empty() || name == VALUE || exists(name) || known_to_engine(name) {
        return Err(format!("must not give `${name}` another meaning"));
    }
    Ok(())
}

/// A check of [`limits`](crate::mapping::transform::expression::limits) around a node.
pub(super) fn limit(check: &str, node: AstNode) -> AstNode {
    AstNode::Function {
        name: check.to_owned(),
        args: vec![node],
        is_builtin: true,
    }
}

pub(super) fn call(scope: Scope, name: &str, args: Vec<AstNode>, dollar: bool) -> Admitted {
    if !exists(name) {
        return Err(format!("must not call `{}{name}`", if dollar { "$" } else { "" }));
    }
    if !dollar {
        return Err(format!("must call `{name}` as `${name}`"));
    }
    let patterned = args
        .iter()
        .any(|argument| matches!(argument, AstNode::Regex { .. }));
    let args = args.into_iter().enumerate();
    let args = args.map(|(index, argument)| self::argument(scope, name, index, argument, patterned));
    Ok(charged(AstNode::Function {
        name: name.to_owned(),
        args: args.collect::<Result<_, _>>()?,
        is_builtin: true,
    }))
}

fn argument(scope: Scope, name: &str, index: usize, argument: AstNode, patterned: bool) -> Admitted {
    match argument {
        AstNode::Regex { pattern, flags } if index == 1 && MATCHING.contains(&name) => {
            check_pattern(&pattern, &flags)?;
            Ok(AstNode::Regex { pattern, flags })
        }
        AstNode::Lambda { params, body, .. } if index == 1 && HIGHER_ORDER.contains(&name) => {
            lambda(scope, params, *body)
        }
        AstNode::Variable(function) if index == 1 && HIGHER_ORDER.contains(&name) && exists(&function) => {
            named(scope, &function)
        }
        argument => {
            check_picture(name, index, &argument)?;
            let argument = scope.node(argument)?;
            Ok(match (name, index) {
                _ if patterned && index == 0 => limit(MATCHED, argument),
                ("pad", 1) => limit(WIDTH, argument),
                ("replace" | "pad", 2)
                | ("join" | "formatNumber", 1)
                | ("toMillis", _)
                | ("fromMillis", 1..) => limit(SHORT, argument),
                _ => argument,
            })
        }
    }
}

/// The engine takes a width in a date's picture at its word, however wide, so pictures are seen before they are used.
fn check_picture(name: &str, index: usize, argument: &AstNode) -> Result<(), String> {
    match (name, index, argument) {
        ("fromMillis" | "toMillis", 1, AstNode::String(picture)) if picture.contains(',') => {
            Err(format!("must give `${name}` a picture without a comma"))
        }
        ("fromMillis" | "toMillis", 1, AstNode::String(_)) => Ok(()),
        ("fromMillis" | "toMillis", 1, _) => {
            Err(format!("must give `${name}` its picture as text in quotes"))
        }
        _ => Ok(()),
    }
}

fn lambda(scope: Scope, params: Vec<String>, body: AstNode) -> Admitted {
    for name in &params {
        check_new_name(name)?;
    }
    Ok(AstNode::Lambda {
        params,
        body: Box::new(scope.deeper()?.node(body)?),
        signature: None,
        thunk: false,
    })
}

/// `$map(list, $trim)` is `$map(list, function($one) { $trim($one) })`.
fn named(scope: Scope, function: &str) -> Admitted {
    const PARAMETER: &str = " one";
    if !OF_ONE_VALUE.contains(&function) {
        return Err(format!(
            "must give `${function}` its arguments: `function($one) {{ ${function}($one, …) }}`"
        ));
    }
    Ok(AstNode::Lambda {
        params: vec![PARAMETER.to_owned()],
        body: Box::new(call(
            scope,
            function,
            vec![AstNode::Variable(PARAMETER.to_owned())],
            true,
        )?),
        signature: None,
        thunk: false,
    })
}

fn check_pattern(pattern: &str, flags: &str) -> Result<(), String> {
    if pattern.chars().count() > MAX_PATTERN {
        return Err(format!("must have patterns of at most {MAX_PATTERN} characters"));
    }
    let counts = pattern
        .split(['{', '}', ','])
        .filter_map(|part| part.trim().parse::<usize>().ok());
    if counts.fold(1, |product: usize, count| product.saturating_mul(count.max(1))) > MAX_REPETITIONS {
        return Err(format!(
            "must have patterns that repeat at most {MAX_REPETITIONS} times by count"
        ));
    }
    build_regex(pattern, flags).map(drop).map_err(|_| {
        format!("has a pattern that is none, or uses look-around or back references: /{pattern}/")
    })
}
