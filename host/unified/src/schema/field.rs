//! What a field of a unified resource is.

/// A field of a unified resource, or a member of an object-valued one.
#[derive(PartialEq, Eq, Debug)]
pub struct Field {
    /// The name in JSON.
    pub name: &'static str,
    /// The type of its value.
    pub kind: FieldKind,
    /// Whether bodies may contain it.
    pub access: Access,
    /// What it means, for the documentation.
    pub description: &'static str,
    /// A second name that writes accept.
    pub alias: Option<&'static str>,
    /// What a value must keep to beyond its type.
    pub rule: Rule,
}

/// The type of a unified value. Every field may also be null, which means that there is no value.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum FieldKind {
    /// JSON string; empty text is null.
    Text,
    /// JSON number.
    Number,
    /// JSON boolean.
    Boolean,
    /// JSON string, ISO 8601 in UTC with milliseconds: `2026-03-09T15:00:00.000Z`.
    DateTime,
    /// Object with the members of [`ADDRESS_MEMBERS`](super::ADDRESS_MEMBERS).
    Address,
    /// List of JSON strings.
    TextList,
    /// List of objects with the members of [`ATTENDEE_MEMBERS`](super::ATTENDEE_MEMBERS).
    Attendees,
    /// Object whose members are the organisation's own fields, of any type.
    CustomFields,
}

/// Whether bodies may contain a field.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Access {
    /// Reads show it, writes accept it.
    ReadWrite,
    /// The provider or the host decides it.
    ReadOnly,
}

/// What a value of a body must keep to beyond its type. Providers' values are not judged.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Rule {
    /// Nothing further.
    Any,
    /// Looks like an email address.
    Email,
    /// Three letters (ISO 4217); kept in upper case.
    Currency,
    /// 0 to 100.
    Percent,
}

impl Field {
    /// Whether bodies may contain it.
    pub const fn writable(&self) -> bool {
        matches!(self.access, Access::ReadWrite)
    }

    pub(super) const fn of(kind: FieldKind, name: &'static str, description: &'static str) -> Self {
        Self {
            name,
            kind,
            access: Access::ReadWrite,
            description,
            alias: None,
            rule: Rule::Any,
        }
    }

    pub(super) const fn text(name: &'static str, description: &'static str) -> Self {
        Self::of(FieldKind::Text, name, description)
    }

    pub(super) const fn read_only(self) -> Self {
        Self {
            access: Access::ReadOnly,
            ..self
        }
    }

    pub(super) const fn alias(self, alias: &'static str) -> Self {
        Self {
            alias: Some(alias),
            ..self
        }
    }

    pub(super) const fn rule(self, rule: Rule) -> Self {
        Self { rule, ..self }
    }
}
