//! What every request needs: a version, a location, and ids that may stand in a path.

use routemcp_sdk::prelude::*;

use crate::errors;

/// A version of HighLevel's API, in the header `Version` of every request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Version {
    V3,
    /// 2021-07-28; calendars have 2021-04-15.
    Of2021,
}

impl Version {
    fn of_setting(setting: Option<&str>) -> Result<Self, Failure> {
        match setting {
            None | Some("" | "v3") => Ok(Self::V3),
            Some("2021-07-28") => Ok(Self::Of2021),
            Some(other) => Err(Failure::rejected(format!(
                "the setting apiVersion is \"{other}\", but must be v3 or 2021-07-28"
            ))),
        }
    }

    /// The member that a custom field's value is written to.
    pub(crate) fn custom_value(self) -> &'static str {
        match self {
            Self::V3 => "fieldValue",
            Self::Of2021 => "field_value",
        }
    }

    /// The query parameter of the opportunity search for a member of the record.
    pub(crate) fn search_parameter(self, member: &str) -> Option<&'static str> {
        let [new, old] = match member {
            "locationId" => ["locationId", "location_id"],
            "pipelineId" => ["pipelineId", "pipeline_id"],
            "pipelineStageId" => ["pipelineStageId", "pipeline_stage_id"],
            "contactId" => ["contactId", "contact_id"],
            "assignedTo" => ["assignedTo", "assigned_to"],
            _ => return None,
        };
        Some(if self == Self::V3 { new } else { old })
    }
}

/// The API as this connection sees it.
#[derive(Debug)]
pub(crate) struct Api {
    pub(crate) version: Version,
    /// The sub-account that everything hangs off.
    pub(crate) location: String,
}

impl Api {
    pub(crate) fn of_connection() -> Result<Self, Failure> {
        let version = Version::of_setting(connection::setting("apiVersion").as_deref())?;
        let location = setting("locationId").ok_or_else(|| {
            Failure::rejected("the setting locationId is missing: HighLevel needs the id of the location")
        })?;
        Ok(Self { version, location })
    }

    /// Sends a request, and passes an answer with a 2xx status on.
    pub(crate) fn send(&self, request: http::Request) -> Result<Response, Failure> {
        let version = match self.version {
            Version::V3 => "v3",
            Version::Of2021 => "2021-07-28",
        };
        errors::accept(request.header("Version", version).send()?)
    }

    /// As [`Api::send`], for paths below `/calendars`.
    pub(crate) fn send_calendar(&self, request: http::Request) -> Result<Response, Failure> {
        let version = match self.version {
            Version::V3 => "v3",
            Version::Of2021 => "2021-04-15",
        };
        errors::accept(request.header("Version", version).send()?)
    }
}

/// A setting that has a value.
pub(crate) fn setting(name: &str) -> Option<String> {
    connection::setting(name).filter(|value| !value.is_empty())
}

/// A path to one record. HighLevel's ids are letters and digits, those of recurring events with underscores; anything
/// else cannot exist, and must not get into a path.
pub(crate) fn record_path(base: &str, id: &str) -> Result<String, Failure> {
    if is_id(id) {
        return Ok(format!("{base}/{}", http::segment(id)));
    }
    Err(Failure::not_found(
        "HighLevel's ids are letters and digits, so there is no record with this one",
    ))
}

pub(crate) fn is_id(id: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-';
    (1..=100).contains(&id.len()) && id.bytes().all(plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_letters_and_digits_are_an_id() {
        for id in ["k3Jx8PqLm2Zt9RvB1cYd", "ocQHyuzHvysMo5N5VsXc_1729821600000_1800"] {
            assert_eq!(record_path("/contacts", id).unwrap(), format!("/contacts/{id}"));
        }
        for id in ["", "..", "a/b", "a?b", "search duplicate", "é", &"x".repeat(101)] {
            assert!(record_path("/contacts", id).unwrap_err().is("not-found"), "{id}");
        }
    }

    #[test]
    fn an_unknown_version_is_refused_by_name() {
        assert_eq!(Version::of_setting(None).unwrap(), Version::V3);
        let failure = Version::of_setting(Some("v1")).unwrap_err();
        assert!(failure.message.contains("apiVersion"));
    }
}
