//! Who calls.

use routemcp_sdk::sandbox::Standing;

use crate::sandbox::Call;
use crate::sandbox::error::ApiError;
use crate::sandbox::oauth::TOKENS;

/// What the manifest's `sandbox.token` says. Not a secret: it opens nothing but test data.
pub(crate) const STATIC_TOKEN: &str = "5d0c8a1e5d0c8a1e5d0c8a1e5d0c8a1e5d0c8a1e";

/// A token that is good.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Token {
    pub(crate) text: String,
    pub(crate) is_static: bool,
}

/// A personal token comes in `x-api-token` or, in the old way, as a parameter; one of OAuth as a bearer token.
pub(crate) fn authenticate(call: &Call<'_>) -> Result<Token, ApiError> {
    let personal = call
        .request
        .header("x-api-token")
        .or_else(|| call.request.parameter("api_token"));
    if let Some(token) = personal {
        return if token == STATIC_TOKEN {
            Ok(Token {
                text: token.to_owned(),
                is_static: true,
            })
        } else {
            Err(ApiError::unauthorized())
        };
    }
    let token = call.request.token("Bearer").unwrap_or_default();
    match TOKENS.standing(call.state, token, call.now_ms) {
        Standing::Valid(_) => Ok(Token {
            text: token.to_owned(),
            is_static: false,
        }),
        Standing::Expired(_) | Standing::Unknown => Err(ApiError::unauthorized()),
    }
}
