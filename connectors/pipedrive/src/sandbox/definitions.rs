//! What records refer to: pipelines, stages, fields, labels and types.

use routemcp_sdk::sandbox::Response;
use serde_json::{Value, json};

use crate::sandbox::schema::{
    ACTIVITY_TYPES, CustomField, CustomKind, LEAD_LABELS, PIPELINES, Pipeline, Type,
};

const MADE: &str = "2025-01-10T09:00:00Z";

/// A list of definitions of the API v2; none for other names.
pub(crate) fn v2(name: &str) -> Option<Response> {
    let data: Vec<Value> = match name {
        "pipelines" => PIPELINES.iter().enumerate().map(pipeline).collect(),
        "stages" => stages(),
        "personFields" => Type::Persons.custom_fields().iter().map(field).collect(),
        "dealFields" => Type::Deals.custom_fields().iter().map(field).collect(),
        _ => return None,
    };
    let body = json!({ "success": true, "data": data, "additional_data": { "next_cursor": null } });
    Some(Response::json(200, &body))
}

fn pipeline((index, (id, name, _)): (usize, &Pipeline)) -> Value {
    json!({ "id": id, "name": name, "order_nr": index + 1, "is_deleted": false, "is_deal_probability_enabled": true,
            "is_selected": index == 0, "add_time": MADE, "update_time": MADE })
}

fn stages() -> Vec<Value> {
    let of = |(pipeline, _, stages): &Pipeline| {
        let pipeline = *pipeline;
        stages.iter().enumerate().map(move |(index, (id, name))| {
            json!({ "id": id, "order_nr": index + 1, "name": name, "is_deleted": false, "deal_probability": 100,
                    "pipeline_id": pipeline, "is_deal_rot_enabled": false, "days_to_rotten": null, "add_time": MADE,
                    "update_time": MADE })
        })
    };
    PIPELINES.iter().flat_map(of).collect()
}

/// Only the fields that the account has made for itself.
fn field(field: &CustomField) -> Value {
    let (kind, options) = match field.kind {
        CustomKind::Text => ("varchar", None),
        CustomKind::Number => ("double", None),
        CustomKind::Date => ("date", None),
        CustomKind::Option(options) => ("enum", Some(options)),
    };
    let options: Option<Vec<Value>> = options.map(|options| {
        options
            .iter()
            .map(|(id, label)| json!({ "id": id, "label": label }))
            .collect()
    });
    json!({ "field_name": field.name, "field_code": field.key, "field_type": kind, "options": options, "subfields": null,
            "is_custom_field": true, "is_optional_response_field": false })
}

pub(crate) fn activity_types() -> Response {
    let one = |(index, key): (usize, &&str)| {
        json!({ "id": index + 1, "order_nr": index + 1, "name": key, "key_string": key, "icon_key": key, "active_flag": true,
                "color": null, "is_custom_flag": false, "add_time": MADE, "update_time": MADE })
    };
    list(ACTIVITY_TYPES.iter().enumerate().map(one).collect())
}

pub(crate) fn lead_labels() -> Response {
    let looks = [("Hot", "red"), ("Warm", "yellow"), ("Cold", "blue")];
    let one = |(id, (name, colour)): (&&str, (&str, &str))| json!({ "id": id, "name": name, "color": colour, "add_time": MADE, "update_time": MADE });
    list(LEAD_LABELS.iter().zip(looks).map(one).collect())
}

fn list(data: Vec<Value>) -> Response {
    Response::json(200, &json!({ "success": true, "data": data }))
}
