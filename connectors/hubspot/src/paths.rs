//! Where things are: HubSpot's object types, and their paths in each version of its API.

use routemcp_sdk::prelude::*;

/// An object type that is a unified resource.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Object {
    Contacts,
    Leads,
    Deals,
    Meetings,
}

impl Object {
    pub(crate) fn of(resource: &str) -> Result<Self, Failure> {
        match resource {
            "contact" => Ok(Self::Contacts),
            "lead" => Ok(Self::Leads),
            "deal" => Ok(Self::Deals),
            "meeting" => Ok(Self::Meetings),
            _ => Err(Failure::unsupported(format!(
                "the HubSpot connector has no resource {resource}"
            ))),
        }
    }

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Contacts => "contacts",
            Self::Leads => "leads",
            Self::Deals => "deals",
            Self::Meetings => "meetings",
        }
    }

    /// The property behind `createdAt`, for searches.
    pub(crate) fn created_property(self) -> &'static str {
        match self {
            Self::Contacts | Self::Deals => "createdate",
            Self::Leads | Self::Meetings => "hs_createdate",
        }
    }

    /// The property behind `updatedAt`, for searches.
    pub(crate) fn updated_property(self) -> &'static str {
        match self {
            Self::Contacts => "lastmodifieddate",
            _ => "hs_lastmodifieddate",
        }
    }
}

/// A version of HubSpot's API. Since March 2026 it is a date.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Version {
    V3,
    Dated(&'static str),
}

impl Version {
    /// The version that the connection's setting asks for.
    pub(crate) fn of_connection() -> Result<Self, Failure> {
        match connection::setting("apiVersion").as_deref() {
            None | Some("" | "2026-03") => Ok(Self::Dated("2026-03")),
            Some("2026-09") => Ok(Self::Dated("2026-09")),
            Some("v3") => Ok(Self::V3),
            Some(other) => Err(Failure::rejected(format!(
                "the setting apiVersion is \"{other}\", but must be 2026-03, 2026-09 or v3"
            ))),
        }
    }

    pub(crate) fn objects(self, object: &str) -> String {
        match self {
            Self::V3 => format!("/crm/v3/objects/{object}"),
            Self::Dated(date) => format!("/crm/objects/{date}/{object}"),
        }
    }

    pub(crate) fn object(self, object: &str, id: &str) -> String {
        format!("{}/{id}", self.objects(object))
    }

    pub(crate) fn owners(self) -> String {
        match self {
            Self::V3 => "/crm/v3/owners".to_owned(),
            Self::Dated(date) => format!("/crm/owners/{date}"),
        }
    }

    /// For linking with the default type. The v3 API never had this; v4 is its contemporary.
    pub(crate) fn default_link(self, from: &str, id: &str, to: &str, to_id: &str) -> String {
        format!("{}/associations/default/{to}/{to_id}", self.links_of(from, id))
    }

    /// For removing every link between two records.
    pub(crate) fn link(self, from: &str, id: &str, to: &str, to_id: &str) -> String {
        format!("{}/associations/{to}/{to_id}", self.links_of(from, id))
    }

    fn links_of(self, from: &str, id: &str) -> String {
        match self {
            Self::V3 => format!("/crm/v4/objects/{from}/{id}"),
            Self::Dated(_) => self.object(from, id),
        }
    }

    /// For reading the links of many records.
    pub(crate) fn links_batch(self, from: &str, to: &str) -> String {
        match self {
            Self::V3 => format!("/crm/v4/associations/{from}/{to}/batch/read"),
            Self::Dated(date) => format!("/crm/associations/{date}/{from}/{to}/batch/read"),
        }
    }
}

/// HubSpot's ids are digits. Anything else cannot exist, and must not get into a path.
pub(crate) fn check_id(id: &str) -> Result<(), Failure> {
    if !id.is_empty() && id.len() <= 20 && id.bytes().all(|byte| byte.is_ascii_digit()) {
        return Ok(());
    }
    Err(Failure::not_found(
        "HubSpot's ids are numbers, so there is no record with this one",
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_version_decides_every_path() {
        let v3 = Version::V3;
        assert_eq!(v3.object("deals", "7"), "/crm/v3/objects/deals/7");
        assert_eq!(v3.owners(), "/crm/v3/owners");
        assert_eq!(
            v3.default_link("deals", "7", "contacts", "9"),
            "/crm/v4/objects/deals/7/associations/default/contacts/9"
        );
        assert_eq!(
            v3.links_batch("deals", "contacts"),
            "/crm/v4/associations/deals/contacts/batch/read"
        );
        let dated = Version::Dated("2026-09");
        assert_eq!(dated.object("deals", "7"), "/crm/objects/2026-09/deals/7");
        assert_eq!(dated.owners(), "/crm/owners/2026-09");
        assert_eq!(
            dated.link("deals", "7", "contacts", "9"),
            "/crm/objects/2026-09/deals/7/associations/contacts/9"
        );
        assert_eq!(
            dated.links_batch("deals", "contacts"),
            "/crm/associations/2026-09/deals/contacts/batch/read"
        );
    }

    #[test]
    fn only_digits_are_an_id() {
        assert!(check_id("90210").is_ok());
        for id in ["", "abc", "1/2", "..", "1?x=1", "-1", "123456789012345678901"] {
            assert!(check_id(id).unwrap_err().is("not-found"), "{id}");
        }
    }
}
