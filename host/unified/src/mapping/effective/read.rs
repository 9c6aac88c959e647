//! From a provider's record to a unified one.

use std::sync::Arc;

use serde_json::{Map, Value};

use super::Row;
use crate::json::Node;
use crate::manifest::ResourceManifest;
use crate::mapping::target::Target;
use crate::mapping::transform::Expression;
use crate::mapping::{FieldPath, Transform, coerce};
use crate::record::Record;
use crate::schema::{ADDRESS_MEMBERS, Field, FieldKind, Resource};

/// A record of a provider that cannot be brought into the unified form. Never repeats a value of the record.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum ReadError {
    /// The connector pointed at something that is no record.
    #[error("the record is {found} instead of an object")]
    NotAnObject {
        /// What it is.
        found: &'static str,
    },
    /// There is no text or number where the id should be.
    #[error("the record has no id at {pointer}")]
    NoId {
        /// The manifest's `idPointer`.
        pointer: String,
    },
    /// What should hold the record's fields holds something else.
    #[error("the fields at {pointer} are {found} instead of an object")]
    FieldsNotAnObject {
        /// The manifest's `fieldsPointer`.
        pointer: String,
        /// What is there.
        found: &'static str,
    },
    /// A value that is not of the unified field's type.
    #[error("{unified_field} cannot be read from {provider_field}: {reason}")]
    Value {
        /// The unified field.
        unified_field: String,
        /// The provider field.
        provider_field: String,
        /// What was expected.
        reason: String,
    },
}

/// Where every field of the schema comes from.
#[derive(Debug)]
pub(super) struct Plan {
    id: FieldPath,
    fields: FieldPath,
    slots: Vec<(&'static Field, Slot)>,
}

#[derive(Debug)]
enum Slot {
    Id,
    Provider,
    Value(Option<Box<Reader>>),
    Address(Vec<(&'static Field, Option<Reader>)>),
    Custom(Vec<(String, Reader)>),
    /// An owner's name, or else first and last name.
    OwnerName(Vec<Reader>, Vec<Reader>),
}

#[derive(Clone, Debug)]
struct Reader {
    unified_field: String,
    path: FieldPath,
    further: Vec<FieldPath>,
    transform: Option<Transform>,
    /// What an expression was parsed to, and where its input is.
    expression: Option<Arc<(Expression, FieldPath)>>,
    kind: FieldKind,
}

impl Plan {
    pub(super) fn new(resource: Resource, manifest: &ResourceManifest, rows: &[Row]) -> Result<Self, String> {
        let mut readers = Vec::new();
        for row in rows.iter().filter(|row| row.mapping.direction.reads()) {
            readers.push((&row.target, Reader::new(row, &manifest.fields_pointer)?));
        }
        let slots = resource
            .fields()
            .iter()
            .map(|field| (field, Slot::new(resource, field, &readers)))
            .collect();
        Ok(Self {
            id: FieldPath::from_root(&manifest.id_pointer)?,
            fields: FieldPath::from_root(&manifest.fields_pointer)?,
            slots,
        })
    }

    pub(super) fn provider_fields(&self, selection: Option<&[String]>) -> Vec<String> {
        let mut fields: Vec<String> = Vec::new();
        let needed = self
            .slots
            .iter()
            .filter(|(field, _)| selected(field, selection) || owner_lookup(field, selection));
        for path in needed
            .flat_map(|(_, slot)| slot.readers())
            .flat_map(Reader::paths)
        {
            if !fields.iter().any(|field| field == path.as_str()) {
                fields.push(path.as_str().to_owned());
            }
        }
        fields
    }

    pub(super) fn read(
        &self,
        document: Node<'_>,
        provider: &str,
        selection: Option<&[String]>,
    ) -> Result<Record, ReadError> {
        if !document.is_object() {
            return Err(ReadError::NotAnObject {
                found: document.sort(),
            });
        }
        // Without this a record whose fields are garbage would read as one whose fields are empty.
        if let Some(fields) = self.fields.find(document)
            && !fields.is_object()
            && !fields.is_null()
        {
            return Err(ReadError::FieldsNotAnObject {
                pointer: self.fields.as_str().to_owned(),
                found: fields.sort(),
            });
        }
        let id = self.id(document)?;
        let mut record = Record::with_capacity(self.slots.len());
        for (field, slot) in &self.slots {
            if field.name == "id" || selected(field, selection) {
                let value = match slot {
                    Slot::Id => Value::String(id.clone()),
                    Slot::Provider => Value::String(provider.to_owned()),
                    other => other.read(document)?,
                };
                record.push(field.name, value);
            }
        }
        Ok(record)
    }

    pub(super) fn owner_id(&self, document: Node<'_>) -> Option<String> {
        let (_, slot) = self.slots.iter().find(|(field, _)| field.name == "ownerId")?;
        slot.read(document).ok()?.as_str().map(str::to_owned)
    }

    fn id(&self, document: Node<'_>) -> Result<String, ReadError> {
        match self.id.find(document).map(Node::to_value) {
            Some(Value::String(text)) if !text.is_empty() => Ok(text),
            Some(Value::Number(number)) => Ok(number.to_string()),
            _ => Err(ReadError::NoId {
                pointer: self.id.as_str().to_owned(),
            }),
        }
    }
}

fn selected(field: &Field, selection: Option<&[String]>) -> bool {
    selection.is_none_or(|names| names.iter().any(|name| name == field.name))
}

/// Owner names are looked up by the owner's id.
fn owner_lookup(field: &Field, selection: Option<&[String]>) -> bool {
    let looks_up = |name: &String| name == "ownerName" || name == "ownerEmail";
    field.name == "ownerId" && selection.is_some_and(|names| names.iter().any(looks_up))
}

impl Slot {
    fn new(resource: Resource, field: &'static Field, readers: &[(&Target, Reader)]) -> Self {
        let of = |wanted: &Target| {
            readers
                .iter()
                .find(|(target, _)| *target == wanted)
                .map(|(_, reader)| reader.clone())
        };
        let named = |name: &str| resource.field(name).and_then(|field| of(&Target::Plain(field)));
        match (field.name, field.kind) {
            ("id" | "remoteId", _) => Self::Id,
            ("provider", _) => Self::Provider,
            ("name", _) if resource == Resource::Owner => {
                let parts = [named("firstName"), named("lastName")];
                Self::OwnerName(
                    named("name").into_iter().collect(),
                    parts.into_iter().flatten().collect(),
                )
            }
            (_, FieldKind::Address) => {
                let members = ADDRESS_MEMBERS.iter();
                Self::Address(
                    members
                        .map(|member| (member, of(&Target::Address(member))))
                        .collect(),
                )
            }
            (_, FieldKind::CustomFields) => {
                let custom = readers.iter().filter_map(|(target, reader)| match target {
                    Target::Custom(name) => Some((name.clone(), reader.clone())),
                    _ => None,
                });
                Self::Custom(custom.collect())
            }
            _ => Self::Value(of(&Target::Plain(field)).map(Box::new)),
        }
    }

    fn readers(&self) -> Vec<&Reader> {
        match self {
            Self::Id | Self::Provider => Vec::new(),
            Self::Value(reader) => reader.as_deref().into_iter().collect(),
            Self::Address(members) => members.iter().filter_map(|(_, reader)| reader.as_ref()).collect(),
            Self::Custom(members) => members.iter().map(|(_, reader)| reader).collect(),
            Self::OwnerName(name, parts) => name.iter().chain(parts).collect(),
        }
    }

    fn read(&self, document: Node<'_>) -> Result<Value, ReadError> {
        match self {
            Self::Value(Some(reader)) => reader.read(document),
            Self::Address(members) => address(document, members),
            Self::Custom(members) if !members.is_empty() => {
                let read = |(name, reader): &(String, Reader)| Ok((name.clone(), reader.read(document)?));
                Ok(Value::Object(members.iter().map(read).collect::<Result<_, _>>()?))
            }
            Self::OwnerName(name, parts) => match joined(document, name)? {
                Value::Null => joined(document, parts),
                name => Ok(name),
            },
            Self::Id | Self::Provider | Self::Value(None) | Self::Custom(_) => Ok(Value::Null),
        }
    }
}

fn value_at(path: &FieldPath, document: Node<'_>) -> Value {
    path.find(document).map(Node::to_value).unwrap_or_default()
}

/// Null as a whole when every member is.
fn address(document: Node<'_>, members: &[(&'static Field, Option<Reader>)]) -> Result<Value, ReadError> {
    let mut address = Map::with_capacity(members.len());
    for (member, reader) in members {
        let value = reader
            .as_ref()
            .map_or(Ok(Value::Null), |reader| reader.read(document))?;
        address.insert(member.name.to_owned(), value);
    }
    Ok(if address.values().all(Value::is_null) {
        Value::Null
    } else {
        Value::Object(address)
    })
}

/// The texts that there are, with a space between them.
fn joined(document: Node<'_>, readers: &[Reader]) -> Result<Value, ReadError> {
    let values = readers
        .iter()
        .map(|reader| reader.read(document))
        .collect::<Result<Vec<_>, _>>()?;
    let texts: Vec<&str> = values.iter().filter_map(Value::as_str).collect();
    Ok(if texts.is_empty() {
        Value::Null
    } else {
        Value::String(texts.join(" "))
    })
}

impl Reader {
    fn new(row: &Row, fields_pointer: &str) -> Result<Self, String> {
        let transform = row.mapping.transform.clone();
        let further = transform.iter().flat_map(|transform| transform.further_fields());
        let expression = match &transform {
            Some(Transform::Expression { expression, .. }) => Some(Arc::new((
                Expression::parse(expression)?,
                FieldPath::from_root(fields_pointer)?,
            ))),
            _ => None,
        };
        Ok(Self {
            expression,
            unified_field: row.mapping.unified_field.clone(),
            path: row.path.clone(),
            further: further
                .map(|field| FieldPath::parse(field, fields_pointer))
                .collect::<Result<_, _>>()?,
            transform,
            kind: row.target.kind(),
        })
    }

    fn paths(&self) -> impl Iterator<Item = &FieldPath> {
        std::iter::once(&self.path).chain(&self.further)
    }

    fn read(&self, document: Node<'_>) -> Result<Value, ReadError> {
        let value = value_at(&self.path, document);
        let read = match (&self.transform, self.expression.as_deref()) {
            (_, Some((expression, fields))) => expression.evaluate(&value_at(fields, document), &value),
            (None, _) => Ok(value),
            (Some(transform @ Transform::Join { .. }), _) => {
                transform.read(&self.paths().map(|path| value_at(path, document)).collect())
            }
            (Some(transform), _) => transform.read(&value),
        };
        read.and_then(|value| coerce::coerce(self.kind, value))
            .map_err(|reason| ReadError::Value {
                unified_field: self.unified_field.clone(),
                provider_field: self.path.as_str().to_owned(),
                reason,
            })
    }
}
