//! Object types and their properties.

/// An object type that the sandbox has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Type {
    Contacts,
    Companies,
    Deals,
    Leads,
    Meetings,
}

impl Type {
    /// By name or by type id. HubSpot takes the singular too.
    pub(crate) fn parse(name: &str) -> Option<Self> {
        match name {
            "contacts" | "contact" | "0-1" => Some(Self::Contacts),
            "companies" | "company" | "0-2" => Some(Self::Companies),
            "deals" | "deal" | "0-3" => Some(Self::Deals),
            "leads" | "lead" | "0-136" => Some(Self::Leads),
            "meetings" | "meeting" | "0-47" => Some(Self::Meetings),
            _ => None,
        }
    }

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Contacts => "contacts",
            Self::Companies => "companies",
            Self::Deals => "deals",
            Self::Leads => "leads",
            Self::Meetings => "meetings",
        }
    }

    pub(crate) fn singular(self) -> &'static str {
        match self {
            Self::Contacts => "contact",
            Self::Companies => "company",
            Self::Deals => "deal",
            Self::Leads => "lead",
            Self::Meetings => "meeting",
        }
    }

    pub(crate) fn created(self) -> &'static str {
        match self {
            Self::Contacts | Self::Companies | Self::Deals => "createdate",
            Self::Leads | Self::Meetings => "hs_createdate",
        }
    }

    pub(crate) fn modified(self) -> &'static str {
        match self {
            Self::Contacts => "lastmodifieddate",
            _ => "hs_lastmodifieddate",
        }
    }

    /// What comes back when no properties are named, besides the id and the two times.
    pub(crate) fn defaults(self) -> &'static [&'static str] {
        match self {
            Self::Contacts => &["firstname", "lastname", "email"],
            Self::Companies => &["name", "domain"],
            Self::Deals => &["dealname", "amount", "closedate", "pipeline", "dealstage"],
            Self::Leads | Self::Meetings => &[],
        }
    }

    /// Properties with their kinds, without the metrics.
    pub(crate) fn properties(self) -> &'static [(&'static str, Kind)] {
        match self {
            Self::Contacts => CONTACT,
            Self::Companies => COMPANY,
            Self::Deals => DEAL,
            Self::Leads => LEAD,
            Self::Meetings => MEETING,
        }
    }

    /// The kind of a property; none if there is no such property.
    pub(crate) fn kind(self, name: &str) -> Option<Kind> {
        if name == "hs_object_id" || name == self.created() || name == self.modified() {
            return Some(if name == "hs_object_id" {
                Kind::SetByHubSpot
            } else {
                Kind::TimeSetByHubSpot
            });
        }
        if self.metric(name).is_some() {
            return Some(Kind::Number);
        }
        self.properties()
            .iter()
            .find(|(known, _)| *known == name)
            .map(|(_, kind)| *kind)
    }

    /// The number in `metric_001` to `metric_200`: properties of the account's own, so that long lists can be tried out.
    pub(crate) fn metric(self, name: &str) -> Option<u64> {
        if !matches!(self, Self::Contacts | Self::Deals) {
            return None;
        }
        let digits = name.strip_prefix("metric_").filter(|digits| digits.len() == 3)?;
        digits
            .parse()
            .ok()
            .filter(|number| (1..=METRICS).contains(number))
    }
}

/// How many metrics a contact or deal has.
pub(crate) const METRICS: u64 = 200;

/// What a property holds. HubSpot writes all of them as text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Text,
    Email,
    Number,
    Time,
    Owner,
    Choice(&'static [&'static str]),
    SetByHubSpot,
    NumberSetByHubSpot,
    TimeSetByHubSpot,
}

impl Kind {
    pub(crate) fn read_only(self) -> bool {
        matches!(
            self,
            Self::SetByHubSpot | Self::NumberSetByHubSpot | Self::TimeSetByHubSpot
        )
    }

    /// (type, fieldType) as property definitions have them.
    pub(crate) fn names(self) -> (&'static str, &'static str) {
        match self {
            Self::Text | Self::Email | Self::SetByHubSpot => ("string", "text"),
            Self::Number | Self::NumberSetByHubSpot => ("number", "number"),
            Self::Time | Self::TimeSetByHubSpot => ("datetime", "date"),
            Self::Owner | Self::Choice(_) => ("enumeration", "select"),
        }
    }
}

/// The account's own properties, as opposed to those that HubSpot defines.
pub(crate) const CUSTOM: [&str; 3] = ["favourite_colour", "contract_number", "renewal_date"];

const LIFECYCLE: &[&str] = &[
    "subscriber",
    "lead",
    "marketingqualifiedlead",
    "salesqualifiedlead",
    "opportunity",
    "customer",
    "evangelist",
    "other",
];
const COLOURS: &[&str] = &["red", "green", "blue"];

/// (id, label, probability of winning)
pub(crate) const DEAL_STAGES: [(&str, &str, &str); 7] = [
    ("appointmentscheduled", "Appointment Scheduled", "0.2"),
    ("qualifiedtobuy", "Qualified To Buy", "0.4"),
    ("presentationscheduled", "Presentation Scheduled", "0.6"),
    ("decisionmakerboughtin", "Decision Maker Bought-In", "0.8"),
    ("contractsent", "Contract Sent", "0.9"),
    ("closedwon", "Closed Won", "1"),
    ("closedlost", "Closed Lost", "0"),
];
const DEAL_STAGE_IDS: &[&str] = &[
    "appointmentscheduled",
    "qualifiedtobuy",
    "presentationscheduled",
    "decisionmakerboughtin",
    "contractsent",
    "closedwon",
    "closedlost",
];
/// Stages of leads. HubSpot's ids are unconfirmed; these follow its naming.
pub(crate) const LEAD_STAGES: &[&str] = &[
    "new-stage-id",
    "attempting-stage-id",
    "connected-stage-id",
    "qualified-stage-id",
    "unqualified-stage-id",
];
pub(crate) const LEAD_PIPELINE: &str = "lead-pipeline-id";

const CONTACT: &[(&str, Kind)] = &[
    ("address", Kind::Text),
    ("city", Kind::Text),
    ("company", Kind::Text),
    ("contract_number", Kind::Text),
    ("country", Kind::Text),
    ("email", Kind::Email),
    ("favourite_colour", Kind::Choice(COLOURS)),
    ("firstname", Kind::Text),
    ("hs_analytics_source", Kind::SetByHubSpot),
    ("hs_lead_status", Kind::Text),
    ("hubspot_owner_id", Kind::Owner),
    ("jobtitle", Kind::Text),
    ("lastname", Kind::Text),
    ("lifecyclestage", Kind::Choice(LIFECYCLE)),
    ("mobilephone", Kind::Text),
    ("phone", Kind::Text),
    ("renewal_date", Kind::Time),
    ("state", Kind::Text),
    ("website", Kind::Text),
    ("zip", Kind::Text),
];
const COMPANY: &[(&str, Kind)] = &[
    ("domain", Kind::Text),
    ("hubspot_owner_id", Kind::Owner),
    ("name", Kind::Text),
    ("phone", Kind::Text),
];
const DEAL: &[(&str, Kind)] = &[
    ("amount", Kind::Number),
    ("closedate", Kind::Time),
    ("contract_number", Kind::Text),
    (
        "deal_currency_code",
        Kind::Choice(&["EUR", "USD", "GBP", "JPY", "PLN"]),
    ),
    ("dealname", Kind::Text),
    ("dealstage", Kind::Choice(DEAL_STAGE_IDS)),
    ("dealtype", Kind::Choice(&["newbusiness", "existingbusiness"])),
    ("description", Kind::Text),
    ("favourite_colour", Kind::Choice(COLOURS)),
    ("hs_deal_stage_probability", Kind::NumberSetByHubSpot),
    ("hubspot_owner_id", Kind::Owner),
    ("pipeline", Kind::Choice(&["default"])),
    ("renewal_date", Kind::Time),
];
const LEAD: &[(&str, Kind)] = &[
    ("hs_lead_label", Kind::Choice(&["HOT", "WARM", "COLD"])),
    ("hs_lead_name", Kind::Text),
    (
        "hs_lead_type",
        Kind::Choice(&["NEW_BUSINESS", "RE_ATTEMPTING", "UPSELL"]),
    ),
    ("hs_pipeline", Kind::Choice(&[LEAD_PIPELINE])),
    ("hs_pipeline_stage", Kind::Choice(LEAD_STAGES)),
    ("hubspot_owner_id", Kind::Owner),
];
const MEETING: &[(&str, Kind)] = &[
    ("hs_internal_meeting_notes", Kind::Text),
    ("hs_meeting_body", Kind::Text),
    ("hs_meeting_end_time", Kind::Time),
    ("hs_meeting_external_url", Kind::Text),
    ("hs_meeting_location", Kind::Text),
    (
        "hs_meeting_outcome",
        Kind::Choice(&["SCHEDULED", "COMPLETED", "RESCHEDULED", "NO_SHOW", "CANCELED"]),
    ),
    ("hs_meeting_start_time", Kind::Time),
    ("hs_meeting_title", Kind::Text),
    ("hs_timestamp", Kind::Time),
    ("hubspot_owner_id", Kind::Owner),
];
