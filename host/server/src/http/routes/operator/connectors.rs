//! `/admin/v1/connectors`: install, list, switch.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::{Path, Request, State};
use axum::response::{IntoResponse, Response};
use axum::routing::{delete, get, post};
use http::{HeaderMap, StatusCode, header};
use routemcp_broker::HostPattern;
use serde_json::{Map, Value, json};
use tracing::Instrument as _;
use url::form_urlencoded;

use super::shown;
use crate::app::App;
use crate::connectors::grants::Grants;
use crate::connectors::install::{Candidate, install};
use crate::connectors::switch::{self, Switched};
use crate::http::body;
use crate::http::envelope::Success;
use crate::http::error::{ApiError, Code};

/// How long an upload may take.
const UPLOAD_PATIENCE: Duration = Duration::from_secs(120);

/// The routes.
pub(crate) fn routes() -> Router<Arc<App>> {
    Router::new()
        .route("/connectors", get(list).put(upload))
        .route("/connectors/{slug}", get(show))
        .route("/connectors/{slug}/activate", post(activate))
        .route("/connectors/{slug}/rollback", post(roll_back))
        .route("/connectors/{slug}/disable", post(disable))
        .route("/connectors/{slug}/enable", post(enable))
        .route("/connectors/{slug}/grants", delete(revoke))
        .route("/connectors/{slug}/versions/{sha256}", delete(remove))
}

type Answer = Result<Response, ApiError>;

fn ok(message: &str, data: Value) -> Response {
    Success::new(StatusCode::OK, message, data).into_response()
}

/// `GET /connectors`: all that are live or kept.
async fn list(State(app): State<Arc<App>>) -> Answer {
    Ok(ok("Connectors retrieved", json!(shown::all(&app).await?)))
}

/// `GET /connectors/{slug}`
async fn show(State(app): State<Arc<App>>, Path(slug): Path<String>) -> Answer {
    let found = shown::all(&app).await?;
    let found = found.into_iter().find(|connector| connector["slug"] == slug);
    let unknown = || ApiError::new(Code::NotFound, format!("There is no connector `{slug}`."));
    Ok(ok("Connector retrieved", found.ok_or_else(unknown)?))
}

/// `PUT /connectors?grant=HOST&grant=…&activate=false`: the body is the component.
async fn upload(State(app): State<Arc<App>>, request: Request) -> Answer {
    let Upload {
        grants,
        activate,
        signature,
    } = upload_of(&request)?;
    let body = body::read_up_to(request, app.runtime.max_file_bytes(), UPLOAD_PATIENCE).await?;
    let (content, held) = body.split();
    let candidate = Candidate { content, signature };
    // To its end even if the caller hangs up: a swap must not stop between store and registry.
    let installing = {
        let app = Arc::clone(&app);
        let installing = async move {
            // Uploads wait for each other, since one file is compiled at a time.
            let _held = held;
            install(&app, candidate, &grants, activate).await
        };
        tokio::spawn(installing.in_current_span())
    };
    let installed = installing.await.map_err(ApiError::internal)??;
    Ok(ok("Connector installed", shown::installed(&installed)))
}

/// What comes with a component.
struct Upload {
    grants: Grants,
    activate: bool,
    signature: Option<String>,
}

fn upload_of(request: &Request) -> Result<Upload, ApiError> {
    let (grants, activate) = upload_query(request.uri().query().unwrap_or_default())?;
    require_wasm(request.headers())?;
    Ok(Upload {
        grants,
        activate,
        signature: signature(request.headers())?,
    })
}

fn upload_query(query: &str) -> Result<(Grants, bool), ApiError> {
    let mut listed = Vec::new();
    let (mut activate, mut all) = (true, false);
    for (name, value) in form_urlencoded::parse(query.as_bytes()) {
        match (&*name, &*value) {
            ("grant", "*") => all = true,
            ("grant", host) => listed.push(host_pattern(host)?),
            ("activate", "true") => activate = true,
            ("activate", "false") => activate = false,
            ("activate", _) => return Err(ApiError::invalid("activate", "must be true or false")),
            (other, _) => return Err(ApiError::invalid(other, "is not known; known: grant, activate")),
        }
    }
    let grants = if all { Grants::All } else { Grants::Listed(listed) };
    Ok((grants, activate))
}

fn host_pattern(host: &str) -> Result<HostPattern, ApiError> {
    HostPattern::parse(host).map_err(|error| ApiError::invalid("grant", error.to_string()))
}

fn require_wasm(headers: &HeaderMap) -> Result<(), ApiError> {
    let kind = headers
        .get(header::CONTENT_TYPE)
        .and_then(|kind| kind.to_str().ok());
    match kind {
        Some("application/wasm" | "application/octet-stream") => Ok(()),
        _ => Err(ApiError::new(
            Code::UnsupportedMediaType,
            "The body must be a component: send the header `Content-Type: application/wasm`.",
        )),
    }
}

fn signature(headers: &HeaderMap) -> Result<Option<String>, ApiError> {
    let Some(value) = headers.get("x-signature") else {
        return Ok(None);
    };
    match value.to_str() {
        Ok(text) => Ok(Some(text.to_owned())),
        Err(_) => Err(ApiError::invalid("X-Signature", "must be base64")),
    }
}

/// `POST /connectors/{slug}/activate`: `{ "sha256": "…", "grants": ["…"] }`
async fn activate(State(app): State<Arc<App>>, Path(slug): Path<String>, request: Request) -> Answer {
    let headers = request.headers().clone();
    let body = body::json(&headers, &body::read(request).await?)?;
    let (sha256, grants) = activation(&body)?;
    let switching = {
        let app = Arc::clone(&app);
        tokio::spawn(async move { switch::activate(&app, &slug, &sha256, &grants).await }.in_current_span())
    };
    let switched = switching.await.map_err(ApiError::internal)??;
    Ok(ok("Connector activated", shown_switch(&switched)))
}

fn activation(body: &Value) -> Result<(String, Vec<HostPattern>), ApiError> {
    let empty = Map::new();
    let members = body.as_object().unwrap_or(&empty);
    if let Some(unknown) = members
        .keys()
        .find(|name| !["sha256", "grants"].contains(&name.as_str()))
    {
        return Err(ApiError::invalid(unknown, "is not known; known: sha256, grants"));
    }
    let Some(sha256) = members.get("sha256").and_then(Value::as_str) else {
        return Err(ApiError::invalid(
            "sha256",
            "is required: the digest of a version, or its beginning",
        ));
    };
    let hosts = match members.get("grants") {
        None | Some(Value::Null) => Vec::new(),
        Some(Value::Array(hosts)) => hosts.clone(),
        Some(_) => return Err(ApiError::invalid("grants", "must be a list of hosts")),
    };
    let hosts = hosts.iter().map(|host| match host.as_str() {
        Some(host) => host_pattern(host),
        None => Err(ApiError::invalid("grants", "must be a list of hosts")),
    });
    Ok((sha256.to_owned(), hosts.collect::<Result<_, _>>()?))
}

/// `POST /connectors/{slug}/rollback`
async fn roll_back(State(app): State<Arc<App>>, Path(slug): Path<String>) -> Answer {
    let switching = {
        let app = Arc::clone(&app);
        tokio::spawn(async move { switch::roll_back(&app, &slug).await }.in_current_span())
    };
    let switched = switching.await.map_err(ApiError::internal)??;
    Ok(ok("Connector rolled back", shown_switch(&switched)))
}

fn shown_switch(switched: &Switched) -> Value {
    let version = &switched.version;
    json!({
        "slug": version.slug,
        "version": version.version,
        "sha256": version.sha256,
        "disabled": switched.disabled,
        "changes": switched.changes,
    })
}

/// `POST /connectors/{slug}/disable`
async fn disable(State(app): State<Arc<App>>, Path(slug): Path<String>) -> Answer {
    switch::enable(&app, &slug, false).await?;
    Ok(ok(
        "Connector disabled",
        json!({ "slug": slug, "status": "disabled" }),
    ))
}

/// `POST /connectors/{slug}/enable`
async fn enable(State(app): State<Arc<App>>, Path(slug): Path<String>) -> Answer {
    switch::enable(&app, &slug, true).await?;
    Ok(ok(
        "Connector enabled",
        json!({ "slug": slug, "status": "active" }),
    ))
}

/// `DELETE /connectors/{slug}/grants?host=HOST`
async fn revoke(State(app): State<Arc<App>>, Path(slug): Path<String>, request: Request) -> Answer {
    let query = request.uri().query().unwrap_or_default();
    let host = form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == "host");
    let required = || ApiError::invalid("host", "is required: the grant to take back");
    let (_, host) = host.ok_or_else(required)?;
    let host = HostPattern::parse(&host).map_err(|error| ApiError::invalid("host", error.to_string()))?;
    if switch::revoke(&app, &slug, &host).await? {
        return Ok(ok(
            "Grant taken back",
            json!({ "slug": slug, "host": host.to_string() }),
        ));
    }
    let message = format!("`{slug}` has no grant for {host}.");
    Err(ApiError::new(Code::NotFound, message))
}

/// `DELETE /connectors/{slug}/versions/{sha256}`
async fn remove(State(app): State<Arc<App>>, Path((slug, sha256)): Path<(String, String)>) -> Answer {
    let removed = switch::delete(&app, &slug, &sha256).await?;
    let data = json!({ "slug": removed.slug, "version": removed.version, "sha256": removed.sha256 });
    Ok(ok("Version deleted", data))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{activation, upload_query};
    use crate::connectors::grants::Grants;

    #[test]
    fn an_upload_says_what_is_granted_and_whether_to_activate() {
        let (grants, activate) = upload_query("grant=https://api.acme.example&grant=*.acme.example").unwrap();
        assert!(activate);
        assert!(matches!(grants, Grants::Listed(hosts) if hosts.len() == 2));
        let (grants, activate) = upload_query("activate=false&grant=*").unwrap();
        assert!(!activate && matches!(grants, Grants::All));
        for (query, field) in [
            ("grant=https://a.example/path", "grant"),
            ("activate=maybe", "activate"),
            ("force=true", "force"),
        ] {
            let errors = upload_query(query)
                .err()
                .and_then(|error| error.errors)
                .unwrap_or_default();
            assert!(errors.contains_key(field), "{query}: {errors:?}");
        }
    }

    #[test]
    fn an_activation_names_a_version() {
        let (sha256, grants) = activation(&json!({ "sha256": "abc", "grants": ["a.example"] })).unwrap();
        assert_eq!((sha256.as_str(), grants.len()), ("abc", 1));
        for (body, field) in [
            (json!({}), "sha256"),
            (json!([]), "sha256"),
            (json!({ "sha256": 1 }), "sha256"),
            (json!({ "sha256": "a", "grants": "b" }), "grants"),
            (json!({ "sha256": "a", "grants": [1] }), "grants"),
            (json!({ "sha256": "a", "digest": "b" }), "digest"),
        ] {
            let errors = activation(&body)
                .err()
                .and_then(|error| error.errors)
                .unwrap_or_default();
            assert!(errors.contains_key(field), "{body}: {errors:?}");
        }
    }
}
