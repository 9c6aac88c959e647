//! Tokens: giving them out and ending them.

use routemcp_sdk::sandbox::{Grant, Request, Response, Tokens, form};
use serde_json::{Value, json};

use crate::sandbox::error::{ApiError, Outcome};
use crate::sandbox::{Call, base64};

/// Whether a refresh gives a new refresh token is not documented, only that the one in the answer is to be stored. This
/// one changes each time, so that whoever does not store it notices.
pub(crate) const TOKENS: Tokens = Tokens {
    prefix: "v1u-",
    lifetime_ms: 3_600_000,
    rotates: true,
};
/// A refresh token dies after 60 days without use.
const IDLE_MS: u64 = 60 * 24 * 3_600_000;
const ISSUED: &str = "refresh-issued";
const SCOPES: &str = "base contacts:full leads:full deals:full activities:full users:read search:read";

/// Paths below `/oauth`. They need no token.
pub(crate) fn answer(call: &mut Call<'_>, segments: &[&str]) -> Outcome {
    match (call.request.method.as_str(), segments) {
        ("GET", ["authorize"]) => Ok(authorize(call)),
        ("POST", ["token"]) => token(call),
        ("POST", ["revoke"]) => {
            client(call.request)?;
            let token = field(call.request, "token");
            TOKENS.revoke(call.state, &token);
            Ok(Response::json(200, &json!({ "success": true })))
        }
        _ => Err(ApiError::unknown_method()),
    }
}

/// There is nobody to ask here, so consent is given at once.
fn authorize(call: &mut Call<'_>) -> Response {
    let parameter = |name: &str| call.request.parameter(name).unwrap_or_default().to_owned();
    let (redirect, state) = (parameter("redirect_uri"), parameter("state"));
    if redirect.is_empty() || parameter("client_id").is_empty() {
        return refusal(400, "invalid_request", "client_id and redirect_uri are needed");
    }
    let code = format!("code-{:x}-{}", call.now_ms, call.state.count("codes", 1));
    let separator = if redirect.contains('?') { '&' } else { '?' };
    let answer = form(&[("code".to_owned(), code), ("state".to_owned(), state)]);
    Response::empty(302).header("location", format!("{redirect}{separator}{answer}"))
}

fn token(call: &mut Call<'_>) -> Outcome {
    client(call.request)?;
    let now_ms = call.now_ms;
    let grant = match field(call.request, "grant_type").as_str() {
        "authorization_code" if field(call.request, "redirect_uri").is_empty() => {
            return Ok(refusal(400, "invalid_request", "redirect_uri is missing"));
        }
        "authorization_code" => TOKENS.exchange(call.state, &field(call.request, "code"), now_ms),
        "refresh_token" => refresh(call, &field(call.request, "refresh_token")),
        _ => return Ok(refusal(400, "unsupported_grant_type", "unknown grant type")),
    };
    let Some(grant) = grant else {
        return Ok(refusal(
            400,
            "invalid_grant",
            "Invalid grant: the code or token is wrong, expired or already exchanged",
        ));
    };
    call.state.put(ISSUED, &grant.refresh_token, &now_ms);
    Ok(Response::json(200, &granted(call.request, &grant)))
}

fn refresh(call: &mut Call<'_>, token: &str) -> Option<Grant> {
    let issued: u64 = call.state.get(ISSUED, token)?;
    if call.now_ms > issued + IDLE_MS {
        return None;
    }
    TOKENS.refresh(call.state, token, call.now_ms)
}

/// A client says who it is with HTTP Basic. Any name and secret will do.
fn client(request: &Request) -> Result<(), ApiError> {
    let given = request.token("Basic").and_then(base64::decode);
    let given = given.and_then(|bytes| String::from_utf8(bytes).ok());
    match given.as_deref().and_then(|text| text.split_once(':')) {
        Some((id, secret)) if !id.is_empty() && !secret.is_empty() => Ok(()),
        _ => {
            let message = "Client authentication failed";
            Err(ApiError::new(
                401,
                json!({ "success": false, "error": "invalid_client", "message": message }),
            ))
        }
    }
}

fn granted(request: &Request, grant: &Grant) -> Value {
    json!({
        "access_token": grant.access_token,
        "token_type": "Bearer",
        "refresh_token": grant.refresh_token,
        "scope": SCOPES,
        "expires_in": TOKENS.lifetime_ms / 1_000 - 1,
        "api_domain": api_domain(request),
    })
}

/// Points back here when this stands on a socket.
fn api_domain(request: &Request) -> String {
    match request.header("host") {
        Some(host) if !host.ends_with("pipedrive.com") => format!("http://{host}"),
        _ => "https://sandbox.pipedrive.com".to_owned(),
    }
}

fn refusal(status: u16, error: &str, message: &str) -> Response {
    Response::json(
        status,
        &json!({ "success": false, "error": error, "message": message }),
    )
}

/// A field of the form; empty if it is missing.
fn field(request: &Request, name: &str) -> String {
    let found = request.form().into_iter().find(|(known, _)| known == name);
    found.map(|(_, value)| value).unwrap_or_default()
}
