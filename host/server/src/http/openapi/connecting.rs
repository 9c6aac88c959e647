//! Paths about connections and how end users make them.

use utoipa::openapi::path::{HttpMethod, ParameterBuilder, ParameterIn, PathItem, PathItemBuilder};
use utoipa::openapi::schema::{AdditionalProperties, SchemaType, Type};
use utoipa::openapi::{ArrayBuilder, ObjectBuilder, RefOr, Required, Schema};

use super::operations::{body, paging, path_id, success, tagged, target, with_errors};
use super::schemas::{all_required, envelope, nullable, object, one, reference, text, time, typed};

pub(super) fn connections() -> PathItem {
    let array = ArrayBuilder::new().items(reference("Connection"));
    let page = object()
        .property("data", array)
        .required("data")
        .property("pagination", reference("Pagination"))
        .required("pagination");
    let list = tagged("connections", "listConnections", "List connections")
        .parameters(Some(target().into_iter().chain(paging())))
        .response("200", success("Connections retrieved", of(page)));
    let create = tagged("connections", "importConnection", "Import an existing credential")
        .request_body(Some(body("ConnectionInput")))
        .response("201", success("Created", envelope(one(reference("Connection")))));
    PathItemBuilder::new()
        .operation(HttpMethod::Get, with_errors(list, &["400", "401", "403"]))
        .operation(
            HttpMethod::Post,
            with_errors(create, &["400", "401", "403", "409", "413", "415"]),
        )
        .build()
}

pub(super) fn connection() -> PathItem {
    let get = tagged("connections", "getConnection", "Get a connection").response(
        "200",
        success("Connection retrieved", envelope(one(reference("Connection")))),
    );
    let revoked = nullable(Type::Boolean).description(Some(
        "Whether the provider ended the credential; null where it has no way to.",
    ));
    let deleted = object()
        .property("id", typed(Type::String))
        .required("id")
        .property("revoked", revoked);
    let delete = tagged(
        "connections",
        "deleteConnection",
        "Delete a connection; its credential is revoked at the provider where that is possible",
    )
    .response("200", success("Connection deleted", of(single(deleted))));
    PathItemBuilder::new()
        .parameters(Some([path_id()]))
        .operation(HttpMethod::Get, with_errors(get, &["400", "401", "403", "404"]))
        .operation(
            HttpMethod::Delete,
            with_errors(delete, &["400", "401", "403", "404"]),
        )
        .build()
}

pub(super) fn token() -> PathItem {
    let given = object()
        .property("token", text("For the widget: `ct_…`. Good for nothing else."))
        .required("token")
        .property("expiresAt", time())
        .required("expiresAt");
    let create = tagged("connect", "createConnectToken", "Begin a session in which an end user connects")
        .description(Some(
            "Give the token to `RouteMCPConnect.open({ token })` of `/connect/sdk.js`. A session lasts ten minutes and connects \
             each provider once.",
        ))
        .request_body(Some(body("ConnectTokenInput")))
        .response("201", success("Created", of(given)));
    PathItemBuilder::new()
        .operation(
            HttpMethod::Post,
            with_errors(create, &["400", "401", "403", "413", "415"]),
        )
        .build()
}

pub(super) fn origins() -> PathItem {
    let origins = || of(list_of("origins", typed(Type::String)));
    let list = tagged(
        "connect",
        "listOrigins",
        "List the pages that may hold the widget",
    )
    .response("200", success("Origins retrieved", origins()));
    let put = tagged("connect", "setOrigins", "Say which pages may hold the widget")
        .description(Some("Origins such as `https://app.example.com`, or `http://localhost:*` for any port. The whole list."))
        .request_body(Some(body("OriginsInput")))
        .response("200", success("Origins set", origins()));
    PathItemBuilder::new()
        .operation(HttpMethod::Get, with_errors(list, &["401", "403"]))
        .operation(
            HttpMethod::Put,
            with_errors(put, &["400", "401", "403", "413", "415"]),
        )
        .build()
}

pub(super) fn oauth_apps() -> PathItem {
    let app = object()
        .property("provider", typed(Type::String))
        .property("clientId", typed(Type::String))
        .property("updatedAt", time());
    let redirect_uri = nullable(Type::String).description(Some(
        "To be given to the provider; null until the operator has said where browsers reach this server.",
    ));
    let apps = list_of("apps", all_required(app)).property("redirectUri", redirect_uri);
    let list = tagged(
        "connect",
        "listOAuthApps",
        "List OAuth apps, without their secrets",
    )
    .response("200", success("OAuth apps retrieved", of(apps)));
    PathItemBuilder::new()
        .operation(HttpMethod::Get, with_errors(list, &["401", "403"]))
        .build()
}

pub(super) fn oauth_app() -> PathItem {
    let provider = ParameterBuilder::new()
        .name("provider")
        .parameter_in(ParameterIn::Path)
        .required(Required::True)
        .schema(Some(typed(Type::String)));
    let set = object()
        .property("provider", typed(Type::String))
        .property("clientId", typed(Type::String));
    let put = tagged(
        "connect",
        "setOAuthApp",
        "Set the client id and secret to connect with at a provider",
    )
    .request_body(Some(body("OAuthAppInput")))
    .response("200", success("OAuth app set", of(single(set))));
    let deleted = single(object().property("provider", typed(Type::String)));
    let delete = tagged("connect", "deleteOAuthApp", "Forget an OAuth app")
        .description(Some(
            "Connections that were made with it cannot be refreshed any more.",
        ))
        .response("200", success("OAuth app deleted", of(deleted)));
    PathItemBuilder::new()
        .parameters(Some([provider.build()]))
        .operation(
            HttpMethod::Put,
            with_errors(put, &["400", "401", "403", "413", "415"]),
        )
        .operation(
            HttpMethod::Delete,
            with_errors(delete, &["400", "401", "403", "404"]),
        )
        .build()
}

/// The bodies that these paths take, by name.
pub(super) fn inputs() -> [(&'static str, Schema); 3] {
    let lifetime = nullable(Type::Integer)
        .minimum(Some(1))
        .maximum(Some(600))
        .default(Some(600.into()));
    let providers = ArrayBuilder::new()
        .schema_type(SchemaType::from_iter([Type::Array, Type::Null]))
        .items(typed(Type::String))
        .min_items(Some(1))
        .description(Some("Slugs; all providers when left out."));
    let token = closed()
        .property("endUserId", typed(Type::String).min_length(Some(1)))
        .required("endUserId")
        .property("endUserDisplayName", nullable(Type::String))
        .property("endUserEmail", nullable(Type::String))
        .property("providers", providers)
        .property("expiresInSeconds", lifetime);
    let app = closed()
        .property("clientId", typed(Type::String).min_length(Some(1)))
        .required("clientId")
        .property("clientSecret", typed(Type::String).min_length(Some(1)))
        .required("clientSecret");
    [
        ("ConnectTokenInput", token.into()),
        (
            "OriginsInput",
            list_of("origins", typed(Type::String))
                .additional_properties(Some(AdditionalProperties::FreeForm(false)))
                .into(),
        ),
        ("OAuthAppInput", app.into()),
    ]
}

/// An object that has no members but those named.
fn closed() -> ObjectBuilder {
    object().additional_properties(Some(AdditionalProperties::<Schema>::FreeForm(false)))
}

fn list_of(name: &str, item: ObjectBuilder) -> ObjectBuilder {
    object()
        .property(name, ArrayBuilder::new().items(item))
        .required(name)
}

fn single(record: ObjectBuilder) -> ObjectBuilder {
    object().property("data", record).required("data")
}

fn of(data: ObjectBuilder) -> Schema {
    envelope(RefOr::T(data.into()))
}
