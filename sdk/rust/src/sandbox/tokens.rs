//! OAuth tokens that a sandbox gives out. They guard nothing but test data, so they are unique and need not be secret.

use serde_json::{Value, json};

use crate::sandbox::State;

const ACCESS: &str = "access-tokens";
const REFRESH: &str = "refresh-tokens";
const CODES: &str = "used-codes";

/// How a provider gives out tokens.
#[derive(Debug, Clone, Copy)]
pub struct Tokens {
    /// Before the token's own part: "pat-".
    pub prefix: &'static str,
    /// How long an access token lives, in milliseconds.
    pub lifetime_ms: u64,
    /// Whether a refresh token dies when it is used.
    pub rotates: bool,
}

/// Tokens that were given out together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grant {
    /// For calls.
    pub access_token: String,
    /// For new access tokens.
    pub refresh_token: String,
}

/// How an access token stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// Good for so many milliseconds more.
    Valid(u64),
    /// No longer good, for so many milliseconds.
    Expired(u64),
    /// Never given out, or revoked.
    Unknown,
}

impl Tokens {
    /// Gives out tokens for an authorization code; none if it was used before.
    pub fn exchange(self, state: &mut dyn State, code: &str, now_ms: u64) -> Option<Grant> {
        if code.is_empty() || state.get::<bool>(CODES, code).is_some() {
            return None;
        }
        state.put(CODES, code, &true);
        let refresh_token = self.name(state, "refresh", now_ms);
        state.put(REFRESH, &refresh_token, &true);
        let access_token = self.access(state, now_ms);
        Some(Grant {
            access_token,
            refresh_token,
        })
    }

    /// Gives out a new access token; none if the refresh token is not good.
    pub fn refresh(self, state: &mut dyn State, refresh_token: &str, now_ms: u64) -> Option<Grant> {
        state.get::<bool>(REFRESH, refresh_token)?;
        let mut refresh_token = refresh_token.to_owned();
        if self.rotates {
            state.delete(REFRESH, &refresh_token);
            refresh_token = self.name(state, "refresh", now_ms);
            state.put(REFRESH, &refresh_token, &true);
        }
        let access_token = self.access(state, now_ms);
        Some(Grant {
            access_token,
            refresh_token,
        })
    }

    /// How an access token stands.
    pub fn standing(self, state: &dyn State, access_token: &str, now_ms: u64) -> Standing {
        let entry: Option<Value> = state.get(ACCESS, access_token);
        match entry.and_then(|entry| entry.pointer("/expiresAtMs").and_then(Value::as_u64)) {
            Some(expiry) if expiry > now_ms => Standing::Valid(expiry - now_ms),
            Some(expiry) => Standing::Expired(now_ms - expiry),
            None => Standing::Unknown,
        }
    }

    /// Whether a refresh token is good.
    pub fn knows_refresh(self, state: &dyn State, refresh_token: &str) -> bool {
        state.get::<bool>(REFRESH, refresh_token).is_some()
    }

    /// Ends a token of either kind. Whether there was one.
    pub fn revoke(self, state: &mut dyn State, token: &str) -> bool {
        state.delete(ACCESS, token) | state.delete(REFRESH, token)
    }

    fn access(self, state: &mut dyn State, now_ms: u64) -> String {
        let token = self.name(state, "access", now_ms);
        state.put(
            ACCESS,
            &token,
            &json!({ "expiresAtMs": now_ms + self.lifetime_ms }),
        );
        token
    }

    fn name(self, state: &mut dyn State, kind: &str, now_ms: u64) -> String {
        let number = state.count("tokens", 1);
        format!("{}{kind}-{now_ms:x}-{number:06}", self.prefix)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sandbox::MemoryState;

    const HOUR: u64 = 3_600_000;

    fn tokens(rotates: bool) -> Tokens {
        Tokens {
            prefix: "t-",
            lifetime_ms: HOUR,
            rotates,
        }
    }

    #[test]
    fn a_code_is_good_once_and_a_token_for_its_lifetime() {
        let mut memory = MemoryState::default();
        let state: &mut dyn State = &mut memory;
        let grant = tokens(false).exchange(state, "code", 0).unwrap();
        assert_eq!(tokens(false).exchange(state, "code", 0), None);
        assert_eq!(
            tokens(false).standing(state, &grant.access_token, 1),
            Standing::Valid(HOUR - 1)
        );
        assert_eq!(
            tokens(false).standing(state, &grant.access_token, HOUR + 5),
            Standing::Expired(5)
        );
        assert_eq!(tokens(false).standing(state, "made-up", 1), Standing::Unknown);
    }

    #[test]
    fn a_rotating_refresh_token_dies_on_use() {
        for (rotates, survives) in [(true, false), (false, true)] {
            let mut memory = MemoryState::default();
            let state: &mut dyn State = &mut memory;
            let first = tokens(rotates).exchange(state, "code", 0).unwrap();
            let second = tokens(rotates).refresh(state, &first.refresh_token, 1).unwrap();
            assert_ne!(first.access_token, second.access_token);
            assert_eq!(
                tokens(rotates).knows_refresh(state, &first.refresh_token),
                survives
            );
            assert!(tokens(rotates).knows_refresh(state, &second.refresh_token));
        }
    }

    #[test]
    fn a_revoked_token_is_unknown() {
        let mut memory = MemoryState::default();
        let state: &mut dyn State = &mut memory;
        let grant = tokens(false).exchange(state, "code", 0).unwrap();
        assert!(tokens(false).revoke(state, &grant.access_token));
        assert_eq!(
            tokens(false).standing(state, &grant.access_token, 1),
            Standing::Unknown
        );
        assert!(!tokens(false).revoke(state, &grant.access_token));
    }
}
