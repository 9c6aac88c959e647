//! `/connect/sandbox/{authorisation}/{provider}/…`: the authorise page of a test connection, played by the connector's own
//! sandbox.
//!
//! What a connector writes is hostile, and here it stands on our own origin: the page gets no script, no cookie and an
//! origin of its own (CSP `sandbox`), and may send the browser nowhere but back to us.

use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::extract::{Path, Request, State};
use axum::response::{IntoResponse, Response};
use http::{HeaderValue, Method, StatusCode, header};
use jiff::Timestamp;
use routemcp_broker as broker;
use routemcp_broker::{Grant, Limits, Session};
use routemcp_store::{Authorization, AuthorizationStatus, ConnectSession, Environment};
use url::{Url, form_urlencoded};

use crate::app::App;
use crate::connect::authorization::redirect_uri;
use crate::flow::connected::known_provider;
use crate::flow::failures::overloaded;
use crate::http::body;
use crate::http::error::{ApiError, Code};
use crate::oauth::party::Party;

/// How long a page may take.
const PATIENCE: Duration = Duration::from_secs(10);

/// The handler.
pub(crate) async fn play(
    State(app): State<Arc<App>>,
    Path((id, provider, path)): Path<(String, String, String)>,
    request: Request,
) -> Result<Response, ApiError> {
    let method = request.method().clone();
    if !matches!(method, Method::GET | Method::POST) {
        return Err(ApiError::new(
            Code::MethodNotAllowed,
            "Only GET and POST are possible here.",
        ));
    }
    let (authorization, session) = find(&app, &id, &provider).await?;
    let party = party(&app, &authorization, &session)?;
    let authorize_url = authorize_url(&party)?;
    if authorize_url.path().trim_start_matches('/') != path {
        return Err(nothing());
    }
    let query = request.uri().query().unwrap_or_default().to_owned();
    let form = body::read_form(request, session.organisation_id.as_str()).await?;
    let wanted = wanted(&method, &authorize_url, &query, form.to_vec());
    let answer = ask(&app, &party, &authorize_url, wanted).await?;
    render(&app, &answer)
}

/// Only an authorisation that was launched and is not over has a page.
async fn find(app: &App, id: &str, provider: &str) -> Result<(Authorization, ConnectSession), ApiError> {
    let found = app.store.authorization_by_id(&id.to_owned().into()).await?;
    let authorization = found
        .filter(|authorization| {
            authorization.provider == provider
                && authorization.status == AuthorizationStatus::Launched
                && !authorization.is_expired(Timestamp::now())
        })
        .ok_or_else(nothing)?;
    let session = app.store.connect_session(&authorization.session_id).await?;
    let session = session.filter(|session| session.environment == Environment::Test);
    Ok((authorization, session.ok_or_else(nothing)?))
}

fn nothing() -> ApiError {
    ApiError::new(
        Code::NotFound,
        "There is no authorisation under way here. Start again.",
    )
}

fn party(app: &App, authorization: &Authorization, session: &ConnectSession) -> Result<Party, ApiError> {
    let connector = known_provider(app, &authorization.provider)?;
    let method = authorization.auth_method.clone();
    Ok(Party::to_be(session, connector, method, &authorization.settings))
}

fn authorize_url(party: &Party) -> Result<Url, ApiError> {
    let (_, method) = party.method().map_err(ApiError::internal)?;
    Url::parse(&method.authorize_url).map_err(ApiError::internal)
}

fn wanted(method: &Method, authorize_url: &Url, query: &str, form: Vec<u8>) -> broker::Request {
    let mut target = authorize_url.clone();
    target.set_query(None);
    let posts = method == Method::POST;
    let content_type = (
        "content-type".to_owned(),
        "application/x-www-form-urlencoded".to_owned(),
    );
    broker::Request {
        method: method.to_string(),
        target: target.into(),
        query: form_urlencoded::parse(query.as_bytes()).into_owned().collect(),
        headers: if posts { vec![content_type] } else { Vec::new() },
        body: if posts {
            broker::Body::Bytes(form)
        } else {
            broker::Body::None
        },
        repeatable: false,
    }
}

async fn ask(
    app: &App,
    party: &Party,
    authorize_url: &Url,
    wanted: broker::Request,
) -> Result<broker::Response, ApiError> {
    let tenant = party.organisation.as_str();
    let _permit = app
        .runtime
        .admit(tenant)
        .await
        .map_err(|error| overloaded(&error))?;
    let origin = authorize_url.origin().ascii_serialization();
    let session = Session::new(
        Arc::new(Grant::new(&origin, &[]).map_err(ApiError::internal)?),
        None,
        app.sandboxes.of(&party.connector, tenant).0,
        Limits::default(),
        Instant::now() + PATIENCE,
    );
    let answer = session.send(wanted).await;
    answer.map_err(|error| {
        let message = format!(
            "The sandbox of {} could not do it: {error}",
            party.manifest().name
        );
        ApiError::new(Code::ConnectorFailed, message).with_provider(&party.manifest().slug)
    })
}

fn render(app: &App, answer: &broker::Response) -> Result<Response, ApiError> {
    let status = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::BAD_GATEWAY);
    let mut response = (status, answer.body.clone()).into_response();
    let back = redirect_uri(app)?;
    let headers = response.headers_mut();
    headers.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("text/html; charset=utf-8"),
    );
    headers.insert(
        header::X_CONTENT_TYPE_OPTIONS,
        HeaderValue::from_static("nosniff"),
    );
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    let policy = format!(
        "sandbox allow-forms; default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'; \
         form-action {}",
        back.origin().ascii_serialization()
    );
    let policy = HeaderValue::from_str(&policy).map_err(ApiError::internal)?;
    headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    if status.is_redirection() {
        headers.insert(header::LOCATION, location(answer, &back)?);
    }
    Ok(response)
}

/// A sandbox may send the browser back to us, and nowhere else.
fn location(answer: &broker::Response, back: &Url) -> Result<HeaderValue, ApiError> {
    let location = answer
        .headers
        .get(header::LOCATION)
        .and_then(|value| value.to_str().ok());
    let url = location.and_then(|location| Url::parse(location).ok());
    let url = url.filter(|url| url.origin() == back.origin() && url.path() == back.path());
    let strange = || ApiError::new(Code::ConnectorFailed, "The sandbox redirects to a strange place.");
    HeaderValue::from_str(url.ok_or_else(strange)?.as_str()).map_err(ApiError::internal)
}
