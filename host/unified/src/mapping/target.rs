//! What the unified side of a mapping refers to.

use crate::describe::one_of;
use crate::schema::{ADDRESS_MEMBERS, Access, Field, FieldKind, Resource};

/// Longest name of a field of the organisation's own, in bytes.
const MAX_CUSTOM_NAME: usize = 100;

/// A field of the schema, a member of its address, or a field of the organisation's own.
#[derive(Clone, PartialEq, Debug)]
pub(crate) enum Target {
    Plain(&'static Field),
    Address(&'static Field),
    Custom(String),
}

impl Target {
    /// Reads a `unifiedField`. An error says what would be right.
    pub(crate) fn parse(resource: Resource, text: &str) -> Result<Self, String> {
        let (name, member) = text
            .split_once('.')
            .map_or((text, None), |(name, member)| (name, Some(member)));
        let Some(field) = resource.field(name) else {
            return Err(format!(
                "{resource} has no field `{name}`; {}",
                mappable(resource)
            ));
        };
        if matches!(field.name, "id" | "remoteId" | "provider") {
            return Err(format!("`{name}` is set by the host and cannot be mapped"));
        }
        match (field.kind, member) {
            (FieldKind::Address, member) => address(member),
            (FieldKind::CustomFields, member) => custom(member),
            (_, None) => Ok(Self::Plain(field)),
            (_, Some(_)) => Err(format!("`{name}` has no members; write `{name}`")),
        }
    }

    /// The type of its values; [`FieldKind::CustomFields`] for a member of those, which may be anything.
    pub(crate) fn kind(&self) -> FieldKind {
        match self {
            Self::Plain(field) | Self::Address(field) => field.kind,
            Self::Custom(_) => FieldKind::CustomFields,
        }
    }

    /// Whether bodies may contain it. Follows the resource: on a read-only one nothing can be written.
    pub(crate) fn access(&self, resource: Resource) -> Access {
        match self {
            _ if !resource.writable() => Access::ReadOnly,
            Self::Plain(field) | Self::Address(field) => field.access,
            Self::Custom(_) => Access::ReadWrite,
        }
    }

    /// Sorts mappings in the order of the schema, fields of the organisation's own by name.
    pub(crate) fn order(&self, resource: Resource) -> (usize, usize, &str) {
        let place = |name: &str| {
            resource
                .fields()
                .iter()
                .position(|field| field.name == name)
                .unwrap_or(usize::MAX)
        };
        match self {
            Self::Plain(field) => (place(field.name), 0, ""),
            Self::Address(member) => {
                let within = ADDRESS_MEMBERS.iter().position(|other| other.name == member.name);
                (place("address"), within.unwrap_or(usize::MAX), "")
            }
            Self::Custom(name) => (place("customFields"), 0, name),
        }
    }
}

fn address(member: Option<&str>) -> Result<Target, String> {
    let found = member.and_then(|name| ADDRESS_MEMBERS.iter().find(|field| field.name == name));
    found.map(Target::Address).ok_or_else(|| {
        let members: Vec<String> = ADDRESS_MEMBERS
            .iter()
            .map(|field| format!("address.{}", field.name))
            .collect();
        format!(
            "an address is mapped member by member: {}",
            one_of(members.iter().map(String::as_str))
        )
    })
}

fn custom(member: Option<&str>) -> Result<Target, String> {
    let name = member.unwrap_or_default();
    check_custom_name(name).map_err(|reason| format!("must be `customFields.<name>`: the name {reason}"))?;
    Ok(Target::Custom(name.to_owned()))
}

/// Whether a field of the organisation's own can have this name.
pub(crate) fn check_custom_name(name: &str) -> Result<(), String> {
    if name.is_empty() || name.len() > MAX_CUSTOM_NAME || name.chars().any(char::is_control) {
        return Err(format!(
            "must have 1 to {MAX_CUSTOM_NAME} bytes and no control characters"
        ));
    }
    Ok(())
}

fn mappable(resource: Resource) -> String {
    let names = resource.fields().iter().map(|field| match field.kind {
        FieldKind::Address => "address.<member>",
        FieldKind::CustomFields => "customFields.<name>",
        _ => field.name,
    });
    let names = names.filter(|name| !matches!(*name, "id" | "remoteId" | "provider"));
    format!("it can be {}", one_of(names))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unified_fields_are_recognised() {
        for (text, kind) in [
            ("firstName", FieldKind::Text),
            ("tags", FieldKind::TextList),
            ("createdAt", FieldKind::DateTime),
            ("address.postalCode", FieldKind::Text),
            ("customFields.tier", FieldKind::CustomFields),
            ("customFields.a.b", FieldKind::CustomFields),
        ] {
            assert_eq!(
                Target::parse(Resource::Contact, text).unwrap().kind(),
                kind,
                "{text}"
            );
        }
    }

    #[test]
    fn what_cannot_be_mapped_is_refused_with_what_could() {
        for (text, expected) in [
            (
                "nickname",
                "contact has no field `nickname`; it can be `firstName`",
            ),
            ("id", "set by the host"),
            ("provider", "set by the host"),
            ("address", "`address.street`"),
            ("address.zip", "`address.postalCode`"),
            ("customFields", "`customFields.<name>`"),
            ("customFields.", "`customFields.<name>`"),
            ("email.domain", "write `email`"),
        ] {
            let message = Target::parse(Resource::Contact, text).unwrap_err();
            assert!(message.contains(expected), "{text}: {message}");
        }
    }

    #[test]
    fn nothing_of_an_owner_can_be_written() {
        for field in ["name", "email", "active"] {
            let target = Target::parse(Resource::Owner, field).unwrap();
            assert_eq!(target.access(Resource::Owner), Access::ReadOnly, "{field}");
        }
    }
}
