//! Schemas of OpenAPI 3.0 and 3.1 as JSON Schema 2020-12.

use serde_json::{Map, Value, json};

/// Which way a body goes. Read-only members are not sent, write-only ones are not answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Direction {
    Request,
    Response,
}

/// Keywords that say nothing about validity, or that are translated apart.
const DROPPED: [&str; 12] = [
    "nullable",
    "example",
    "examples",
    "discriminator",
    "xml",
    "externalDocs",
    "deprecated",
    "description",
    "title",
    "default",
    "readOnly",
    "writeOnly",
];

/// Translates one schema and everything in it.
pub(crate) fn translate(schema: &Value, direction: Direction) -> Value {
    let Value::Object(keywords) = schema else {
        return schema.clone();
    };
    let mut translated = Map::new();
    for (keyword, value) in keywords {
        if DROPPED.contains(&keyword.as_str()) || keyword.starts_with("x-") {
            continue;
        }
        let value = match (keyword.as_str(), value) {
            ("properties", Value::Object(members)) => properties(members, direction),
            ("required", Value::Array(names)) => required(names, keywords.get("properties"), direction),
            ("allOf" | "anyOf" | "oneOf" | "prefixItems", Value::Array(schemas)) => schemas
                .iter()
                .map(|schema| translate(schema, direction))
                .collect(),
            ("items" | "additionalProperties" | "not", schema) => translate(schema, direction),
            (_, value) => value.clone(),
        };
        translated.insert(keyword.clone(), value);
    }
    exclusive(&mut translated, "exclusiveMinimum", "minimum");
    exclusive(&mut translated, "exclusiveMaximum", "maximum");
    match keywords.get("nullable") {
        Some(Value::Bool(true)) => nullable(translated),
        _ => Value::Object(translated),
    }
}

fn properties(members: &Map<String, Value>, direction: Direction) -> Value {
    let translated = members.iter().map(|(name, schema)| {
        let schema = match direction {
            Direction::Request if marked(schema, "readOnly") => Value::Bool(false),
            _ => translate(schema, direction),
        };
        (name.clone(), schema)
    });
    translated.collect()
}

/// Members that do not go this way cannot be required.
fn required(names: &[Value], members: Option<&Value>, direction: Direction) -> Value {
    let other_way = match direction {
        Direction::Request => "readOnly",
        Direction::Response => "writeOnly",
    };
    let stays = |name: &&Value| {
        let schema = name.as_str().and_then(|name| members?.get(name));
        !schema.is_some_and(|schema| marked(schema, other_way))
    };
    names.iter().filter(stays).cloned().collect()
}

fn marked(schema: &Value, keyword: &str) -> bool {
    schema.get(keyword) == Some(&Value::Bool(true))
}

/// Until 3.0 an exclusive border was a flag beside the border.
fn exclusive(schema: &mut Map<String, Value>, flag: &str, border: &str) {
    let Some(Value::Bool(exclusive)) = schema.get(flag) else {
        return;
    };
    let exclusive = *exclusive;
    schema.remove(flag);
    if exclusive && let Some(value) = schema.remove(border) {
        schema.insert(flag.to_owned(), value);
    }
}

/// `nullable: true` of 3.0. Beside a reference or a combination, too, where 3.0 strictly gives it no meaning: documents
/// write it there because they mean it.
fn nullable(mut schema: Map<String, Value>) -> Value {
    let Some(Value::String(single)) = schema.get("type") else {
        return json!({ "anyOf": [schema, { "type": "null" }] });
    };
    let single = single.clone();
    schema.insert("type".to_owned(), json!([single, "null"]));
    if let Some(Value::Array(allowed)) = schema.get_mut("enum")
        && !allowed.contains(&Value::Null)
    {
        allowed.push(Value::Null);
    }
    Value::Object(schema)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{Direction, translate};

    #[test]
    fn nullable_becomes_a_type_and_joins_the_allowed_values() {
        let schema =
            json!({ "type": "string", "enum": ["a"], "nullable": true, "example": "a", "x-origin": 1 });
        let expected = json!({ "type": ["string", "null"], "enum": ["a", null] });
        assert_eq!(translate(&schema, Direction::Response), expected);
        let reference = json!({ "$ref": "#/components/schemas/Pet", "nullable": true });
        let expected = json!({ "anyOf": [{ "$ref": "#/components/schemas/Pet" }, { "type": "null" }] });
        assert_eq!(translate(&reference, Direction::Response), expected);
    }

    #[test]
    fn members_may_be_called_like_keywords() {
        let schema =
            json!({ "properties": { "nullable": { "type": "string" }, "example": { "type": "string" } } });
        assert_eq!(translate(&schema, Direction::Response), schema);
    }

    #[test]
    fn members_of_the_other_way_are_neither_required_nor_sent() {
        let schema = json!({
            "required": ["id", "secret", "name"],
            "properties": { "id": { "readOnly": true }, "secret": { "writeOnly": true }, "name": {} }
        });
        let sent = json!({ "required": ["secret", "name"], "properties": { "id": false, "secret": {}, "name": {} } });
        assert_eq!(translate(&schema, Direction::Request), sent);
        let answered =
            json!({ "required": ["id", "name"], "properties": { "id": {}, "secret": {}, "name": {} } });
        assert_eq!(translate(&schema, Direction::Response), answered);
    }

    #[test]
    fn an_exclusive_border_is_a_number() {
        let schema =
            json!({ "minimum": 1, "exclusiveMinimum": true, "maximum": 9, "exclusiveMaximum": false });
        let expected = json!({ "maximum": 9, "exclusiveMinimum": 1 });
        assert_eq!(translate(&schema, Direction::Request), expected);
    }

    #[test]
    fn schemas_inside_schemas_are_translated() {
        let inner = json!({ "type": "integer", "nullable": true });
        let schema = json!({ "allOf": [{ "items": inner, "additionalProperties": inner }], "not": inner });
        let inner = json!({ "type": ["integer", "null"] });
        let expected = json!({ "allOf": [{ "items": inner, "additionalProperties": inner }], "not": inner });
        assert_eq!(translate(&schema, Direction::Response), expected);
    }
}
