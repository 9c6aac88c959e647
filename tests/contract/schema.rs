//! A schema of a document, compiled when it is first needed, that tells what is wrong with a value.

use std::collections::BTreeSet;
use std::sync::{Arc, OnceLock};

use jsonschema::error::ValidationErrorKind;
use jsonschema::{Draft, ValidationError, Validator};
use serde_json::{Value, json};

use crate::exchange::Fault;
use crate::translate::{Direction, translate};

/// How much of a message is kept, in characters.
const MESSAGE: usize = 240;

/// The schemas that others refer to as `#/components/schemas/NAME`.
#[derive(Debug)]
pub(crate) struct Components {
    source: Value,
    translated: [OnceLock<Value>; 2],
}

/// One schema.
#[derive(Debug)]
pub(crate) struct Schema {
    source: Value,
    components: Arc<Components>,
    direction: Direction,
    compiled: OnceLock<Result<Validator, String>>,
}

impl Components {
    /// Of a whole OpenAPI document.
    pub(crate) fn of(document: &Value) -> Self {
        Self {
            source: document
                .pointer("/components/schemas")
                .cloned()
                .unwrap_or_else(|| json!({})),
            translated: [OnceLock::new(), OnceLock::new()],
        }
    }

    fn translated(&self, direction: Direction) -> &Value {
        let [request, response] = &self.translated;
        let place = if direction == Direction::Request {
            request
        } else {
            response
        };
        place.get_or_init(|| {
            let schemas = self.source.as_object().into_iter().flatten();
            schemas
                .map(|(name, schema)| (name.clone(), translate(schema, direction)))
                .collect()
        })
    }

    /// The schema itself, or the one that it refers to.
    fn resolve<'a>(&'a self, schema: &'a Value) -> &'a Value {
        let reference = schema.get("$ref").and_then(Value::as_str);
        let named = reference.and_then(|reference| reference.strip_prefix("#/components/schemas/"));
        match named.and_then(|name| self.source.get(name)) {
            Some(referred) => self.resolve(referred),
            None => schema,
        }
    }
}

impl Schema {
    pub(crate) fn new(source: Value, components: &Arc<Components>, direction: Direction) -> Self {
        Self {
            source,
            components: Arc::clone(components),
            direction,
            compiled: OnceLock::new(),
        }
    }

    /// What is wrong with a value. Places are JSON Pointers in which `*` stands for any index.
    ///
    /// A null that may not be one has ` = null` after its place.
    ///
    /// A request's body may have declared members only, at its top: a member that the provider does not know is a
    /// mistake even where the description does not forbid it. A schema that declares no member at all says nothing.
    pub(crate) fn faults(&self, value: &Value) -> Vec<Fault> {
        let validator = match self.compiled.get_or_init(|| self.compile()) {
            Ok(validator) => validator,
            Err(error) => return vec![Fault::new("", format!("its schema cannot be compiled: {error}"))],
        };
        let errors: Vec<_> = validator.iter_errors(value).collect();
        // What an invalid part would have declared counts as undeclared, which says nothing.
        let undeclared = |error: &&ValidationError<'_>| {
            matches!(error.kind(), ValidationErrorKind::UnevaluatedProperties { .. })
        };
        let invalid = errors.iter().any(|error| !undeclared(&error));
        errors
            .iter()
            .filter(|error| !(invalid && undeclared(error)))
            .flat_map(explain)
            .collect()
    }

    fn compile(&self) -> Result<Validator, String> {
        let mut root = json!({
            "allOf": [translate(&self.source, self.direction)],
            "components": { "schemas": self.components.translated(self.direction) },
        });
        let closed = self.direction == Direction::Request && self.declares_members(&self.source);
        if let (true, Some(root)) = (closed, root.as_object_mut()) {
            root.insert("unevaluatedProperties".to_owned(), Value::Bool(false));
        }
        let options = jsonschema::options().with_draft(Draft::Draft202012);
        let validator = options.should_validate_formats(true).offline().build(&root);
        validator.map_err(|error| error.to_string())
    }

    fn declares_members(&self, schema: &Value) -> bool {
        let schema = self.components.resolve(schema);
        let own = schema.get("properties").and_then(Value::as_object);
        own.is_some_and(|members| !members.is_empty())
            || combined(schema).any(|schema| self.declares_members(schema))
    }

    /// A text of a URL, a header or a form as the value that it stands for: numbers and booleans only where the schema
    /// has them.
    pub(crate) fn read(&self, text: &str) -> Value {
        self.read_as(&self.source, text)
    }

    /// Texts as the list that they stand for.
    pub(crate) fn read_list<'a>(&self, texts: impl Iterator<Item = &'a str>) -> Value {
        let items = self
            .components
            .resolve(&self.source)
            .get("items")
            .unwrap_or(&Value::Null);
        texts.map(|text| self.read_as(items, text)).collect()
    }

    /// A form's members, which all are texts, as the values that they stand for.
    pub(crate) fn read_members(&self, form: Value) -> Value {
        let declared = self.components.resolve(&self.source).get("properties");
        let Value::Object(members) = form else {
            return form;
        };
        let read = members.into_iter().map(|(name, value)| {
            let schema = declared
                .and_then(|declared| declared.get(&name))
                .unwrap_or(&Value::Null);
            let value = value
                .as_str()
                .map_or(Value::Null, |text| self.read_as(schema, text));
            (name, value)
        });
        read.collect()
    }

    /// Whether the schema is one of lists.
    pub(crate) fn is_list(&self) -> bool {
        self.types(&self.source).contains("array")
    }

    fn read_as(&self, schema: &Value, text: &str) -> Value {
        let types = self.types(schema);
        let fits = |value: &Value| match value {
            Value::Number(_) => types.contains("number") || types.contains("integer"),
            Value::Bool(_) => types.contains("boolean"),
            _ => false,
        };
        let scalar = serde_json::from_str(text).ok().filter(fits);
        scalar.unwrap_or_else(|| Value::String(text.to_owned()))
    }

    /// The types that a schema allows, through references and combinations.
    fn types(&self, schema: &Value) -> BTreeSet<String> {
        let schema = self.components.resolve(schema);
        let own = match schema.get("type") {
            Some(Value::String(single)) => vec![single.clone()],
            Some(Value::Array(several)) => several
                .iter()
                .filter_map(Value::as_str)
                .map(str::to_owned)
                .collect(),
            _ => Vec::new(),
        };
        let combined = combined(schema).flat_map(|schema| self.types(schema));
        own.into_iter().chain(combined).collect()
    }
}

/// The schemas that a schema is combined of.
fn combined(schema: &Value) -> impl Iterator<Item = &Value> {
    let lists = ["allOf", "anyOf", "oneOf"].into_iter();
    lists
        .filter_map(|keyword| schema.get(keyword)?.as_array())
        .flatten()
}

/// An error as faults: one for each member that is missing or too many, and for combinations those of the alternative
/// that came closest.
fn explain(error: &ValidationError<'_>) -> Vec<Fault> {
    let place = pattern(&error.instance_path().to_string());
    let members = |names: &[String], what: &str| {
        names
            .iter()
            .map(|name| Fault::new(format!("{place}/{name}"), what))
            .collect()
    };
    match error.kind() {
        ValidationErrorKind::Type { .. } if error.instance().is_null() => {
            vec![Fault::new(format!("{place} = null"), cut(&error.to_string()))]
        }
        ValidationErrorKind::Required { property } => members(
            &[property.as_str().unwrap_or_default().to_owned()],
            "is required and missing",
        ),
        ValidationErrorKind::AdditionalProperties { unexpected }
        | ValidationErrorKind::UnevaluatedProperties { unexpected } => members(unexpected, "is not declared"),
        ValidationErrorKind::AnyOf { context } | ValidationErrorKind::OneOfNotValid { context } => {
            closest(context).map_or_else(
                || vec![Fault::new(&*place, cut(&error.to_string()))],
                |alternative| alternative.iter().flat_map(explain).collect(),
            )
        }
        _ => vec![Fault::new(&*place, cut(&error.to_string()))],
    }
}

/// The alternative whose errors lie deepest, then the one with the fewest.
fn closest<'a>(alternatives: &'a [Vec<ValidationError<'static>>]) -> Option<&'a [ValidationError<'static>]> {
    let depth = |error: &ValidationError<'_>| error.instance_path().to_string().matches('/').count();
    let closeness = |errors: &&'a Vec<ValidationError<'static>>| {
        (
            errors.iter().map(depth).min().unwrap_or_default(),
            std::cmp::Reverse(errors.len()),
        )
    };
    alternatives
        .iter()
        .filter(|errors| !errors.is_empty())
        .max_by_key(closeness)
        .map(Vec::as_slice)
}

/// A place with `*` for every index, so that the same fault in every record is one.
fn pattern(pointer: &str) -> String {
    let index = |step: &str| !step.is_empty() && step.bytes().all(|byte| byte.is_ascii_digit());
    let steps = pointer
        .split('/')
        .map(|step| if index(step) { "*" } else { step });
    steps.collect::<Vec<_>>().join("/")
}

/// Messages quote the value, which may be a whole record.
fn cut(message: &str) -> String {
    let length = message.chars().count();
    if length <= MESSAGE {
        return message.to_owned();
    }
    let start: String = message.chars().take(MESSAGE / 2).collect();
    let end: String = message.chars().skip(length - MESSAGE / 2).collect();
    format!("{start} … {end}")
}
