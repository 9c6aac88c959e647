//! Paths of the document.

use routemcp_unified::schema::Resource;
use utoipa::openapi::path::{
    HttpMethod, OperationBuilder, Parameter, ParameterBuilder, ParameterIn, ParameterStyle, PathItem,
    PathItemBuilder, PathsBuilder,
};
use utoipa::openapi::request_body::{RequestBody, RequestBodyBuilder};
use utoipa::openapi::schema::{AdditionalProperties, Type};
use utoipa::openapi::{ArrayBuilder, Content, Ref, RefOr, Required, Response, ResponseBuilder, Schema};

use super::connecting;
use super::schemas::{envelope, object, one, page, reference, text, time, typed};

/// All paths.
pub(super) fn paths() -> PathsBuilder {
    let mut paths = PathsBuilder::new();
    for resource in Resource::ALL {
        paths = paths
            .path(format!("/{}", resource.name()), collection(resource))
            .path(format!("/{}/{{id}}", resource.name()), record(resource));
    }
    paths
        .path("/field-mappings", field_mappings())
        .path("/field-mappings/{standardKey}", field_mapping())
        .path("/passthrough", passthrough())
        .path("/connections", connecting::connections())
        .path("/connections/{id}", connecting::connection())
        .path("/connect/token", connecting::token())
        .path("/connect/origins", connecting::origins())
        .path("/oauth-apps", connecting::oauth_apps())
        .path("/oauth-apps/{provider}", connecting::oauth_app())
}

fn collection(resource: Resource) -> PathItem {
    let item = PathItemBuilder::new().operation(HttpMethod::Get, list(resource));
    if !resource.writable() {
        return item.build();
    }
    let created = envelope(one(reference(resource.label())));
    let create = operation(resource, "create", &format!("Create a {}", resource.name()))
        .parameters(Some(writing(resource)))
        .request_body(Some(body(&format!("{}Input", resource.label()))))
        .response("201", success("Created", created));
    item.operation(
        HttpMethod::Post,
        with_errors(create, &["400", "401", "403", "409", "413", "415", "422"]),
    )
    .build()
}

fn list(resource: Resource) -> OperationBuilder {
    let summary = format!("List {}", resource.plural());
    let parameters = target()
        .into_iter()
        .chain(view(resource))
        .chain(listing(resource));
    let list = operation(resource, "list", &summary)
        .description(Some(
            "One page. Without `provider` it runs over all connected providers side by side: a page never exceeds `limit`, \
             and a provider that fails is named in `data.errors` while the cursor keeps its place.",
        ))
        .parameters(Some(parameters))
        .response("200", success(&format!("{} retrieved", resource.plural_label()), envelope(page(resource))));
    with_errors(list, &["400", "401", "403", "409"])
}

fn record(resource: Resource) -> PathItem {
    let shown = || envelope(one(reference(resource.label())));
    let label = resource.label();
    let get = operation(resource, "get", &format!("Get a {}", resource.name()))
        .parameters(Some(target().into_iter().chain(view(resource))))
        .response("200", success(&format!("{label} retrieved"), shown()));
    let item = PathItemBuilder::new().parameters(Some([path_id()])).operation(
        HttpMethod::Get,
        with_errors(get, &["400", "401", "403", "404", "409"]),
    );
    if !resource.writable() {
        return item.build();
    }
    let update = |verb: &str, summary: String| {
        let update = operation(resource, verb, &summary)
            .parameters(Some(writing(resource)))
            .request_body(Some(body(&format!("{label}Input"))))
            .response("200", success(&format!("{label} updated"), shown()));
        with_errors(update, &["400", "401", "403", "404", "409", "413", "415", "422"])
    };
    let deleted = object().property("id", typed(Type::String).build());
    let delete = operation(resource, "delete", &format!("Delete a {}", resource.name()))
        .parameters(Some(target().into_iter().chain([idempotency_key()])))
        .response(
            "200",
            success(
                &format!("{label} deleted"),
                envelope(one(RefOr::T(deleted.into()))),
            ),
        );
    item.operation(
        HttpMethod::Put,
        update(
            "replace",
            format!(
                "Replace a {}: writable fields that are left out are cleared",
                resource.name()
            ),
        ),
    )
    .operation(
        HttpMethod::Patch,
        update(
            "update",
            format!("Change the given fields of a {}", resource.name()),
        ),
    )
    .operation(
        HttpMethod::Delete,
        with_errors(delete, &["400", "401", "403", "404", "409"]),
    )
    .build()
}

fn field_mappings() -> PathItem {
    let resource_type = || {
        let resource = typed(Type::String).enum_values(Some(Resource::ALL.map(Resource::name)));
        query(
            "resourceType",
            resource.description(Some("Also accepted as `resource`.")),
        )
    };
    let version =
        "Accepted for completeness: a connector has one mapping for all API versions of its provider.";
    let list = tagged(
        "field mappings",
        "listFieldMappings",
        "List the mappings in force, overrides applied",
    )
    .parameters(Some(target().into_iter().chain([
        resource_type(),
        query("apiVersion", text(version).min_length(Some(1))),
    ])))
    .response("200", success("Field mappings retrieved", mapping_list()));
    let set = tagged("field mappings", "setFieldMappings", "Set overrides for one provider and resource")
        .description(Some(
            "All or none. An override points a unified field at another provider field, changes direction or transform, \
             disables it, or adds a field of your own as `customFields.<name>`. With `endUserId` it holds for that end \
             user only and goes before the organisation's. In force on the next call.",
        ))
        .parameters(Some(target().into_iter().chain([resource_type()])))
        .request_body(Some(body("FieldMappingOverrides")))
        .response("200", success("Field mappings set", mapping_list()));
    PathItemBuilder::new()
        .operation(HttpMethod::Get, with_errors(list, &["400", "401", "403"]))
        .operation(
            HttpMethod::Put,
            with_errors(set, &["400", "401", "403", "413", "415"]),
        )
        .build()
}

fn field_mapping() -> PathItem {
    let reset = tagged("field mappings", "resetFieldMapping", "Take an override back")
        .parameters(Some(target()))
        .response("200", success("Field mapping reset", mapping_list()));
    let key = ParameterBuilder::new()
        .name("standardKey")
        .parameter_in(ParameterIn::Path)
        .required(Required::True)
        .description(Some("Such as contacts:v1:firstName."))
        .schema(Some(typed(Type::String)));
    PathItemBuilder::new()
        .parameters(Some([key.build()]))
        .operation(
            HttpMethod::Delete,
            with_errors(reset, &["400", "401", "403", "404"]),
        )
        .build()
}

fn mapping_list() -> Schema {
    envelope(RefOr::T(
        ArrayBuilder::new().items(reference("FieldMapping")).into(),
    ))
}

fn passthrough() -> PathItem {
    let send = tagged("passthrough", "passThrough", "Send one request to the provider as it is")
        .description(Some("Same allow-list and credential as the provider's connector has. Scope read for GET and HEAD, else write."))
        .parameters(Some(target().into_iter().chain([idempotency_key()])))
        .request_body(Some(body("PassThroughRequest")))
        .response("200", success("Provider answered, with any status", envelope(reference("PassThroughResponse"))));
    let errors = ["400", "401", "403", "409", "413", "415"];
    PathItemBuilder::new()
        .operation(HttpMethod::Post, with_errors(send, &errors))
        .build()
}

fn operation(resource: Resource, verb: &str, summary: &str) -> OperationBuilder {
    let name = if verb == "list" {
        resource.plural_label()
    } else {
        resource.label()
    };
    tagged(resource.name(), &format!("{verb}{name}"), summary)
}

pub(super) fn tagged(tag: &str, id: &str, summary: &str) -> OperationBuilder {
    OperationBuilder::new()
        .tag(tag)
        .operation_id(Some(id))
        .summary(Some(summary))
}

pub(super) fn success(description: &str, schema: Schema) -> Response {
    ResponseBuilder::new()
        .description(description)
        .content("application/json", Content::new(Some(schema)))
        .build()
}

/// Adds error answers: those of the operation, and those that any call may get.
pub(super) fn with_errors(operation: OperationBuilder, statuses: &[&str]) -> OperationBuilder {
    let always = ["429", "500", "501", "502", "503", "504"];
    statuses
        .iter()
        .chain(&always)
        .fold(operation, |operation, status| {
            operation.response(*status, Ref::from_response_name(error_name(status)))
        })
}

/// Name of the answer with this status among the components.
fn error_name(status: &str) -> String {
    format!("Error{status}")
}

/// Every error answer, by its name.
pub(super) fn error_responses() -> impl Iterator<Item = (String, Response)> {
    let statuses = [
        "400", "401", "403", "404", "409", "413", "415", "422", "429", "500", "501", "502", "503", "504",
    ];
    statuses.into_iter().map(|status| {
        let content = Content::new(Some(reference("Error")));
        let response = ResponseBuilder::new()
            .description(meaning(status))
            .content("application/json", content);
        (error_name(status), response.build())
    })
}

fn meaning(status: &str) -> &'static str {
    match status {
        "400" => "VALIDATION_ERROR, INVALID_CURSOR, UNKNOWN_PROVIDER or END_USER_REQUIRED",
        "401" => "INVALID_API_KEY",
        "403" => "INSUFFICIENT_SCOPE",
        "404" => "The record does not exist",
        "409" => {
            "PROVIDER_NOT_CONNECTED, CONNECTION_NEEDS_REAUTH, OAUTH_APP_MISSING, IDEMPOTENCY_CONFLICT or DUPLICATE_RECORD"
        }
        "413" => "PAYLOAD_TOO_LARGE: the body is larger than 1 MiB",
        "415" => "UNSUPPORTED_MEDIA_TYPE: the body is not JSON",
        "422" => "PROVIDER_REJECTED: the provider refused the values; `errors` by unified field where known",
        "429" => "RATE_LIMITED (ours) or PROVIDER_RATE_LIMITED (the provider's); see Retry-After",
        "500" => "INTERNAL_ERROR",
        "501" => "OPERATION_NOT_SUPPORTED by this provider",
        "502" => "PROVIDER_ERROR or CONNECTOR_FAILED",
        "503" => {
            "OVERLOADED (too many requests or connections at a time), STORE_UNAVAILABLE (the server's database is busy, \
             full or away) or PROVIDER_DISABLED; see Retry-After"
        }
        _ => "PROVIDER_TIMEOUT",
    }
}

pub(super) fn body(schema: &str) -> RequestBody {
    let content = Content::new(Some(reference(schema)));
    RequestBodyBuilder::new()
        .required(Some(Required::True))
        .content("application/json", content)
        .build()
}

fn query(name: &str, schema: impl Into<RefOr<Schema>>) -> Parameter {
    ParameterBuilder::new()
        .name(name)
        .parameter_in(ParameterIn::Query)
        .schema(Some(schema))
        .build()
}

pub(super) fn path_id() -> Parameter {
    let schema = typed(Type::String).build();
    ParameterBuilder::new()
        .name("id")
        .parameter_in(ParameterIn::Path)
        .required(Required::True)
        .schema(Some(schema))
        .build()
}

fn idempotency_key() -> Parameter {
    let description =
        "The same key and request give the same answer for 24 hours; another request with it is refused.";
    ParameterBuilder::new()
        .name("Idempotency-Key")
        .parameter_in(ParameterIn::Header)
        .description(Some(description))
        .schema(Some(
            typed(Type::String).max_length(Some(255)).min_length(Some(1)),
        ))
        .build()
}

pub(super) fn target() -> Vec<Parameter> {
    vec![
        query(
            "provider",
            text(
                "Provider slug, such as hubspot. A list without it runs over all connected providers; other calls need it when several are connected.",
            )
            .min_length(Some(1)),
        ),
        query(
            "endUserId",
            text(
                "Your own id of the end user; also as header X-End-User-Id. Needed when several end users have a fitting connection.",
            )
            .min_length(Some(1)),
        ),
    ]
}

/// Names of the resource's fields as one alternative of a pattern.
fn field_names(resource: Resource) -> String {
    let names: Vec<&str> = resource.fields().iter().map(|field| field.name).collect();
    names.join("|")
}

fn view(resource: Resource) -> Vec<Parameter> {
    let names = field_names(resource);
    let fields = text("Only these fields, separated by commas.")
        .pattern(Some(format!("^ *({names}) *(, *({names}) *)*$")));
    vec![
        query(
            "raw",
            typed(Type::Boolean).description(Some("Add the provider's own record as `raw`.")),
        ),
        query("fields", fields),
    ]
}

fn writing(resource: Resource) -> Vec<Parameter> {
    target()
        .into_iter()
        .chain(view(resource))
        .chain([idempotency_key()])
        .collect()
}

/// Parameters of anything that comes in pages.
pub(super) fn paging() -> Vec<Parameter> {
    let limit = typed(Type::Integer)
        .minimum(Some(1))
        .maximum(Some(100))
        .default(Some(25.into()));
    vec![
        query(
            "cursor",
            text("`pagination.cursor` of the page before.").min_length(Some(1)),
        ),
        query("limit", limit.description(Some("How many on a page at most."))),
    ]
}

fn listing(resource: Resource) -> Vec<Parameter> {
    let filter = resource.fields().iter().fold(object(), |filter, field| {
        filter.property(field.name, typed(Type::String).min_length(Some(1)))
    });
    let filter = filter.additional_properties(Some(AdditionalProperties::<Schema>::FreeForm(false)));
    let filter = ParameterBuilder::new()
        .name("filter")
        .parameter_in(ParameterIn::Query)
        .style(Some(ParameterStyle::DeepObject))
        .explode(Some(true))
        .description(Some("`filter[field]=value`, where the connector declares it."))
        .schema(Some(filter));
    let sort = text("`field` or `-field`, where the connector declares it.")
        .pattern(Some(format!("^-?({})$", field_names(resource))));
    let updated_since = time().description(Some(
        "Only records changed since this ISO 8601 time, where the connector declares it.",
    ));
    let rest = vec![
        query("updatedSince", updated_since),
        query("sort", sort),
        filter.build(),
    ];
    paging().into_iter().chain(rest).collect()
}
