//! Tokens: giving them out, ending them, and checking them on every call.

use routemcp_sdk::sandbox::{AuthServer, Consent, Grant, Refusal, Response, Standing, TokenRequest, Tokens};
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
    idle_ms: None,
};
pub(crate) const SERVER: AuthServer = AuthServer {
    provider: "Zoho CRM",
    tokens: TOKENS,
    // Unconfirmed (providers.md section 2.8).
    code_lifetime_ms: 120_000,
    redirect_uri_is_optional: false,
};
const SCOPES: &str = "ZohoCRM.modules.contacts.ALL,ZohoCRM.modules.leads.ALL,ZohoCRM.modules.deals.ALL,\
                      ZohoCRM.modules.events.ALL,ZohoCRM.users.READ,ZohoCRM.coql.READ";
const API_DOMAIN: &str = "https://www.zohoapis.com";
const ACCOUNTS_SERVER: &str = "https://accounts.zoho.com";

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
        (_, ["v2", "auth"]) => Ok(authorize(call)),
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

/// The redirect says at which data centre the code is to be exchanged. When the user does not agree, Zoho's words are
/// those of RFC 6749.
fn authorize(call: &mut Call<'_>) -> Response {
    let accounts_server = own_origin(call).unwrap_or_else(|| ACCOUNTS_SERVER.to_owned());
    let consent = Consent {
        without_scopes: "No scopes: Zoho would refuse the calls that follow.",
        denied: "access_denied",
        with_code: vec![
            ("location", "us".to_owned()),
            ("accounts-server", accounts_server),
        ],
        ..Consent::default()
    };
    SERVER.authorize(call.request, call.state, &consent, call.now_ms)
}

fn token(call: &mut Call<'_>) -> Response {
    let asked = TokenRequest {
        client_id: field(call, "client_id"),
        client_secret: field(call, "client_secret"),
        grant_type: field(call, "grant_type"),
        code: field(call, "code"),
        redirect_uri: field(call, "redirect_uri"),
        code_verifier: field(call, "code_verifier"),
        refresh_token: field(call, "refresh_token"),
    };
    match SERVER.grant(call.state, &asked, call.now_ms) {
        Ok(grant) => granted(call, grant, asked.grant_type == "authorization_code"),
        Err(refusal) => refused(call, &refusal),
    }
}

fn granted(call: &Call<'_>, grant: Grant, first: bool) -> Response {
    let mut body = json!({
        "access_token": grant.access_token,
        "scope": SCOPES,
        "api_domain": own_origin(call).unwrap_or_else(|| API_DOMAIN.to_owned()),
        "token_type": "Bearer",
        "expires_in": grant.lifetime_ms / 1_000,
    });
    // A refresh brings no refresh token: the old one stays.
    if let (true, Value::Object(body)) = (first, &mut body) {
        body.insert("refresh_token".to_owned(), grant.refresh_token.into());
    }
    Response::json(200, &body)
}

/// Zoho says `invalid_code` for every grant that is not good, refresh tokens included.
fn refused(call: &Call<'_>, refused: &Refusal) -> Response {
    match refused {
        Refusal::Failure { status, error: None } => {
            let body = json!({ "code": "INTERNAL_ERROR", "details": {}, "message": "Internal Server Error", "status": "error" });
            Response::json(*status, &body)
        }
        Refusal::Failure {
            status,
            error: Some(error),
        } => {
            let error = if error == "invalid_grant" {
                "invalid_code"
            } else {
                error
            };
            Response::json(*status, &json!({ "error": error }))
        }
        Refusal::Client => refusal(call, "invalid_client"),
        Refusal::Secret => refusal(call, "invalid_client_secret"),
        Refusal::GrantType => refusal(call, "unsupported_grant_type"),
        Refusal::RedirectUri => refusal(call, "invalid_redirect_uri"),
        Refusal::Code | Refusal::ExpiredCode | Refusal::Verifier | Refusal::RefreshToken => {
            refusal(call, "invalid_code")
        }
    }
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

/// This simulator, if it is reached under a name of its own and not as Zoho.
fn own_origin(call: &Call<'_>) -> Option<String> {
    let origin = call.request.origin()?;
    (!origin.contains(".zoho")).then_some(origin)
}

/// A field of the form or of the query; empty if it is missing.
fn field(call: &Call<'_>, name: &str) -> String {
    let from_form = call.request.field(name);
    if from_form.is_empty() {
        return call.request.parameter(name).unwrap_or_default().to_owned();
    }
    from_form
}
