//! What Pipedrive's types are made of.

/// A type of the API v2.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Type {
    Persons,
    Deals,
    Activities,
    Organizations,
}

/// What a field takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Text,
    Integer,
    Number,
    Boolean,
    /// `2026-05-04`
    Date,
    /// `13:00` or `13:00:00`
    Clock,
    /// RFC 3339 in UTC.
    Time,
    OneOf(&'static [&'static str]),
    /// `[{value, primary, label}]`
    Values,
    Address,
    /// Ids of the type's labels.
    Labels(&'static [u64]),
    /// `[{person_id, primary}]`
    Participants,
    /// `[{email, name, …}]`
    Attendees,
    User,
    Record(Type),
    Lead,
    Pipeline,
    Stage,
}

/// A field that writes may have, whether null clears it, and what it takes.
pub(crate) type Field = (&'static str, bool, Kind);

/// A pipeline's id, name and stages.
pub(crate) type Pipeline = (u64, &'static str, &'static [(u64, &'static str)]);

/// A field that the account has made for itself. Its key is all that records have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct CustomField {
    pub(crate) key: &'static str,
    pub(crate) name: &'static str,
    pub(crate) kind: CustomKind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum CustomKind {
    Text,
    Number,
    Date,
    /// One of these (id, label).
    Option(&'static [(u64, &'static str)]),
}

pub(crate) const PERSON_LABELS: [u64; 3] = [11, 12, 13];
pub(crate) const DEAL_LABELS: [u64; 2] = [21, 22];
pub(crate) const LEAD_LABELS: [&str; 3] = [
    "f08b42a0-4e75-41ea-9643-03698ef1cfd6",
    "f08b42a1-4e75-41ea-9643-03698ef1cfd6",
    "f08b42a2-4e75-41ea-9643-03698ef1cfd6",
];
/// The first pipeline is the default, and the first stage that of a new deal.
pub(crate) const PIPELINES: [Pipeline; 2] = [
    (
        1,
        "Sales",
        &[
            (1, "Qualified"),
            (2, "Contact made"),
            (3, "Proposal – sent"),
            (4, "Negotiations"),
            (5, "Vertrag"),
        ],
    ),
    (2, "Partners", &[(6, "Idea"), (7, "Pilot"), (8, "Agreement")]),
];
pub(crate) const ACTIVITY_TYPES: [&str; 6] = ["call", "meeting", "task", "deadline", "email", "lunch"];
pub(crate) const CURRENCIES: [&str; 6] = ["EUR", "GBP", "JPY", "PLN", "SEK", "USD"];

pub(crate) const COLOUR: CustomField = CustomField {
    key: "9f1c2ad04b7e5c33a1d08e6f7b9c4d2e5a6b7c80",
    name: "Favourite colour",
    kind: CustomKind::Text,
};
pub(crate) const SCORE: CustomField = CustomField {
    key: "1b7f04d2c8a95e6630f1b2a4d7e98c5f60314a2d",
    name: "Score",
    kind: CustomKind::Number,
};
pub(crate) const SEGMENT: CustomField = CustomField {
    key: "c45de01f9a3b48d7b6f20e8194a7c3d5e1f06b92",
    name: "Segment",
    kind: CustomKind::Option(&[(41, "Small"), (42, "Mid – size"), (43, "Großkunde")]),
};
pub(crate) const RENEWAL: CustomField = CustomField {
    key: "77e0a91b5c2d4f83960b1d3e5f7a8c904b2d6e1f",
    name: "Renewal",
    kind: CustomKind::Date,
};

impl Type {
    pub(crate) fn parse(name: &str) -> Option<Self> {
        let all = [Self::Persons, Self::Deals, Self::Activities, Self::Organizations];
        all.into_iter().find(|of| of.name() == name)
    }

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Persons => "persons",
            Self::Deals => "deals",
            Self::Activities => "activities",
            Self::Organizations => "organizations",
        }
    }

    pub(crate) fn singular(self) -> &'static str {
        match self {
            Self::Persons => "Person",
            Self::Deals => "Deal",
            Self::Activities => "Activity",
            Self::Organizations => "Organization",
        }
    }

    /// What a create needs. The document marks nothing for persons; in practice they need a name.
    pub(crate) fn required(self) -> Option<&'static str> {
        match self {
            Self::Persons | Self::Organizations => Some("name"),
            Self::Deals => Some("title"),
            Self::Activities => None,
        }
    }

    pub(crate) fn fields(self) -> &'static [Field] {
        match self {
            Self::Persons => PERSON,
            Self::Deals => DEAL,
            Self::Activities => ACTIVITY,
            Self::Organizations => ORGANIZATION,
        }
    }

    pub(crate) fn custom_fields(self) -> &'static [CustomField] {
        match self {
            Self::Persons => &[COLOUR, SCORE, SEGMENT],
            Self::Deals => &[RENEWAL, COLOUR],
            Self::Activities | Self::Organizations => &[],
        }
    }

    /// Parameters of the list that compare a field.
    pub(crate) fn filters(self) -> &'static [&'static str] {
        match self {
            Self::Persons => &["owner_id", "org_id"],
            Self::Deals => &[
                "owner_id",
                "person_id",
                "org_id",
                "pipeline_id",
                "stage_id",
                "status",
            ],
            Self::Activities => &["owner_id", "deal_id", "lead_id", "person_id", "org_id", "done"],
            Self::Organizations => &["owner_id"],
        }
    }
}

const PERSON: &[Field] = &[
    ("name", false, Kind::Text),
    ("owner_id", false, Kind::User),
    ("org_id", true, Kind::Record(Type::Organizations)),
    ("emails", true, Kind::Values),
    ("phones", true, Kind::Values),
    ("visible_to", false, Kind::Integer),
    ("label_ids", true, Kind::Labels(&PERSON_LABELS)),
    ("postal_address", true, Kind::Address),
    ("notes", true, Kind::Text),
    ("im", true, Kind::Values),
    ("birthday", true, Kind::Date),
    ("job_title", true, Kind::Text),
    (
        "marketing_status",
        false,
        Kind::OneOf(&["no_consent", "unsubscribed", "subscribed", "archived"]),
    ),
];

const DEAL: &[Field] = &[
    ("title", false, Kind::Text),
    ("owner_id", false, Kind::User),
    ("person_id", true, Kind::Record(Type::Persons)),
    ("org_id", true, Kind::Record(Type::Organizations)),
    ("pipeline_id", false, Kind::Pipeline),
    ("stage_id", false, Kind::Stage),
    ("value", true, Kind::Number),
    ("currency", false, Kind::OneOf(&CURRENCIES)),
    ("is_archived", false, Kind::Boolean),
    ("status", false, Kind::OneOf(&["open", "won", "lost"])),
    ("probability", true, Kind::Number),
    ("lost_reason", true, Kind::Text),
    ("visible_to", false, Kind::Integer),
    ("close_time", true, Kind::Time),
    ("won_time", true, Kind::Time),
    ("lost_time", true, Kind::Time),
    ("expected_close_date", true, Kind::Date),
    ("label_ids", true, Kind::Labels(&DEAL_LABELS)),
];

const ACTIVITY: &[Field] = &[
    ("subject", true, Kind::Text),
    ("type", false, Kind::OneOf(&ACTIVITY_TYPES)),
    ("owner_id", false, Kind::User),
    ("deal_id", true, Kind::Record(Type::Deals)),
    ("lead_id", true, Kind::Lead),
    ("person_id", true, Kind::Record(Type::Persons)),
    ("org_id", true, Kind::Record(Type::Organizations)),
    ("project_id", true, Kind::Integer),
    ("due_date", true, Kind::Date),
    ("due_time", true, Kind::Clock),
    ("duration", true, Kind::Clock),
    ("busy", false, Kind::Boolean),
    ("done", false, Kind::Boolean),
    ("location", true, Kind::Address),
    ("participants", true, Kind::Participants),
    ("attendees", true, Kind::Attendees),
    ("public_description", true, Kind::Text),
    ("priority", true, Kind::Integer),
    ("note", true, Kind::Text),
];

const ORGANIZATION: &[Field] = &[
    ("name", false, Kind::Text),
    ("owner_id", false, Kind::User),
    ("visible_to", false, Kind::Integer),
    ("label_ids", true, Kind::Labels(&[])),
    ("address", true, Kind::Address),
    ("website", true, Kind::Text),
    ("linkedin", true, Kind::Text),
    ("industry", true, Kind::Integer),
    ("annual_revenue", true, Kind::Integer),
    ("employee_count", true, Kind::Integer),
];
