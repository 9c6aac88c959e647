//! Schemas of the document: the unified resources, the envelope, errors, connections.

use routemcp_unified::schema::{Access, Field, FieldKind, Resource};
use serde_json::json;
use utoipa::openapi::schema::{AdditionalProperties, SchemaFormat};
use utoipa::openapi::{
    ArrayBuilder, ComponentsBuilder, KnownFormat, ObjectBuilder, Ref, RefOr, Schema, schema::SchemaType,
    schema::Type,
};

use crate::http::error::Code;

/// All schemas.
pub(super) fn components() -> ComponentsBuilder {
    let mut components = ComponentsBuilder::new();
    for resource in Resource::ALL {
        components = components.schema(resource.label(), record(resource));
        if resource.writable() {
            components = components.schema(format!("{}Input", resource.label()), input(resource));
        }
    }
    for (name, schema) in super::connecting::inputs() {
        components = components.schema(name, schema);
    }
    components
        .schema("Pagination", pagination())
        .schema("PartialError", partial_error())
        .schema("Error", error())
        .schema("Connection", connection())
        .schema("ConnectionInput", connection_input())
        .schema("FieldMapping", field_mapping())
        .schema("FieldMappingOverrides", field_mapping_overrides())
        .schema("PassThroughRequest", pass_through_request())
        .schema("PassThroughResponse", pass_through_response())
}

/// A reference to a schema by name.
pub(super) fn reference(name: &str) -> RefOr<Schema> {
    Ref::from_schema_name(name).into()
}

/// The envelope of a success, round some data.
pub(super) fn envelope(data: RefOr<Schema>) -> Schema {
    object()
        .property("success", typed(Type::Boolean).build())
        .property("statusCode", typed(Type::Integer).build())
        .property("message", typed(Type::String).build())
        .property("data", data)
        .required("success")
        .required("statusCode")
        .required("message")
        .required("data")
        .into()
}

/// `{ "data": … }`, what single records come in.
pub(super) fn one(data: RefOr<Schema>) -> RefOr<Schema> {
    RefOr::T(object().property("data", data).required("data").into())
}

/// A page of records.
pub(super) fn page(resource: Resource) -> RefOr<Schema> {
    let records = ArrayBuilder::new().items(reference(resource.label()));
    let errors = ArrayBuilder::new()
        .items(reference("PartialError"))
        .description(Some(
            "Connections that gave nothing this time; the cursor holds their places.",
        ));
    RefOr::T(
        object()
            .property("data", records)
            .property("pagination", reference("Pagination"))
            .property("errors", errors)
            .required("data")
            .required("pagination")
            .into(),
    )
}

pub(super) fn object() -> ObjectBuilder {
    ObjectBuilder::new()
}

pub(super) fn typed(kind: Type) -> ObjectBuilder {
    ObjectBuilder::new().schema_type(SchemaType::Type(kind))
}

pub(super) fn text(description: &str) -> ObjectBuilder {
    typed(Type::String).description(Some(description))
}

/// Text that may be left out of a body, or be null, which is the same.
pub(super) fn optional_text(description: &str) -> ObjectBuilder {
    nullable(Type::String).description(Some(description))
}

/// A time as we write it.
pub(super) fn time() -> ObjectBuilder {
    typed(Type::String).format(Some(SchemaFormat::KnownFormat(KnownFormat::DateTime)))
}

/// An object of an answer that always has all its members.
pub(super) fn all_required(object: ObjectBuilder) -> ObjectBuilder {
    let object = object.build();
    let names: Vec<String> = object.properties.keys().cloned().collect();
    names
        .into_iter()
        .fold(ObjectBuilder::from(object), ObjectBuilder::required)
}

pub(super) fn nullable(kind: Type) -> ObjectBuilder {
    ObjectBuilder::new().schema_type(SchemaType::from_iter([kind, Type::Null]))
}

fn record(resource: Resource) -> Schema {
    let mut record = object();
    for field in resource.fields() {
        record = record.property(field.name, field_schema(field, field.access == Access::ReadOnly));
    }
    let raw = object().description(Some("The provider's own record, with `raw=true`."));
    record.property("raw", raw).required("id").into()
}

fn input(resource: Resource) -> Schema {
    let mut input = object().additional_properties(Some(AdditionalProperties::FreeForm(false)));
    for field in resource
        .fields()
        .iter()
        .filter(|field| field.access == Access::ReadWrite)
    {
        input = input.property(field.name, field_schema(field, false));
        if let Some(alias) = field.alias {
            let alias_of =
                nullable(Type::Number).description(Some(format!("Another name for `{}`.", field.name)));
            input = input.property(alias, alias_of);
        }
    }
    input.into()
}

fn field_schema(field: &Field, read_only: bool) -> Schema {
    let described = |builder: ObjectBuilder| -> Schema {
        builder
            .description(Some(field.description))
            .read_only(read_only)
            .into()
    };
    match field.kind {
        FieldKind::Text => described(nullable(Type::String)),
        FieldKind::Number => described(nullable(Type::Number)),
        FieldKind::Boolean => described(nullable(Type::Boolean)),
        FieldKind::DateTime => {
            described(nullable(Type::String).format(Some(SchemaFormat::KnownFormat(KnownFormat::DateTime))))
        }
        FieldKind::Address => {
            let members = ["street", "city", "state", "postalCode", "country"];
            described(
                members
                    .into_iter()
                    .fold(nullable(Type::Object), |address, member| {
                        address.property(member, nullable(Type::String).build())
                    }),
            )
        }
        FieldKind::CustomFields => described(
            nullable(Type::Object).additional_properties(Some(AdditionalProperties::FreeForm(true))),
        ),
        FieldKind::TextList => list(field, typed(Type::String).into()),
        FieldKind::Attendees => list(
            field,
            object()
                .property("email", nullable(Type::String).build())
                .property("name", nullable(Type::String).build())
                .into(),
        ),
    }
}

fn list(field: &Field, item: Schema) -> Schema {
    ArrayBuilder::new()
        .schema_type(SchemaType::from_iter([Type::Array, Type::Null]))
        .items(RefOr::T(item))
        .description(Some(field.description))
        .into()
}

fn pagination() -> Schema {
    let cursor =
        nullable(Type::String).description(Some("Give it back as `cursor` to go on; null at the end."));
    object()
        .property("cursor", cursor)
        .property("hasMore", typed(Type::Boolean).build())
        .property("limit", typed(Type::Integer).build())
        .required("cursor")
        .required("hasMore")
        .required("limit")
        .into()
}

fn code() -> ObjectBuilder {
    typed(Type::String).enum_values(Some(Code::ALL.map(|code| json!(code))))
}

fn partial_error() -> Schema {
    object()
        .property("provider", typed(Type::String).build())
        .property("endUserId", typed(Type::String).build())
        .property("code", code())
        .property("message", typed(Type::String).build())
        .property(
            "retryAfter",
            nullable(Type::Integer).description(Some("Seconds.")),
        )
        .into()
}

fn error() -> Schema {
    let fields = object()
        .additional_properties(Some(Schema::from(typed(Type::String))))
        .description(Some("Field or parameter -> what is wrong with it."));
    let provider_error = object()
        .property("status", nullable(Type::Integer).build())
        .property("message", typed(Type::String).build())
        .description(Some("What the provider said."));
    let outcome = text(
        "Only after a write: it was sent, and nobody knows whether the provider has carried it out. It was not repeated, and an \
         Idempotency-Key stays taken. Look at the record before you write again.",
    )
    .enum_values(Some(["unknown"]));
    object()
        .property("success", typed(Type::Boolean).build())
        .property("statusCode", typed(Type::Integer).build())
        .property("message", typed(Type::String).build())
        .property("code", code())
        .property("errors", fields)
        .property("provider", typed(Type::String).build())
        .property("providerError", provider_error)
        .property("outcome", outcome)
        .property(
            "timestamp",
            typed(Type::String).format(Some(SchemaFormat::KnownFormat(KnownFormat::DateTime))),
        )
        .property("path", typed(Type::String).build())
        .property("requestId", typed(Type::String).build())
        .required("success")
        .required("statusCode")
        .required("message")
        .required("code")
        .required("timestamp")
        .required("path")
        .required("requestId")
        .into()
}

fn settings() -> ObjectBuilder {
    object()
        .additional_properties(Some(Schema::from(typed(Type::String))))
        .description(Some(
            "Non-secret settings that the provider's connector declares.",
        ))
}

fn connection() -> Schema {
    let connection = object()
        .property("id", typed(Type::String).build())
        .property("provider", typed(Type::String).build())
        .property("endUserId", typed(Type::String).build())
        .property(
            "status",
            typed(Type::String).enum_values(Some(["active", "needs_reauth", "disabled"])),
        )
        .property("authMethod", typed(Type::String).build())
        .property("settings", settings())
        .property("lastError", nullable(Type::String).build())
        .property("createdAt", time())
        .property(
            "updatedAt",
            time().description(Some(
                "When it was last connected; a change of its status does not count.",
            )),
        );
    all_required(connection).into()
}

fn connection_input() -> Schema {
    object()
        .additional_properties(Some(AdditionalProperties::FreeForm(false)))
        .property("provider", text("Provider slug."))
        .property(
            "endUserId",
            text("Your own id of the end user; made known if it is new.").min_length(Some(1)),
        )
        .property("endUserDisplayName", nullable(Type::String).build())
        .property("endUserEmail", nullable(Type::String).build())
        .property(
            "authMethod",
            optional_text("An auth method of the connector; by default its token method."),
        )
        .property(
            "token",
            optional_text("The provider's access token or key. With a test key it may be left out.")
                .write_only(true),
        )
        .property(
            "refreshToken",
            optional_text(
                "For OAuth: renews the access token. It must belong to the OAuth app that is set up here.",
            )
            .write_only(true),
        )
        .property(
            "expiresAt",
            optional_text("For OAuth: when the access token ends, ISO 8601.")
                .format(Some(SchemaFormat::KnownFormat(KnownFormat::DateTime))),
        )
        .property("settings", settings())
        .required("provider")
        .required("endUserId")
        .into()
}

fn direction() -> ObjectBuilder {
    typed(Type::String).enum_values(Some(["bidirectional", "read", "write"]))
}

fn transform() -> ObjectBuilder {
    nullable(Type::Object)
        .additional_properties(Some(AdditionalProperties::FreeForm(true)))
        .description(Some(
            "A named conversion with its parameters, such as { \"name\": \"number\" }.",
        ))
}

fn field_mapping() -> Schema {
    let mapping = object()
        .property("standardKey", text("Such as contacts:v1:firstName."))
        .property("unifiedField", typed(Type::String).build())
        .property("providerField", typed(Type::String).build())
        .property("direction", direction())
        .property("transform", transform())
        .property(
            "source",
            typed(Type::String).enum_values(Some(["default", "override"])),
        )
        .property("provider", typed(Type::String).build());
    all_required(mapping).into()
}

fn field_mapping_overrides() -> Schema {
    let change = object()
        .property(
            "unifiedField",
            text("Such as phone, address.city, or customFields.<name> for a field of your own."),
        )
        .property(
            "providerField",
            text("A key of the provider's fields, or a pointer from the record's root."),
        )
        .property("direction", direction().default(Some(json!("bidirectional"))))
        .property("transform", transform())
        .property(
            "disabled",
            typed(Type::Boolean).description(Some("true stands alone: the field is not mapped.")),
        )
        .required("unifiedField");
    object()
        .additional_properties(Some(AdditionalProperties::FreeForm(false)))
        .property("provider", optional_text("May stand here or in the query."))
        .property("resourceType", optional_text("May stand here or in the query."))
        .property("endUserId", optional_text("May stand here or in the query."))
        .property("mappings", ArrayBuilder::new().items(RefOr::T(change.into())))
        .required("mappings")
        .into()
}

fn free() -> ObjectBuilder {
    object().additional_properties(Some(AdditionalProperties::FreeForm(true)))
}

/// Text by name.
fn texts() -> ObjectBuilder {
    object().additional_properties(Some(Schema::from(typed(Type::String))))
}

fn any_value() -> ObjectBuilder {
    ObjectBuilder::new().schema_type(SchemaType::AnyValue)
}

fn pass_through_request() -> Schema {
    object()
        .additional_properties(Some(AdditionalProperties::FreeForm(false)))
        .property(
            "method",
            typed(Type::String).enum_values(Some(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"])),
        )
        .property(
            "path",
            text("Below the provider's base URL, or an absolute URL on one of its allowed hosts.")
                .pattern(Some("^(/|[Hh][Tt][Tt][Pp][Ss]?://)")),
        )
        .property(
            "query",
            free().description(Some("Name -> value, or a list of values.")),
        )
        .property("headers", texts())
        .property("body", any_value().description(Some("JSON.")))
        .required("method")
        .required("path")
        .into()
}

fn pass_through_response() -> Schema {
    object()
        .property("status", typed(Type::Integer).build())
        .property("headers", texts())
        .property("body", any_value())
        .required("status")
        .into()
}
