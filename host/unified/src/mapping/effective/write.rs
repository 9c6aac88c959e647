//! From a unified body to provider values.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::Row;
use crate::manifest::ResourceManifest;
use crate::mapping::{FieldErrors, Transform};
use crate::write::WriteMode;

/// The mappings that write, in the order of the schema.
#[derive(Debug)]
pub(super) struct Plan {
    writers: Vec<Writer>,
    required: Vec<String>,
    always_set: Vec<String>,
}

#[derive(Debug)]
struct Writer {
    unified_field: String,
    provider_field: String,
    transform: Option<Transform>,
}

/// Unified field, dotted for members, to the value that a body gives it.
type Leaves<'body> = BTreeMap<String, &'body Value>;

impl Plan {
    pub(super) fn new(rows: &[Row], manifest: &ResourceManifest) -> Self {
        let writer = |row: &Row| Writer {
            unified_field: row.mapping.unified_field.clone(),
            provider_field: row.mapping.provider_field.clone(),
            transform: row.mapping.transform.clone(),
        };
        Self {
            writers: rows
                .iter()
                .filter(|row| row.mapping.direction.writes())
                .map(writer)
                .collect(),
            required: manifest.required.clone(),
            always_set: manifest.always_set.clone(),
        }
    }

    pub(super) fn write(
        &self,
        provider: &str,
        body: &Map<String, Value>,
        mode: WriteMode,
    ) -> Result<Map<String, Value>, FieldErrors> {
        let mut leaves = self.leaves(body);
        let mut errors = self.missing(provider, &leaves, mode);
        let mut values = Map::new();
        for writer in &self.writers {
            let given = leaves.remove(&writer.unified_field);
            if given.is_none() && self.always_set.contains(&writer.unified_field) {
                continue;
            }
            let Some(value) = value_for(given, mode) else {
                continue;
            };
            match writer
                .transform
                .as_ref()
                .map_or_else(|| Ok(value.clone()), |transform| transform.write(value))
            {
                Ok(value) => {
                    values.insert(writer.provider_field.clone(), value);
                }
                Err(message) => {
                    errors.insert(writer.unified_field.clone(), message);
                }
            }
        }
        let unmapped = format!("{provider} has no writable field for this; map one with PUT /field-mappings");
        errors.extend(leaves.into_keys().map(|field| (field, unmapped.clone())));
        if errors.is_empty() {
            Ok(values)
        } else {
            Err(errors)
        }
    }

    /// Required fields that a new record would lack, or that a change would clear.
    fn missing(&self, provider: &str, leaves: &Leaves<'_>, mode: WriteMode) -> FieldErrors {
        let lacks = |field: &&String| match leaves.get(*field) {
            None => mode != WriteMode::Merge,
            Some(value) => value.is_null(),
        };
        let required = |field: &String| (field.clone(), format!("is required by {provider}"));
        let mut errors: FieldErrors = self.required.iter().filter(lacks).map(required).collect();
        let emptied = |field: &&String| {
            mode != WriteMode::Create && leaves.get(*field).is_some_and(|value| value.is_null())
        };
        let kept = |field: &String| {
            (
                field.clone(),
                format!("always has a value at {provider}; leave it out to keep it, or give another"),
            )
        };
        errors.extend(self.always_set.iter().filter(emptied).map(kept));
        errors
    }

    /// Takes address and custom fields apart. Null for the whole is null for every member that can be written.
    fn leaves<'body>(&self, body: &'body Map<String, Value>) -> Leaves<'body> {
        let mut leaves = Leaves::new();
        for (name, value) in body {
            let group = matches!(name.as_str(), "address" | "customFields");
            match value {
                Value::Object(members) if group => {
                    leaves.extend(
                        members
                            .iter()
                            .map(|(member, value)| (format!("{name}.{member}"), value)),
                    );
                }
                Value::Null if group && self.members_of(name).next().is_some() => {
                    leaves.extend(self.members_of(name).map(|field| (field.to_owned(), value)));
                }
                value => {
                    leaves.insert(name.clone(), value);
                }
            }
        }
        leaves
    }

    fn members_of(&self, group: &str) -> impl Iterator<Item = &str> {
        let fields = self.writers.iter().map(|writer| writer.unified_field.as_str());
        fields.filter(move |field| {
            field
                .strip_prefix(group)
                .is_some_and(|rest| rest.starts_with('.'))
        })
    }
}

/// What a field is set to, if anything.
fn value_for(given: Option<&Value>, mode: WriteMode) -> Option<&Value> {
    match (given, mode) {
        (Some(Value::Null), WriteMode::Create) => None,
        (None, WriteMode::Replace) => Some(&Value::Null),
        (given, _) => given,
    }
}
