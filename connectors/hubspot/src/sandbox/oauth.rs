//! Tokens: giving them out, looking into them, ending them, and checking them on every call.

use routemcp_sdk::sandbox::{AuthServer, Consent, Grant, Refusal, Response, Standing, TokenRequest, Tokens};
use serde_json::{Value, json};

use crate::sandbox::Call;
use crate::sandbox::error::{ApiError, Outcome};
use crate::sandbox::routes::Route;

/// What the manifest's `sandbox.token` says. Not a secret: it opens nothing but test data.
const STATIC_TOKEN: &str = "pat-sandbox-5d0c8a1e";
/// A token of an account without Sales Hub Professional, for which leads are out of reach.
const STARTER_TOKEN: &str = "pat-sandbox-starter-5d0c8a1e";
const TOKENS: Tokens = Tokens {
    prefix: "pat-oauth-",
    lifetime_ms: 1_800_000,
    // "Historically the same" (providers.md section 1.8), and it comes with every answer.
    rotates: false,
    idle_ms: None,
};
pub(crate) const SERVER: AuthServer = AuthServer {
    provider: "HubSpot",
    tokens: TOKENS,
    // Unconfirmed.
    code_lifetime_ms: 300_000,
    redirect_uri_is_optional: false,
};
const HUB_ID: u64 = 8_675_309;
const USER_ID: u64 = 5_512;
const SCOPES: [&str; 9] = [
    "oauth",
    "crm.objects.contacts.read",
    "crm.objects.contacts.write",
    "crm.objects.companies.read",
    "crm.objects.deals.read",
    "crm.objects.deals.write",
    "crm.objects.leads.read",
    "crm.objects.leads.write",
    "crm.objects.owners.read",
];

/// A token that is good.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Token {
    pub(crate) text: String,
    pub(crate) is_static: bool,
    reaches_leads: bool,
}

pub(crate) fn authenticate(call: &Call<'_>) -> Result<Token, ApiError> {
    let token = call.request.token("Bearer").unwrap_or_default();
    let known = |is_static, reaches_leads| Token {
        text: token.to_owned(),
        is_static,
        reaches_leads,
    };
    if token == STATIC_TOKEN || token == STARTER_TOKEN {
        return Ok(known(true, token == STATIC_TOKEN));
    }
    match TOKENS.standing(call.state, token, call.now_ms) {
        Standing::Valid(_) => Ok(known(false, true)),
        Standing::Expired(ago) => Err(ApiError::new(
            401,
            "EXPIRED_AUTHENTICATION",
            format!(
                "The OAuth token used to make this call expired {} second(s) ago.",
                ago / 1_000
            ),
        )),
        Standing::Unknown => Err(ApiError::new(
            401,
            "INVALID_AUTHENTICATION",
            "Authentication credentials not found. This API supports OAuth 2.0 authentication and you can find more \
             details at https://developers.hubspot.com/docs/methods/auth/oauth-overview",
        )),
    }
}

pub(crate) fn check_scope(token: &Token, route: &Route<'_>) -> Result<(), ApiError> {
    if token.reaches_leads || !route.is_about_leads() {
        return Ok(());
    }
    let message = "This app hasn't been granted all required scopes to make this call.";
    let errors = vec![json!({
        "message": "One or more of the following scopes are required.",
        "context": { "requiredScopes": ["crm.objects.leads.read"] },
    })];
    Err(ApiError {
        errors,
        ..ApiError::new(403, "MISSING_SCOPES", message)
    })
}

/// Paths below `/oauth`. They need no token.
pub(crate) fn answer(call: &mut Call<'_>, segments: &[&str]) -> Outcome {
    match (call.request.method.as_str(), segments) {
        (_, ["authorize"]) => Ok(authorize(call)),
        ("POST", ["v1" | "v3" | "2026-03" | "2026-09", "token"]) => Ok(token(call)),
        ("POST", [_, "token", "introspect"]) => Ok(introspect(call, &call.request.field("token"))),
        ("POST", [_, "token", "revoke"]) => {
            let token = call.request.field("token");
            TOKENS.revoke(call.state, &token);
            Ok(Response::empty(204))
        }
        ("GET", ["v1", "access-tokens", token]) => Ok(introspect(call, token)),
        ("GET", ["v1", "refresh-tokens", token]) => Ok(refresh_token(call, token)),
        ("DELETE", ["v1", "refresh-tokens", token]) => {
            TOKENS.revoke(call.state, token);
            Ok(Response::empty(204))
        }
        _ => Err(ApiError::no_such_path()),
    }
}

/// HubSpot does not say what it adds to the redirect when the user does not agree; this is RFC 6749.
fn authorize(call: &mut Call<'_>) -> Response {
    let consent = Consent {
        without_scopes: "The scopes that are set in the app.",
        denied: "access_denied",
        ..Consent::default()
    };
    SERVER.authorize(call.request, call.state, &consent, call.now_ms)
}

fn token(call: &mut Call<'_>) -> Response {
    let field = |name| call.request.field(name);
    let asked = TokenRequest {
        client_id: field("client_id"),
        client_secret: field("client_secret"),
        grant_type: field("grant_type"),
        code: field("code"),
        redirect_uri: field("redirect_uri"),
        code_verifier: field("code_verifier"),
        refresh_token: field("refresh_token"),
    };
    match SERVER.grant(call.state, &asked, call.now_ms) {
        Ok(grant) => Response::json(200, &granted(&grant)),
        Err(refusal) => refused(&refusal),
    }
}

/// The statuses other than those of a bad code and a bad refresh token are unconfirmed.
fn refused(refused: &Refusal) -> Response {
    let (error, status, message) = match refused {
        Refusal::Failure { status, error: None } => {
            let body = json!({ "status": "error", "message": "internal error" });
            return Response::json(*status, &body);
        }
        Refusal::Failure {
            status,
            error: Some(error),
        } => {
            let code = if error == "invalid_grant" {
                "BAD_REFRESH_TOKEN"
            } else {
                "BAD_REQUEST"
            };
            return refusal_with(*status, error, code, "refused, as the test wants it");
        }
        Refusal::Client => ("invalid_client", "BAD_CLIENT_ID", "missing or unknown client_id"),
        Refusal::Secret => (
            "invalid_client",
            "BAD_CLIENT_SECRET",
            "missing or unknown client_secret",
        ),
        Refusal::GrantType => (
            "unsupported_grant_type",
            "BAD_GRANT_TYPE",
            "missing or unknown grant type",
        ),
        Refusal::Code | Refusal::ExpiredCode => {
            ("invalid_grant", "BAD_AUTH_CODE", "missing or invalid auth code")
        }
        Refusal::RedirectUri => (
            "invalid_grant",
            "MISMATCH_REDIRECT_URI_AUTH_CODE",
            "redirect_uri is not the one that the auth code was sent to",
        ),
        Refusal::Verifier => (
            "invalid_grant",
            "BAD_CODE_VERIFIER",
            "missing or invalid code_verifier",
        ),
        Refusal::RefreshToken => (
            "invalid_grant",
            "BAD_REFRESH_TOKEN",
            "missing or invalid refresh token",
        ),
    };
    refusal(error, status, message)
}

fn granted(grant: &Grant) -> Value {
    json!({
        "access_token": grant.access_token,
        "refresh_token": grant.refresh_token,
        "token_type": "bearer",
        "expires_in": grant.lifetime_ms / 1_000,
        "token_use": "access_token",
        "hub_id": HUB_ID,
        "user_id": USER_ID,
        "scopes": SCOPES,
    })
}

fn refusal(error: &str, status: &str, message: &str) -> Response {
    refusal_with(400, error, status, message)
}

fn refusal_with(http_status: u16, error: &str, status: &str, message: &str) -> Response {
    let body = json!({ "error": error, "error_description": message, "status": status, "message": message });
    Response::json(http_status, &body)
}

fn introspect(call: &Call<'_>, token: &str) -> Response {
    let Standing::Valid(left_ms) = TOKENS.standing(call.state, token, call.now_ms) else {
        return refusal("invalid_token", "BAD_TOKEN", "the token is unknown or expired");
    };
    let body = json!({
        "active": true, "token": token, "token_type": "access", "hub_id": HUB_ID, "user_id": USER_ID, "app_id": 1_234,
        "hub_domain": "sandbox.example.com", "user": "sandbox@example.com", "scopes": SCOPES,
        "expires_in": left_ms / 1_000,
    });
    Response::json(200, &body)
}

fn refresh_token(call: &Call<'_>, token: &str) -> Response {
    if !TOKENS.knows_refresh(call.state, token, call.now_ms) {
        return refusal(
            "invalid_token",
            "BAD_REFRESH_TOKEN",
            "missing or invalid refresh token",
        );
    }
    let body = json!({ "token": token, "token_type": "refresh", "hub_id": HUB_ID, "user_id": USER_ID, "scopes": SCOPES });
    Response::json(200, &body)
}
