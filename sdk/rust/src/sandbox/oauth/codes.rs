//! Authorisation codes, and what they are bound to.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::{Refusal, TokenRequest};
use crate::sandbox::{State, base64};

const CODES: &str = "codes";
/// An expired code is told from one that never was for so long.
const REMEMBERED_MS: u64 = 3_600_000;
/// So many forgotten codes are swept out for each new one.
const SWEPT: u32 = 20;

/// What stands behind a code that has not been used.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Code {
    pub(super) client: String,
    pub(super) redirect_uri: String,
    /// Of PKCE, method S256.
    pub(super) challenge: Option<String>,
    pub(super) choice: Option<String>,
    pub(super) expires_at_ms: u64,
}

impl Code {
    /// Keeps it under a new name, which is the code. Unique, and not secret: it opens nothing but test data.
    pub(super) fn keep(&self, state: &mut dyn State, prefix: &str, now_ms: u64) -> String {
        for (name, old) in state.scan::<Self>(CODES, None, SWEPT) {
            if old.expires_at_ms.saturating_add(REMEMBERED_MS) < now_ms {
                state.delete(CODES, &name);
            }
        }
        let number = state.count("codes", 1);
        let name = format!("{prefix}code-{now_ms:x}-{number:06}");
        state.put(CODES, &name, self);
        name
    }

    pub(super) fn find(state: &dyn State, name: &str) -> Option<Self> {
        state.get(CODES, name)
    }

    pub(super) fn use_up(state: &mut dyn State, name: &str) {
        state.delete(CODES, name);
    }

    /// Whether the request may have tokens for it (RFC 6749, section 4.1.3; RFC 7636, section 4.6).
    pub(super) fn check(
        &self,
        asked: &TokenRequest,
        redirect_uri_is_optional: bool,
        now_ms: u64,
    ) -> Result<(), Refusal> {
        if self.client != asked.client_id {
            return Err(Refusal::Code);
        }
        if self.expires_at_ms <= now_ms {
            return Err(Refusal::ExpiredCode);
        }
        let left_out = asked.redirect_uri.is_empty() && redirect_uri_is_optional;
        if !left_out && asked.redirect_uri != self.redirect_uri {
            return Err(Refusal::RedirectUri);
        }
        match &self.challenge {
            Some(challenge) if *challenge != challenge_of(&asked.code_verifier) => Err(Refusal::Verifier),
            _ => Ok(()),
        }
    }
}

/// BASE64URL(SHA256(verifier)).
pub(super) fn challenge_of(verifier: &str) -> String {
    base64::encode_for_url(&Sha256::digest(verifier.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 7636, appendix B.
    #[test]
    fn a_challenge_is_made_as_the_rfc_makes_it() {
        assert_eq!(
            challenge_of("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"),
            "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
        );
    }
}
