//! The unified resources: one data table that validation, reading, OpenAPI and the documentation all use.

mod field;
mod operation;
mod table;

use std::fmt;

use serde::{Deserialize, Serialize};

pub use field::{Access, Field, FieldKind, Rule};
pub use operation::Operation;
pub use table::{ADDRESS_MEMBERS, ATTENDEE_MEMBERS};

/// A unified resource.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Resource {
    /// A person that somebody does business with.
    Contact,
    /// A person who might become a customer.
    Lead,
    /// A sale under way.
    Deal,
    /// An appointment.
    Meeting,
    /// A user of the provider's account, to whom records are assigned. Read-only.
    Owner,
}

impl Resource {
    /// Every resource, in the order of the documentation.
    pub const ALL: [Self; 5] = [Self::Contact, Self::Lead, Self::Deal, Self::Meeting, Self::Owner];

    /// The resource of this name, singular or plural, as it stands in a URL.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|resource| name == resource.name() || name == resource.plural())
    }

    /// `contact`
    pub const fn name(self) -> &'static str {
        match self {
            Self::Contact => "contact",
            Self::Lead => "lead",
            Self::Deal => "deal",
            Self::Meeting => "meeting",
            Self::Owner => "owner",
        }
    }

    /// `contacts`
    pub const fn plural(self) -> &'static str {
        match self {
            Self::Contact => "contacts",
            Self::Lead => "leads",
            Self::Deal => "deals",
            Self::Meeting => "meetings",
            Self::Owner => "owners",
        }
    }

    /// `Contact`, as messages begin.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Contact => "Contact",
            Self::Lead => "Lead",
            Self::Deal => "Deal",
            Self::Meeting => "Meeting",
            Self::Owner => "Owner",
        }
    }

    /// `Contacts`, as messages begin.
    pub const fn plural_label(self) -> &'static str {
        match self {
            Self::Contact => "Contacts",
            Self::Lead => "Leads",
            Self::Deal => "Deals",
            Self::Meeting => "Meetings",
            Self::Owner => "Owners",
        }
    }

    /// The error code for a record that does not exist.
    pub const fn not_found_code(self) -> &'static str {
        match self {
            Self::Contact => "CONTACT_NOT_FOUND",
            Self::Lead => "LEAD_NOT_FOUND",
            Self::Deal => "DEAL_NOT_FOUND",
            Self::Meeting => "MEETING_NOT_FOUND",
            Self::Owner => "OWNER_NOT_FOUND",
        }
    }

    /// Whether records can be created, changed and deleted through the API at all. Owners are managed by the provider.
    pub const fn writable(self) -> bool {
        !matches!(self, Self::Owner)
    }

    /// The fields in the order in which records show them.
    pub const fn fields(self) -> &'static [Field] {
        match self {
            Self::Contact => table::CONTACT,
            Self::Lead => table::LEAD,
            Self::Deal => table::DEAL,
            Self::Meeting => table::MEETING,
            Self::Owner => table::OWNER,
        }
    }

    /// The field of this name. Aliases and dotted members do not count.
    pub fn field(self, name: &str) -> Option<&'static Field> {
        self.fields().iter().find(|field| field.name == name)
    }

    /// The key under which a mapping is listed and taken back: `contacts:v1:firstName`.
    pub fn standard_key(self, unified_field: &str) -> String {
        format!("{}:v1:{unified_field}", self.plural())
    }

    /// Takes a standard key apart again.
    pub fn parse_standard_key(key: &str) -> Option<(Self, &str)> {
        let (plural, unified_field) = key.split_once(":v1:")?;
        let resource = Self::ALL
            .into_iter()
            .find(|resource| resource.plural() == plural)?;
        (!unified_field.is_empty()).then_some((resource, unified_field))
    }
}

impl fmt::Display for Resource {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_resource_is_found_by_its_singular_and_its_plural_only() {
        for resource in Resource::ALL {
            assert_eq!(Resource::parse(resource.name()), Some(resource));
            assert_eq!(Resource::parse(resource.plural()), Some(resource));
        }
        for name in ["", "Contact", "contactss", "company"] {
            assert_eq!(Resource::parse(name), None, "{name}");
        }
    }

    #[test]
    fn standard_keys_can_be_taken_apart_again() {
        for unified in ["firstName", "address.street", "customFields.a:v1:b"] {
            let key = Resource::Contact.standard_key(unified);
            assert_eq!(
                Resource::parse_standard_key(&key),
                Some((Resource::Contact, unified))
            );
        }
        for key in ["contact:v1:email", "contacts:v2:email", "contacts:v1:", "email"] {
            assert_eq!(Resource::parse_standard_key(key), None, "{key}");
        }
    }

    #[test]
    fn only_owners_are_read_only_and_wholly_so() {
        for resource in Resource::ALL {
            let any = resource
                .fields()
                .iter()
                .any(|field| field.access == Access::ReadWrite);
            assert_eq!(any, resource.writable(), "{resource}");
        }
    }

    #[test]
    fn no_two_fields_of_a_resource_share_a_name() {
        for resource in Resource::ALL {
            let mut names: Vec<_> = resource
                .fields()
                .iter()
                .flat_map(|f| [Some(f.name), f.alias])
                .flatten()
                .collect();
            names.sort_unstable();
            let count = names.len();
            names.dedup();
            assert_eq!(names.len(), count, "{resource}");
        }
    }

    #[test]
    fn the_table_is_as_published() {
        let table: String = Resource::ALL
            .iter()
            .flat_map(|resource| resource.fields().iter().map(move |field| (resource, field)))
            .map(|(resource, field)| {
                format!(
                    "{resource}.{}: {:?}, {:?}\n",
                    field.name, field.kind, field.access
                )
            })
            .collect();
        insta::assert_snapshot!(table);
    }
}
