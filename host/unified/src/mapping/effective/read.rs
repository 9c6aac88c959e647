//! From a provider's record to a unified one.

mod error;
mod reader;

use std::borrow::Cow;

use serde_json::Value;

use self::reader::{Reader, Source, Wanted};
use super::{Room, Row};
use crate::json::Node;
use crate::manifest::ResourceManifest;
use crate::mapping::FieldPath;
use crate::mapping::target::Target;
use crate::record::{Cell, Name, Record};
use crate::schema::{ADDRESS_MEMBERS, Field, FieldKind, Resource};

pub use error::ReadError;

/// What owner names are looked up by.
const OWNER_ID: &str = "ownerId";

/// Where every field of the schema comes from.
#[derive(Debug)]
pub(super) struct Plan {
    id: FieldPath,
    fields: FieldPath,
    wanted: Wanted,
    slots: Vec<(Name, Slot)>,
    /// What all slots together need: most requests select nothing.
    all_provider_fields: Vec<String>,
}

#[derive(Debug)]
enum Slot {
    Id,
    Provider,
    Value(Option<Box<Reader>>),
    Address(Vec<(Name, Option<Reader>)>),
    Custom(Vec<(Name, Reader)>),
    /// An owner's name, or else first and last name.
    OwnerName(Vec<Reader>, Vec<Reader>),
}

impl Plan {
    pub(super) fn new(resource: Resource, manifest: &ResourceManifest, rows: &[Row]) -> Result<Self, String> {
        let fields = FieldPath::from_root(&manifest.fields_pointer)?;
        let mut wanted = Wanted::default();
        let mut readers = Vec::new();
        for row in rows.iter().filter(|row| row.mapping.direction.reads()) {
            readers.push((&row.target, Reader::new(row, &fields, &mut wanted)?));
        }
        let slots = resource
            .fields()
            .iter()
            .map(|field| (Name::new(field.name), Slot::new(resource, field, &readers)))
            .collect::<Vec<_>>();
        Ok(Self {
            id: FieldPath::from_root(&manifest.id_pointer)?,
            fields,
            wanted,
            all_provider_fields: provider_fields(&slots, None),
            slots,
        })
    }

    pub(super) fn provider_fields(&self, selection: Option<&[String]>) -> Vec<String> {
        match selection {
            None => self.all_provider_fields.clone(),
            Some(_) => provider_fields(&self.slots, selection),
        }
    }

    pub(super) fn read<'a>(
        &'a self,
        document: Node<'a>,
        provider: &'a str,
        selection: Option<&[String]>,
        room: &mut Room,
    ) -> Result<(Record<'a>, Option<Cow<'a, str>>), ReadError> {
        let source = self.source(document)?;
        let id = self.id(document)?;
        let mut record = Record::with_capacity(self.slots.len() + 1);
        for (name, slot) in &self.slots {
            if name.as_str() == "id" || selected(name, selection) {
                let cell = match slot {
                    Slot::Id => id.clone(),
                    Slot::Provider => provider.into(),
                    other => other.read(name.as_str(), &source, room)?,
                };
                record.push_named(name, cell);
            }
        }
        Ok((record, self.owner_id(&source)))
    }

    /// Without its checks a record whose fields are garbage would read as one whose fields are empty.
    fn source<'a>(&self, document: Node<'a>) -> Result<Source<'a>, ReadError> {
        if !document.is_object() {
            return Err(ReadError::NotAnObject {
                found: document.sort(),
            });
        }
        let fields = self.fields.find(document);
        if let Some(fields) = fields
            && !fields.is_object()
            && !fields.is_null()
        {
            return Err(ReadError::FieldsNotAnObject {
                pointer: self.fields.as_str().to_owned(),
                found: fields.sort(),
            });
        }
        Ok(Source::new(document, fields, &self.wanted))
    }

    fn owner_id<'a>(&'a self, source: &Source<'a>) -> Option<Cow<'a, str>> {
        let (name, slot) = self.slots.iter().find(|(name, _)| name.as_str() == OWNER_ID)?;
        match slot.read(name.as_str(), source, &mut Room::default()).ok()? {
            Cell::Plain(text) => Some(text.as_str().into()),
            Cell::Text(text) => Some(text),
            Cell::Null | Cell::Members(_) | Cell::Value(_) => None,
        }
    }

    fn id<'a>(&self, document: Node<'a>) -> Result<Cell<'a>, ReadError> {
        let found = self.id.find(document);
        if let Some(plain) = found
            .and_then(Node::plain_text)
            .filter(|id| !id.as_str().is_empty())
        {
            return Ok(plain.into());
        }
        match found.map(Node::to_value) {
            Some(Value::String(text)) if !text.is_empty() => Ok(Cell::Text(text.into())),
            Some(Value::Number(number)) => Ok(Cell::Text(number.to_string().into())),
            _ => Err(ReadError::NoId {
                pointer: self.id.as_str().to_owned(),
            }),
        }
    }
}

/// The provider fields that the selected slots need, each once, in order.
fn provider_fields(slots: &[(Name, Slot)], selection: Option<&[String]>) -> Vec<String> {
    let mut fields: Vec<String> = Vec::new();
    let needed = slots
        .iter()
        .filter(|(name, _)| selected(name, selection) || owner_lookup(name, selection));
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

fn selected(field: &Name, selection: Option<&[String]>) -> bool {
    selection.is_none_or(|names| names.iter().any(|name| name == field.as_str()))
}

/// Owner names are looked up by the owner's id.
fn owner_lookup(field: &Name, selection: Option<&[String]>) -> bool {
    let looks_up = |name: &String| name == "ownerName" || name == "ownerEmail";
    field.as_str() == OWNER_ID && selection.is_some_and(|names| names.iter().any(looks_up))
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
                        .map(|member| (Name::new(member.name), of(&Target::Address(member))))
                        .collect(),
                )
            }
            (_, FieldKind::CustomFields) => {
                let custom = readers.iter().filter_map(|(target, reader)| match target {
                    Target::Custom(name) => Some((Name::new(name), reader.clone())),
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

    fn read<'a>(&'a self, name: &str, source: &Source<'a>, room: &mut Room) -> Result<Cell<'a>, ReadError> {
        let cell = match self {
            Self::Value(Some(reader)) => reader.read(source),
            Self::Address(members) => address(source, members),
            Self::Custom(members) if !members.is_empty() => return custom(source, members, room),
            Self::OwnerName(name, parts) => match joined(source, name)? {
                name if name.is_null() => joined(source, parts),
                name => Ok(name),
            },
            Self::Id | Self::Provider | Self::Value(None) | Self::Custom(_) => Ok(Cell::Null),
        }?;
        room.take(name, &cell)?;
        Ok(cell)
    }
}

/// There can be hundreds of these, so room is taken by each.
fn custom<'a>(
    source: &Source<'a>,
    members: &'a [(Name, Reader)],
    room: &mut Room,
) -> Result<Cell<'a>, ReadError> {
    let mut own = Record::with_capacity(members.len());
    for (name, reader) in members {
        let cell = reader.read(source)?;
        room.take(name.as_str(), &cell)?;
        own.push_named(name, cell);
    }
    Ok(Cell::Members(own))
}

/// Null as a whole when every member is.
fn address<'a>(source: &Source<'a>, members: &'a [(Name, Option<Reader>)]) -> Result<Cell<'a>, ReadError> {
    let mut address = Record::with_capacity(members.len());
    for (name, reader) in members {
        let cell = reader
            .as_ref()
            .map_or(Ok(Cell::Null), |reader| reader.read(source))?;
        address.push_named(name, cell);
    }
    Ok(if address.fields().all(|(_, member)| member.is_null()) {
        Cell::Null
    } else {
        Cell::Members(address)
    })
}

/// The texts that there are, with a space between them.
fn joined<'a>(source: &Source<'a>, readers: &'a [Reader]) -> Result<Cell<'a>, ReadError> {
    let cells = readers
        .iter()
        .map(|reader| reader.read(source))
        .collect::<Result<Vec<_>, _>>()?;
    let texts: Vec<&str> = cells.iter().filter_map(Cell::as_str).collect();
    Ok(if texts.is_empty() {
        Cell::Null
    } else {
        Cell::Text(texts.join(" ").into())
    })
}
