//! Tokens: giving them out, and checking them on every call.

use routemcp_sdk::sandbox::{
    AuthServer, Choice, Consent, Grant, Refusal, Response, Standing, TokenRequest, Tokens,
};
use serde_json::{Map, Value, json};

use crate::sandbox::error::{ApiError, Outcome};
use crate::sandbox::{Call, ids, location};

/// What the manifest's `sandbox.token` says. Not a secret: it opens nothing but test data.
const STATIC_TOKEN: &str = "pit-sandbox-5d0c8a1e";
/// A private integration without the scopes that end in `.write`.
const READ_ONLY_TOKEN: &str = "pit-sandbox-readonly-5d0c8a1e";
const TOKENS: Tokens = Tokens {
    prefix: "ghl-",
    lifetime_ms: 86_399_000,
    rotates: true,
    // A year (providers.md section 4.8).
    idle_ms: Some(365 * 24 * 3_600_000),
};
pub(crate) const SERVER: AuthServer = AuthServer {
    provider: "HighLevel",
    tokens: TOKENS,
    // Unconfirmed.
    code_lifetime_ms: 300_000,
    redirect_uri_is_optional: true,
};
const SCOPES: &str = "contacts.readonly contacts.write opportunities.readonly opportunities.write calendars.readonly \
                      calendars/events.readonly calendars/events.write users.readonly locations.readonly \
                      locations/customFields.readonly";

const GRANT_TYPES: [&str; 3] = ["authorization_code", "refresh_token", "client_credentials"];

/// A token that is good.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Token {
    pub(crate) text: String,
    pub(crate) is_static: bool,
    writes: bool,
}

pub(crate) fn authenticate(call: &Call<'_>) -> Result<Token, ApiError> {
    let token = call.request.token("Bearer").unwrap_or_default();
    let known = |is_static, writes| Token {
        text: token.to_owned(),
        is_static,
        writes,
    };
    if token == STATIC_TOKEN || token == READ_ONLY_TOKEN {
        return Ok(known(true, token == STATIC_TOKEN));
    }
    match TOKENS.standing(call.state, token, call.now_ms) {
        Standing::Valid(_) => Ok(known(false, true)),
        // The words for an expired token are unconfirmed.
        Standing::Expired(_) => Err(ApiError::unauthorized("The access token has expired")),
        Standing::Unknown => Err(ApiError::unauthorized("Invalid JWT")),
    }
}

/// Searches by POST only read.
pub(crate) fn check_scope(call: &Call<'_>, token: &Token, segments: &[&str]) -> Result<(), ApiError> {
    let reads = call.request.method == "GET" || segments.last() == Some(&"search");
    if reads || token.writes {
        return Ok(());
    }
    Err(ApiError::unauthorized(
        "The token is not authorized for this scope.",
    ))
}

/// `/v2/oauth/chooselocation`. That the redirect brings `state` back, and what it says when the user does not agree, are
/// unconfirmed; this is RFC 6749.
pub(crate) fn choose_location(call: &mut Call<'_>) -> Response {
    let consent = Consent {
        without_scopes: "The scopes that are set in the app.",
        choice: Some(Choice {
            name: "locationId",
            label: "Location",
            options: &[(ids::LOCATION, location::NAME)],
        }),
        denied: "access_denied",
        with_code: Vec::new(),
    };
    SERVER.authorize(call.request, call.state, &consent, call.now_ms)
}

/// `POST /oauth/token`. The names are camelCase in v3 and have underscores before; only v3 takes JSON too.
pub(crate) fn token(call: &mut Call<'_>) -> Outcome {
    if call.request.method != "POST" {
        return Err(ApiError::no_such_path(call.request));
    }
    let fields = fields(call);
    let is_v3 = call.is_v3;
    let given = |name: &str| {
        fields
            .get(&spelled(is_v3, name))
            .and_then(Value::as_str)
            .unwrap_or_default()
            .to_owned()
    };
    let asked = TokenRequest {
        client_id: given("client_id"),
        client_secret: given("client_secret"),
        grant_type: given("grant_type"),
        code: given("code"),
        redirect_uri: given("redirect_uri"),
        code_verifier: given("code_verifier"),
        refresh_token: given("refresh_token"),
    };
    let grant = SERVER
        .grant(call.state, &asked, call.now_ms)
        .map_err(|refusal| token_error(is_v3, &refusal, &asked))?;
    let mut body = granted(is_v3, &grant);
    if given("user_type") == "Company" {
        body.insert("userType".to_owned(), "Company".into());
    } else {
        let location = grant.choice.as_deref().unwrap_or(ids::LOCATION);
        body.insert("userType".to_owned(), "Location".into());
        body.insert("locationId".to_owned(), location.into());
    }
    Ok(Response::json(200, &body.into()))
}

fn token_error(is_v3: bool, refusal: &Refusal, asked: &TokenRequest) -> ApiError {
    let invalid = invalid_fields(is_v3, asked);
    match refusal {
        Refusal::Failure { status, error: None } => ApiError::new(*status, "Internal server error"),
        Refusal::Failure {
            status,
            error: Some(error),
        } => oauth_error(*status, error, "Refused, as the test wants it"),
        _ if !invalid.is_empty() => ApiError::validation(invalid),
        Refusal::Client | Refusal::Secret => oauth_error(401, "invalid_client", "Invalid client credentials"),
        Refusal::GrantType | Refusal::Code | Refusal::ExpiredCode | Refusal::RefreshToken => {
            refused(&asked.grant_type.replace('_', " "))
        }
        Refusal::RedirectUri => refused("redirect uri"),
        Refusal::Verifier => refused("code verifier"),
    }
}

fn invalid_fields(is_v3: bool, asked: &TokenRequest) -> Vec<String> {
    let needed = [
        ("client_id", &asked.client_id),
        ("client_secret", &asked.client_secret),
    ];
    let mut wrong: Vec<String> = needed
        .into_iter()
        .filter(|(_, value)| value.is_empty())
        .map(|(name, _)| format!("{} should not be empty", spelled(is_v3, name)))
        .collect();
    if !GRANT_TYPES.contains(&asked.grant_type.as_str()) {
        let (name, types) = (spelled(is_v3, "grant_type"), GRANT_TYPES.join(", "));
        wrong.push(format!("{name} must be one of the following values: {types}"));
    }
    wrong
}

/// A company's token for one location. In 2021 no refresh token comes with it.
pub(crate) fn location_token(call: &mut Call<'_>) -> Outcome {
    let fields = fields(call);
    let given = |name: &str| fields.get(name).and_then(Value::as_str);
    if given("companyId") != Some(ids::COMPANY) {
        return Err(ApiError::validation(vec![
            "companyId must be the company of the token".to_owned(),
        ]));
    }
    call.check_location("locationId", given("locationId"))?;
    let choice = Some(ids::LOCATION.to_owned());
    let grant = TOKENS.issue(call.state, "", choice, call.now_ms);
    let mut body = granted(call.is_v3, &grant);
    body.insert("locationId".to_owned(), ids::LOCATION.into());
    if !call.is_v3 {
        body.remove("refresh_token");
    }
    Ok(Response::json(200, &body.into()))
}

fn granted(is_v3: bool, grant: &Grant) -> Map<String, Value> {
    let pairs = [
        ("access_token", json!(grant.access_token)),
        ("token_type", json!("Bearer")),
        ("expires_in", json!(grant.lifetime_ms / 1_000)),
        ("refresh_token", json!(grant.refresh_token)),
    ];
    let mut body: Map<String, Value> = pairs
        .into_iter()
        .map(|(name, value)| (spelled(is_v3, name), value))
        .collect();
    body.insert("scope".to_owned(), SCOPES.into());
    body.insert("companyId".to_owned(), ids::COMPANY.into());
    body.insert("userId".to_owned(), ids::id("user", 0).into());
    body
}

fn refused(what: &str) -> ApiError {
    oauth_error(400, "invalid_grant", &format!("This {what} is invalid"))
}

/// An OAuth error beside HighLevel's own members.
fn oauth_error(status: u16, error: &str, message: &str) -> ApiError {
    ApiError::new(status, message)
        .with("error", error)
        .with("error_description", message)
}

fn fields(call: &Call<'_>) -> Map<String, Value> {
    let is_json = call
        .request
        .header("content-type")
        .is_some_and(|of| of.starts_with("application/json"));
    if is_json && call.is_v3 {
        return call.body().unwrap_or_default();
    }
    call.request
        .form()
        .into_iter()
        .map(|(name, value)| (name, value.into()))
        .collect()
}

/// `client_id` is `clientId` in v3.
fn spelled(is_v3: bool, name: &str) -> String {
    if !is_v3 {
        return name.to_owned();
    }
    let mut parts = name.split('_');
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |spelled, part| {
        let mut letters = part.chars();
        let capital = letters.next().map(|letter| letter.to_ascii_uppercase());
        spelled + &capital.into_iter().chain(letters).collect::<String>()
    })
}
