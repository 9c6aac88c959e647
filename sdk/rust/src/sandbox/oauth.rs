//! An authorisation server (RFC 6749, RFC 7636, RFC 7009), as far as providers are alike: consent, codes, tokens, and the
//! switches by which a test makes it misbehave. What a provider says in its answers is the connector's part.

mod codes;
mod consent;
mod control;
mod page;

use super::{Grant, State, Tokens};
use codes::Code;

pub use consent::{Choice, Consent};

/// As a client id or client secret: one that does not fit. Anything else does.
const WRONG: &str = "wrong";
/// As a client id: one that the provider has never heard of, so that its consent page says so.
const UNKNOWN: &str = "unknown";

/// A provider's authorisation server.
#[derive(Debug, Clone, Copy)]
pub struct AuthServer {
    /// The provider's name for people.
    pub provider: &'static str,
    /// How it gives out tokens.
    pub tokens: Tokens,
    /// How long a code lives, in milliseconds.
    pub code_lifetime_ms: u64,
    /// Whether a client may leave out the redirect URI when it exchanges a code.
    pub redirect_uri_is_optional: bool,
}

/// A request to the token URL; what is missing is empty.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TokenRequest {
    /// Who asks.
    pub client_id: String,
    /// The client's secret.
    pub client_secret: String,
    /// `authorization_code` or `refresh_token`.
    pub grant_type: String,
    /// The code.
    pub code: String,
    /// The redirect URI that the code was sent to.
    pub redirect_uri: String,
    /// The PKCE verifier.
    pub code_verifier: String,
    /// The refresh token.
    pub refresh_token: String,
}

/// Why there are no tokens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// A test wants it so (`PUT /_sandbox/token-failure`): this status, with this OAuth error or as a fault of the server.
    Failure {
        /// The HTTP status.
        status: u16,
        /// An error code of RFC 6749, section 5.2.
        error: Option<String>,
    },
    /// The client id is missing or wrong.
    Client,
    /// The client secret is missing or wrong.
    Secret,
    /// The grant type is missing or neither of the two.
    GrantType,
    /// The code is missing, unknown, used already, or another client's.
    Code,
    /// The code has expired.
    ExpiredCode,
    /// The redirect URI is missing or not the one that the code was sent to.
    RedirectUri,
    /// The PKCE verifier is missing or does not belong to the code's challenge.
    Verifier,
    /// The refresh token is missing, unknown, revoked, expired, used already, or another client's.
    RefreshToken,
}

impl AuthServer {
    /// Answers a request to the token URL, and counts it.
    ///
    /// # Errors
    /// The refusal, which the connector puts into its provider's words.
    pub fn grant(&self, state: &mut dyn State, asked: &TokenRequest, now_ms: u64) -> Result<Grant, Refusal> {
        let granted = self.decide(state, asked, now_ms);
        control::count(state, asked, granted.is_ok());
        granted
    }

    fn decide(&self, state: &mut dyn State, asked: &TokenRequest, now_ms: u64) -> Result<Grant, Refusal> {
        if let Some(failure) = control::failure(state) {
            return Err(failure);
        }
        let fits = |given: &str| !given.is_empty() && given != WRONG;
        if !fits(&asked.client_id) || asked.client_id == UNKNOWN {
            return Err(Refusal::Client);
        }
        if !fits(&asked.client_secret) {
            return Err(Refusal::Secret);
        }
        match asked.grant_type.as_str() {
            "authorization_code" => self.exchange(state, asked, now_ms),
            "refresh_token" => self
                .tokens
                .refresh(state, &asked.refresh_token, &asked.client_id, now_ms)
                .ok_or(Refusal::RefreshToken),
            _ => Err(Refusal::GrantType),
        }
    }

    fn exchange(&self, state: &mut dyn State, asked: &TokenRequest, now_ms: u64) -> Result<Grant, Refusal> {
        let code = Code::find(state, &asked.code).ok_or(Refusal::Code)?;
        code.check(asked, self.redirect_uri_is_optional, now_ms)?;
        Code::use_up(state, &asked.code);
        Ok(self.tokens.issue(state, &asked.client_id, code.choice, now_ms))
    }
}

#[cfg(test)]
mod tests;
