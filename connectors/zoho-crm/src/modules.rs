//! Zoho's modules and the paths of their records.

use routemcp_sdk::prelude::*;

/// Zoho's ids have 18 or 19 digits. This keeps nonsense from making a long URL.
const MAX_ID_LENGTH: usize = 20;

/// A module: Zoho's word for a type of record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Module {
    Contacts,
    Leads,
    Deals,
    Events,
}

impl Module {
    /// The module behind a resource.
    pub(crate) fn of(resource: &str) -> Result<Self, Failure> {
        match resource {
            "contact" => Ok(Self::Contacts),
            "lead" => Ok(Self::Leads),
            "deal" => Ok(Self::Deals),
            "meeting" => Ok(Self::Events),
            _ => Err(Failure::unsupported(format!(
                "this connector cannot do this with {resource}"
            ))),
        }
    }

    /// As Zoho writes it, case included.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Contacts => "Contacts",
            Self::Leads => "Leads",
            Self::Deals => "Deals",
            Self::Events => "Events",
        }
    }

    pub(crate) fn path(self) -> String {
        format!("/{}", self.name())
    }

    /// The path of one record. An id that Zoho cannot have given is not found.
    pub(crate) fn record(self, id: &str) -> Result<String, Failure> {
        check_id(id)?;
        Ok(format!("/{}/{}", self.name(), http::segment(id)))
    }
}

/// Refuses what is no id, so that it never gets into a path: Zoho would take `/Contacts/search` for something else.
pub(crate) fn check_id(id: &str) -> Result<(), Failure> {
    if !id.is_empty() && id.len() <= MAX_ID_LENGTH && id.bytes().all(|byte| byte.is_ascii_digit()) {
        Ok(())
    } else {
        Err(Failure::not_found("Zoho's ids are numbers of up to 20 digits"))
    }
}
