//! The unified resources. A handler parses, checks the scope, lets the flow do the work, and wraps what came of it.

use std::sync::Arc;

use axum::Extension;
use axum::extract::{Path, Request as HttpRequest, State};
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, StatusCode, Uri};
use routemcp_store::Scope;
use routemcp_unified::WriteMode;
use routemcp_unified::schema::{Operation, Resource};
use serde_json::{Value, json};

use crate::app::App;
use crate::flow::record::Request;
use crate::http::body;
use crate::http::envelope::Success;
use crate::http::error::{ApiError, Code};
use crate::http::idempotency::{Fingerprint, once};
use crate::http::layers::authenticate::Caller;
use crate::http::layers::observe::Timings;
use crate::http::query::{ListQuery, RecordQuery};

/// What every handler here gets from the layers.
pub(crate) type Context = (State<Arc<App>>, Extension<Caller>, Extension<Arc<Timings>>);

/// `GET /{resource}`
pub(crate) async fn list(
    (State(app), Extension(caller), Extension(timings)): Context,
    Path(resource): Path<String>,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let resource = known(&resource)?;
    caller.require(Scope::Read)?;
    let query = ListQuery::parse(resource, &uri, &headers)?;
    let request = Request {
        app: &app,
        key: &caller.0,
        resource,
        operation: Operation::List,
        timings: &timings,
    };
    let page = request.list(&query).await?;
    Ok(Success::records(format!("{} retrieved", resource.plural_label()), page).into_response())
}

/// `GET /{resource}/{id}`
pub(crate) async fn get(
    (State(app), Extension(caller), Extension(timings)): Context,
    Path((resource, id)): Path<(String, String)>,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let resource = known(&resource)?;
    caller.require(Scope::Read)?;
    let query = RecordQuery::parse(resource, &uri, &headers)?;
    let request = Request {
        app: &app,
        key: &caller.0,
        resource,
        operation: Operation::Get,
        timings: &timings,
    };
    let record = request.get(&id, &query).await?;
    Ok(Success::record(StatusCode::OK, format!("{} retrieved", resource.label()), record).into_response())
}

/// `POST /{resource}`
pub(crate) async fn create(
    context: Context,
    Path(resource): Path<String>,
    request: HttpRequest,
) -> Result<Response, ApiError> {
    write(context, &resource, None, Write::Create, request).await
}

/// `PUT /{resource}/{id}`
pub(crate) async fn replace(
    context: Context,
    Path((resource, id)): Path<(String, String)>,
    request: HttpRequest,
) -> Result<Response, ApiError> {
    write(
        context,
        &resource,
        Some(&id),
        Write::Update(WriteMode::Replace),
        request,
    )
    .await
}

/// `PATCH /{resource}/{id}`
pub(crate) async fn merge(
    context: Context,
    Path((resource, id)): Path<(String, String)>,
    request: HttpRequest,
) -> Result<Response, ApiError> {
    write(
        context,
        &resource,
        Some(&id),
        Write::Update(WriteMode::Merge),
        request,
    )
    .await
}

/// `DELETE /{resource}/{id}`
pub(crate) async fn delete(
    context: Context,
    Path((resource, id)): Path<(String, String)>,
    request: HttpRequest,
) -> Result<Response, ApiError> {
    write(context, &resource, Some(&id), Write::Delete, request).await
}

enum Write {
    Create,
    Update(WriteMode),
    Delete,
}

impl Write {
    fn operation(&self) -> Operation {
        match self {
            Self::Create => Operation::Create,
            Self::Update(_) => Operation::Update,
            Self::Delete => Operation::Delete,
        }
    }
}

/// What all writes have in common: the scope, the body, and the idempotency key.
async fn write(
    (State(app), Extension(caller), Extension(timings)): Context,
    resource: &str,
    id: Option<&str>,
    write: Write,
    http: HttpRequest,
) -> Result<Response, ApiError> {
    let resource = writable(resource, id.is_some())?;
    caller.require(Scope::Write)?;
    let (method, uri, headers) = (http.method().clone(), http.uri().clone(), http.headers().clone());
    let query = RecordQuery::parse(resource, &uri, &headers)?;
    let bytes = body::read(http).await?;
    let values = match write {
        Write::Delete => Value::Null,
        _ => body::json(&headers, &bytes)?,
    };
    let id = id.unwrap_or_default().to_owned();
    let fingerprint = Fingerprint::of(&method, &uri, &headers, &bytes);
    let (server, key) = (Arc::clone(&app), Arc::clone(&caller.0));
    let work = async move {
        // What it was parsed into is in memory as long as the write runs.
        let _body = bytes;
        let request = Request {
            app: &server,
            key: &key,
            resource,
            operation: write.operation(),
            timings: &timings,
        };
        perform(request, write, &id, &values, &query).await
    };
    once(app, caller.0, &headers, fingerprint, work).await
}

async fn perform(
    request: Request<'_>,
    write: Write,
    id: &str,
    values: &Value,
    query: &RecordQuery,
) -> Result<Success, ApiError> {
    let label = request.resource.label();
    match write {
        Write::Create => {
            let record = request.create(values, query).await?;
            Ok(Success::record(StatusCode::CREATED, "Created", record))
        }
        Write::Update(mode) => {
            let record = request.update(id, mode, values, query).await?;
            Ok(Success::record(
                StatusCode::OK,
                format!("{label} updated"),
                record,
            ))
        }
        Write::Delete => {
            request.delete(id, query).await?;
            let data = json!({ "data": { "id": id } });
            Ok(Success::new(StatusCode::OK, format!("{label} deleted"), data))
        }
    }
}

/// The resource of a path; singular and plural are the same.
fn known(name: &str) -> Result<Resource, ApiError> {
    Resource::parse(name).ok_or_else(|| {
        let all: Vec<&str> = Resource::ALL.iter().map(|resource| resource.name()).collect();
        ApiError::new(
            Code::NotFound,
            format!("`{name}` is not a resource. Resources: {}.", all.join(", ")),
        )
    })
}

fn writable(name: &str, one: bool) -> Result<Resource, ApiError> {
    let resource = known(name)?;
    if resource.writable() {
        return Ok(resource);
    }
    let what = if one { "changed or deleted" } else { "created" };
    let message = format!(
        "{} belong to the provider and cannot be {what} here.",
        resource.plural_label()
    );
    Err(ApiError::new(Code::ReadOnlyResource, message).with_allow("GET, HEAD"))
}
