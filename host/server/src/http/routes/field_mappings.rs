//! Field mappings: list what is in force, set overrides, take one back.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Extension;
use axum::extract::{Path, Request, State};
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, StatusCode, Uri};
use routemcp_runtime::LoadedConnector;
use routemcp_store::Scope;
use routemcp_unified::mapping::{MappingOverride, check_overrides, parse_overrides};
use routemcp_unified::schema::Resource;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::app::App;
use crate::flow::connected::known_provider;
use crate::flow::mappings::{Layers, Whose, compile, declared, end_user_layers, layers};
use crate::http::body;
use crate::http::envelope::Success;
use crate::http::error::{ApiError, Code};
use crate::http::layers::authenticate::Caller;
use crate::http::query::MappingQuery;

/// `GET /field-mappings`
pub(crate) async fn list(
    State(app): State<Arc<App>>,
    Extension(caller): Extension<Caller>,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    caller.require(Scope::Read)?;
    let query = MappingQuery::parse(&uri, &headers)?;
    let connectors = match &query.target.provider {
        Some(provider) => vec![known_provider(&app, provider)?],
        None => app.registry.all(),
    };
    let mut rows = Vec::new();
    for connector in &connectors {
        let whose = whose(&caller, connector, query.target.end_user.as_deref());
        let wanted = |resource: &Resource| query.resource.is_none_or(|wanted| wanted == *resource);
        for resource in connector.manifest().resources.keys().copied().filter(wanted) {
            rows.extend(show(&app, whose, resource).await?);
        }
    }
    Ok(Success::new(StatusCode::OK, "Field mappings retrieved", json!(rows)).into_response())
}

/// Overrides to set; `provider`, `resourceType` and `endUserId` may stand here or in the query.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Overrides {
    provider: Option<String>,
    #[serde(alias = "resource")]
    resource_type: Option<String>,
    end_user_id: Option<String>,
    mappings: Value,
}

/// `PUT /field-mappings`
pub(crate) async fn put(
    State(app): State<Arc<App>>,
    Extension(caller): Extension<Caller>,
    request: Request,
) -> Result<Response, ApiError> {
    caller.require(Scope::Manage)?;
    let (uri, headers) = (request.uri().clone(), request.headers().clone());
    let body = body::json(&headers, &body::read(request).await?)?;
    let sent: Overrides =
        serde_json::from_value(body).map_err(|error| ApiError::invalid("body", error.to_string()))?;
    let query =
        MappingQuery::parse(&uri, &headers)?.or(sent.provider, sent.resource_type, sent.end_user_id)?;
    let connector = known_provider(&app, query.provider()?)?;
    let resource = query.resource()?;
    let end_user = query.target.end_user.as_deref();
    let whose = whose(&caller, &connector, end_user);
    if sent
        .mappings
        .as_array()
        .is_some_and(|list| list.len() > OVERRIDES)
    {
        return Err(ApiError::invalid(
            "mappings",
            format!("one resource can have {OVERRIDES} overrides"),
        ));
    }
    let changes = parse_overrides(&sent.mappings).map_err(ApiError::validation)?;
    let changed = merge(&own_layer(&app, whose, resource).await?, &changes);
    check(&app, whose, resource, changed).await?;

    let stored = changes
        .into_iter()
        .map(|change| (change.unified_field.clone(), json!(change)));
    let slug = &connector.manifest().slug;
    app.store
        .put_overrides(
            whose.organisation,
            slug,
            resource.name(),
            end_user,
            stored.collect(),
        )
        .await?;
    let rows = show(&app, whose, resource).await?;
    Ok(Success::new(StatusCode::OK, "Field mappings set", json!(rows)).into_response())
}

/// `DELETE /field-mappings/{standardKey}`
pub(crate) async fn delete(
    State(app): State<Arc<App>>,
    Extension(caller): Extension<Caller>,
    Path(standard_key): Path<String>,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    caller.require(Scope::Manage)?;
    let query = MappingQuery::parse(&uri, &headers)?;
    let connector = known_provider(&app, query.provider()?)?;
    let (resource, field) = Resource::parse_standard_key(&standard_key)
        .ok_or_else(|| ApiError::invalid("standardKey", "must look like contacts:v1:firstName"))?;
    let end_user = query.target.end_user.as_deref();
    let whose = whose(&caller, &connector, end_user);
    let mut left = own_layer(&app, whose, resource).await?;
    let before = left.len();
    left.retain(|change| change.unified_field != field);
    if left.len() == before {
        return Err(ApiError::new(
            Code::NotFound,
            format!("There is no override for {standard_key}"),
        ));
    }
    // What is left must fit together as well: another override may have taken the place that this one gave up.
    check(&app, whose, resource, left).await?;
    let slug = &connector.manifest().slug;
    app.store
        .delete_override(whose.organisation, slug, resource.name(), end_user, field)
        .await?;
    let rows = show(&app, whose, resource).await?;
    Ok(Success::new(StatusCode::OK, "Field mapping reset", json!(rows)).into_response())
}

fn whose<'a>(caller: &'a Caller, connector: &'a LoadedConnector, end_user: Option<&'a str>) -> Whose<'a> {
    Whose {
        connector,
        organisation: caller.0.organisation_id.as_str(),
        end_user,
    }
}

/// The mappings in force, each with its provider.
async fn show(app: &App, whose: Whose<'_>, resource: Resource) -> Result<Vec<Value>, ApiError> {
    let mapping = app.mappings.in_force(&app.store, whose, resource).await?;
    let provider = &whose.connector.manifest().slug;
    let row = |row| match json!(row) {
        Value::Object(mut members) => {
            members.insert("provider".to_owned(), json!(provider));
            Value::Object(members)
        }
        other => other,
    };
    Ok(mapping.rows().into_iter().map(row).collect())
}

/// The most overrides that one layer of a resource may have.
const OVERRIDES: usize = 300;

/// Refuses a layer that does not fit the connector, or the other layer that is in force beside it: for an end user's the
/// organisation's, for the organisation's each of its end users'.
async fn check(
    app: &App,
    whose: Whose<'_>,
    resource: Resource,
    changed: Vec<MappingOverride>,
) -> Result<(), ApiError> {
    let manifest = declared(whose.connector, resource)?;
    if changed.len() > OVERRIDES {
        let why = format!(
            "{} overrides are too many: one resource can have {OVERRIDES}",
            changed.len()
        );
        return Err(ApiError::invalid("mappings", why));
    }
    check_overrides(resource, manifest, &changed).map_err(ApiError::validation)?;
    if whose.end_user.is_some() {
        let organisation = layers(&app.store, whose, resource).await?.organisation;
        return compile(
            whose.connector,
            resource,
            &Layers {
                organisation,
                end_user: changed,
            },
        )
        .map(drop);
    }
    for end_user in end_user_layers(&app.store, whose, resource).await? {
        compile(
            whose.connector,
            resource,
            &Layers {
                organisation: changed.clone(),
                end_user,
            },
        )?;
    }
    Ok(())
}

/// The layer that a call is about, as it is.
async fn own_layer(
    app: &App,
    whose: Whose<'_>,
    resource: Resource,
) -> Result<Vec<MappingOverride>, ApiError> {
    let layers = layers(&app.store, whose, resource).await?;
    Ok(if whose.end_user.is_some() {
        layers.end_user
    } else {
        layers.organisation
    })
}

/// A layer as it will be: one override for each unified field.
fn merge(before: &[MappingOverride], changes: &[MappingOverride]) -> Vec<MappingOverride> {
    let by_field = |change: &MappingOverride| (change.unified_field.clone(), change.clone());
    before
        .iter()
        .chain(changes)
        .map(by_field)
        .collect::<BTreeMap<_, _>>()
        .into_values()
        .collect()
}
