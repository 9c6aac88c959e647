//! The OpenAPI document, made from the unified schema and the error table, so that it cannot drift from them; and a
//! readable page of it.

mod connecting;
mod operations;
mod schemas;

use axum::Router;
use utoipa::openapi::security::{Http, HttpAuthScheme, SecurityRequirement, SecurityScheme};
use utoipa::openapi::{Info, OpenApi, OpenApiBuilder, Server};
use utoipa_swagger_ui::{Config, SwaggerUi};

const DESCRIPTION: &str = "One consistent API to read and write contacts, leads, deals, meetings and owners in many CRMs. \
    Every answer comes in one envelope; every error has a `code`. Lists page with an opaque cursor, and walking all pages \
    gives every record exactly once, over one provider or many.\n\n\
    Authenticate with `Authorization: Bearer sk_live_…` (real providers) or `sk_test_…` (sandboxes with test data). Every \
    answer carries `X-Request-Id`, `X-RateLimit-Limit`, `X-RateLimit-Remaining`, `X-RateLimit-Reset` (Unix seconds) and \
    `Server-Timing`, which says what the provider took and what we took.";

/// `/api/v1/openapi.json` and `/docs`.
pub(crate) fn routes<S: Clone + Send + Sync + 'static>() -> Router<S> {
    let page = SwaggerUi::new("/docs").url("/api/v1/openapi.json", document());
    page.config(
        Config::new(["/api/v1/openapi.json"])
            .try_it_out_enabled(true)
            .display_request_duration(true),
    )
    .into()
}

/// The document.
fn document() -> OpenApi {
    let mut info = Info::new("RouteMCP API", env!("CARGO_PKG_VERSION"));
    info.description = Some(DESCRIPTION.to_owned());
    let mut key = Http::new(HttpAuthScheme::Bearer);
    key.description = Some("An API key, `sk_live_…` or `sk_test_…`.".to_owned());
    let components = schemas::components()
        .responses_from_iter(operations::error_responses())
        .security_scheme("apiKey", SecurityScheme::Http(key));
    OpenApiBuilder::new()
        .info(info)
        .servers(Some([Server::new("/api/v1")]))
        .paths(operations::paths())
        .components(Some(components.build()))
        .security(Some([SecurityRequirement::new("apiKey", [""; 0])]))
        .build()
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_document_changes_only_on_purpose() {
        insta::assert_json_snapshot!("openapi", super::document());
    }
}
