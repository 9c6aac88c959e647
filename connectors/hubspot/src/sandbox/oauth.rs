//! Tokens: giving them out, looking into them, ending them, and checking them on every call.

use routemcp_sdk::sandbox::{Grant, Response, Standing, Tokens};
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
    rotates: false,
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
        ("POST", ["v1" | "v3" | "2026-03" | "2026-09", "token"]) => Ok(token(call)),
        ("POST", [_, "token", "introspect"]) => Ok(introspect(call, &field(call, "token"))),
        ("POST", [_, "token", "revoke"]) => {
            let token = field(call, "token");
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

fn token(call: &mut Call<'_>) -> Response {
    for needed in ["client_id", "client_secret"] {
        if field(call, needed).is_empty() {
            return refusal(
                "invalid_client",
                "BAD_CLIENT_ID",
                &format!("missing or unknown {needed}"),
            );
        }
    }
    let now_ms = call.now_ms;
    let grant = match field(call, "grant_type").as_str() {
        "authorization_code" if field(call, "redirect_uri").is_empty() => {
            return refusal("invalid_request", "BAD_REDIRECT_URI", "missing redirect_uri");
        }
        "authorization_code" => {
            let code = field(call, "code");
            TOKENS
                .exchange(call.state, &code, now_ms)
                .ok_or(("BAD_AUTH_CODE", "missing or invalid auth code"))
        }
        "refresh_token" => {
            let token = field(call, "refresh_token");
            let granted = TOKENS.refresh(call.state, &token, now_ms);
            granted.ok_or(("BAD_REFRESH_TOKEN", "missing or invalid refresh token"))
        }
        _ => {
            return refusal(
                "unsupported_grant_type",
                "BAD_GRANT_TYPE",
                "missing or unknown grant type",
            );
        }
    };
    match grant {
        Ok(grant) => Response::json(200, &granted(&grant)),
        Err((status, message)) => refusal("invalid_grant", status, message),
    }
}

fn granted(grant: &Grant) -> Value {
    json!({
        "access_token": grant.access_token,
        "refresh_token": grant.refresh_token,
        "token_type": "bearer",
        "expires_in": TOKENS.lifetime_ms / 1_000,
        "token_use": "access_token",
        "hub_id": HUB_ID,
        "user_id": USER_ID,
        "scopes": SCOPES,
    })
}

fn refusal(error: &str, status: &str, message: &str) -> Response {
    let body = json!({ "error": error, "error_description": message, "status": status, "message": message });
    Response::json(400, &body)
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
    if !TOKENS.knows_refresh(call.state, token) {
        return refusal(
            "invalid_token",
            "BAD_REFRESH_TOKEN",
            "missing or invalid refresh token",
        );
    }
    let body = json!({ "token": token, "token_type": "refresh", "hub_id": HUB_ID, "user_id": USER_ID, "scopes": SCOPES });
    Response::json(200, &body)
}

/// A field of the form; empty if it is missing.
fn field(call: &Call<'_>, name: &str) -> String {
    let form = call.request.form();
    form.into_iter()
        .find(|(known, _)| known == name)
        .map(|(_, value)| value)
        .unwrap_or_default()
}
