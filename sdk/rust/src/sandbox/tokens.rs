//! OAuth tokens that a sandbox gives out. They guard nothing but test data, so they are unique and need not be secret.

use serde::{Deserialize, Serialize};

use crate::sandbox::State;

const ACCESS: &str = "access-tokens";
const REFRESH: &str = "refresh-tokens";
/// The state's collection and key of a lifetime that was set by hand, in seconds.
const LIFETIME: (&str, &str) = ("control", "token-lifetime");
/// Providers tell an expired token from one that never was, but not for ever.
const REMEMBERED_MS: u64 = 24 * 3_600_000;
/// So many forgotten tokens are swept out for each new one.
const SWEPT: u32 = 20;

/// How a provider gives out tokens.
#[derive(Debug, Clone, Copy)]
pub struct Tokens {
    /// Before the token's own part: "pat-".
    pub prefix: &'static str,
    /// How long an access token lives, in milliseconds.
    pub lifetime_ms: u64,
    /// Whether a refresh token dies when it is used.
    pub rotates: bool,
    /// After how many milliseconds without use a refresh token dies; none if it does not.
    pub idle_ms: Option<u64>,
}

/// Tokens that were given out together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grant {
    /// For calls.
    pub access_token: String,
    /// How long it lives, in milliseconds.
    pub lifetime_ms: u64,
    /// For new access tokens.
    pub refresh_token: String,
    /// What the user chose on the consent page, where there was a choice.
    pub choice: Option<String>,
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

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Access {
    expires_at_ms: u64,
    family: u64,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Refresh {
    client: String,
    used_at_ms: u64,
    /// Tokens that come from one consent.
    family: u64,
    choice: Option<String>,
}

impl Tokens {
    /// Gives tokens out to a client; with an empty name, to whoever refreshes them.
    pub fn issue(self, state: &mut dyn State, client: &str, choice: Option<String>, now_ms: u64) -> Grant {
        let refresh = Refresh {
            client: client.to_owned(),
            used_at_ms: now_ms,
            family: state.count("token-families", 1),
            choice,
        };
        let refresh_token = self.name(state, "refresh", now_ms);
        self.give(state, refresh_token, refresh, now_ms)
    }

    /// Gives out a new access token; none if the refresh token is not good or another client's.
    pub fn refresh(
        self,
        state: &mut dyn State,
        refresh_token: &str,
        client: &str,
        now_ms: u64,
    ) -> Option<Grant> {
        let refresh = self.good(state, refresh_token, now_ms)?;
        if !refresh.client.is_empty() && refresh.client != client {
            return None;
        }
        let mut refresh_token = refresh_token.to_owned();
        if self.rotates {
            state.delete(REFRESH, &refresh_token);
            refresh_token = self.name(state, "refresh", now_ms);
        }
        let used = Refresh {
            used_at_ms: now_ms,
            ..refresh
        };
        Some(self.give(state, refresh_token, used, now_ms))
    }

    /// How an access token stands.
    pub fn standing(self, state: &dyn State, access_token: &str, now_ms: u64) -> Standing {
        match state.get::<Access>(ACCESS, access_token) {
            Some(access) if access.expires_at_ms > now_ms => Standing::Valid(access.expires_at_ms - now_ms),
            Some(access) => Standing::Expired(now_ms - access.expires_at_ms),
            None => Standing::Unknown,
        }
    }

    /// Whether a refresh token is good.
    pub fn knows_refresh(self, state: &dyn State, refresh_token: &str, now_ms: u64) -> bool {
        self.good(state, refresh_token, now_ms).is_some()
    }

    /// Ends a token of either kind; with a refresh token, every access token that came from the same consent. Whether
    /// there was one.
    pub fn revoke(self, state: &mut dyn State, token: &str) -> bool {
        let Some(refresh) = state.get::<Refresh>(REFRESH, token) else {
            return state.delete(ACCESS, token);
        };
        state.delete(REFRESH, token);
        for (name, access) in state.scan_all::<Access>(ACCESS, "") {
            if access.family == refresh.family {
                state.delete(ACCESS, &name);
            }
        }
        true
    }

    /// How many access tokens are good.
    pub(super) fn live(state: &dyn State, now_ms: u64) -> usize {
        let tokens = state.scan_all::<Access>(ACCESS, "");
        tokens
            .iter()
            .filter(|(_, access)| access.expires_at_ms > now_ms)
            .count()
    }

    /// Lets new access tokens live so many seconds, and no other one longer than that from now on.
    pub(super) fn set_lifetime(state: &mut dyn State, seconds: u64, now_ms: u64) {
        state.put(LIFETIME.0, LIFETIME.1, &seconds);
        let latest = now_ms.saturating_add(seconds.saturating_mul(1_000));
        for (name, access) in state.scan_all::<Access>(ACCESS, "") {
            if access.expires_at_ms > latest {
                let shortened = Access {
                    expires_at_ms: latest,
                    ..access
                };
                state.put(ACCESS, &name, &shortened);
            }
        }
    }

    /// Lets new access tokens live as long as the provider's do.
    pub(super) fn reset_lifetime(state: &mut dyn State) {
        state.delete(LIFETIME.0, LIFETIME.1);
    }

    fn good(self, state: &dyn State, refresh_token: &str, now_ms: u64) -> Option<Refresh> {
        let refresh: Refresh = state.get(REFRESH, refresh_token)?;
        let fresh = |idle_ms: u64| now_ms <= refresh.used_at_ms.saturating_add(idle_ms);
        self.idle_ms.is_none_or(fresh).then_some(refresh)
    }

    fn give(self, state: &mut dyn State, refresh_token: String, refresh: Refresh, now_ms: u64) -> Grant {
        sweep(state, now_ms);
        state.put(REFRESH, &refresh_token, &refresh);
        let lifetime_ms = state
            .get(LIFETIME.0, LIFETIME.1)
            .map_or(self.lifetime_ms, |seconds: u64| seconds.saturating_mul(1_000));
        let access_token = self.name(state, "access", now_ms);
        let access = Access {
            expires_at_ms: now_ms.saturating_add(lifetime_ms),
            family: refresh.family,
        };
        state.put(ACCESS, &access_token, &access);
        Grant {
            access_token,
            lifetime_ms,
            refresh_token,
            choice: refresh.choice,
        }
    }

    fn name(self, state: &mut dyn State, kind: &str, now_ms: u64) -> String {
        let number = state.count("tokens", 1);
        format!("{}{kind}-{now_ms:x}-{number:06}", self.prefix)
    }
}

/// Names begin with the time, so the first ones are the oldest.
fn sweep(state: &mut dyn State, now_ms: u64) {
    for (name, access) in state.scan::<Access>(ACCESS, None, SWEPT) {
        if access.expires_at_ms.saturating_add(REMEMBERED_MS) < now_ms {
            state.delete(ACCESS, &name);
        }
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
            idle_ms: Some(10 * HOUR),
        }
    }

    #[test]
    fn a_token_is_good_for_its_lifetime() {
        let mut memory = MemoryState::default();
        let state: &mut dyn State = &mut memory;
        let grant = tokens(false).issue(state, "c", None, 0);
        let standing = |now_ms| tokens(false).standing(state, &grant.access_token, now_ms);
        assert_eq!(standing(1), Standing::Valid(HOUR - 1));
        assert_eq!(standing(HOUR + 5), Standing::Expired(5));
        assert_eq!(tokens(false).standing(state, "made-up", 1), Standing::Unknown);
    }

    #[test]
    fn a_rotating_refresh_token_dies_on_use() {
        for (rotates, survives) in [(true, false), (false, true)] {
            let mut memory = MemoryState::default();
            let state: &mut dyn State = &mut memory;
            let first = tokens(rotates).issue(state, "c", Some("here".to_owned()), 0);
            let second = tokens(rotates)
                .refresh(state, &first.refresh_token, "c", 1)
                .unwrap();
            assert_ne!(first.access_token, second.access_token);
            assert_eq!(second.choice.as_deref(), Some("here"));
            let knows = |token: &str| tokens(rotates).knows_refresh(state, token, 1);
            assert_eq!(knows(&first.refresh_token), survives);
            assert!(knows(&second.refresh_token));
        }
    }

    #[test]
    fn a_refresh_token_is_its_clients_and_dies_when_nobody_uses_it() {
        let mut memory = MemoryState::default();
        let state: &mut dyn State = &mut memory;
        let token = tokens(false).issue(state, "c", None, 0).refresh_token;
        assert_eq!(tokens(false).refresh(state, &token, "other", 1), None);
        for now_ms in [9 * HOUR, 18 * HOUR] {
            assert!(tokens(false).refresh(state, &token, "c", now_ms).is_some());
        }
        assert_eq!(tokens(false).refresh(state, &token, "c", 29 * HOUR), None);
    }

    #[test]
    fn a_revoked_refresh_token_takes_its_access_tokens_along() {
        let mut memory = MemoryState::default();
        let state: &mut dyn State = &mut memory;
        let tokens = tokens(true);
        let other = tokens.issue(state, "c", None, 0);
        let first = tokens.issue(state, "c", None, 0);
        let second = tokens.refresh(state, &first.refresh_token, "c", 1).unwrap();
        assert_eq!(Tokens::live(state, 2), 3);
        assert!(tokens.revoke(state, &second.refresh_token));
        for (token, expected) in [
            (&first.access_token, Standing::Unknown),
            (&second.access_token, Standing::Unknown),
            (&other.access_token, Standing::Valid(HOUR - 2)),
        ] {
            assert_eq!(tokens.standing(state, token, 2), expected);
        }
        assert!(!tokens.revoke(state, &second.refresh_token));
        assert!(tokens.revoke(state, &other.access_token));
        assert!(tokens.knows_refresh(state, &other.refresh_token, 2));
    }

    #[test]
    fn a_lifetime_that_was_set_ends_old_tokens_for_good() {
        let mut memory = MemoryState::default();
        let state: &mut dyn State = &mut memory;
        let tokens = tokens(false);
        let old = tokens.issue(state, "c", None, 0);
        Tokens::set_lifetime(state, 2, 1_000);
        let short = tokens.issue(state, "c", None, 1_000);
        assert_eq!(short.lifetime_ms, 2_000);
        Tokens::reset_lifetime(state);
        for token in [&old.access_token, &short.access_token] {
            assert_eq!(tokens.standing(state, token, 3_001), Standing::Expired(1));
        }
        assert_eq!(tokens.issue(state, "c", None, 0).lifetime_ms, HOUR);
    }

    #[test]
    fn long_expired_tokens_are_forgotten() {
        let mut memory = MemoryState::default();
        let state: &mut dyn State = &mut memory;
        let tokens = tokens(false);
        let old = tokens.issue(state, "c", None, 0).access_token;
        tokens.issue(state, "c", None, HOUR + REMEMBERED_MS + 1);
        assert_eq!(
            tokens.standing(state, &old, HOUR + REMEMBERED_MS + 1),
            Standing::Unknown
        );
    }
}
