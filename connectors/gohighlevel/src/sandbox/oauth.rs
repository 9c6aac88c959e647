//! Tokens: giving them out, and checking them on every call.

use routemcp_sdk::sandbox::{Grant, Response, Standing, Tokens};
use serde_json::{Map, Value, json};

use crate::sandbox::error::{ApiError, Outcome};
use crate::sandbox::{Call, ids};

/// What the manifest's `sandbox.token` says. Not a secret: it opens nothing but test data.
const STATIC_TOKEN: &str = "pit-sandbox-5d0c8a1e";
/// A private integration without the scopes that end in `.write`.
const READ_ONLY_TOKEN: &str = "pit-sandbox-readonly-5d0c8a1e";
const TOKENS: Tokens = Tokens {
    prefix: "ghl-",
    lifetime_ms: 86_399_000,
    rotates: true,
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
    };
    check_grant(is_v3, &given)?;
    let grant = match given("grant_type") {
        "authorization_code" => TOKENS.exchange(call.state, given("code"), call.now_ms),
        "refresh_token" => TOKENS.refresh(call.state, given("refresh_token"), call.now_ms),
        _ => None,
    };
    let grant = grant.ok_or_else(|| refused(&given("grant_type").replace('_', " ")))?;
    let mut body = granted(is_v3, &grant);
    if given("user_type") == "Company" {
        body.insert("userType".to_owned(), "Company".into());
    } else {
        body.insert("userType".to_owned(), "Location".into());
        body.insert("locationId".to_owned(), ids::LOCATION.into());
    }
    Ok(Response::json(200, &body.into()))
}

fn check_grant<'a>(is_v3: bool, given: &impl Fn(&str) -> &'a str) -> Result<(), ApiError> {
    let mut wrong: Vec<String> = ["client_id", "client_secret"]
        .iter()
        .filter(|name| given(name).is_empty())
        .map(|name| format!("{} should not be empty", spelled(is_v3, name)))
        .collect();
    if !GRANT_TYPES.contains(&given("grant_type")) {
        let (name, types) = (spelled(is_v3, "grant_type"), GRANT_TYPES.join(", "));
        wrong.push(format!("{name} must be one of the following values: {types}"));
    }
    if wrong.is_empty() {
        Ok(())
    } else {
        Err(ApiError::validation(wrong))
    }
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
    let code = call.trace_id();
    let grant = TOKENS
        .exchange(call.state, &code, call.now_ms)
        .ok_or_else(|| refused("grant"))?;
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
        ("expires_in", json!(TOKENS.lifetime_ms / 1_000)),
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

/// An OAuth error beside HighLevel's own members.
fn refused(what: &str) -> ApiError {
    ApiError::new(400, format!("This {what} is invalid"))
        .with("error", "invalid_grant")
        .with("error_description", format!("This {what} is invalid"))
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
