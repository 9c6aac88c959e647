//! What was aimed at, held against what was measured.

use serde_json::{Value, json};

use super::{Report, Row};
use crate::run::Setting;

/// Where goals are looked at.
const USUAL: Setting = Setting {
    limit: 25,
    connections: 16,
};
const ALONE: Setting = Setting {
    limit: 25,
    connections: 1,
};

struct Goal {
    what: &'static str,
    aim: &'static str,
    value: f64,
    met: bool,
}

/// The goals whose contestants were measured.
fn goals(report: &Report) -> Vec<Goal> {
    let cpu = |name: &str| report.row(name, USUAL)?.cpu().map(|spread| spread.median);
    let median = |name: &str, setting: Setting, of: fn(&Row) -> Option<crate::statistics::Spread>| {
        report.row(name, setting).and_then(of).map(|spread| spread.median)
    };
    let ratio = |name: &str| Some(cpu(name)? / cpu("ours-wasm")?);
    let mut goals = Vec::new();
    if let Some(value) = ratio("fastify") {
        goals.push(Goal {
            what: "requests per CPU second, times the Fastify handler's (16 connections)",
            aim: "at least 3",
            value,
            met: value >= 3.0,
        });
    }
    if let Some(value) = ratio("ours-native") {
        goals.push(Goal {
            what: "requests per CPU second, times our native connector's (16 connections)",
            aim: "at least 0.85",
            value,
            met: value >= 0.85,
        });
    }
    let added =
        |over: &str, setting, of| Some(median("ours-wasm", setting, of)? - median(over, setting, of)?);
    if let Some(value) = added("ours-native", ALONE, Row::p50) {
        goals.push(Goal {
            what: "what WASM adds to the median, in microseconds (1 connection)",
            aim: "at most 25",
            value,
            met: value <= 25.0,
        });
    }
    if let Some(value) = added("axum-proxy", USUAL, Row::p99) {
        goals.push(Goal {
            what: "what we add to the axum proxy's p99, in microseconds (16 connections)",
            aim: "less than 1,000",
            value,
            met: value < 1_000.0,
        });
    }
    goals
}

/// One line for each goal.
pub(super) fn lines(report: &Report) -> Vec<String> {
    let goals = goals(report);
    let mut lines = Vec::new();
    if !goals.is_empty() {
        lines.push(String::new());
        lines.push("Goals".to_owned());
    }
    for Goal {
        what,
        aim,
        value,
        met,
    } in goals
    {
        let verdict = if met { "met" } else { "MISSED" };
        lines.push(format!("{verdict:>6}  {value:.2}  ({aim})  {what}"));
    }
    lines
}

pub(super) fn json(report: &Report) -> Vec<Value> {
    let one =
        |goal: Goal| json!({ "what": goal.what, "aim": goal.aim, "value": goal.value, "met": goal.met });
    goals(report).into_iter().map(one).collect()
}
