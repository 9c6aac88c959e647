//! The published JSON Schema of manifests, and checking by it.

use std::sync::LazyLock;

use jsonschema::error::ValidationErrorKind;
use jsonschema::{ValidationError, Validator};
use serde_json::Value;

use super::{ManifestError, Problem};
use crate::describe::one_of;

const TEXT: &str = include_str!("../../../../wit/manifest.schema.json");

/// The schema and what it compiles to; an error says why it does not. Compiled once.
static SCHEMA: LazyLock<Result<(Value, Validator), String>> = LazyLock::new(|| {
    let schema: Value = serde_json::from_str(TEXT).map_err(|error| error.to_string())?;
    let validator = jsonschema::draft202012::new(&schema).map_err(|error| error.to_string())?;
    Ok((schema, validator))
});

/// The JSON Schema (draft 2020-12) of manifests.
pub const fn json_schema() -> &'static str {
    TEXT
}

/// Every way in which a manifest breaks the schema.
pub(super) fn check(manifest: &Value) -> Result<(), ManifestError> {
    let (schema, validator) = match &*SCHEMA {
        Ok(compiled) => compiled,
        Err(reason) => return Err(ManifestError::single("", format!("cannot be checked: {reason}"))),
    };
    let problems = validator
        .iter_errors(manifest)
        .map(|error| problem(schema, &error))
        .collect();
    ManifestError::unless_none(problems)
}

fn problem(schema: &Value, error: &ValidationError<'_>) -> Problem {
    let said = match (error.kind(), error.instance().as_ref()) {
        // The library names only the first few.
        (ValidationErrorKind::Enum { options }, _) => {
            let options = options.as_array().into_iter().flatten().filter_map(Value::as_str);
            format!("is not known; it must be {}", one_of(options))
        }
        (_, Value::Object(_)) => error.masked_with("the object").to_string(),
        (_, Value::Array(_)) => error.masked_with("the list").to_string(),
        _ => error.to_string(),
    };
    let said = match expected(schema, error) {
        Some(expected) => format!("{said}; it must be {expected}"),
        None => said,
    };
    Problem::new(error.instance_path().as_str().to_owned(), &said)
}

/// What the broken part of the schema says about itself, where the keyword alone does not tell what would be right.
fn expected<'schema>(schema: &'schema Value, error: &ValidationError<'_>) -> Option<&'schema str> {
    let (part, keyword) = error.schema_path().as_str().rsplit_once('/')?;
    matches!(
        keyword,
        "pattern" | "minLength" | "maxLength" | "const" | "type" | "minItems"
    )
    .then(|| schema.pointer(part)?.get("description")?.as_str())
    .flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_published_schema_is_a_valid_schema() {
        let schema: Value = serde_json::from_str(json_schema()).unwrap();
        assert!(jsonschema::meta::is_valid(&schema));
        assert!(SCHEMA.is_ok());
    }

    #[test]
    fn the_schema_knows_every_resource_operation_and_transform_of_the_code() {
        let schema: Value = serde_json::from_str(json_schema()).unwrap();
        let resources: Vec<&str> = schema["properties"]["resources"]["properties"]
            .as_object()
            .unwrap()
            .keys()
            .map(String::as_str)
            .collect();
        assert_eq!(
            resources,
            crate::schema::Resource::ALL.map(crate::schema::Resource::name)
        );
        let names = |pointer| schema.pointer(pointer).unwrap().clone();
        assert_eq!(
            names("/$defs/operation/enum"),
            Value::from(crate::schema::Operation::ALL.map(|o| o.name()).to_vec())
        );
        assert_eq!(
            names("/$defs/transform/properties/name/enum"),
            Value::from(crate::mapping::Transform::NAMES.to_vec())
        );
    }
}
