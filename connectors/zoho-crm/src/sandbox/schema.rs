//! Modules and their fields.

use crate::sandbox::error::ApiError;

/// A module that the sandbox has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Type {
    Accounts,
    Contacts,
    Leads,
    Deals,
    Events,
}

/// What a field holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// With the most characters it takes.
    Text(usize),
    Email,
    Number,
    Integer,
    Boolean,
    Date,
    Time,
    Choice(&'static [&'static str]),
    /// A list of texts.
    Choices,
    Lookup(Type),
    User,
    Tags,
    Participants,
    /// A lookup into the module that `$se_module` names.
    Related,
    /// `$se_module`.
    RelatedModule,
}

/// How many numbers of the account's own a contact has, so that long lists of fields can be tried out.
pub(crate) const METRICS: u64 = 120;

impl Type {
    pub(crate) fn parse(name: &str) -> Result<Self, ApiError> {
        let all = [
            Self::Accounts,
            Self::Contacts,
            Self::Leads,
            Self::Deals,
            Self::Events,
        ];
        all.into_iter()
            .find(|of| of.name() == name)
            .ok_or_else(ApiError::no_such_module)
    }

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Accounts => "Accounts",
            Self::Contacts => "Contacts",
            Self::Leads => "Leads",
            Self::Deals => "Deals",
            Self::Events => "Events",
        }
    }

    /// The fields that can be written, without the metrics.
    pub(crate) fn fields(self) -> &'static [(&'static str, Kind)] {
        match self {
            Self::Accounts => ACCOUNT,
            Self::Contacts => CONTACT,
            Self::Leads => LEAD,
            Self::Deals => DEAL,
            Self::Events => EVENT,
        }
    }

    /// The kind of a field that can be written; none if there is no such field.
    pub(crate) fn kind(self, name: &str) -> Option<Kind> {
        if self.metric(name).is_some() {
            return Some(Kind::Integer);
        }
        let found = self.fields().iter().find(|(known, _)| *known == name);
        found.map(|(_, kind)| *kind)
    }

    /// Fields that Zoho sets.
    pub(crate) fn computed(self) -> &'static [&'static str] {
        match self {
            Self::Contacts | Self::Leads => &[
                "Full_Name",
                "Created_By",
                "Modified_By",
                "Created_Time",
                "Modified_Time",
            ],
            Self::Deals => &[
                "Expected_Revenue",
                "Created_By",
                "Modified_By",
                "Created_Time",
                "Modified_Time",
            ],
            Self::Accounts | Self::Events => &["Created_By", "Modified_By", "Created_Time", "Modified_Time"],
        }
    }

    /// What a new record must have.
    pub(crate) fn mandatory(self) -> &'static [&'static str] {
        match self {
            Self::Accounts => &["Account_Name"],
            Self::Contacts | Self::Leads => &["Last_Name"],
            Self::Deals => &["Deal_Name", "Stage"],
            Self::Events => &["Event_Title", "Start_DateTime", "End_DateTime"],
        }
    }

    /// The field that a lookup shows as the record's name.
    pub(crate) fn name_field(self) -> &'static str {
        match self {
            Self::Accounts => "Account_Name",
            Self::Contacts | Self::Leads => "Full_Name",
            Self::Deals => "Deal_Name",
            Self::Events => "Event_Title",
        }
    }

    /// The number in `Metric_001` to `Metric_120` of a contact.
    pub(crate) fn metric(self, name: &str) -> Option<u64> {
        let digits = name.strip_prefix("Metric_").filter(|digits| digits.len() == 3)?;
        let number = digits.parse().ok()?;
        (self == Self::Contacts && (1..=METRICS).contains(&number)).then_some(number)
    }
}

/// The account's own fields, as opposed to those that Zoho defines.
pub(crate) const CUSTOM: [&str; 5] = [
    "Favourite_Colour",
    "Contract_Number",
    "Renewal_Date",
    "Newsletter",
    "Languages",
];

const SOURCES: &[&str] = &[
    "Advertisement",
    "Cold Call",
    "Employee Referral",
    "Partner",
    "Trade Show",
    "Web Download",
];
const COLOURS: &[&str] = &["red", "green", "blue"];
pub(crate) const STATUSES: &[&str] = &[
    "Attempted to Contact",
    "Contact in Future",
    "Contacted",
    "Junk Lead",
    "Lost Lead",
    "Not Contacted",
    "Pre-Qualified",
];
pub(crate) const CURRENCIES: &[&str] = &["EUR", "USD", "GBP", "PLN"];
/// (stage, probability in percent)
pub(crate) const STAGES: [(&str, u64); 9] = [
    ("Qualification", 10),
    ("Needs Analysis", 20),
    ("Value Proposition", 40),
    ("Identify Decision Makers", 60),
    ("Proposal/Price Quote", 75),
    ("Negotiation/Review", 90),
    ("Closed Won", 100),
    ("Closed Lost", 0),
    ("Closed Lost to Competition", 0),
];
const STAGE_NAMES: &[&str] = &[
    "Qualification",
    "Needs Analysis",
    "Value Proposition",
    "Identify Decision Makers",
    "Proposal/Price Quote",
    "Negotiation/Review",
    "Closed Won",
    "Closed Lost",
    "Closed Lost to Competition",
];

const ACCOUNT: &[(&str, Kind)] = &[
    ("Owner", Kind::User),
    ("Account_Name", Kind::Text(200)),
    ("Phone", Kind::Text(30)),
    ("Website", Kind::Text(450)),
    ("Tag", Kind::Tags),
];
const CONTACT: &[(&str, Kind)] = &[
    ("Owner", Kind::User),
    ("First_Name", Kind::Text(40)),
    ("Last_Name", Kind::Text(80)),
    ("Email", Kind::Email),
    ("Phone", Kind::Text(50)),
    ("Mobile", Kind::Text(30)),
    ("Title", Kind::Text(100)),
    ("Department", Kind::Text(50)),
    ("Account_Name", Kind::Lookup(Type::Accounts)),
    ("Mailing_Street", Kind::Text(250)),
    ("Mailing_City", Kind::Text(100)),
    ("Mailing_State", Kind::Text(100)),
    ("Mailing_Zip", Kind::Text(30)),
    ("Mailing_Country", Kind::Text(100)),
    ("Lead_Source", Kind::Choice(SOURCES)),
    ("Description", Kind::Text(32_000)),
    ("Favourite_Colour", Kind::Choice(COLOURS)),
    ("Contract_Number", Kind::Text(255)),
    ("Renewal_Date", Kind::Date),
    ("Newsletter", Kind::Boolean),
    ("Languages", Kind::Choices),
    ("Tag", Kind::Tags),
];
const LEAD: &[(&str, Kind)] = &[
    ("Owner", Kind::User),
    ("First_Name", Kind::Text(40)),
    ("Last_Name", Kind::Text(80)),
    ("Company", Kind::Text(200)),
    ("Email", Kind::Email),
    ("Phone", Kind::Text(30)),
    ("Mobile", Kind::Text(30)),
    ("Designation", Kind::Text(100)),
    ("Lead_Status", Kind::Choice(STATUSES)),
    ("Lead_Source", Kind::Choice(SOURCES)),
    ("Rating", Kind::Text(120)),
    ("Website", Kind::Text(255)),
    ("Industry", Kind::Text(120)),
    ("No_of_Employees", Kind::Integer),
    ("Annual_Revenue", Kind::Number),
    ("Street", Kind::Text(250)),
    ("City", Kind::Text(100)),
    ("State", Kind::Text(100)),
    ("Zip_Code", Kind::Text(30)),
    ("Country", Kind::Text(100)),
    ("Description", Kind::Text(32_000)),
    ("Tag", Kind::Tags),
];
const DEAL: &[(&str, Kind)] = &[
    ("Owner", Kind::User),
    ("Deal_Name", Kind::Text(120)),
    ("Amount", Kind::Number),
    ("Currency", Kind::Choice(CURRENCIES)),
    ("Stage", Kind::Choice(STAGE_NAMES)),
    ("Pipeline", Kind::Choice(&["Standard", "Partners"])),
    ("Probability", Kind::Integer),
    ("Closing_Date", Kind::Date),
    ("Contact_Name", Kind::Lookup(Type::Contacts)),
    ("Account_Name", Kind::Lookup(Type::Accounts)),
    ("Type", Kind::Text(120)),
    ("Next_Step", Kind::Text(100)),
    ("Lead_Source", Kind::Choice(SOURCES)),
    ("Description", Kind::Text(32_000)),
    ("Contract_Number", Kind::Text(255)),
    ("Tag", Kind::Tags),
];
const EVENT: &[(&str, Kind)] = &[
    ("Owner", Kind::User),
    ("Event_Title", Kind::Text(255)),
    ("Start_DateTime", Kind::Time),
    ("End_DateTime", Kind::Time),
    ("All_day", Kind::Boolean),
    ("Venue", Kind::Text(255)),
    ("Description", Kind::Text(32_000)),
    ("Participants", Kind::Participants),
    ("Who_Id", Kind::Lookup(Type::Contacts)),
    ("What_Id", Kind::Related),
    ("$se_module", Kind::RelatedModule),
];
