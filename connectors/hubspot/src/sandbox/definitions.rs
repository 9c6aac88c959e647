//! What an account has defined: properties and pipelines.

use routemcp_sdk::sandbox::Response;
use serde_json::{Value, json};

use crate::sandbox::schema::{CUSTOM, DEAL_STAGES, Kind, LEAD_PIPELINE, LEAD_STAGES, METRICS, Type};

pub(crate) fn properties(of: Type) -> Response {
    let system = [
        ("hs_object_id", Kind::SetByHubSpot),
        (of.created(), Kind::TimeSetByHubSpot),
        (of.modified(), Kind::TimeSetByHubSpot),
    ];
    let named = of
        .properties()
        .iter()
        .copied()
        .chain(system)
        .map(|(name, kind)| property(name, kind));
    let metrics = (1..=METRICS).map(|number| format!("metric_{number:03}"));
    let metrics = metrics
        .filter(|name| of.metric(name).is_some())
        .map(|name| property(&name, Kind::Number));
    Response::json(
        200,
        &json!({ "results": named.chain(metrics).collect::<Vec<_>>() }),
    )
}

fn property(name: &str, kind: Kind) -> Value {
    let (data_type, field_type) = kind.names();
    let options: Vec<Value> = match kind {
        Kind::Choice(options) => options
            .iter()
            .map(|option| json!({ "label": option, "value": option }))
            .collect(),
        _ => Vec::new(),
    };
    let custom = CUSTOM.contains(&name) || name.starts_with("metric_");
    json!({
        "name": name,
        "label": label(name),
        "type": data_type,
        "fieldType": field_type,
        "options": options,
        "hubspotDefined": !custom,
        "calculated": false,
        "modificationMetadata": { "archivable": custom, "readOnlyDefinition": !custom, "readOnlyValue": kind.read_only() },
    })
}

/// `favourite_colour` becomes "Favourite colour".
fn label(name: &str) -> String {
    let words = name.replace('_', " ");
    let mut letters = words.chars();
    letters
        .next()
        .map(|first| first.to_uppercase().chain(letters).collect())
        .unwrap_or_default()
}

pub(crate) fn pipelines(of: Type) -> Response {
    let pipelines = match of {
        Type::Deals => {
            let stages = DEAL_STAGES.iter().enumerate();
            let stages = stages.map(|(order, (id, label, odds))| {
                let closed = (*odds == "1" || *odds == "0").to_string();
                stage(
                    id,
                    label,
                    order,
                    json!({ "probability": odds, "isClosed": closed }),
                )
            });
            vec![pipeline("default", "Sales Pipeline", stages.collect())]
        }
        Type::Leads => {
            let stages = LEAD_STAGES.iter().enumerate();
            let stages = stages.map(|(order, id)| stage(id, &label(id), order, json!({})));
            vec![pipeline(LEAD_PIPELINE, "Lead pipeline", stages.collect())]
        }
        _ => Vec::new(),
    };
    Response::json(200, &json!({ "results": pipelines }))
}

fn pipeline(id: &str, label: &str, stages: Vec<Value>) -> Value {
    json!({ "id": id, "label": label, "displayOrder": 0, "stages": stages, "archived": false })
}

fn stage(id: &str, label: &str, order: usize, metadata: Value) -> Value {
    json!({ "id": id, "label": label, "displayOrder": order, "metadata": metadata, "archived": false })
}
