//! Tokens: giving them out and ending them.

use routemcp_sdk::sandbox::{
    AuthServer, Consent, Grant, Refusal, Request, Response, TokenRequest, Tokens, decode,
};
use serde_json::{Value, json};

use crate::sandbox::Call;
use crate::sandbox::error::{ApiError, Outcome};

/// Whether a refresh gives a new refresh token is not documented, only that the one in the answer is to be stored. This
/// one changes each time, so that whoever does not store it notices. It dies after 60 days without use (providers.md
/// section 3.6).
pub(crate) const TOKENS: Tokens = Tokens {
    prefix: "v1u-",
    lifetime_ms: 3_600_000,
    rotates: true,
    idle_ms: Some(60 * 24 * 3_600_000),
};
pub(crate) const SERVER: AuthServer = AuthServer {
    provider: "Pipedrive",
    tokens: TOKENS,
    code_lifetime_ms: 300_000,
    redirect_uri_is_optional: false,
};
const SCOPES: &str = "base contacts:full leads:full deals:full activities:full users:read search:read";

/// Paths below `/oauth`. They need no token.
pub(crate) fn answer(call: &mut Call<'_>, segments: &[&str]) -> Outcome {
    match (call.request.method.as_str(), segments) {
        (_, ["authorize"]) => Ok(authorize(call)),
        ("POST", ["token"]) => Ok(token(call)),
        ("POST", ["revoke"]) => {
            let (id, secret) = client(call.request);
            if id.is_empty() || secret.is_empty() {
                return Err(ApiError::new(
                    401,
                    invalid_client("cannot retrieve client credentials"),
                ));
            }
            let token = call.request.field("token");
            TOKENS.revoke(call.state, &token);
            Ok(Response::json(200, &json!({ "success": true })))
        }
        _ => Err(ApiError::unknown_method()),
    }
}

/// A user who does not agree is `user_denied`
/// (<https://pipedrive.readme.io/docs/app-installation-flows>).
fn authorize(call: &mut Call<'_>) -> Response {
    let consent = Consent {
        without_scopes: "The scopes that are set in the app, at Pipedrive.",
        denied: "user_denied",
        ..Consent::default()
    };
    SERVER.authorize(call.request, call.state, &consent, call.now_ms)
}

fn token(call: &mut Call<'_>) -> Response {
    let field = |name| call.request.field(name);
    let (client_id, client_secret) = client(call.request);
    let asked = TokenRequest {
        client_id,
        client_secret,
        grant_type: field("grant_type"),
        code: field("code"),
        redirect_uri: field("redirect_uri"),
        code_verifier: field("code_verifier"),
        refresh_token: field("refresh_token"),
    };
    match SERVER.grant(call.state, &asked, call.now_ms) {
        Ok(grant) => Response::json(200, &granted(call.request, &grant)),
        Err(refusal) => refused(&refusal, &asked),
    }
}

/// The messages are those of <https://pipedrive.readme.io/docs/marketplace-oauth-and-api-proxy-status-codes>; what they
/// stand in, and the status of a bad client, are unconfirmed.
fn refused(refused: &Refusal, asked: &TokenRequest) -> Response {
    match refused {
        Refusal::Failure { status, error: None } => {
            let body = json!({ "success": false, "error": "Internal Server Error", "errorCode": status });
            Response::json(*status, &body)
        }
        Refusal::Failure {
            status,
            error: Some(error),
        } => refusal(*status, error, "refused, as the test wants it"),
        Refusal::Client | Refusal::Secret if asked.client_id.is_empty() || asked.client_secret.is_empty() => {
            Response::json(401, &invalid_client("cannot retrieve client credentials"))
        }
        Refusal::Client | Refusal::Secret => Response::json(401, &invalid_client("client is invalid")),
        Refusal::GrantType if asked.grant_type.is_empty() => {
            refusal(400, "invalid_request", "Missing parameter: grant_type")
        }
        Refusal::GrantType => refusal(
            400,
            "unsupported_grant_type",
            "Unsupported grant type: grant_type is invalid",
        ),
        Refusal::RedirectUri => refusal(
            400,
            "invalid_request",
            if asked.redirect_uri.is_empty() {
                "Invalid request: redirect_uri is not a valid URI"
            } else {
                "Invalid request: redirect_uri is invalid"
            },
        ),
        Refusal::ExpiredCode => refusal(
            400,
            "invalid_grant",
            "Invalid grant: authorization_code has expired",
        ),
        Refusal::Code | Refusal::Verifier => refusal(
            400,
            "invalid_grant",
            "Invalid grant: authorization_code is invalid",
        ),
        Refusal::RefreshToken => refusal(400, "invalid_grant", "Invalid grant: refresh_token is invalid"),
    }
}

/// A client says who it is with HTTP Basic, both parts encoded as in a form (RFC 6749, section 2.3.1).
fn client(request: &Request) -> (String, String) {
    let plain = |text: String| decode(&text.replace('+', " "));
    let (id, secret) = request.basic().unwrap_or_default();
    (plain(id), plain(secret))
}

fn invalid_client(why: &str) -> Value {
    json!({ "success": false, "error": "invalid_client", "message": format!("Invalid client: {why}") })
}

fn granted(request: &Request, grant: &Grant) -> Value {
    json!({
        "access_token": grant.access_token,
        "token_type": "Bearer",
        "refresh_token": grant.refresh_token,
        "scope": SCOPES,
        // A token that lives an hour says 3599.
        "expires_in": (grant.lifetime_ms / 1_000).saturating_sub(1),
        "api_domain": api_domain(request),
    })
}

/// Points back here when this stands on a socket.
fn api_domain(request: &Request) -> String {
    let own = request
        .origin()
        .filter(|origin| !origin.contains("pipedrive.com"));
    own.unwrap_or_else(|| "https://sandbox.pipedrive.com".to_owned())
}

fn refusal(status: u16, error: &str, message: &str) -> Response {
    Response::json(
        status,
        &json!({ "success": false, "error": error, "message": message }),
    )
}
