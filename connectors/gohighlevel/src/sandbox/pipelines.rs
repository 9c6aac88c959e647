//! The location's pipelines and their stages.

use serde_json::{Value, json};

use crate::sandbox::ids;

const PIPELINES: [(&str, &[(&str, u32)]); 2] = [
    (
        "Sales",
        &[
            ("New lead", 10),
            ("Qualified", 30),
            ("Proposal", 60),
            ("Negotiation – final", 80),
            ("Won", 100),
        ],
    ),
    ("Renewals", &[("Due", 50), ("Talked", 70), ("Renewed", 100)]),
];

pub(crate) fn id(pipeline: u64) -> String {
    ids::id("pipeline", pipeline)
}

pub(crate) fn stage_id(pipeline: u64, stage: u64) -> String {
    ids::uuid("stage", pipeline * 100 + stage)
}

/// (id, name, stages), each stage (id, name, probability in percent).
fn all() -> impl Iterator<Item = (String, &'static str, Vec<(String, &'static str, u32)>)> {
    (0..).zip(PIPELINES).map(|(pipeline, (name, stages))| {
        let stages = (0..)
            .zip(stages)
            .map(|(stage, (name, odds))| (stage_id(pipeline, stage), *name, *odds));
        (id(pipeline), name, stages.collect())
    })
}

pub(crate) fn render() -> Value {
    let one = |(id, name, stages): (String, &str, Vec<(String, &str, u32)>)| {
        let stages = (0_u32..)
            .zip(stages)
            .map(|(position, (id, name, _))| json!({ "id": id, "name": name, "position": position }));
        json!({ "id": id, "name": name, "stages": stages.collect::<Vec<_>>(), "locationId": ids::LOCATION,
                "showInFunnel": true, "showInPieChart": true })
    };
    Value::Array(all().map(one).collect())
}

/// The ids of a pipeline's stages; none if there is no such pipeline.
pub(crate) fn stages(pipeline: &str) -> Option<Vec<String>> {
    let found = all().find(|(id, ..)| id == pipeline);
    found.map(|(_, _, stages)| stages.into_iter().map(|(id, ..)| id).collect())
}

/// The probability of a stage, in percent.
pub(crate) fn odds(stage: &str) -> Option<u32> {
    all()
        .flat_map(|(_, _, stages)| stages)
        .find(|(id, ..)| id == stage)
        .map(|(_, _, odds)| odds)
}
