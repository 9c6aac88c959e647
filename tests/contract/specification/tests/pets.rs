//! A small API, described in 3.0, and exchanges with it.

use http::{HeaderMap, HeaderValue, StatusCode};
use serde_json::{Value, json};

use crate::exchange::Exchange;

pub(super) fn document() -> Value {
    let pet = json!({
        "type": "object",
        "required": ["id", "name"],
        "properties": {
            "id": { "type": "integer", "readOnly": true },
            "name": { "type": "string" },
            "born": { "type": "string", "format": "date", "nullable": true, "example": "2020-01-01" },
            "owner": { "$ref": "#/components/schemas/Owner" }
        }
    });
    let owner = json!({ "type": "object", "properties": { "email": { "type": "string" } }, "additionalProperties": false });
    let one =
        json!({ "content": { "application/json": { "schema": { "$ref": "#/components/schemas/Pet" } } } });
    let list = json!({ "content": { "application/json": { "schema": { "type": "array", "items": { "$ref": "#/components/schemas/Pet" } } } } });
    let query = json!([
        { "$ref": "#/components/parameters/Limit" },
        { "name": "fields", "in": "query", "style": "form", "explode": false,
          "schema": { "type": "array", "items": { "type": "string", "enum": ["id", "name"] } } },
        { "name": "ids", "in": "query", "schema": { "type": "array", "items": { "type": "integer" } } },
        { "name": "Version", "in": "header", "required": true, "schema": { "type": "string", "enum": ["1"] } }
    ]);
    let id = json!([{ "name": "id", "in": "path", "required": true, "schema": { "type": "integer" } }]);
    let form = json!({ "required": true, "content": { "application/x-www-form-urlencoded": { "schema": {
        "type": "object", "required": ["count"], "properties": { "count": { "type": "integer" } } } } } });
    json!({
        "openapi": "3.0.3",
        "servers": [{ "url": "https://pets.example/shop/{version}/" }],
        "paths": {
            "/pets": {
                "get": { "parameters": query, "responses": { "200": list } },
                "post": { "requestBody": one, "responses": { "201": one, "default": { "description": "any" } } }
            },
            "/pets/{id}": { "parameters": id,
                "get": { "responses": { "200": one, "4XX": { "description": "none" } } },
                "delete": { "responses": { "204": { "description": "gone" } } } },
            "/pets/count": { "get": { "responses": { "200": { "description": "ok" } } },
                "post": { "requestBody": form, "responses": { "200": { "description": "ok" } } } }
        },
        "components": {
            "parameters": { "Limit": { "name": "limit", "in": "query", "required": true,
                "schema": { "type": "integer", "maximum": 100 } } },
            "schemas": { "Pet": pet, "Owner": owner }
        }
    })
}

pub(super) fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
    let value = |value: &str| HeaderValue::from_str(value).unwrap();
    pairs
        .iter()
        .map(|(name, text)| (http::HeaderName::from_static(name), value(text)))
        .collect()
}

/// A request of version 1 to a path with a query, and a JSON answer.
pub(super) fn exchange(method: &str, target: &str, status: u16, answer: &Value) -> Exchange {
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    Exchange {
        method: method.to_owned(),
        path: format!("/shop/v7{path}"),
        query: url::form_urlencoded::parse(query.as_bytes())
            .into_owned()
            .collect(),
        headers: headers(&[("version", "1")]),
        body: Vec::new(),
        status: StatusCode::from_u16(status).unwrap(),
        answer_headers: headers(&[("content-type", "application/json; charset=utf-8")]),
        answer: if answer.is_null() {
            Vec::new()
        } else {
            answer.to_string().into_bytes()
        },
    }
}

pub(super) fn with_body(mut exchange: Exchange, media_type: &str, body: &str) -> Exchange {
    exchange.headers.extend(headers(&[("content-type", media_type)]));
    exchange.body = body.as_bytes().to_vec();
    exchange
}

pub(super) fn create(body: &Value) -> Exchange {
    let created = exchange("POST", "/pets", 201, &json!({ "id": 1, "name": "Mia" }));
    with_body(created, "application/json", &body.to_string())
}
