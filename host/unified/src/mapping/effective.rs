//! The mapping in force for one resource of one connection, compiled once per connector version and override version.

mod filter;
mod read;
mod room;
mod write;

use std::borrow::Cow;

use serde::Serialize;
use serde_json::{Map, Value};

use super::layers::{MappingError, MappingSource, lay};
use super::{Direction, FieldErrors, FieldPath, Mapping, MappingOverride, Transform, target::Target};
use crate::json::Node;
use crate::manifest::ResourceManifest;
use crate::record::Record;
use crate::schema::Resource;
use crate::write::WriteMode;

pub use read::ReadError;
pub use room::Room;

/// The mapping in force for one resource.
#[derive(Debug)]
pub struct EffectiveMapping {
    provider: String,
    resource: Resource,
    fields_pointer: String,
    rows: Vec<Row>,
    read: read::Plan,
    write: write::Plan,
}

#[derive(Debug)]
struct Row {
    target: Target,
    mapping: Mapping,
    path: FieldPath,
    source: MappingSource,
}

/// A mapping as `GET /field-mappings` lists it.
#[derive(Clone, PartialEq, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct MappingRow {
    /// `contacts:v1:firstName`.
    pub standard_key: String,
    /// `firstName`.
    pub unified_field: String,
    /// The provider field.
    pub provider_field: String,
    /// Which way values go.
    pub direction: Direction,
    /// How values change on the way.
    pub transform: Option<Transform>,
    /// Where the mapping comes from.
    pub source: MappingSource,
}

impl EffectiveMapping {
    /// Lays overrides over the manifest's mappings, lowest precedence first (organisation, then end user), and prepares
    /// everything that reading and writing would otherwise look up for every record.
    pub fn compile(
        resource: Resource,
        manifest: &ResourceManifest,
        overrides: &[&[MappingOverride]],
    ) -> Result<Self, MappingError> {
        let broken = |field: &str, message: String| MappingError {
            resource,
            errors: FieldErrors::from([(field.to_owned(), message)]),
        };
        let mut rows = Vec::new();
        for (mapping, source) in lay(resource, manifest, overrides)? {
            let field = mapping.unified_field.clone();
            let target = Target::parse(resource, &field).map_err(|message| broken(&field, message))?;
            let path = FieldPath::parse(&mapping.provider_field, &manifest.fields_pointer);
            rows.push(Row {
                target,
                path: path.map_err(|message| broken(&field, message))?,
                mapping,
                source,
            });
        }
        rows.sort_by(|one, other| one.target.order(resource).cmp(&other.target.order(resource)));
        let read = read::Plan::new(resource, manifest, &rows).map_err(|message| broken("id", message))?;
        Ok(Self {
            provider: manifest.provider.clone(),
            resource,
            fields_pointer: manifest.fields_pointer.clone(),
            read,
            write: write::Plan::new(&rows, manifest),
            rows,
        })
    }

    /// The resource that this is for.
    pub const fn resource(&self) -> Resource {
        self.resource
    }

    /// The mappings in the order of the schema, fields of the organisation's own last and by name. Disabled ones are
    /// left out.
    pub fn rows(&self) -> Vec<MappingRow> {
        let row = |row: &Row| MappingRow {
            standard_key: self.resource.standard_key(&row.mapping.unified_field),
            unified_field: row.mapping.unified_field.clone(),
            provider_field: row.mapping.provider_field.clone(),
            direction: row.mapping.direction,
            transform: row.mapping.transform.clone(),
            source: row.source,
        };
        self.rows.iter().map(row).collect()
    }

    /// The provider fields that [`read`](Self::read) needs, each once, in order. `selection` holds the unified fields of
    /// `fields=` without members; `ownerName` and `ownerEmail` need the owner's id to be looked up by.
    pub fn provider_fields(&self, selection: Option<&[String]>) -> Vec<String> {
        self.read.provider_fields(selection)
    }

    /// Brings a provider's record into the unified form: every field of the schema in its order, absent ones null; or
    /// only `id` and the selected ones. `ownerName` and `ownerEmail` are null unless mapped: see
    /// [`read_with_owner_id`](Self::read_with_owner_id). `room` is what is left for all records of an answer together.
    pub fn read<'a>(
        &'a self,
        document: impl Into<Node<'a>>,
        provider: &'a str,
        selection: Option<&[String]>,
        room: &mut Room,
    ) -> Result<Record<'a>, ReadError> {
        let read = self.read_with_owner_id(document, provider, selection, room);
        read.map(|(record, _)| record)
    }

    /// As [`read`](Self::read), with the owner's id, whether it is selected or not: what owner names are looked up by.
    pub fn read_with_owner_id<'a>(
        &'a self,
        document: impl Into<Node<'a>>,
        provider: &'a str,
        selection: Option<&[String]>,
        room: &mut Room,
    ) -> Result<(Record<'a>, Option<Cow<'a, str>>), ReadError> {
        self.read.read(document.into(), provider, selection, room)
    }

    /// Turns a [checked](crate::body::check) body into provider fields and their values; null clears a field.
    ///
    /// A replacement clears every writable mapped field that the body leaves out. An address is written member by member:
    /// a merge touches the given members only, and null stands for all of them; so it is with `customFields`. Nulls are
    /// left out of a creation, which has nothing to clear.
    pub fn write(
        &self,
        body: &Map<String, Value>,
        mode: WriteMode,
    ) -> Result<Map<String, Value>, FieldErrors> {
        self.write.write(&self.provider, body, mode)
    }

    /// The unified field that a provider field belongs to, for errors that a provider tells by its own names.
    pub fn unified_field_of(&self, provider_field: &str) -> Option<&str> {
        let path = FieldPath::parse(provider_field, &self.fields_pointer).ok()?;
        let here = || self.rows.iter().filter(|row| row.path.same_place(&path));
        let row = here()
            .find(|row| row.mapping.direction.writes())
            .or_else(|| here().next())?;
        Some(&row.mapping.unified_field)
    }

    /// The provider field that filters and sorts of a unified field go by.
    pub fn provider_field_of(&self, unified: &str) -> Option<&str> {
        self.row_of(unified)
            .map(|row| row.mapping.provider_field.as_str())
    }

    /// A filter's value as the provider has it. Text, as query parameters are, is first brought to the field's type.
    pub fn transform_value_for_provider(&self, unified: &str, value: &Value) -> Result<Value, String> {
        let row = self
            .row_of(unified)
            .ok_or_else(|| format!("{} has no field for `{unified}`", self.provider))?;
        filter::provider_value(row.target.kind(), row.mapping.transform.as_ref(), value)
    }

    /// What is read is what can be searched for; fields that are only written come second.
    fn row_of(&self, unified: &str) -> Option<&Row> {
        let named = || {
            self.rows
                .iter()
                .filter(|row| row.mapping.unified_field == unified)
        };
        named()
            .find(|row| row.mapping.direction.reads())
            .or_else(|| named().next())
    }
}

#[cfg(test)]
mod tests;
