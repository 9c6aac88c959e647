//! Tokens: giving them out, ending them, and checking them on every call.

use routemcp_sdk::sandbox::{Response, Standing, Tokens};
use serde_json::{Value, json};

use crate::sandbox::Call;
use crate::sandbox::control;
use crate::sandbox::error::{ApiError, Outcome};

/// What the manifest's `sandbox.token` says. Not a secret: it opens nothing but test data.
const STATIC_TOKEN: &str = "1000.sandbox-7c41e09b";
/// A token without the scope for leads.
const NARROW_TOKEN: &str = "1000.sandbox-no-leads-7c41e09b";
/// Refresh tokens never change.
const TOKENS: Tokens = Tokens {
    prefix: "1000.",
    lifetime_ms: 3_600_000,
    rotates: false,
};
const SCOPES: &str = "ZohoCRM.modules.contacts.ALL,ZohoCRM.modules.leads.ALL,ZohoCRM.modules.deals.ALL,\
                      ZohoCRM.modules.events.ALL,ZohoCRM.users.READ,ZohoCRM.coql.READ";
const API_DOMAIN: &str = "https://www.zohoapis.com";

/// A token that is good.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Access {
    pub(crate) token: String,
    pub(crate) is_static: bool,
    reaches_leads: bool,
}

/// A bad token and an expired one are told apart by nothing.
pub(crate) fn authenticate(call: &Call<'_>) -> Result<Access, ApiError> {
    let token = call.request.token("Zoho-oauthtoken").unwrap_or_default();
    let is_static = token == STATIC_TOKEN || token == NARROW_TOKEN;
    if is_static
        || matches!(
            TOKENS.standing(call.state, token, call.now_ms),
            Standing::Valid(_)
        )
    {
        return Ok(Access {
            token: token.to_owned(),
            is_static,
            reaches_leads: token != NARROW_TOKEN,
        });
    }
    Err(ApiError::new(
        401,
        "INVALID_TOKEN",
        "invalid oauth token",
        json!({}),
    ))
}

pub(crate) fn check_scope(access: &Access, segments: &[&str]) -> Result<(), ApiError> {
    if access.reaches_leads || segments.first() != Some(&"Leads") {
        return Ok(());
    }
    let message = "invalid oauth scope to access this URL";
    Err(ApiError::new(401, "OAUTH_SCOPE_MISMATCH", message, json!({})))
}

/// Paths below `/oauth`, which need no token.
pub(crate) fn answer(call: &mut Call<'_>, segments: &[&str]) -> Outcome {
    match (call.request.method.as_str(), segments) {
        ("POST", ["v2", "token"]) => Ok(token(call)),
        ("POST", ["v2", "token", "revoke"]) => Ok(revoke(call)),
        ("GET", ["serverinfo"]) => {
            let locations = json!({ "us": "https://accounts.zoho.com", "eu": "https://accounts.zoho.eu" });
            Ok(Response::json(
                200,
                &json!({ "result": "success", "locations": locations }),
            ))
        }
        _ => Err(ApiError::no_such_url()),
    }
}

fn token(call: &mut Call<'_>) -> Response {
    for (name, error) in [
        ("client_id", "invalid_client"),
        ("client_secret", "invalid_client_secret"),
    ] {
        if field(call, name).is_empty() {
            return refusal(call, error);
        }
    }
    let now_ms = call.now_ms;
    let (grant, first) = match field(call, "grant_type").as_str() {
        "authorization_code" => {
            let code = field(call, "code");
            (TOKENS.exchange(call.state, &code, now_ms), true)
        }
        "refresh_token" => {
            let refresh_token = field(call, "refresh_token");
            (TOKENS.refresh(call.state, &refresh_token, now_ms), false)
        }
        _ => return refusal(call, "unsupported_grant_type"),
    };
    // Also for a bad refresh token.
    let Some(grant) = grant else {
        return refusal(call, "invalid_code");
    };
    let mut body = json!({
        "access_token": grant.access_token,
        "scope": SCOPES,
        "api_domain": api_domain(call),
        "token_type": "Bearer",
        "expires_in": TOKENS.lifetime_ms / 1_000,
    });
    // A refresh brings no refresh token: the old one stays.
    if let (true, Value::Object(body)) = (first, &mut body) {
        body.insert("refresh_token".to_owned(), grant.refresh_token.into());
    }
    Response::json(200, &body)
}

fn revoke(call: &mut Call<'_>) -> Response {
    let token = field(call, "token");
    if TOKENS.revoke(call.state, &token) {
        Response::json(200, &json!({ "status": "success" }))
    } else {
        refusal(call, "invalid_code")
    }
}

/// Whether the status is 200 or 400 is unconfirmed, so both can be had (see `control`).
fn refusal(call: &Call<'_>, error: &str) -> Response {
    Response::json(control::token_error_status(call), &json!({ "error": error }))
}

/// Where the API is: at this simulator, if it is reached under a name of its own.
fn api_domain(call: &Call<'_>) -> String {
    let host = call.request.header("host").unwrap_or_default();
    let name = host.rsplit_once(':').map_or(host, |(name, _)| name);
    let plain = |host: &str| {
        host.bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b".:-[]".contains(&byte))
    };
    if host.is_empty() || !plain(host) || name.contains(".zoho") {
        return API_DOMAIN.to_owned();
    }
    let local = name == "localhost" || name.starts_with("127.") || name == "[::1]";
    format!("{}://{host}", if local { "http" } else { "https" })
}

/// A field of the form or of the query; empty if it is missing.
fn field(call: &Call<'_>, name: &str) -> String {
    let form = call.request.form();
    let found = form
        .into_iter()
        .find(|(known, _)| known == name)
        .map(|(_, value)| value);
    let from_query = || call.request.parameter(name).map(str::to_owned);
    found.or_else(from_query).unwrap_or_default()
}
