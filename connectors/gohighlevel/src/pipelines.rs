//! The pipeline and stage that an opportunity has when none is given: the location's first pipeline, and its first stage.

use routemcp_sdk::prelude::*;
use serde_json::{Map, Value};

use crate::api::Api;
use crate::values::wrong;

const PIPELINE: &str = "pipelineId";
const STAGE: &str = "pipelineStageId";

/// Adds the pipeline that a create demands: the one that the stage is in, if a stage is given.
pub(crate) fn complete(api: &Api, values: &mut Map<String, Value>) -> Result<(), Failure> {
    if !values.contains_key(PIPELINE) {
        let pipeline = default(&all(api)?, text(values, STAGE))?;
        values.insert(PIPELINE.to_owned(), pipeline.into());
    }
    Ok(())
}

/// Whether a pipeline or stage is to be emptied, which HighLevel does not allow.
pub(crate) fn are_emptied(values: &Map<String, Value>) -> bool {
    [PIPELINE, STAGE]
        .iter()
        .any(|field| values.get(*field) == Some(&Value::Null))
}

/// Puts the defaults in for an emptied pipeline or stage. `record` is the opportunity as it is.
pub(crate) fn refill(api: &Api, values: &mut Map<String, Value>, record: &Value) -> Result<(), Failure> {
    let pipelines = all(api)?;
    if values.get(PIPELINE) == Some(&Value::Null) {
        let pipeline = default(&pipelines, text(values, STAGE))?;
        values.insert(PIPELINE.to_owned(), pipeline.into());
    }
    if values.get(STAGE) == Some(&Value::Null) {
        let pipeline = text(values, PIPELINE).or_else(|| id(record, PIPELINE));
        let own = pipelines.iter().find(|known| id(known, "id") == pipeline);
        let first = own.and_then(|own| id(own.pointer("/stages/0")?, "id"));
        let first =
            first.ok_or_else(|| wrong(STAGE, "the pipeline has no stage that could be the default"))?;
        values.insert(STAGE.to_owned(), first.into());
    }
    Ok(())
}

fn all(api: &Api) -> Result<Vec<Value>, Failure> {
    let request = http::get("/opportunities/pipelines").query("locationId", &api.location);
    Ok(api.send(request)?.at("/pipelines").unwrap_or_default())
}

fn default(pipelines: &[Value], stage: Option<&str>) -> Result<String, Failure> {
    let has_stage = |pipeline: &&Value| {
        let mut stages = pipeline
            .get("stages")
            .and_then(Value::as_array)
            .into_iter()
            .flatten();
        stage.is_none() || stages.any(|known| id(known, "id") == stage)
    };
    let found = pipelines
        .iter()
        .find(has_stage)
        .and_then(|pipeline| id(pipeline, "id"));
    found.map(str::to_owned).ok_or_else(|| match stage {
        Some(_) => wrong(STAGE, "no pipeline of this HighLevel location has such a stage"),
        None => wrong(PIPELINE, "this HighLevel location has no pipeline yet"),
    })
}

fn text<'a>(values: &'a Map<String, Value>, field: &str) -> Option<&'a str> {
    values.get(field).and_then(Value::as_str)
}

fn id<'a>(record: &'a Value, member: &str) -> Option<&'a str> {
    record.get(member).and_then(Value::as_str)
}
