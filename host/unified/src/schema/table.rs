//! The table itself.

use super::field::{Field, FieldKind, Rule};

const ID: Field = Field::text("id", "The record's id at the provider.").read_only();
const REMOTE_ID: Field = Field::text("remoteId", "The same as `id`.").read_only();
const PROVIDER: Field = Field::text("provider", "Slug of the provider that the record lives at.").read_only();
const FIRST_NAME: Field = Field::text("firstName", "First name.");
const LAST_NAME: Field = Field::text("lastName", "Last name.");
const EMAIL: Field = Field::text("email", "Main email address.").rule(Rule::Email);
const PHONE: Field = Field::text("phone", "Main phone number, as the provider writes it.");
const COMPANY: Field = Field::text("company", "Name of the company.");
const SOURCE: Field = Field::text("source", "Where the record came from.");
const TAGS: Field = Field::of(FieldKind::TextList, "tags", "Tags.");
const VALUE: Field = Field::of(FieldKind::Number, "value", "Amount of money, in `currency`.");
const CURRENCY: Field = Field::text("currency", "Currency of `value` (ISO 4217).").rule(Rule::Currency);
const CONTACT_ID: Field = Field::text("contactId", "Id of the contact.");
const OWNER_ID: Field = Field::text("ownerId", "Id of the owner.");
const OWNER_NAME: Field = Field::text("ownerName", "The owner's name, looked up from `ownerId`.").read_only();
const OWNER_EMAIL: Field = Field::text(
    "ownerEmail",
    "The owner's email address, looked up from `ownerId`.",
)
.read_only();
const CUSTOM_FIELDS: Field = Field::of(
    FieldKind::CustomFields,
    "customFields",
    "Fields that the organisation has mapped itself, by name.",
);
const CREATED_AT: Field = Field::of(
    FieldKind::DateTime,
    "createdAt",
    "When the record was made at the provider.",
)
.read_only();
const UPDATED_AT: Field = Field::of(
    FieldKind::DateTime,
    "updatedAt",
    "When the record last changed at the provider.",
)
.read_only();

/// Members of `address`.
pub static ADDRESS_MEMBERS: &[Field] = &[
    Field::text("street", "Street and house number."),
    Field::text("city", "City."),
    Field::text("state", "State, province or region."),
    Field::text("postalCode", "Postal code."),
    Field::text("country", "Country, as the provider writes it."),
];

/// Members of each of the `attendees`.
pub static ATTENDEE_MEMBERS: &[Field] = &[
    Field::text("email", "Email address.").rule(Rule::Email),
    Field::text("name", "Name."),
];

pub(super) static CONTACT: &[Field] = &[
    ID,
    REMOTE_ID,
    PROVIDER,
    FIRST_NAME,
    LAST_NAME,
    EMAIL,
    PHONE,
    COMPANY,
    Field::text("jobTitle", "Job title."),
    Field::of(FieldKind::Address, "address", "Postal address."),
    Field::text(
        "lifecycleStage",
        "How far the contact has come as a customer, in the provider's words.",
    ),
    OWNER_ID,
    OWNER_NAME,
    OWNER_EMAIL,
    SOURCE,
    TAGS,
    CUSTOM_FIELDS,
    CREATED_AT,
    UPDATED_AT,
];

pub(super) static LEAD: &[Field] = &[
    ID,
    REMOTE_ID,
    PROVIDER,
    FIRST_NAME,
    LAST_NAME,
    EMAIL,
    PHONE,
    COMPANY,
    OWNER_ID,
    OWNER_NAME,
    OWNER_EMAIL,
    SOURCE,
    TAGS,
    CUSTOM_FIELDS,
    CREATED_AT,
    UPDATED_AT,
    Field::text("status", "Status, in the provider's words."),
    VALUE,
    CURRENCY,
];

pub(super) static DEAL: &[Field] = &[
    ID,
    REMOTE_ID,
    PROVIDER,
    Field::text("name", "Name of the deal."),
    VALUE.alias("amount"),
    CURRENCY,
    Field::text("stage", "Stage of the pipeline, by the provider's id or name."),
    Field::text("pipeline", "Pipeline, by the provider's id or name."),
    Field::of(
        FieldKind::Number,
        "probability",
        "How likely the deal is won, in percent (0 to 100).",
    )
    .rule(Rule::Percent),
    CONTACT_ID,
    Field::text("companyId", "Id of the company."),
    Field::of(
        FieldKind::DateTime,
        "closeDate",
        "When the deal is expected to close, or did.",
    ),
    OWNER_ID,
    OWNER_NAME,
    OWNER_EMAIL,
    TAGS,
    CUSTOM_FIELDS,
    CREATED_AT,
    UPDATED_AT,
];

pub(super) static MEETING: &[Field] = &[
    ID,
    REMOTE_ID,
    PROVIDER,
    Field::text("title", "Title."),
    Field::text(
        "description",
        "What it is about; may contain the provider's markup.",
    ),
    Field::text("location", "Where it takes place."),
    Field::of(FieldKind::DateTime, "startTime", "When it begins."),
    Field::of(FieldKind::DateTime, "endTime", "When it ends."),
    CONTACT_ID,
    Field::text("dealId", "Id of the deal."),
    Field::of(FieldKind::Attendees, "attendees", "Who takes part."),
    OWNER_ID,
    OWNER_NAME,
    OWNER_EMAIL,
    CUSTOM_FIELDS,
    CREATED_AT,
    UPDATED_AT,
];

pub(super) static OWNER: &[Field] = &[
    ID,
    REMOTE_ID,
    PROVIDER,
    FIRST_NAME.read_only(),
    LAST_NAME.read_only(),
    Field::text(
        "name",
        "Full name; first and last name joined where the provider has no such field.",
    )
    .read_only(),
    EMAIL.read_only(),
    Field::of(
        FieldKind::Boolean,
        "active",
        "Whether the user may still work in the provider's account.",
    )
    .read_only(),
    CREATED_AT,
    UPDATED_AT,
];
